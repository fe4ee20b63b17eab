/**
 * One ring that a publisher overwrites and every subscriber reads at its own pace. A slot's word says which position
 * it holds and whether the content is whole; a reader looks at it before and after it copies.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Layout } from './layout.ts'
import type { RingSize } from './spsc-ring.ts'

/**
 * What happens to a subscriber that is a whole ring behind.
 * - block: the publisher waits, so nothing is lost, and the slowest sets the pace
 * - dropOldest: the publisher overwrites; the subscriber is told how many messages it has missed
 * - disconnect: the publisher cuts the subscriber off, which is told so once
 */
export type Policy = 'block' | 'dropOldest' | 'disconnect'

/** Where a topic lies. Positions are even and run through 32 bits in steps of two, so that a word has a bit left. */
export type TopicRing = {
  readonly policy: Policy
  /** Slots: a power of two. */
  readonly capacity: number
  /** Words of a slot, with the one for its position. */
  readonly slotWords: number
  /** The position where those who join now begin. */
  readonly tail: number
  readonly slots: number
  /** A word for each subscriber: how far it is, or one of the three below. */
  readonly records: readonly number[]
}

export const STEP = 2
/** In a slot's word: the content is whole. */
export const WHOLE = 1
/** In a record: it holds a position. */
export const ATTACHED = 1
export const ABSENT = 0
export const JOINING = 2
export const CUT = 4

export type TopicSize = RingSize & { readonly subscribers: number; readonly policy: Policy }

/** Lays a topic. Throws RangeError for a size that is none. */
export function layTopicRing(layout: Layout, name: string, size: TopicSize): TopicRing {
  const { capacity, slotWords, subscribers, policy } = size
  if (!Number.isInteger(Math.log2(capacity)) || capacity > 2 ** 28)
    throw new RangeError(`a topic has a power of two of slots, at most 2^28, not ${capacity}`)
  if (!Number.isSafeInteger(slotWords) || slotWords < 2)
    throw new RangeError(`a slot of a topic has at least two words, not ${slotWords}`)
  if (!Number.isSafeInteger(subscribers) || subscribers < 1)
    throw new RangeError(`a topic has ends for at least one subscriber, not ${subscribers}`)
  const tail = layout.word(`${name}.tail`)
  const slots = layout.block(
    capacity * slotWords,
    (offset) => `${name}.slot${Math.floor(offset / slotWords)}.${offset % slotWords}`,
  )
  const records = Array.from({ length: subscribers }, (_, id) => layout.word(`${name}.record${id}`))
  return { policy, capacity, slotWords, tail, slots, records }
}

/** The word of the slot of a position. */
export const topicSlot = ({ slots, slotWords, capacity }: TopicRing, position: number): number =>
  slots + Math.imul((position / STEP) & (capacity - 1), slotWords)

/** How many messages one position is after another; negative before. */
export const messagesAfter = (position: number, other: number): number => ((position - other) | 0) / STEP

/** Puts a topic that nobody uses yet at a position, as if that many messages had been published and read. */
export function startTopicAt(memory: SharedMemory, ring: TopicRing, position: number): void {
  memory.store(ring.tail, position)
  for (let back = 1; back <= ring.capacity; back++) {
    const at = (position - back * STEP) | 0
    memory.store(topicSlot(ring, at), at | WHOLE)
  }
}

/** Where a topic and its bells lie. Subscribers are known by their index in `ring.records`. */
export type TopicShape = {
  readonly ring: TopicRing
  readonly publisherBell: number
  readonly subscriberBells: readonly number[]
  readonly publisherPresence: number
}

/** Words before a message: its kind and the epoch. */
export const TOPIC_HEADER_WORDS = 1

/** Lays a topic. Throws RangeError for a size that is none. */
export function layTopic(layout: Layout, name: string, size: TopicSize): TopicShape {
  const ring = layTopicRing(layout, name, size)
  return {
    ring,
    publisherBell: layout.word(`${name}.publisherBell`),
    subscriberBells: ring.records.map((_, id) => layout.word(`${name}.subscriberBell${id}`)),
    publisherPresence: layout.word(`${name}.publisherPresence`),
  }
}
