/**
 * The sending end of a channel with credit: it uses no more units than the receiver has said it may, and says
 * 'full', or sleeps until it is rung, where they are not enough.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { BufferTaker } from './buffer-pool.ts'
import { ChannelSender } from './channel-sender.ts'
import { faultIn, isGone } from './channel-shape.ts'
import {
  type CreditOptions,
  type CreditShape,
  NO_BUFFER,
  OutgoingDescriptor,
  requireFirstOwner,
  unitsOf,
} from './credit-flow.ts'
import { PATIENCE, Waiter } from './doorbell.ts'
import type { Encodable, SendOutcome, Sender } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { Presence } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'

/**
 * The sending end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. 'full'
 * says that there is no credit for the message; who waits is rung when the receiver releases something.
 */
export class CreditSender<View = Uint8Array> implements Sender {
  protected readonly memory: SharedMemory
  protected readonly shape: CreditShape
  protected readonly channel: ChannelSender
  protected readonly pool: BufferTaker<View> | undefined
  protected readonly peer: Presence
  protected readonly waiter: Waiter
  protected readonly counters: Counters
  protected readonly descriptor = new OutgoingDescriptor()
  /** Units used so far, and released so far as last learnt. */
  protected used: number
  protected released: number
  protected ownFault: PeerFault | undefined

  constructor(memory: SharedMemory, shape: CreditShape, options: CreditOptions<View> = {}) {
    const { patience = PATIENCE, counters = UNCOUNTED, views } = options
    this.memory = memory
    this.shape = shape
    this.channel = new ChannelSender(memory, shape.channel, options)
    requireFirstOwner('sender', this.channel)
    const { pool } = shape
    this.pool = pool && views && new BufferTaker(memory, pool, views)
    this.peer = new Presence(memory, shape.channel.receiverPresence)
    this.waiter = new Waiter(memory, this.channel.bell, patience, counters)
    this.counters = counters
    // Nothing has been sent yet, so nothing that was sent can have been released.
    this.used = memory.load(shape.released)
    this.released = this.used
  }

  /** A free buffer, to be filled through `view`; undefined where there is none now, or never again. */
  tryTakeBuffer(): number | undefined {
    try {
      return this.pool?.take()
    } catch (error) {
      this.ownFault = faultIn(error)
      return undefined
    }
  }

  /** Waits for a buffer; undefined where none came for that time, in milliseconds, or the receiver is gone. */
  takeBuffer(timeoutMs?: number): number | undefined {
    for (;;) {
      const buffer = this.tryTakeBuffer()
      if (buffer !== undefined || this.fault !== undefined || isGone(this.peer.state())) return buffer
      if (!this.waiter.until(() => this.hasBufferOrNews(), timeoutMs)) return undefined
    }
  }

  /** A buffer that this end has. Throws RangeError for any other. */
  view(buffer: number): View {
    return this.ownPool().view(buffer)
  }

  /** The next message that is sent carries this buffer, which is then the receiver's. Throws RangeError. */
  attach(buffer: number): void {
    this.ownPool().view(buffer)
    this.descriptor.buffer = buffer
  }

  trySend(kind: number, message: Encodable): SendOutcome {
    const units = unitsOf(this.shape, kind)
    if (this.fault !== undefined) return 'faulty'
    if (!this.hasCredit(units)) return this.refuse()
    if (this.fault !== undefined) return 'faulty'
    this.descriptor.message = message
    const outcome = this.channel.trySend(kind, this.descriptor)
    if (outcome === 'sent') this.spend(units)
    return outcome
  }

  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    const units = unitsOf(this.shape, kind)
    for (;;) {
      const outcome = this.trySend(kind, message)
      if (outcome !== 'full' || !this.waiter.until(() => this.canSend(units), timeoutMs)) return outcome
    }
  }

  close(): void {
    this.channel.close()
  }

  /**
   * Takes credit that came another way, in a message of the other direction perhaps: the receiver's `credit`. It may
   * be late, repeated, or lost. Throws PeerFault where it is for units that were not used yet.
   */
  learn(released: number): void {
    if (!this.isNewer(released)) return
    if (((this.used - released) | 0) < 0)
      throw new PeerFault(`the receiver has released ${released} units, and ${this.used} were used`)
    this.released = released
  }

  /** Units that may be used now, as far as is known without a look. */
  get credit(): number {
    return this.shape.window - ((this.used - this.released) | 0)
  }

  /** What the receiver did wrong, after 'faulty'. */
  get fault(): PeerFault | undefined {
    return this.ownFault ?? this.channel.fault
  }

  protected isNewer(released: number): boolean {
    return ((released - this.released) | 0) > 0
  }

  /** Whether there is credit for so many units, or a fault; the receiver's word is read where what is known is less. */
  protected hasCredit(units: number): boolean {
    if (this.credit >= units) return true
    try {
      this.learn(this.memory.load(this.shape.released))
    } catch (error) {
      this.ownFault = faultIn(error)
      return true
    }
    return this.credit >= units
  }

  protected refuse(): SendOutcome {
    const receiver = this.peer.state()
    if (isGone(receiver)) return receiver
    this.counters.stall()
    return 'full'
  }

  protected spend(units: number): void {
    this.used = (this.used + units) | 0
    if (this.descriptor.buffer !== NO_BUFFER) this.ownPool().giveUp(this.descriptor.buffer)
    this.descriptor.buffer = NO_BUFFER
  }

  protected canSend(units: number): boolean {
    return isGone(this.peer.state()) || (this.hasCredit(units) && this.channel.canGoOn())
  }

  protected hasBufferOrNews(): boolean {
    if (isGone(this.peer.state())) return true
    try {
      return this.ownPool().hasFree()
    } catch (error) {
      this.ownFault = faultIn(error)
      return true
    }
  }

  protected ownPool(): BufferTaker<View> {
    if (this.pool === undefined) throw new RangeError('this end has no pool of buffers, or no views of it')
    return this.pool
  }
}
