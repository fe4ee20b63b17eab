/**
 * The sending end of a channel: writes messages in place, publishes them one by one or in batches, wakes the
 * receiver if it sleeps, and says what happened where it could not.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import {
  type ChannelShape,
  type EndOptions,
  HEADER_WORDS,
  faultIn,
  headerOf,
  isGone,
  requireRoom,
  takeEnd,
} from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Encodable, SendOutcome, Sender } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { Presence } from './peer-crash.ts'
import type { PeerFault } from './peer-fault.ts'
import { RingProducer } from './spsc-ring.ts'

/** The sending end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. */
export class ChannelSender implements Sender {
  fault: PeerFault | undefined
  /** The number of this owner, for a host that may have to declare its death. */
  readonly incarnation: number
  protected readonly memory: SharedMemory
  protected readonly producer: RingProducer
  protected readonly own: Presence
  protected readonly peer: Presence
  protected readonly peerBell: Doorbell
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  /** Words of a slot behind the header. */
  protected readonly room: number
  /** Messages written since the last `flush`. */
  protected staged = 0

  constructor(memory: SharedMemory, shape: ChannelShape, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    this.memory = memory
    ;[this.own, this.incarnation] = takeEnd(memory, shape.senderPresence, 'sender', options.incarnation)
    this.peer = new Presence(memory, shape.receiverPresence)
    this.producer = new RingProducer(memory, shape.ring)
    this.peerBell = new Doorbell(memory, shape.receiverBell)
    this.waiter = new Waiter(memory, new Doorbell(memory, shape.senderBell), patience, counters)
    this.counters = counters
    this.room = shape.ring.slotWords - HEADER_WORDS
    this.epoch = epoch
  }

  /**
   * Writes a message that `flush` sends, with all others staged: one publish and at most one wake-up for a
   * batch. 'sent' says that it is staged; it is accepted when `flush` returns. That the receiver is gone, the
   * first of a batch says.
   */
  stage(kind: number, message: Encodable): SendOutcome {
    if (this.fault !== undefined) return 'faulty'
    requireRoom(message, this.room)
    // An atomic read costs as much as a message: one for a batch.
    if (this.staged === 0) {
      const receiver = this.peer.state()
      if (isGone(receiver)) return receiver
    }
    try {
      if (this.producer.reserve(this.staged + 1) <= this.staged) return 'full'
      this.write(this.producer.slot(this.staged), kind, message)
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    }
    this.staged++
    return 'sent'
  }

  /** Sends what is staged. */
  flush(): void {
    if (this.staged === 0) return
    this.producer.publish(this.staged)
    this.staged = 0
    if (this.peerBell.ring()) this.counters.wake()
  }

  trySend(kind: number, message: Encodable): SendOutcome {
    const outcome = this.stage(kind, message)
    this.flush()
    if (outcome === 'full') this.counters.stall()
    return outcome
  }

  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    for (;;) {
      const outcome = this.trySend(kind, message)
      if (outcome !== 'full' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  close(): void {
    this.flush()
    this.own.close(this.incarnation)
    this.peerBell.ring()
  }

  /** Gives the end away: a successor goes on after what was sent, and the receiver notices nothing. */
  leave(): void {
    this.flush()
    this.own.leave(this.incarnation)
  }

  /** Whether there is room, or news of the receiver. What a sender that sleeps is rung for. */
  canGoOn(): boolean {
    if (isGone(this.peer.state())) return true
    try {
      return this.producer.reserve(1) > 0
    } catch (error) {
      this.fault = faultIn(error)
      return true
    }
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  protected write(at: number, kind: number, message: Encodable): void {
    this.memory.set(at, headerOf(kind, this.epoch))
    this.memory.set(at + 1, (this.producer.position + this.staged) | 0)
    message.encode(this.memory, at + HEADER_WORDS)
  }
}
