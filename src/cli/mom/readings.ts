/** What can be read off a channel while it runs: rates between two looks, depths, and how often it went slow ways. */
import type { SharedMemory } from '../../interleave/memory/shared-memory.ts'
import type { ChannelRecord } from '../../mom/broker.ts'
import { SharedCounters, readRing } from '../../mom/metrics.ts'

export type Reading = {
  readonly channel: string
  /** Messages accepted so far, fences included, modulo 2^32. */
  readonly published: number
  readonly depth: number
  /** Slots of the largest of its rings. */
  readonly capacity: number
  /** The sender found it full; an end was asleep and was woken; an end went to sleep. */
  readonly stalls: number
  readonly wakes: number
  readonly parks: number
}

/** Reads a channel, all its transports together. */
export function readChannel(memory: SharedMemory, { name, transports, counters }: ChannelRecord): Reading {
  const rings = transports.map(({ ring }) => readRing(memory, ring))
  const sender = new SharedCounters(memory, counters.sender).read()
  const receiver = new SharedCounters(memory, counters.receiver).read()
  return {
    channel: name,
    published: rings.reduce((sum, { published }) => (sum + published) >>> 0, 0),
    depth: rings.reduce((sum, { depth }) => sum + depth, 0),
    capacity: Math.max(...transports.map(({ ring }) => ring.capacity)),
    stalls: sender.stalls,
    wakes: sender.wakes + receiver.wakes,
    parks: sender.parks + receiver.parks,
  }
}

/** Messages per second between two readings, across the wrap. */
export const rateBetween = (before: Reading | undefined, after: Reading, seconds: number): number =>
  seconds > 0 ? ((after.published - (before?.published ?? 0)) >>> 0) / seconds : 0
