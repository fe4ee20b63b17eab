/**
 * The receiving end of a channel that changes its transport: drains the old one up to its fence, and follows. A
 * fence is never seen outside, and what it says is checked like anything else that a peer wrote.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { ChannelReceiver } from './channel-receiver.ts'
import { type ChannelShape, type EndOptions, FENCE, epochAfter, faultIn, takeEnd } from './channel-shape.ts'
import { START, type Standing, fenceType } from './channel-upgrade.ts'
import type { Inbox, ReceiveOutcome, Receiver } from './fifo.ts'
import { PeerFault } from './peer-fault.ts'

/** The receiving end of a channel with several transports. */
export class UpgradableReceiver implements Receiver {
  fault: PeerFault | undefined
  readonly incarnation: number
  protected readonly transports: readonly ChannelShape[]
  protected readonly memory: SharedMemory
  protected readonly options: EndOptions
  protected readonly fence = fenceType.create()
  protected current: ChannelReceiver
  protected standingNow: Standing

  /** Takes the end, at the start or where its last owner stood. Throws EndTakenError, PeerFault. */
  constructor(
    memory: SharedMemory,
    transports: readonly ChannelShape[],
    options: EndOptions = {},
    standing: Standing = START,
  ) {
    this.memory = memory
    this.transports = transports
    this.incarnation = takeEnd(memory, transports[0]!.receiverPresence, 'receiver', options.incarnation)[1]
    this.options = { ...options, incarnation: this.incarnation, fence: this.fence }
    this.standingNow = standing
    this.current = this.open(standing)
  }

  tryReceive(inbox: Inbox): ReceiveOutcome {
    for (;;) {
      const outcome = this.current.tryReceive(inbox)
      if (!this.isFence(outcome)) return this.fault === undefined ? outcome : 'faulty'
    }
  }

  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    for (;;) {
      const outcome = this.current.receive(inbox, timeoutMs)
      if (!this.isFence(outcome)) return this.fault === undefined ? outcome : 'faulty'
    }
  }

  /** Gives the role away: a successor takes the end and goes on from here. */
  handOver(): Standing {
    this.current.leave()
    return this.standingNow
  }

  close(): void {
    this.current.close()
  }

  canGoOn(): boolean {
    return this.fault !== undefined || this.current.canGoOn()
  }

  get kind(): number {
    return this.current.kind
  }

  get bell(): ChannelReceiver['bell'] {
    return this.current.bell
  }

  get standing(): Standing {
    return this.standingNow
  }

  /** Whether what was received is a fence, which has been followed then. */
  protected isFence(outcome: ReceiveOutcome): boolean {
    if (outcome === 'faulty') this.fault ??= this.current.fault
    if (outcome !== 'received' || this.current.kind !== FENCE) return false
    return this.follow({ transport: this.fence.transport, epoch: this.fence.epoch })
  }

  protected follow(next: Standing): boolean {
    if (this.transports[next.transport] === undefined || next.epoch !== epochAfter(this.standingNow.epoch)) {
      this.fault = new PeerFault(
        `a fence of epoch ${this.standingNow.epoch} leads to transport ${next.transport}`,
      )
      return false
    }
    try {
      this.current = this.open(next)
    } catch (error) {
      this.fault = faultIn(error)
      return false
    }
    this.standingNow = next
    return true
  }

  protected open({ transport, epoch }: Standing): ChannelReceiver {
    return new ChannelReceiver(this.memory, this.transports[transport]!, { ...this.options, epoch })
  }
}
