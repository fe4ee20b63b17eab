/**
 * A ring of fixed slots between one producer and one consumer (Lamport 1983; cached indices after Rigtorp and
 * the LMAX Disruptor). Messages are built and read in place; a batch is published by one store.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Layout } from './layout.ts'
import { PeerFault } from './peer-fault.ts'

/** Where a ring lies. Indices run freely through all 32 bits; the slot of an index is `index & (capacity - 1)`. */
export type RingShape = {
  /** Slots: a power of two, at most 2^30. */
  readonly capacity: number
  readonly slotWords: number
  /** The word the producer publishes: how many messages there have been, modulo 2^32. */
  readonly tail: number
  /** The word the consumer publishes: how many of them it is done with. */
  readonly head: number
  /** The first word of the first slot. */
  readonly slots: number
}

export type RingSize = { readonly capacity: number; readonly slotWords: number }

/** Sixteen words: one message a cache line. */
export const SLOT_WORDS = 16

/** Lays a ring. Throws RangeError where the capacity is no power of two: indices could not wrap. */
export function layRing(layout: Layout, name: string, { capacity, slotWords }: RingSize): RingShape {
  if (!Number.isInteger(Math.log2(capacity)) || capacity > 2 ** 30)
    throw new RangeError(`a ring has a power of two of slots, at most 2^30, not ${capacity}`)
  if (!Number.isSafeInteger(slotWords) || slotWords < 1)
    throw new RangeError(`a slot has at least one word, not ${slotWords}`)
  const tail = layout.word(`${name}.tail`)
  const head = layout.word(`${name}.head`)
  const slots = layout.block(
    capacity * slotWords,
    (offset) => `${name}.slot${Math.floor(offset / slotWords)}.${offset % slotWords}`,
  )
  return { capacity, slotWords, tail, head, slots }
}

/**
 * The end that sends. It owns the slots from the tail on, as many as `reserve` has said, until `publish`.
 * Its own position comes from the ring, so a successor goes on where the last owner of this end published.
 */
export class RingProducer {
  protected readonly memory: SharedMemory
  protected readonly shape: RingShape
  protected tail: number
  /** The consumer's index when it was last looked at; it has only moved on since. */
  protected seenHead: number

  /** Throws PeerFault where the two indices are none of one ring. */
  constructor(memory: SharedMemory, shape: RingShape) {
    this.memory = memory
    this.shape = shape
    this.tail = memory.load(shape.tail)
    // The furthest back that the consumer can be: a successor may find the ring filled.
    this.seenHead = (this.tail - shape.capacity) | 0
    this.seenHead = this.lookAtHead()
  }

  /**
   * How many slots may be written now, at most `want`; 0 says that the ring is full. The consumer's index is
   * read only where the one last seen leaves none. Throws PeerFault.
   */
  reserve(want: number): number {
    const { capacity } = this.shape
    let free = capacity - ((this.tail - this.seenHead) | 0)
    if (free === 0) {
      this.seenHead = this.lookAtHead()
      free = capacity - ((this.tail - this.seenHead) | 0)
    }
    return free < want ? free : want
  }

  /** The first word of the `ahead`th reserved slot, counted from 0. */
  slot(ahead: number): number {
    const { capacity, slotWords, slots } = this.shape
    return slots + Math.imul((this.tail + ahead) & (capacity - 1), slotWords)
  }

  /** Makes the first `count` reserved slots the consumer's: the messages are sent when this store is seen. */
  publish(count: number): void {
    this.tail = (this.tail + count) | 0
    this.memory.store(this.shape.tail, this.tail)
  }

  /** Messages published so far, modulo 2^32. */
  get position(): number {
    return this.tail
  }

  protected lookAtHead(): number {
    const head = this.memory.load(this.shape.head)
    const used = (this.tail - head) | 0
    const free = (head - this.seenHead) | 0
    if (used >= 0 && used <= this.shape.capacity && free >= 0) return head
    throw new PeerFault(`the consumer published ${head} while the producer is at ${this.tail}`)
  }
}

/**
 * The end that receives. It owns the slots that `available` has counted until `release`; a slot is the
 * producer's again when that store is seen, so what is needed of it must have been read before.
 */
export class RingConsumer {
  protected readonly memory: SharedMemory
  protected readonly shape: RingShape
  protected head: number
  /** The producer's index when it was last looked at. */
  protected seenTail: number

  /** Throws PeerFault where the two indices are none of one ring. */
  constructor(memory: SharedMemory, shape: RingShape) {
    this.memory = memory
    this.shape = shape
    this.head = memory.load(shape.head)
    this.seenTail = this.head
    this.seenTail = this.lookAtTail()
  }

  /**
   * How many messages may be read now, at most `want`; 0 says that the ring is empty. The producer's index is
   * read only where nothing is left of what was last seen. Throws PeerFault.
   */
  available(want: number): number {
    let count = (this.seenTail - this.head) | 0
    if (count === 0) {
      this.seenTail = this.lookAtTail()
      count = (this.seenTail - this.head) | 0
    }
    return count < want ? count : want
  }

  /** The first word of the `ahead`th available message, counted from 0. */
  slot(ahead: number): number {
    const { capacity, slotWords, slots } = this.shape
    return slots + Math.imul((this.head + ahead) & (capacity - 1), slotWords)
  }

  /** Gives the first `count` available slots back to the producer. */
  release(count: number): void {
    this.head = (this.head + count) | 0
    this.memory.store(this.shape.head, this.head)
  }

  /** Messages released so far, modulo 2^32. */
  get position(): number {
    return this.head
  }

  protected lookAtTail(): number {
    const tail = this.memory.load(this.shape.tail)
    const count = (tail - this.head) | 0
    const more = (tail - this.seenTail) | 0
    if (count >= 0 && count <= this.shape.capacity && more >= 0) return tail
    throw new PeerFault(`the producer published ${tail} while the consumer is at ${this.head}`)
  }
}
