/** The end of a topic that publishes: it minds who is behind, as the policy says, and overwrites the oldest slot. */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { PeerFault } from './peer-fault.ts'
import { ATTACHED, CUT, JOINING, STEP, type TopicRing, WHOLE, messagesAfter, topicSlot } from './topic.ts'

/** The end that publishes. It waits for nobody but where the policy says so. */
export class TopicWriter {
  /** The last that wrote nonsense into its record, and was cut off for it. */
  fault: PeerFault | undefined
  protected readonly memory: SharedMemory
  protected readonly ring: TopicRing
  protected position: number
  /** Subscribers who are known not to need the slot that is taken next. */
  protected minded = 0

  /** A successor goes on after the last message that is whole. */
  constructor(memory: SharedMemory, ring: TopicRing) {
    this.memory = memory
    this.ring = ring
    this.position = memory.load(ring.tail)
    if (memory.load(topicSlot(ring, this.position)) !== (this.position | WHOLE)) return
    this.position = (this.position + STEP) | 0
    memory.store(ring.tail, this.position)
  }

  /** Whether the next slot may be taken; false where the policy is to wait for somebody. */
  mayPublish(): boolean {
    if (this.ring.policy === 'dropOldest') return true
    const { records } = this.ring
    while (this.minded < records.length) {
      if (!this.mind(records[this.minded]!)) return false
      this.minded++
    }
    return true
  }

  /** Publishes the words of one message, as many as a slot has beside its own; after `mayPublish` said so. */
  publish(words: Int32Array): void {
    const at = topicSlot(this.ring, this.position)
    this.memory.store(at, this.position)
    this.write(at + 1, words)
    this.memory.store(at, this.position | WHOLE)
    this.position = (this.position + STEP) | 0
    this.memory.store(this.ring.tail, this.position)
    this.minded = 0
  }

  // Atomic, though it is content: a subscriber may be reading it, and throws away what it has read. Two plain accesses
  // at once are a data race, of which the language promises nothing at all, not even to be thrown away unharmed.
  protected write(at: number, words: Int32Array): void {
    for (let index = 0; index < words.length; index++) this.memory.store(at + index, words[index]!)
  }

  /** Deals with one subscriber as the policy says; false where it must be waited for. */
  protected mind(record: number): boolean {
    for (;;) {
      const held = this.memory.load(record)
      if (held === JOINING && this.waits()) return false
      if ((held & ATTACHED) === 0) return true
      const behind = messagesAfter(this.position, held & ~ATTACHED)
      if (behind < 0 || (this.waits() && behind > this.ring.capacity)) this.refuse(record, held)
      else if (behind < this.ring.capacity) return true
      else if (this.waits()) return false
      else if (this.cut(record, held)) return true
    }
  }

  protected waits(): boolean {
    return this.ring.policy === 'block'
  }

  /** Cuts off whose record still holds that; it may have moved on. */
  protected cut(record: number, held: number): boolean {
    return this.memory.compareExchange(record, held, CUT) === held
  }

  protected refuse(record: number, held: number): void {
    this.fault = new PeerFault(`record ${record} holds ${held}, and the topic is at ${this.position}`)
    this.cut(record, held)
  }
}
