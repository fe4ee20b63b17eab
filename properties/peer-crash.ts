/**
 * The production channel while an owner dies at any access: what was accepted is received, the survivor learns of
 * it, a successor goes on. Every access is judged by the ring, bells, death words and host of the charts; when the
 * two ends look at what is the code's own affair, and judged by claims.
 */
import type { MemoryProgram } from '../src/interleave/memory/memory-program.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import { HEADER_WORDS, layChannel } from '../src/mom/channel-shape.ts'
import { Layout } from '../src/mom/layout.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { memoryJudge } from './memory-judge.ts'
import { claimsOf, ownersOf } from './peer-crash-claims.ts'
import { type Parts, type Size, hostOf, numbered } from './peer-crash-threads.ts'
import { acrossOwners, withoutEnds } from './peer-crash-words.ts'

const CORRECT: Parts = {
  sender: ChannelSender,
  receiver: ChannelReceiver,
  nextSender: ChannelSender,
  nextReceiver: ChannelReceiver,
  presence: Presence,
}

/** A sender and a receiver of numbered messages, of whom some may die. A mutant is left to run, beside no chart. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Parts> = {},
): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const { messages, capacity, mortal, followed = false, noticedAgain = false } = size
  const shape = layChannel(layout, 'channel', { capacity, slotWords: HEADER_WORDS + numbered.words })
  const handled = layout.block(messages, (offset) => `handled.message${offset}`)
  const judge = followed ? acrossOwners : withoutEnds
  const course = { size, shape, parts: { ...CORRECT, ...wrong }, judge, handled }
  const owners = ownersOf(course)
  const bounds = { messages, capacity, crashes: mortal.length, successors: 0 }
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    threads: [
      ...owners.producer,
      ...owners.consumer,
      ...mortal.map((end) => hostOf(end, course)),
      ...(noticedAgain ? mortal.map((end) => hostOf(end, course, true)) : []),
    ],
    claims: claimsOf(course, owners),
    ...(Object.keys(wrong).length === 0 ? { follows: { judge: memoryJudge(judge, bounds) } } : {}),
    options: { crashesMax: mortal.length },
  }
}

export const SENDER_DIES: Size = { messages: 3, capacity: 2, batch: 1, mortal: ['producer'] }
export const RECEIVER_DIES: Size = { ...SENDER_DIES, capacity: 1, mortal: ['consumer'] }
export const SENDER_FOLLOWED: Size = { ...SENDER_DIES, messages: 2, capacity: 1, followed: true }
export const RECEIVER_FOLLOWED: Size = { ...RECEIVER_DIES, messages: 2, followed: true }
export const NOTICED_AGAIN: Size = { ...RECEIVER_FOLLOWED, messages: 1, noticedAgain: true }

/** What is explored: by who dies, and whether somebody follows. */
export const programs: readonly MemoryProgram[] = [
  programOf('peer-crash', 'a sender that dies at any access', SENDER_DIES),
  programOf('peer-crash-batch', 'a sender that dies with a batch staged or sent', {
    ...SENDER_DIES,
    messages: 4,
    batch: 2,
  }),
  programOf('peer-crash-receiver', 'a receiver that dies at any access', RECEIVER_DIES),
  programOf('peer-crash-drain', 'a receiver that dies with two messages in its hands', {
    ...RECEIVER_DIES,
    capacity: 2,
    batch: 2,
  }),
  programOf('peer-crash-both', 'both ends die at any access', {
    ...SENDER_DIES,
    messages: 2,
    capacity: 1,
    mortal: ['producer', 'consumer'],
  }),
  programOf('peer-crash-successor', 'a sender that dies, and its successor', SENDER_FOLLOWED),
  programOf('peer-crash-successor-receiver', 'a receiver that dies, and its successor', RECEIVER_FOLLOWED),
  programOf(
    'peer-crash-late-notice',
    'a successor, while its predecessor is reported dead again',
    NOTICED_AGAIN,
  ),
]
