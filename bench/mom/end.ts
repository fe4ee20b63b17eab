/**
 * One side of a measurement, in its own thread or process, and what it is given. Role 0 receives or answers, all
 * others send or ask.
 */
import type { MessagePort } from 'node:worker_threads'
import type { AtomicsMemory } from '../../src/interleave/memory/atomics-memory.ts'
import type { AwaitableMemory } from '../../src/live/awaitable.ts'
import { type ChannelShape, HEADER_WORDS, layChannel } from '../../src/mom/channel-shape.ts'
import { Layout } from '../../src/mom/layout.ts'
import { type MpscShape, layMpscChannel } from '../../src/mom/mpsc-shape.ts'
import { SLOT_WORDS } from '../../src/mom/spsc-ring.ts'
import type { Subject } from './subjects.ts'

/** It goes on where the last run ended: messages are numbered through. */
export type End = {
  /** Sends, receives or exchanges so many; returns or resolves when all that is its part is done. */
  run(count: number): void | Promise<void>
  close?(): void
}

export type Part = {
  readonly subject: Subject
  readonly role: number
  readonly memory: AtomicsMemory & AwaitableMemory
  /** Leads to the other side, where threads are measured. */
  readonly port: MessagePort | undefined
  /** Where a socket may be bound. */
  readonly path: string
}

export const RECEIVER = 0
/** Slots of a ring, as in spsc-ring.c. */
export const CAPACITY = 1024

export type Places = {
  /** How many sides have come to the start of how many rounds. */
  readonly arrived: number
  readonly words: number
  readonly there: ChannelShape
  readonly back: ChannelShape
  readonly several: MpscShape
}

/** A message and what goes before it, in whole lines. */
const slotWordsFor = (words: number): number => Math.ceil(words / SLOT_WORDS) * SLOT_WORDS

/** Where everything lies that any subject needs. */
export function placesOf({ transport, words, senders = 1 }: Subject): Places {
  const layout = new Layout()
  // Word 0 is what a spinning thread reads again and again; nobody writes it meanwhile.
  const arrived = layout.word('arrived')
  const header = transport === 'channel' ? HEADER_WORDS : 0
  const size = { capacity: CAPACITY, slotWords: slotWordsFor(header + words) }
  const there = layChannel(layout, 'there', size)
  const back = layChannel(layout, 'back', size)
  // Before the message: the slot's state, and the header.
  const slotWords = slotWordsFor(1 + HEADER_WORDS + words)
  const several = layMpscChannel(layout, 'several', { capacity: CAPACITY, slotWords, senders })
  return { arrived, words: layout.length, there, back, several }
}
