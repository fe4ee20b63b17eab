/**
 * Frames on a Unix socket between two ends of a channel: words of the machine's own order, a length first. Written
 * and read without the event loop, so that an end on a socket can block as any other; nothing that comes is believed.
 */
import { readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { PeerFault } from '../mom/peer-fault.ts'

/** - message: header, number, payload; - credit: how many messages the receiver has taken; - close: no word. */
export const FRAME = { message: 1, credit: 2, close: 3 } as const

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT
const READ_BYTES = 2 ** 16
/** Words before the body: how many the body has, and what frame it is. */
export const FRAME_HEADER = 2

/** What has come: a frame's kind, and where its body is in `words`. */
export type Frame = { readonly kind: number; readonly words: Int32Array }

/** The descriptor of a connected socket. Node has no public name for it. */
function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle')
  const descriptor: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  if (typeof descriptor !== 'number' || descriptor < 0) throw new Error('this socket has no descriptor')
  return descriptor
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

export type FrameOptions = { readonly slotWords: number; readonly framesMax: number; readonly rest: Buffer }

/**
 * One end of a connected stream socket. Every call takes what the system has ready and blocks for nothing.
 * A message frame is accepted by the system whole or not at all, as Linux does for frames below 64 KiB.
 */
export class FrameSocket {
  /** Nothing more can be read: the other side has gone, or this one. */
  isEnded = false
  /** This side has left. */
  isLeft = false
  readonly #socket: Socket
  readonly #descriptor: number
  readonly #messageWords: number
  readonly #read = Buffer.alloc(READ_BYTES)
  readonly #bytesMax: number
  #bytes: Buffer
  #wake: (() => void) | undefined

  /** `framesMax`: those the other side may send ahead; `rest`: bytes that were read from the socket before. */
  constructor(socket: Socket, { slotWords, framesMax, rest }: FrameOptions) {
    this.#socket = socket
    this.#descriptor = descriptorOf(socket)
    this.#messageWords = slotWords
    this.#bytesMax = (framesMax + 1) * (FRAME_HEADER + slotWords) * WORD_BYTES
    this.#bytes = Buffer.from(rest)
    socket.on('data', (bytes: Buffer) => this.#push(bytes))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    // What it says is that the other side has gone.
    socket.on('error', () => this.#end())
    // Whoever read the socket before has paused it.
    socket.resume()
    socket.unref()
  }

  /** Takes the next frame; undefined where none is whole. Throws PeerFault where what came is no frame. */
  next(): Frame | undefined {
    const found = this.#parse()
    if (found !== undefined || this.isEnded || !this.#fill()) return found
    return this.#parse()
  }

  /** What the system made of a frame. Its two first words are written here. */
  write(kind: number, words: Int32Array): 'taken' | 'full' | 'gone' {
    if (this.#socket.destroyed) return 'gone'
    words[0] = words.length - FRAME_HEADER
    words[1] = kind
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
    try {
      let written = writeSync(this.#descriptor, bytes)
      // Elsewhere than on Linux a frame may be begun: then it is ended, however long that takes.
      while (written < bytes.length) written += this.#writeSome(bytes.subarray(written))
      return 'taken'
    } catch (error) {
      return codeOf(error) === 'EAGAIN' ? 'full' : 'gone'
    }
  }

  /** Says that nothing more comes, after everything written, and leaves. */
  close(): void {
    if (this.isLeft) return
    this.isLeft = true
    this.#socket.end(new Uint8Array(Int32Array.of(0, FRAME.close).buffer))
    this.#wake?.()
  }

  /** Leaves without a word. */
  abandon(): void {
    this.isLeft = true
    this.#socket.destroy()
    this.#end()
  }

  /** Until something has come or the other side has gone, or the time is over. Keeps the process alive. */
  async change(timeoutMs?: number): Promise<void> {
    if (this.isEnded || this.isLeft) return
    let timer: NodeJS.Timeout | undefined
    this.#socket.ref()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (timeoutMs !== undefined && timeoutMs !== Infinity) timer = setTimeout(resolve, timeoutMs)
    })
    clearTimeout(timer)
    this.#wake = undefined
    this.#socket.unref()
  }

  #writeSome(bytes: Uint8Array): number {
    try {
      return writeSync(this.#descriptor, bytes)
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 0
      throw error
    }
  }

  #fill(): boolean {
    // The descriptor of a destroyed socket may be another file's by now.
    if (this.#socket.destroyed) return false
    try {
      const count = readSync(this.#descriptor, this.#read)
      if (count === 0) this.#end()
      else this.#push(this.#read.subarray(0, count))
      return count > 0
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') this.#end()
      return false
    }
  }

  #push(bytes: Buffer): void {
    // What is over the limit is cut, and found to be too much when it is read.
    if (this.#bytes.length <= this.#bytesMax) this.#bytes = Buffer.concat([this.#bytes, bytes])
    this.#wake?.()
  }

  #end(): void {
    this.isEnded = true
    this.#wake?.()
  }

  #parse(): Frame | undefined {
    const bytes = this.#bytes
    if (bytes.length > this.#bytesMax) throw new PeerFault('more has come than the window allows')
    if (bytes.length < FRAME_HEADER * WORD_BYTES) return undefined
    const [length, kind] = [bytes.readInt32LE(0), bytes.readInt32LE(WORD_BYTES)]
    const expected = kind === FRAME.message ? this.#messageWords : kind === FRAME.credit ? 1 : 0
    if (kind < FRAME.message || kind > FRAME.close) throw new PeerFault(`no frame is of kind ${kind}`)
    if (length !== expected) throw new PeerFault(`a frame of kind ${kind} says that it has ${length} words`)
    const end = (FRAME_HEADER + length) * WORD_BYTES
    if (bytes.length < end) return undefined
    const body = new Uint8Array(end - FRAME_HEADER * WORD_BYTES)
    bytes.copy(body, 0, FRAME_HEADER * WORD_BYTES, end)
    this.#bytes = bytes.subarray(end)
    return { kind, words: new Int32Array(body.buffer) }
  }
}
