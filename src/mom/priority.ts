/**
 * A channel of three lanes, each a ring of its own, with one doorbell for each end: control is never blocked
 * behind data, and data is never starved by control. The lanes are channels; this is the order they are served in.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { ChannelReceiver } from './channel-receiver.ts'
import { ChannelSender } from './channel-sender.ts'
import {
  type Bells,
  type ChannelShape,
  type EndOptions,
  isGone,
  layChannel,
  takeEnd,
} from './channel-shape.ts'
import { Doorbell, PATIENCE, Waiter } from './doorbell.ts'
import type { Encodable, Inbox, ReceiveOutcome, Receiver, SendOutcome, Sender } from './fifo.ts'
import type { Layout } from './layout.ts'
import { Presence } from './peer-crash.ts'
import type { PeerFault } from './peer-fault.ts'
import type { RingSize } from './spsc-ring.ts'

/** From the highest to the lowest. Control is for what frees space, answers, or ends something. */
export const PRIORITIES = ['control', 'normal', 'bulk'] as const

export type Priority = (typeof PRIORITIES)[number]

/** Three channels with the same bells and the same owners. */
export type PriorityShape = { readonly [Lane in Priority]: ChannelShape }

export type PrioritySizes = { readonly [Lane in Priority]: RingSize }

/** Lays a channel with priorities. */
export function layPriority(
  layout: Layout,
  name: string,
  sizes: PrioritySizes,
  bells: Bells = {},
): PriorityShape {
  const control = layChannel(layout, `${name}.control`, sizes.control, bells)
  return {
    control,
    normal: layChannel(layout, `${name}.normal`, sizes.normal, control),
    bulk: layChannel(layout, `${name}.bulk`, sizes.bulk, control),
  }
}

/** The sending end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. */
export class PrioritySender {
  readonly incarnation: number
  protected readonly lanes: { readonly [Lane in Priority]: ChannelSender }

  constructor(memory: SharedMemory, shape: PriorityShape, options: EndOptions = {}) {
    const { senderPresence } = shape.control
    ;[, this.incarnation] = takeEnd(memory, senderPresence, 'sender', options.incarnation)
    const own = { ...options, incarnation: this.incarnation }
    this.lanes = {
      control: this.makeLane(memory, shape.control, own),
      normal: this.makeLane(memory, shape.normal, own),
      bulk: this.makeLane(memory, shape.bulk, own),
    }
  }

  /** Never waits. 'full' says that this lane is; the others may have room. */
  trySend(priority: Priority, kind: number, message: Encodable): SendOutcome {
    return this.fault === undefined ? this.laneOf(priority).trySend(kind, message) : 'faulty'
  }

  /** Waits while the lane is full; 'full' only where nothing came of it for that time, in milliseconds. */
  send(priority: Priority, kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    return this.fault === undefined ? this.laneOf(priority).send(kind, message, timeoutMs) : 'faulty'
  }

  /** One lane as a channel, for code that knows of no priorities. `close` on it closes them all. */
  lane(priority: Priority): Sender {
    return this.laneOf(priority)
  }

  close(): void {
    this.lanes.control.close()
  }

  /** What the receiver did wrong, after 'faulty'. */
  get fault(): PeerFault | undefined {
    return this.lanes.control.fault ?? this.lanes.normal.fault ?? this.lanes.bulk.fault
  }

  protected laneOf(priority: Priority): ChannelSender {
    return this.lanes[priority]
  }

  protected makeLane(memory: SharedMemory, shape: ChannelShape, options: EndOptions): ChannelSender {
    return new ChannelSender(memory, shape, options)
  }
}

export type PriorityOptions = EndOptions & {
  /**
   * A lane is due when so many messages of higher lanes were taken since it was last served or seen empty; it then
   * goes before them, once. So no lane starves, and what is sent by control waits for two others at most.
   */
  readonly passesMax?: number
}

const PASSES_MAX = 16

const ignore = (): void => {}

/** The receiving end. One thread owns it; its constructor takes the end or throws EndTakenError, or PeerFault. */
export class PriorityReceiver implements Receiver {
  kind = 0
  /** The lane of the message last received. */
  priority: Priority = 'control'
  readonly incarnation: number
  protected readonly lanes: readonly ChannelReceiver[]
  protected readonly peer: Presence
  protected readonly waiter: Waiter
  protected readonly passesMax: number
  /** By lane: messages of higher lanes taken since it was served or seen empty. */
  protected readonly passes: number[] = PRIORITIES.map(() => 0)
  /** The lowest lane that is served, by its index. */
  protected lowest = PRIORITIES.length - 1

