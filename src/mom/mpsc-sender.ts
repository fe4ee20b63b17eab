/**
 * One of several sending ends of a channel: claims a slot, writes the message in place, commits it, and wakes the
 * receiver if it sleeps.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type EndOptions, HEADER_WORDS, faultIn, isGone, requireRoom, takeEnd } from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Encodable, SendOutcome, Sender } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { MpscProducer } from './mpsc-ring.ts'
import { type MpscShape, mpscHeaderOf } from './mpsc-shape.ts'
import { Presence } from './peer-crash.ts'
import type { PeerFault } from './peer-fault.ts'

/**
 * A sending end. One thread owns it; its constructor takes the end or throws EndTakenError. What one end sends is
 * received in its order; of the messages of two ends, first comes the one whose slot was claimed first.
 */
export class MpscSender implements Sender {
  fault: PeerFault | undefined
  /** The number of this owner, for a host that may have to declare its death. */
  readonly incarnation: number
  protected readonly memory: SharedMemory
  protected readonly producer: MpscProducer
  protected readonly id: number
  protected readonly own: Presence
  protected readonly peer: Presence
  protected readonly peerBell: Doorbell
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly epoch: number
  protected readonly room: number
  /** Messages this owner has sent. */
  protected number = 0

  constructor(memory: SharedMemory, shape: MpscShape, id: number, options: EndOptions = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, epoch = 0 } = options
    const presence = shape.senderPresences[id]
    const bell = shape.senderBells[id]
    if (presence === undefined || bell === undefined)
      throw new RangeError(`the channel has ${shape.senderBells.length} senders, and none is number ${id}`)
    this.memory = memory
    this.id = id
    ;[this.own, this.incarnation] = takeEnd(memory, presence, `sender ${id}`)
    this.peer = new Presence(memory, shape.receiverPresence)
    this.peerBell = new Doorbell(memory, shape.receiverBell)
    this.waiter = new Waiter(memory, new Doorbell(memory, bell), patience, counters)
    this.counters = counters
    this.epoch = epoch
    // One word of a slot is its state.
    this.room = shape.ring.slotWords - 1 - HEADER_WORDS
    this.producer = this.makeProducer(shape)
    if (this.producer.takeOver()) this.ring()
  }

  trySend(kind: number, message: Encodable): SendOutcome {
    if (this.fault !== undefined) return 'faulty'
    requireRoom(message, this.room)
    const receiver = this.peer.state()
    if (isGone(receiver)) return receiver
    const outcome = this.claim()
    if (outcome !== 'claimed') return outcome
    this.fill(kind, message)
    this.producer.commit()
    this.number = (this.number + 1) | 0
    this.ring()
    return 'sent'
  }

  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    for (;;) {
      const outcome = this.trySend(kind, message)
      if (outcome !== 'full' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  close(): void {
    this.own.close(this.incarnation)
    this.ring()
  }

  /** Whether there is room, or news of the receiver. What a sender that sleeps is rung for. */
  canGoOn(): boolean {
    return isGone(this.peer.state()) || this.producer.hasRoom()
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  protected makeProducer(shape: MpscShape): MpscProducer {
    return new MpscProducer(this.memory, shape.ring, this.id)
  }

  protected claim(): 'claimed' | 'full' | 'faulty' {
    try {
      for (;;) {
        const outcome = this.producer.claim()
        if (outcome !== 'outdated') {
          if (outcome === 'full') this.counters.stall()
          return outcome
        }
        this.giveUp()
      }
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    }
  }

  // Whatever a message throws that cannot be encoded, the slot must not stay claimed: the receiver waits there.
  protected fill(kind: number, message: Encodable): void {
    try {
      this.write(this.producer.slot, kind, message)
    } catch (error) {
      this.giveUp()
      throw error
    }
  }

  protected giveUp(): void {
    this.producer.giveUp()
    this.ring()
  }

  protected write(at: number, kind: number, message: Encodable): void {
    this.memory.set(at, mpscHeaderOf(kind, this.epoch, this.id))
    this.memory.set(at + 1, this.number)
    message.encode(this.memory, at + HEADER_WORDS)
  }

  protected ring(): void {
    if (this.peerBell.ring()) this.counters.wake()
  }
}
