/**
 * The receiving end of a channel: takes messages in order, gives their slots back, wakes the sender if it sleeps,
 * and tells an empty channel from one that nothing will come from any more.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import {
  type ChannelShape,
  type EndOptions,
  FENCE,
  HEADER_WORDS,
  faultIn,
  epochOf,
  isGone,
  kindOf,
  takeEnd,
} from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Decodable, Inbox, ReceiveOutcome, Receiver } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { Presence } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'
import { RingConsumer } from './spsc-ring.ts'

const ignore = (): void => {}

/** The receiving end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. */
export class ChannelReceiver implements Receiver {
  fault: PeerFault | undefined
  kind = 0
  readonly incarnation: number
  protected readonly memory: SharedMemory
  protected readonly consumer: RingConsumer
  protected readonly own: Presence
  protected readonly peer: Presence
  protected readonly peerBell: Doorbell
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  protected readonly fence: Decodable | undefined

  constructor(memory: SharedMemory, shape: ChannelShape, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    this.memory = memory
    ;[this.own, this.incarnation] = takeEnd(memory, shape.receiverPresence, 'receiver', options.incarnation)
    this.peer = new Presence(memory, shape.senderPresence)
    this.consumer = new RingConsumer(memory, shape.ring)
    this.peerBell = new Doorbell(memory, shape.senderBell)
    this.waiter = new Waiter(memory, new Doorbell(memory, shape.receiverBell), patience, counters)
    this.counters = counters
    this.epoch = epoch
    this.fence = options.fence
  }

  tryReceive(inbox: Inbox): ReceiveOutcome {
    for (;;) {
      if (this.drain(inbox, 1, ignore) > 0) return 'received'
      const outcome = this.look()
      if (outcome !== 'ready') return outcome
    }
  }

  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    for (;;) {
      const outcome = this.tryReceive(inbox)
      if (outcome !== 'empty' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  /**
   * Takes the messages that are there, at most `most`, and gives their slots back together; how many. Each is
   * in the inbox while `onMessage` runs. A receiver that dies in between has taken none of them.
   */
  drain(inbox: Inbox, most: number, onMessage: (kind: number) => void): number {
    if (this.fault !== undefined) return 0
    let taken = 0
    try {
      const count = this.consumer.available(most)
      while (taken < count) {
        this.read(this.consumer.slot(taken), taken, inbox)
        onMessage(this.kind)
        taken++
      }
    } catch (error) {
      this.fault = faultIn(error)
    }
    if (taken > 0) this.release(taken)
    return taken
  }

  close(): void {
    this.own.close(this.incarnation)
    this.peerBell.ring()
  }

  /** Gives the end away: a successor goes on after what was released, and the sender notices nothing. */
  leave(): void {
    this.own.leave(this.incarnation)
  }

  /** Whether there is a message, or news of the sender. What a receiver that sleeps is rung for. */
  canGoOn(): boolean {
    return this.look() !== 'empty'
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  protected release(count: number): void {
    this.consumer.release(count)
    if (this.peerBell.ring()) this.counters.wake()
  }

  // The sender is looked at first: what it published before it left is found afterwards.
  protected look(): 'ready' | Exclude<ReceiveOutcome, 'received'> {
    if (this.fault !== undefined) return 'faulty'
    const sender = this.peer.state()
    try {
      if (this.consumer.available(1) > 0) return 'ready'
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    }
    return isGone(sender) ? sender : 'empty'
  }

  // With the texts of what can be wrong in its body this would be too large to be inlined into `drain`.
  protected read(at: number, ahead: number, inbox: Inbox): void {
    const header = this.memory.get(at)
    const number = this.memory.get(at + 1)
    const expected = (this.consumer.position + ahead) | 0
    const message = kindOf(header) === FENCE ? this.fence : inbox[kindOf(header)]
    if (epochOf(header) !== this.epoch || number !== expected || message === undefined)
      throw this.faultOf(header, number, expected)
    message.decode(this.memory, at + HEADER_WORDS)
    this.kind = kindOf(header)
  }

  protected faultOf(header: number, number: number, expected: number): PeerFault {
    if (epochOf(header) !== this.epoch)
      return new PeerFault(`message ${expected} is of epoch ${epochOf(header)}, and this is ${this.epoch}`)
    if (number !== expected) return new PeerFault(`message ${expected} says that it is number ${number}`)
    return new PeerFault(`message ${expected} is of kind ${kindOf(header)}`)
  }
}
