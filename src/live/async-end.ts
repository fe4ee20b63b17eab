/**
 * The ends of a channel in shared memory for real threads: those that block, and beside them the same operations
 * for a thread whose event loop must go on, as the main thread's does.
 */
import { ChannelReceiver } from '../mom/channel-receiver.ts'
import { ChannelSender } from '../mom/channel-sender.ts'
import type { ChannelShape, EndOptions } from '../mom/channel-shape.ts'
import type { Encodable, Inbox, ReceiveOutcome, SendOutcome } from '../mom/fifo.ts'
import type { AwaitableMemory, AwaitableReceiver, AwaitableSender } from './awaitable.ts'
import { LoopWaiter } from './loop-waiter.ts'

/** The sending end of a channel in an awaitable memory. */
export class AsyncSender extends ChannelSender implements AwaitableSender {
  readonly #waiter: LoopWaiter

  constructor(memory: AwaitableMemory, shape: ChannelShape, options: EndOptions = {}) {
    super(memory, shape, options)
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
    if (this.#waiter.stop()) this.own.declareDead(this.incarnation, [this.peerBell])
  }
}

/** The receiving end of a channel in an awaitable memory. */
export class AsyncReceiver extends ChannelReceiver implements AwaitableReceiver {
  readonly #waiter: LoopWaiter

  constructor(memory: AwaitableMemory, shape: ChannelShape, options: EndOptions = {}) {
    super(memory, shape, options)
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
    if (this.#waiter.stop()) this.own.declareDead(this.incarnation, [this.peerBell])
  }
}
