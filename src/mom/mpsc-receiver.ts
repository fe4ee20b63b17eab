/**
 * The receiving end of a channel of several senders: takes messages in the order of their slots, gives the slots
 * back, wakes the senders that sleep, and goes on past a sender that died at any point.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type EndOptions, HEADER_WORDS, epochOf, faultIn, isGone, kindOf, takeEnd } from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Inbox, ReceiveOutcome, Receiver } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { MpscConsumer } from './mpsc-ring.ts'
import { type MpscShape, senderOf } from './mpsc-shape.ts'
import { Presence, type PresenceState } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'

const ignore = (): void => {}

/** What the receiver remembers of one sender. */
type Expectation = {
  /** The number of its next message; undefined before the first. */
  number: number | undefined
  /** How often its numbers have begun again. */
  restarts: number
}

/**
 * The receiving end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault.
 * 'closed' and 'dead' say that every sender has left and all that they sent is received; 'dead', that one was cut
 * off. A sender that has not come yet keeps the channel open.
 */
export class MpscReceiver implements Receiver {
  fault: PeerFault | undefined
  kind = 0
  /** Who sent the message last received. */
  sender = 0
  readonly incarnation: number
  protected readonly memory: SharedMemory
  protected readonly headWord: number
  protected readonly consumer: MpscConsumer
  protected readonly own: Presence
  protected readonly peers: readonly Presence[]
  protected readonly peerBells: readonly Doorbell[]
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  protected readonly expected: readonly Expectation[]

  constructor(memory: SharedMemory, shape: MpscShape, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    this.memory = memory
    ;[this.own, this.incarnation] = takeEnd(memory, shape.receiverPresence, 'receiver')
    this.headWord = shape.ring.head
    this.peers = shape.senderPresences.map((word) => new Presence(memory, word))
    this.peerBells = shape.senderBells.map((word) => new Doorbell(memory, word))
    this.waiter = new Waiter(memory, new Doorbell(memory, shape.receiverBell), patience, counters)
    this.counters = counters
    this.epoch = epoch
    this.expected = shape.senderPresences.map(() => ({ number: undefined, restarts: 0 }))
    this.consumer = this.makeConsumer(shape)
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
   * Takes the messages that are there, at most `most`; how many. Each is in the inbox while `onMessage` runs, and
   * its slot is given back after that, so that a successor finds what a receiver died with. The senders are rung
   * once, at the end.
   */
  drain(inbox: Inbox, most: number, onMessage: (kind: number) => void): number {
    if (this.fault !== undefined) return 0
    const before = this.consumer.position
    let taken = 0
    try {
      while (taken < most && this.consumer.available()) {
        this.read(this.consumer.slot, inbox)
        onMessage(this.kind)
        this.consumer.release()
        taken++
      }
    } catch (error) {
      this.fault = faultIn(error)
    } finally {
      this.settle(before)
    }
    return taken
  }

  close(): void {
    this.own.close(this.incarnation)
    this.ring()
  }

  /** Whether there is a message, or news of the senders. What a receiver that sleeps is rung for. */
  canGoOn(): boolean {
    return this.look() !== 'empty'
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  protected makeConsumer(shape: MpscShape): MpscConsumer {
    return new MpscConsumer(this.memory, shape.ring, this.peers)
  }

  // The senders are looked at first: what they committed before they left is found afterwards.
  protected look(): 'ready' | Exclude<ReceiveOutcome, 'received'> {
    if (this.fault !== undefined) return 'faulty'
    const senders = this.senders()
    const before = this.consumer.position
    try {
      if (this.consumer.available()) return 'ready'
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    } finally {
      this.settle(before)
    }
    return isGone(senders) ? senders : 'empty'
  }

  /** The state of the senders together: gone where all are, and dead where one of them is. */
  protected senders(): PresenceState {
    let together: PresenceState = 'closed'
    for (const peer of this.peers) {
      const state = peer.state()
      if (!isGone(state)) return state
      if (state === 'dead') together = state
    }
    return together
  }

  /** After slots have been released, also those that were skipped: who waits for room is rung. */
  protected settle(before: number): void {
    const { position } = this.consumer
    if (position === before) return
    this.memory.store(this.headWord, position)
    this.ring()
  }

  protected ring(): void {
    for (const bell of this.peerBells) {
      if (bell.ring()) this.counters.wake()
    }
  }

  protected read(at: number, inbox: Inbox): void {
    const header = this.memory.get(at)
    const number = this.memory.get(at + 1)
    const sender = senderOf(header)
    if (epochOf(header) !== this.epoch)
      throw new PeerFault(
        `a message of sender ${sender} is of epoch ${epochOf(header)}, and this is ${this.epoch}`,
      )
    this.check(sender, number)
    const message = inbox[kindOf(header)]
    if (message === undefined)
      throw new PeerFault(`message ${number} of sender ${sender} is of kind ${kindOf(header)}`)
    message.decode(this.memory, at + HEADER_WORDS)
    this.kind = kindOf(header)
    this.sender = sender
  }

  // A receiver that takes over begins where each sender is; a sender's successor begins again at 0.
  protected check(sender: number, number: number): void {
    const expected = this.expected[sender]
    const owners = this.peers[sender]
    if (expected === undefined || owners === undefined)
      throw new PeerFault(`a message says that it is of sender ${sender}, and there are ${this.peers.length}`)
    if (expected.number !== undefined && number !== expected.number) {
      if (number !== 0 || expected.restarts + 1 >= owners.incarnation())
        throw new PeerFault(`message ${expected.number} of sender ${sender} says that it is number ${number}`)
      expected.restarts++
    }
    expected.number = (number + 1) | 0
  }
}
