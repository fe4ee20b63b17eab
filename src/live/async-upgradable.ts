/** The ends of a channel that can be upgraded, for real threads: as those of async-end.ts, over several transports. */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { ChannelShape, EndOptions } from '../mom/channel-shape.ts'
import { type Standing, UpgradableSender } from '../mom/channel-upgrade.ts'
import { Doorbell } from '../mom/doorbell.ts'
import type { Encodable, Inbox, ReceiveOutcome, SendOutcome } from '../mom/fifo.ts'
import { Presence } from '../mom/peer-crash.ts'
import { UpgradableReceiver } from '../mom/upgradable-receiver.ts'
import type { AwaitableMemory, AwaitableReceiver, AwaitableSender } from './awaitable.ts'
import { LoopWaiter } from './loop-waiter.ts'

function declareDead(memory: SharedMemory, presence: number, incarnation: number, peerBell: number): void {
  new Presence(memory, presence).declareDead(incarnation, [new Doorbell(memory, peerBell)])
}

/** The sending end of a channel with several transports in an awaitable memory. */
export class AsyncUpgradableSender extends UpgradableSender implements AwaitableSender {
  readonly #waiter: LoopWaiter

  constructor(
    memory: AwaitableMemory,
    transports: readonly ChannelShape[],
    options: EndOptions = {},
    standing?: Standing,
  ) {
    super(memory, transports, options, standing)
    this.#waiter = new LoopWaiter(memory, this.bell, options)
  }

  sendAsync(kind: number, message: Encodable, timeoutMs?: number): Promise<SendOutcome> {
    const act = (): SendOutcome => this.trySend(kind, message)
    return this.#waiter.untilNot<SendOutcome>('full', act, () => this.canGoOn(), timeoutMs)
  }

  // Once only: the end may have a new owner by now.
  override close(): void {
    if (this.#waiter.stop()) super.close()
  }

  abandon(): void {
    const { senderPresence, receiverBell } = this.transports[0]!
    if (this.#waiter.stop()) declareDead(this.memory, senderPresence, this.incarnation, receiverBell)
  }
}

/** The receiving end of a channel with several transports in an awaitable memory. */
export class AsyncUpgradableReceiver extends UpgradableReceiver implements AwaitableReceiver {
  readonly #waiter: LoopWaiter

  constructor(
    memory: AwaitableMemory,
    transports: readonly ChannelShape[],
    options: EndOptions = {},
    standing?: Standing,
  ) {
    super(memory, transports, options, standing)
    this.#waiter = new LoopWaiter(memory, this.bell, options)
  }

  receiveAsync(inbox: Inbox, timeoutMs?: number): Promise<ReceiveOutcome> {
    const act = (): ReceiveOutcome => this.tryReceive(inbox)
    return this.#waiter.untilNot<ReceiveOutcome>('empty', act, () => this.canGoOn(), timeoutMs)
  }

  // Once only: the end may have a new owner by now.
  override close(): void {
    if (this.#waiter.stop()) super.close()
  }

  abandon(): void {
    const { receiverPresence, senderBell } = this.transports[0]!
    if (this.#waiter.stop()) declareDead(this.memory, receiverPresence, this.incarnation, senderBell)
  }
}