  /** Throws RangeError where `passesMax` is no positive whole number: the lowest lane would go first always. */
  constructor(memory: SharedMemory, shape: PriorityShape, options: PriorityOptions = {}) {
    const { patience = PATIENCE, counters, passesMax = PASSES_MAX } = options
    if (!Number.isSafeInteger(passesMax) || passesMax < 1)
      throw new RangeError(`a lane is due after one message or more, not ${passesMax}`)
    const { receiverPresence, senderPresence, receiverBell } = shape.control
    ;[, this.incarnation] = takeEnd(memory, receiverPresence, 'receiver', options.incarnation)
    const own = { ...options, incarnation: this.incarnation }
    this.lanes = PRIORITIES.map((priority) => new ChannelReceiver(memory, shape[priority], own))
    this.peer = new Presence(memory, senderPresence)
    this.waiter = new Waiter(memory, new Doorbell(memory, receiverBell), patience, counters)
    this.passesMax = passesMax
  }

  /**
   * From now on only lanes from control down to this one are served, for a receiver that cannot take more until it
   * is told so by control. What lies in the others stays there, also when the sender has left.
   */
  serveDownTo(lowest: Priority): void {
    this.lowest = PRIORITIES.indexOf(lowest)
  }

  tryReceive(inbox: Inbox): ReceiveOutcome {
    if (this.take(inbox)) return 'received'
    const sender = this.peer.state()
    // What it published before it left is found now.
    if (isGone(sender) && this.take(inbox)) return 'received'
    if (this.fault !== undefined) return 'faulty'
    return isGone(sender) ? sender : 'empty'
  }

  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    for (;;) {
      const outcome = this.tryReceive(inbox)
      if (outcome !== 'empty' || !this.waiter.until(() => this.canGoOn(), timeoutMs)) return outcome
    }
  }

  /**
   * Takes the messages that are there, at most `most` however fast others come; how many. Each is in the inbox while
   * `onMessage` runs, and the lanes are looked at again for each, so that what comes by control is next.
   */
  drain(inbox: Inbox, most: number, onMessage: (kind: number) => void): number {
    let taken = 0
    while (taken < most && this.take(inbox)) {
      taken++
      onMessage(this.kind)
    }
    return taken
  }

  close(): void {
    this.lanes[0]!.close()
  }

  /** Whether there is a message in any lane, or news of the sender. What a receiver that sleeps is rung for. */
  canGoOn(): boolean {
    for (let lane = 0; lane <= this.lowest; lane++) {
      if (this.lanes[lane]!.canGoOn()) return true
    }
    return false
  }

  /** The bell to arm, for a host that waits in its own way until `canGoOn`. */
  get bell(): Doorbell {
    return this.waiter.bell
  }

  /** What the sender did wrong, after 'faulty'. */
  get fault(): PeerFault | undefined {
    return this.lanes[0]!.fault ?? this.lanes[1]!.fault ?? this.lanes[2]!.fault
  }

  /** Takes the next message: of a lane that is due, or of the highest that has one. */
  protected take(inbox: Inbox): boolean {
    if (this.fault !== undefined) return false
    for (let lane = 1; lane <= this.lowest; lane++) {
      if (this.isDue(lane) && this.takeFrom(lane, inbox)) return true
    }
    for (let lane = 0; lane <= this.lowest; lane++) {
      if (this.takeFrom(lane, inbox)) return true
    }
    return false
  }

  protected isDue(lane: number): boolean {
    return this.passes[lane]! >= this.passesMax
  }

  protected takeFrom(lane: number, inbox: Inbox): boolean {
    const channel = this.lanes[lane]!
    if (channel.drain(inbox, 1, ignore) === 0) {
      this.passes[lane] = 0
      return false
    }
    this.kind = channel.kind
    this.priority = PRIORITIES[lane]!
    this.count(lane)
    return true
  }

  /** The lane has had its turn, and those below it have been passed over once more. */
  protected count(lane: number): void {
    this.passes[lane] = 0
    for (let lower = lane + 1; lower < PRIORITIES.length; lower++) {
      this.passes[lower] = Math.min(this.passes[lower]! + 1, this.passesMax)
    }
  }
}
