/**
 * A channel that changes its transport while messages flow: the sender fences the old ring at its last message and
 * goes on in the new one, the receiver drains up to the fence and follows. The fence is the point of commitment.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { ChannelSender } from './channel-sender.ts'
import {
  type ChannelShape,
  type EndOptions,
  FENCE,
  epochAfter,
  faultIn,
  layChannel,
  takeEnd,
} from './channel-shape.ts'
import type { Encodable, SendOutcome, Sender } from './fifo.ts'
import type { Layout } from './layout.ts'
import { messageType } from './message.ts'
import type { PeerFault } from './peer-fault.ts'
import type { RingSize } from './spsc-ring.ts'

/** Says where the channel goes on, and under which epoch. */
export const fenceType = messageType({ transport: 'uint', epoch: 'uint' })

/** Words a fence takes; slots have room for it besides the header. */
export const FENCE_WORDS = fenceType.words

/**
 * Lays the transports that a channel may be upgraded to, the first of which it starts in. They share bells and
 * presence: who sleeps, or dies, between two transports is found in the same words as ever.
 */
export function layUpgradable(layout: Layout, name: string, sizes: readonly RingSize[]): ChannelShape[] {
  const shared = {
    senderBell: layout.word(`${name}.senderBell`),
    receiverBell: layout.word(`${name}.receiverBell`),
    senderPresence: layout.word(`${name}.senderPresence`),
    receiverPresence: layout.word(`${name}.receiverPresence`),
  }
  return sizes.map((size, index) => layChannel(layout, `${name}.${index}`, size, shared))
}

/** Where an end stands, for a successor in its role: plain data. */
export type Standing = { readonly transport: number; readonly epoch: number }

export const START: Standing = { transport: 0, epoch: 0 }

/** The sending end of a channel with several transports. */
export class UpgradableSender implements Sender {
  readonly incarnation: number
  protected readonly transports: readonly ChannelShape[]
  protected readonly memory: SharedMemory
  protected readonly options: EndOptions
  protected readonly fence = fenceType.create()
  protected current: ChannelSender
  protected standingNow: Standing
  /** What is wrong with a transport that was not gone to. */
  protected wrong: PeerFault | undefined

  /** Takes the end, at the start or where its last owner stood. Throws EndTakenError, PeerFault. */
  constructor(
    memory: SharedMemory,
    transports: readonly ChannelShape[],
    options: EndOptions = {},
    standing: Standing = START,
  ) {
    this.memory = memory
    this.transports = transports
    this.incarnation = takeEnd(memory, transports[0]!.senderPresence, 'sender', options.incarnation)[1]
    this.options = { ...options, incarnation: this.incarnation }
    this.standingNow = standing
    this.current = this.open(standing)
  }

  /**
   * Goes on in another transport. 'sent' once the fence is: from then on the receiver will follow. With any other
   * outcome nothing has changed and the old transport stays in service. Waits while the old one is full.
   */
  upgrade(transport: number, timeoutMs?: number): SendOutcome {
    if (this.transports[transport] === undefined)
      throw new RangeError(`the channel has ${this.transports.length} transports, and no number ${transport}`)
    const next: Standing = { transport, epoch: epochAfter(this.standingNow.epoch) }
    try {
      const successor = this.open(next)
      const outcome = this.fenceOff(next, timeoutMs)
      if (outcome !== 'sent') return outcome
      this.current = successor
      this.standingNow = next
      return 'sent'
    } catch (error) {
      this.wrong = faultIn(error)
      return 'faulty'
    }
  }

  stage(kind: number, message: Encodable): SendOutcome {
    return this.current.stage(kind, message)
  }

  flush(): void {
    this.current.flush()
  }

  trySend(kind: number, message: Encodable): SendOutcome {
    return this.current.trySend(kind, message)
  }

  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    return this.current.send(kind, message, timeoutMs)
  }

  /** Gives the role away: the receiver notices nothing, and a successor takes the end and goes on from here. */
  handOver(): Standing {
    this.current.flush()
    this.current.leave()
    return this.standingNow
  }

  close(): void {
    this.current.close()
  }

  canGoOn(): boolean {
    return this.current.canGoOn()
  }

  get bell(): ChannelSender['bell'] {
    return this.current.bell
  }

  get fault(): PeerFault | undefined {
    return this.wrong ?? this.current.fault
  }

  get standing(): Standing {
    return this.standingNow
  }

  /** The last message of the old transport. */
  protected fenceOff(next: Standing, timeoutMs?: number): SendOutcome {
    this.current.flush()
    this.fence.transport = next.transport
    this.fence.epoch = next.epoch
    return this.current.send(FENCE, this.fence, timeoutMs)
  }

  protected open({ transport, epoch }: Standing): ChannelSender {
    return new ChannelSender(this.memory, this.transports[transport]!, { ...this.options, epoch })
  }
}
