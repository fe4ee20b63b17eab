/**
 * A channel over a Unix socket, for processes that can share no memory: the same interface, and the same
 * meanings. The sender has a window of messages the receiver has not taken; beyond it the channel is full.
 */
import type { Socket } from 'node:net'
import { AtomicsMemory } from '../interleave/memory/atomics-memory.ts'
import { HEADER_WORDS, epochOf, faultIn, headerOf, kindOf } from '../mom/channel-shape.ts'
import type { Encodable, Inbox, ReceiveOutcome, SendOutcome } from '../mom/fifo.ts'
import { PeerFault } from '../mom/peer-fault.ts'
import type { AwaitableReceiver, AwaitableSender } from './awaitable.ts'
import { FRAME, FRAME_HEADER, FrameSocket } from './frames.ts'

/** Messages under way at most. The system's buffer holds as many of a line's size, so 'sent' is never its guess. */
export const WINDOW = 64
/** A thread that blocks looks at the socket so often, for without the event loop nothing tells it. */
const LOOK_MS = 1

export type SocketEndOptions = {
  readonly slotWords: number
  /** As the other side's; default: WINDOW. */
  readonly window?: number
  readonly epoch?: number
  /** Bytes that were read from the socket before. */
  readonly rest?: Buffer
}

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Tries until something comes of it or the time is over. The event loop does not run meanwhile. */
function untilNot<T>(pending: T, attempt: () => T, socket: FrameSocket, timeoutMs = Infinity): T {
  const end = performance.now() + timeoutMs
  for (;;) {
    const outcome = attempt()
    if (outcome !== pending || socket.isLeft || performance.now() >= end) return outcome
    Atomics.wait(sleeper, 0, 0, LOOK_MS)
  }
}

async function untilNotAsync<T>(
  pending: T,
  attempt: () => T,
  socket: FrameSocket,
  timeoutMs = Infinity,
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const outcome = attempt()
    const left = end - performance.now()
    if (outcome !== pending || socket.isLeft || left <= 0) return outcome
    await socket.change(left)
  }
}

/** The sending end on a socket. */
export class SocketSender implements AwaitableSender {
  fault: PeerFault | undefined
  protected readonly socket: FrameSocket
  protected readonly window: number
  protected readonly epoch: number
  protected readonly frame: Int32Array
  protected readonly memory: AtomicsMemory
  protected sent = 0
  /** What the receiver says it has taken, modulo 2^32. */
  protected taken = 0
  protected isClosed = false

  constructor(socket: Socket, { slotWords, window = WINDOW, epoch = 0, rest }: SocketEndOptions) {
    this.window = window
    this.epoch = epoch
    this.socket = new FrameSocket(socket, { slotWords, framesMax: window, rest: rest ?? Buffer.alloc(0) })
    this.frame = new Int32Array(FRAME_HEADER + slotWords)
    this.memory = new AtomicsMemory(this.frame)
  }

  trySend(kind: number, message: Encodable): SendOutcome {
    const outcome = this.look()
    if (outcome !== 'ready') return outcome
    if (((this.sent - this.taken) | 0) >= this.window) return 'full'
    this.frame.fill(0)
    this.frame[FRAME_HEADER] = headerOf(kind, this.epoch)
    this.frame[FRAME_HEADER + 1] = this.sent
    message.encode(this.memory, FRAME_HEADER + HEADER_WORDS)
    const written = this.socket.write(FRAME.message, this.frame)
    if (written === 'taken') {
      this.sent = (this.sent + 1) | 0
      return 'sent'
    }
    if (written === 'full') return 'full'
    // It may have said good-bye before it went.
    const last = this.look()
    return last === 'ready' ? 'dead' : last
  }

  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome {
    return untilNot('full', () => this.trySend(kind, message), this.socket, timeoutMs)
  }

  sendAsync(kind: number, message: Encodable, timeoutMs?: number): Promise<SendOutcome> {
    return untilNotAsync('full', () => this.trySend(kind, message), this.socket, timeoutMs)
  }

  close(): void {
    this.socket.close()
  }

