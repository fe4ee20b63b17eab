/**
 * A subscribing end of a topic: decodes what it has copied whole, is told what it has missed or that it was cut off,
 * and sleeps while there is nothing.
 */
import { AtomicsMemory } from '../interleave/memory/atomics-memory.ts'
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type EndOptions, EndTakenError, epochOf, faultIn, isGone, kindOf } from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Inbox, ReceiveOutcome } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { Presence } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'
import { type TakeOutcome, TopicReader } from './topic-reader.ts'
import { TOPIC_HEADER_WORDS, type TopicShape } from './topic.ts'

/**
 * What a receiver is told, and
 * - missed: `missed` messages have been overwritten, and the next is the oldest that is left
 * - cut: this end was too slow and gets nothing more
 */
export type TopicOutcome = ReceiveOutcome | Extract<TakeOutcome, 'missed' | 'cut'>

/**
 * A subscribing end, for what is published after it was made. One thread owns it; its constructor takes the end or
 * throws EndTakenError, or PeerFault. Messages come once and in order; received and missed add up to published.
 */
export class TopicSubscriber {
  fault: PeerFault | undefined
  kind = 0
  protected readonly memory: SharedMemory
  protected readonly reader: TopicReader
  protected readonly publisher: Presence
  protected readonly publisherBell: Doorbell
  protected readonly isAwaited: boolean
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  /** The reader's copy, as messages are decoded from. */
  protected readonly copy: AtomicsMemory

  constructor(memory: SharedMemory, shape: TopicShape, id: number, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    this.memory = memory
    this.reader = new TopicReader(memory, shape.ring, id)
    this.copy = new AtomicsMemory(this.reader.copy)
    this.publisher = new Presence(memory, shape.publisherPresence)
    this.publisherBell = new Doorbell(memory, shape.publisherBell)
    this.isAwaited = shape.ring.policy === 'block'
    this.waiter = new Waiter(memory, new Doorbell(memory, shape.subscriberBells[id]!), patience, counters)
    this.counters = counters
    this.epoch = epoch
    if (!this.reader.join()) throw new EndTakenError(`subscriber ${id} of this topic has a living owner`)
    this.ring()
  }

  /** Messages that are lost, after 'missed'. */
  get missed(): number {
    return this.reader.missed
  }

  /** Never waits. */
  tryReceive(inbox: Inbox): TopicOutcome {
    if (this.fault !== undefined) return 'faulty'
    try {
      const outcome = this.take()
      if (outcome !== 'received') return outcome
      this.ring()
      this.decode(inbox)
      return outcome
    } catch (error) {
      this.fail(error)
      return 'faulty'
    }
  }

  /** Waits while there is nothing; 'empty' only where nothing came for that time, in milliseconds. */
  receive(inbox: Inbox, timeoutMs?: number): TopicOutcome {
    for (;;) {
      const outcome = this.tryReceive(inbox)
      if (outcome !== 'empty' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  /** Leaves; what is published from now on is not for this end. */
  close(): void {
    this.reader.leave()
    this.ring()
  }

  /** Whether there is something to be told. What a subscriber that sleeps is rung for. */
  canGoOn(): boolean {
    if (this.fault !== undefined || isGone(this.publisher.state())) return true
    try {
      return this.reader.isReady()
    } catch (error) {
      this.fail(error)
      return true
    }
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  // A publisher may be waiting for this end, which reads no more.
  protected fail(error: unknown): void {
    this.fault = faultIn(error)
    this.close()
  }

  // The publisher is looked at before the ring is looked at for the last time.
  protected take(): TakeOutcome | 'closed' | 'dead' {
    const outcome = this.reader.take()
    if (outcome !== 'empty') return outcome
    const publisher = this.publisher.state()
    if (!isGone(publisher)) return 'empty'
    const last = this.reader.take()
    return last === 'empty' ? publisher : last
  }

  /** There is room, or one subscriber less to wait for. */
  protected ring(): void {
    if (this.isAwaited && this.publisherBell.ring()) this.counters.wake()
  }

  // From the copy, which nobody changes: what is wrong in it, the publisher has written.
  protected decode(inbox: Inbox): void {
    const header = this.copy.get(0)
    if (epochOf(header) !== this.epoch)
      throw new PeerFault(`a message is of epoch ${epochOf(header)}, and this is ${this.epoch}`)
    const message = inbox[kindOf(header)]
    if (message === undefined) throw new PeerFault(`a message is of kind ${kindOf(header)}`)
    message.decode(this.copy, TOPIC_HEADER_WORDS)
    this.kind = kindOf(header)
  }
}
