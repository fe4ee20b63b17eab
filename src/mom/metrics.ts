/**
 * What can be measured of a channel without slowing it: depth and rate are read off the ring's own indices,
 * and only what is slow anyway (a full ring, a wake-up, parking) is counted in words of its own.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Layout } from './layout.ts'
import type { RingShape } from './spsc-ring.ts'

/** Where an end says that it went a slow way. */
export type Counters = {
  /** The channel was full. */
  stall(): void
  /** The peer was asleep and has been woken. */
  wake(): void
  /** This end went to sleep. */
  park(): void
}

/** Counts nothing. */
export const UNCOUNTED: Counters = Object.freeze({ stall() {}, wake() {}, park() {} })

const STALLS = 0
const WAKES = 1
const PARKS = 2
const NAMES = ['stalls', 'wakes', 'parks'] as const

/** The words of one end's counters; they run through 32 bits. */
export function layCounters(layout: Layout, name: string): number {
  return layout.block(NAMES.length, (offset) => `${name}.${NAMES[offset]!}`)
}

/** Counters that any thread may read. */
export class SharedCounters implements Counters {
  protected readonly memory: SharedMemory
  protected readonly base: number

  constructor(memory: SharedMemory, base: number) {
    this.memory = memory
    this.base = base
  }

  stall(): void {
    this.memory.add(this.base + STALLS, 1)
  }

  wake(): void {
    this.memory.add(this.base + WAKES, 1)
  }

  park(): void {
    this.memory.add(this.base + PARKS, 1)
  }

  read(): { readonly [Name in (typeof NAMES)[number]]: number } {
    const at = (offset: number): number => this.memory.load(this.base + offset) >>> 0
    return { stalls: at(STALLS), wakes: at(WAKES), parks: at(PARKS) }
  }
}

export type RingReading = {
  /** Messages published and not yet released. */
  readonly depth: number
  /** Messages published so far, modulo 2^32; two readings and the time between them are a rate. */
  readonly published: number
}

/** A ring as a third thread sees it. The head is read first, so the depth is never negative but may be old. */
export function readRing(memory: SharedMemory, { tail, head, capacity }: RingShape): RingReading {
  const released = memory.load(head)
  const published = memory.load(tail)
  return { depth: Math.min((published - released) >>> 0, capacity), published: published >>> 0 }
}

/** Messages between two readings, across the wrap. */
export const publishedBetween = (before: RingReading, after: RingReading): number =>
  (after.published - before.published) >>> 0
