/**
 * The one interface of ends between real threads and processes: that of all channels (src/mom/fifo.ts), and for
 * threads that serve an event loop the same two operations with a promise in the place of blocking.
 */
import type { SharedMemory, WaitOutcome } from '../interleave/memory/shared-memory.ts'
import type { Encodable, Inbox, ReceiveOutcome, SendOutcome, Receiver, Sender } from '../mom/fifo.ts'

export type AwaitableSender = Sender & {
  /** As `send`; the event loop goes on meanwhile. One at a time. */
  sendAsync(kind: number, message: Encodable, timeoutMs?: number): Promise<SendOutcome>
  /** Leaves without a word, as one that dies: the receiver finds the sender dead. */
  abandon(): void
}

export type AwaitableReceiver = Receiver & {
  /** As `receive`; the event loop goes on meanwhile. One at a time; closing ends it with 'empty'. */
  receiveAsync(inbox: Inbox, timeoutMs?: number): Promise<ReceiveOutcome>
  /** Leaves without a word, as one that dies: the sender finds the receiver dead. */
  abandon(): void
}

/** A shared memory on which a thread can wait without blocking. */
export type AwaitableMemory = SharedMemory & {
  /** As `wait`; may come back for nothing. The process is kept alive meanwhile. */
  waitAsync(index: number, value: number, timeoutMs?: number): Promise<WaitOutcome>
  /** How another thread or process attaches to the same memory. */
  readonly place: MemoryPlace
}

/** Where a memory is found: a buffer for threads of this process, a path for any process of this machine. */
export type MemoryPlace =
  { readonly buffer: SharedArrayBuffer } | { readonly path: string; readonly words: number }
