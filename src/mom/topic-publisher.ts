/**
 * The publishing end of a topic: encodes messages, wakes the subscribers that sleep, and sleeps itself where the
 * policy is to wait for them.
 */
import { AtomicsMemory } from '../interleave/memory/atomics-memory.ts'
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type EndOptions, headerOf, requireRoom, takeEnd } from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Encodable, Sender } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import type { Presence } from './peer-crash.ts'
import type { PeerFault } from './peer-fault.ts'
import { ABSENT, TOPIC_HEADER_WORDS, type TopicShape } from './topic.ts'
import { TopicWriter } from './topic-writer.ts'

/** For the host of a subscriber that died, once nothing of it can run any more: nobody waits for it any longer. */
export function dropSubscriber(memory: SharedMemory, shape: TopicShape, id: number): void {
  memory.store(shape.ring.records[id]!, ABSENT)
  new Doorbell(memory, shape.publisherBell).wake()
}

/**
 * The publishing end. One thread owns it; its constructor takes the end or throws EndTakenError. 'sent' says that the
 * message is published, to however many; 'full', that the policy is `block` and somebody is a whole ring behind.
 */
export class TopicPublisher implements Sender {
  readonly incarnation: number
  protected readonly memory: SharedMemory
  protected readonly writer: TopicWriter
  protected readonly own: Presence
  protected readonly peerBells: readonly Doorbell[]
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  /** Where a message is encoded before its words are published. */
  protected readonly scratch: AtomicsMemory

  constructor(memory: SharedMemory, shape: TopicShape, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    this.memory = memory
    ;[this.own, this.incarnation] = takeEnd(memory, shape.publisherPresence, 'publisher')
    this.peerBells = shape.subscriberBells.map((word) => new Doorbell(memory, word))
    this.waiter = new Waiter(memory, new Doorbell(memory, shape.publisherBell), patience, counters)
    this.counters = counters
    this.epoch = epoch
    this.scratch = new AtomicsMemory(new Int32Array(shape.ring.slotWords - 1))
    this.writer = this.makeWriter(shape)
  }

  /** The last subscriber that wrote nonsense and was cut off for it; nobody else is the worse for that. */
  get fault(): PeerFault | undefined {
    return this.writer.fault
  }

  trySend(kind: number, message: Encodable): 'sent' | 'full' {
    requireRoom(message, this.scratch.length - TOPIC_HEADER_WORDS)
    if (!this.writer.mayPublish()) {
      this.counters.stall()
      return 'full'
    }
    this.scratch.set(0, headerOf(kind, this.epoch))
    message.encode(this.scratch, TOPIC_HEADER_WORDS)
    this.writer.publish(this.scratch.words)
    this.ring()
    return 'sent'
  }

  send(kind: number, message: Encodable, timeoutMs?: number): 'sent' | 'full' {
    for (;;) {
      const outcome = this.trySend(kind, message)
      if (outcome !== 'full' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  close(): void {
    this.own.close(this.incarnation)
    this.ring()
  }

  /** Whether the next slot may be taken. What a publisher that sleeps is rung for. */
  canGoOn(): boolean {
    return this.writer.mayPublish()
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  protected makeWriter(shape: TopicShape): TopicWriter {
    return new TopicWriter(this.memory, shape.ring)
  }

  protected ring(): void {
    for (const bell of this.peerBells) {
      if (bell.ring()) this.counters.wake()
    }
  }
}
