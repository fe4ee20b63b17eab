/**
 * The receiving end of a channel with credit: whatever it made of a message, all that the message took goes back,
 * its units as credit and its buffer to the pool, and the sender is rung if it sleeps.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { BufferGiver, type PoolShape, type Views } from './buffer-pool.ts'
import { ChannelReceiver } from './channel-receiver.ts'
import { faultIn } from './channel-shape.ts'
import {
  type CreditOptions,
  type CreditShape,
  IncomingDescriptor,
  NO_BUFFER,
  requireFirstOwner,
  unitsOf,
} from './credit-flow.ts'
import { Doorbell } from './doorbell.ts'
import type { Inbox, ReceiveOutcome, Receiver } from './fifo.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'
import { PeerFault } from './peer-fault.ts'

/** What a message took that the receiver goes on using: units by its kind, and its buffer or `NO_BUFFER`. */
export type Held = { readonly kind: number; readonly buffer: number }

/** The receiving end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. */
export class CreditReceiver<View = Uint8Array> implements Receiver {
  /** The buffer of the message last received, or `NO_BUFFER`. It is this end's until the message is done. */
  buffer = NO_BUFFER
  protected readonly memory: SharedMemory
  protected readonly shape: CreditShape
  protected readonly channel: ChannelReceiver
  protected readonly pool: BufferGiver<View> | undefined
  protected readonly peerBell: Doorbell
  protected readonly counters: Counters
  /** Units of all messages received, and of those released. */
  protected taken: number
  protected released: number
  /** Whether the message last received is still to be released. */
  protected isHolding = false
  protected inbox: Inbox = []
  protected descriptors: Inbox = []
  protected ownFault: PeerFault | undefined

  constructor(memory: SharedMemory, shape: CreditShape, options: CreditOptions<View> = {}) {
    const { views, counters = UNCOUNTED } = options
    const { pool, channel } = shape
    this.memory = memory
    this.shape = shape
    this.channel = new ChannelReceiver(memory, channel, options)
    requireFirstOwner('receiver', this.channel)
    this.pool = pool && views && this.makePool(memory, pool, views)
    this.peerBell = new Doorbell(memory, channel.senderBell)
    this.counters = counters
    this.released = memory.load(shape.released)
    this.taken = this.released
  }

  /** Gives all buffers to the sender. To be called once, before anything is received. */
  prime(): void {
    this.ownPool().prime()
    this.ringPeer()
  }

  /** Never waits. The message received before is done with, unless it was kept. */
  tryReceive(inbox: Inbox): ReceiveOutcome {
    this.done()
    if (this.ownFault !== undefined) return 'faulty'
    return this.note(this.channel.tryReceive(this.describe(inbox)))
  }

  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    this.done()
    if (this.ownFault !== undefined) return 'faulty'
    return this.note(this.channel.receive(this.describe(inbox), timeoutMs))
  }

  /** Releases the message last received now, accepted or refused; the next receive would do it too. */
  done(): void {
    if (this.isHolding) this.release(this.keep())
  }

  /** The message last received stays outstanding, with its buffer, until `release`. */
  keep(): Held {
    this.isHolding = false
    return { kind: this.kind, buffer: this.buffer }
  }

  /** Gives back what a message took. Throws RangeError where that is not this end's to give. */
  release({ kind, buffer }: Held): void {
    const units = unitsOf(this.shape, kind)
    if (((this.taken - this.released) | 0) < units)
      throw new RangeError(`${units} units are released, and fewer are outstanding`)
    if (buffer !== NO_BUFFER) this.giveBack(buffer)
    this.grant(units)
    this.ringPeer()
  }

  close(): void {
    this.channel.close()
  }

  /** A buffer that this end has. Throws RangeError for any other. */
  view(buffer: number): View {
    return this.ownPool().view(buffer)
  }

  get kind(): number {
    return this.channel.kind
  }

  /** Units released so far, modulo 2^32: credit that a message of the other direction may carry to `learn`. */
  get credit(): number {
    return this.released
  }

  /** What the sender did wrong, after 'faulty'. */
  get fault(): PeerFault | undefined {
    return this.ownFault ?? this.channel.fault
  }

  /** The sender has handed a buffer over, with the message that is being read. Throws PeerFault. */
  acceptBuffer(buffer: number): void {
    if (buffer !== NO_BUFFER) {
      if (this.pool === undefined) throw new PeerFault(`buffer ${buffer} came where there is no pool`)
      this.pool.accept(buffer)
    }
    this.buffer = buffer
  }

  protected makePool(memory: SharedMemory, shape: PoolShape, views: Views<View>): BufferGiver<View> {
    return new BufferGiver(memory, shape, views)
  }

  protected note(outcome: ReceiveOutcome): ReceiveOutcome {
    if (outcome !== 'received') return outcome
    this.taken = (this.taken + unitsOf(this.shape, this.kind)) | 0
    this.isHolding = true
    const outstanding = (this.taken - this.released) | 0
    if (outstanding <= this.shape.window) return outcome
    this.ownFault = new PeerFault(
      `${outstanding} units are outstanding, and the window is ${this.shape.window}`,
    )
    return 'faulty'
  }

  protected giveBack(buffer: number): void {
    try {
      this.ownPool().giveBack(buffer)
    } catch (error) {
      this.ownFault = faultIn(error)
    }
  }

  protected grant(units: number): void {
    this.released = (this.released + units) | 0
    this.memory.store(this.shape.released, this.released)
  }

  protected ringPeer(): void {
    if (this.peerBell.ring()) this.counters.wake()
  }

  /** The messages of an inbox with the word before them; made once for each inbox. */
  protected describe(inbox: Inbox): Inbox {
    if (this.inbox !== inbox) {
      this.inbox = inbox
      this.descriptors = inbox.map((message) => message && new IncomingDescriptor(message, this))
    }
    return this.descriptors
  }

  protected ownPool(): BufferGiver<View> {
    if (this.pool === undefined) throw new RangeError('this end has no pool of buffers, or no views of it')
    return this.pool
  }
}