  abandon(): void {
    this.socket.abandon()
  }

  /** Takes all that has come from the receiver. */
  protected look(): 'ready' | 'closed' | 'dead' | 'faulty' {
    try {
      for (;;) {
        if (this.fault !== undefined) return 'faulty'
        if (this.isClosed) return 'closed'
        const found = this.socket.next()
        if (found === undefined) return this.socket.isEnded ? 'dead' : 'ready'
        if (found.kind === FRAME.close) this.isClosed = true
        else if (found.kind === FRAME.credit) this.credit(found.words[0]!)
        else throw new PeerFault('the receiver sent a message')
      }
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    }
  }

  protected credit(taken: number): void {
    const under = (this.sent - taken) | 0
    if (under < 0 || ((taken - this.taken) | 0) < 0)
      throw new PeerFault(`the receiver says it has taken ${taken} of ${this.sent} messages`)
    this.taken = taken
  }
}

/** The receiving end on a socket. */
export class SocketReceiver implements AwaitableReceiver {
  fault: PeerFault | undefined
  kind = 0
  protected readonly socket: FrameSocket
  protected readonly window: number
  protected readonly epoch: number
  protected taken = 0
  /** What the sender was told last. */
  protected credited = 0
  protected isClosed = false

  constructor(socket: Socket, { slotWords, window = WINDOW, epoch = 0, rest }: SocketEndOptions) {
    this.window = window
    this.epoch = epoch
    this.socket = new FrameSocket(socket, { slotWords, framesMax: window, rest: rest ?? Buffer.alloc(0) })
  }

  tryReceive(inbox: Inbox): ReceiveOutcome {
    if (this.fault !== undefined) return 'faulty'
    if (this.socket.isLeft) return 'empty'
    try {
      const found = this.isClosed ? undefined : this.socket.next()
      if (found?.kind === FRAME.close) this.isClosed = true
      else if (found !== undefined) return this.take(found.kind, found.words, inbox)
    } catch (error) {
      this.fault = faultIn(error)
      return 'faulty'
    }
    if (this.isClosed) return 'closed'
    if (this.socket.isEnded) return 'dead'
    // All that is under way has been taken: a sender that is out of credit has nothing else to wait for.
    this.giveCredit(1)
    return 'empty'
  }

  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    return untilNot('empty', () => this.tryReceive(inbox), this.socket, timeoutMs)
  }

  receiveAsync(inbox: Inbox, timeoutMs?: number): Promise<ReceiveOutcome> {
    return untilNotAsync('empty', () => this.tryReceive(inbox), this.socket, timeoutMs)
  }

  close(): void {
    this.socket.close()
  }

  abandon(): void {
    this.socket.abandon()
  }

  protected take(frame: number, words: Int32Array, inbox: Inbox): 'received' {
    if (frame !== FRAME.message) throw new PeerFault('the sender sent credit')
    const header = words[0]!
    if (words[1] !== this.taken)
      throw new PeerFault(`message ${this.taken} says that it is number ${words[1]}`)
    if (epochOf(header) !== this.epoch)
      throw new PeerFault(`message ${this.taken} is of epoch ${epochOf(header)}, and this is ${this.epoch}`)
    if (((this.taken - this.credited) | 0) >= this.window)
      throw new PeerFault(`message ${this.taken} was sent without credit`)
    const message = inbox[kindOf(header)]
    if (message === undefined) throw new PeerFault(`message ${this.taken} is of kind ${kindOf(header)}`)
    message.decode(new AtomicsMemory(words), HEADER_WORDS)
    this.kind = kindOf(header)
    this.taken = (this.taken + 1) | 0
    this.giveCredit(this.window >> 1)
    return 'received'
  }

  /** Tells the sender what has been taken, where that is news of so many messages at least. */
  protected giveCredit(least: number): void {
    if (((this.taken - this.credited) | 0) < Math.max(least, 1)) return
    const frame = new Int32Array(FRAME_HEADER + 1)
    frame[FRAME_HEADER] = this.taken
    if (this.socket.write(FRAME.credit, frame) === 'taken') this.credited = this.taken
  }
}
