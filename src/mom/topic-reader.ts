/** An end of a topic that subscribes: it reads slots that may be overwritten meanwhile, and knows what it missed. */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { PeerFault } from './peer-fault.ts'
import { ABSENT, ATTACHED, JOINING, STEP, type TopicRing, WHOLE, messagesAfter, topicSlot } from './topic.ts'

/**
 * - received: a message is in `copy`
 * - empty: nothing is there
 * - missed: as many messages as `missed` says have been overwritten; under `dropOldest` only
 * - cut: the publisher goes on without this subscriber; under `disconnect`, and for one that wrote nonsense
 */
export type TakeOutcome = 'received' | 'empty' | 'missed' | 'cut'

/**
 * An end that subscribes. It would keep a torn copy only if exactly 2^31 messages were published between two looks at
 * its slot.
 */
export class TopicReader {
  /** The words of the message that was received last. */
  readonly copy: Int32Array
  /** Messages that are lost, after 'missed'. */
  missed = 0
  protected readonly memory: SharedMemory
  protected readonly ring: TopicRing
  protected readonly record: number
  /** The position it takes next; of no meaning before `join`. */
  protected cursor = 0
  /** It was cut off, and has been or will be told so; or it has left. */
  protected isOut = false

  constructor(memory: SharedMemory, ring: TopicRing, id: number) {
    const record = ring.records[id]
    if (record === undefined)
      throw new RangeError(`the topic has ${ring.records.length} subscribers, and none is number ${id}`)
    this.memory = memory
    this.ring = ring
    this.record = record
    this.copy = new Int32Array(ring.slotWords - 1)
  }

  /** From now on what is published is for this end too. False where the end is taken. Throws PeerFault. */
  join(): boolean {
    // Seen by a publisher that waits for nobody left behind: between the two next steps it might go round the ring.
    if (this.memory.compareExchange(this.record, ABSENT, JOINING) !== ABSENT) return false
    this.cursor = this.memory.load(this.ring.tail)
    if (this.cursor % STEP !== 0) {
      this.vacate()
      throw new PeerFault(`the topic's tail is at ${this.cursor}`)
    }
    this.memory.store(this.record, this.cursor | ATTACHED)
    return true
  }

  /** Takes the next message, whole, or says why not. Throws PeerFault. */
  take(): TakeOutcome {
    if (this.isOut) return 'cut'
    const at = topicSlot(this.ring, this.cursor)
    const before = this.memory.load(at)
    if (this.isEarly(before)) return 'empty'
    const found = this.isDue(before) ? this.copyFrom(at) : before
    if (!this.isDue(found)) return this.lapped(found)
    this.advance()
    return 'received'
  }

  /** The position it takes next. */
  get position(): number {
    return this.cursor
  }

  /** Whether `take` would come to anything but 'empty'. */
  isReady(): boolean {
    return this.isOut || !this.isEarly(this.memory.load(topicSlot(this.ring, this.cursor)))
  }

  /** Leaves; the end may be taken again. */
  leave(): void {
    if (!this.isOut) this.vacate()
  }

  /** Whether a slot's word is older than the cursor, or its message is not whole yet. */
  protected isEarly(word: number): boolean {
    const ahead = this.ahead(word)
    return ahead < 0 || (ahead === 0 && (word & WHOLE) === 0)
  }

  protected isDue(word: number): boolean {
    return word === (this.cursor | WHOLE)
  }

  protected ahead(word: number): number {
    const ahead = messagesAfter(word & ~WHOLE, this.cursor)
    // What is older may be from before the first message.
    if (ahead < 0 || ahead % this.ring.capacity === 0) return ahead
    throw new PeerFault(`the slot of position ${this.cursor} says that it holds ${word & ~WHOLE}`)
  }

  /** Copies the content, and returns the slot's word after that: if it has changed, the copy may be torn. */
  protected copyFrom(at: number): number {
    for (let index = 0; index < this.copy.length; index++) {
      this.copy[index] = this.memory.load(at + 1 + index)
    }
    return this.memory.load(at)
  }

  protected vacate(): void {
    this.memory.exchange(this.record, ABSENT)
    this.isOut = true
  }

  // The slot says what is in it now, and with that which is the oldest that can be left in the ring.
  protected lapped(word: number): TakeOutcome {
    const ahead = this.ahead(word)
    if (ahead <= 0)
      throw new PeerFault(`the message at position ${this.cursor} was whole and is not any more`)
    if (this.ring.policy !== 'dropOldest') {
      this.vacate()
      return 'cut'
    }
    this.missed = ahead - this.ring.capacity + 1
    this.cursor = (this.cursor + this.missed * STEP) | 0
    return 'missed'
  }

  // The message is this subscriber's, whether or not it has been cut off meanwhile; that it is told next.
  protected advance(): void {
    const next = (this.cursor + STEP) | 0
    if (this.ring.policy !== 'dropOldest' && !this.move(next)) this.vacate()
    this.cursor = next
  }

  /** Lets the publisher see the cursor; false where it has cut this end off. */
  protected move(next: number): boolean {
    const held = this.cursor | ATTACHED
    return this.memory.compareExchange(this.record, held, next | ATTACHED) === held
  }
}
