/** The transports that others have built: MessagePort, Unix sockets, ringbuf.js. The messages are the same. */
import { once } from 'node:events'
import { type Server, type Socket, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import { RingBuffer } from 'ringbuf.js'
import { CAPACITY, type End, type Part, RECEIVER } from './end.ts'
import { WrongMessageError, arrayWords, objectFields } from './straight-line.ts'

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT
const CONNECT_TRIES = 500
const CONNECT_PAUSE_MS = 10

type Inlet = {
  /** Resolves when so many more have been received. */
  readonly received: (count: number) => Promise<void>
}

/** Counts what arrives, for those who wait for so many. */
class Arrivals implements Inlet {
  #count = 0
  #due = 0
  #resolve: (() => void) | undefined

  add(count: number): void {
    this.#count += count
    if (this.#resolve === undefined || this.#count < this.#due) return
    this.#resolve()
    this.#resolve = undefined
  }

  received = (count: number): Promise<void> => {
    this.#due += count
    return this.#count >= this.#due
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#resolve = resolve
        })
  }
}

/** Writes messages one after the other into a batch, and checks what is in one. */
class Batches {
  readonly #code
  readonly #words: number
  #sent = 0
  #received = 0

  constructor(words: number) {
    this.#words = words
    this.#code = arrayWords<Int32Array>(words)
  }

  write(batch: Int32Array, count: number): void {
    for (let index = 0; index < count; index++) {
      this.#code.put(batch, index * this.#words, this.#sent)
      this.#sent = (this.#sent + 1) | 0
    }
  }

  check(batch: Int32Array, count: number): void {
    for (let index = 0; index < count; index++) {
      if (!this.#code.isRight(batch, index * this.#words, this.#received))
        throw new WrongMessageError(this.#received)
      this.#received = (this.#received + 1) | 0
    }
  }
}

/** One object for a message, or an array of them. */
function objectsThrough(port: MessagePort, words: number): { post: (count: number) => void } & Inlet {
  const fields = objectFields(words)
  const arrivals = new Arrivals()
  let sent = 0
  let received = 0
  const make = (): object => {
    const message = {}
    fields.put(message, sent)
    sent = (sent + 1) | 0
    return message
  }
  const check = (message: object): void => {
    if (!fields.isRight(message, received)) throw new WrongMessageError(received)
    received = (received + 1) | 0
  }
  port.on('message', (value: object | readonly object[]) => {
    const messages = Array.isArray(value) ? (value as readonly object[]) : [value]
    for (const message of messages) check(message)
    arrivals.add(messages.length)
  })
  const post = (count: number): void =>
    port.postMessage(count === 1 ? make() : Array.from({ length: count }, make))
  return { post, received: arrivals.received }
}

function arraysThrough(port: MessagePort, words: number): { post: (count: number) => void } & Inlet {
  const batches = new Batches(words)
  const arrivals = new Arrivals()
  port.on('message', (array: Int32Array) => {
    batches.check(array, array.length / words)
    arrivals.add(array.length / words)
  })
  const post = (count: number): void => {
    const array = new Int32Array(count * words)
    batches.write(array, count)
    port.postMessage(array)
  }
  return { post, received: arrivals.received }
}

export function portEnd({ subject, role, port }: Part): End {
  if (port === undefined) throw new Error('a MessagePort leads from thread to thread only')
  const { kind, words, batch, posts } = subject
  const { post, received } = (posts === 'objects' ? objectsThrough : arraysThrough)(port, words)
  const send = (count: number): void => {
    for (let left = count; left > 0; left -= batch) post(Math.min(left, batch))
  }
  const exchange = async (count: number): Promise<void> => {
    for (let trip = 0; trip < count; trip++) {
      if (role !== RECEIVER) post(1)
      await received(1)
      if (role === RECEIVER) post(1)
    }
  }
  const close = (): void => port.close()
  if (kind === 'trip') return { run: exchange, close }
  return { run: role === RECEIVER ? received : send, close }
}

async function socketOf(role: number, path: string): Promise<{ socket: Socket; server?: Server }> {
  if (role === RECEIVER) {
    const server = createServer().listen(path)
    const [socket] = (await once(server, 'connection')) as [Socket]
    return { socket, server }
  }
  for (let tries = 1; ; tries++) {
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      return { socket }
    } catch (error) {
      // The other side may not listen yet.
      if (tries === CONNECT_TRIES) throw error
      await sleep(CONNECT_PAUSE_MS)
    }
  }
}

export async function socketEnd({ subject, role, path }: Part): Promise<End> {
  const { kind, words, batch } = subject
  const { socket, server } = await socketOf(role, path)
  const bytes = words * WORD_BYTES
  const batches = new Batches(words)
  const arrivals = new Arrivals()
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const count = Math.floor(all.length / bytes)
    // A copy, for the words must lie at a multiple of four.
    batches.check(new Int32Array(new Uint8Array(all.subarray(0, count * bytes)).buffer), count)
    rest = all.subarray(count * bytes)
    arrivals.add(count)
  })
  const write = (count: number): boolean => {
    const array = new Int32Array(count * words)
    batches.write(array, count)
    return socket.write(new Uint8Array(array.buffer))
  }
  const send = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= batch) {
      if (!write(Math.min(left, batch))) await once(socket, 'drain')
    }
  }
  const exchange = async (count: number): Promise<void> => {
    for (let trip = 0; trip < count; trip++) {
      if (role !== RECEIVER) write(1)
      await arrivals.received(1)
      if (role === RECEIVER) write(1)
    }
  }
  const close = (): void => {
    socket.destroy()
    server?.close()
  }
  if (kind === 'trip') return { run: exchange, close }
  return { run: role === RECEIVER ? arrivals.received : send, close }
}

/** Words that ringbuf.js needs for its ring, its two indices included. */
export const ringbufBytes = (words: number): number =>
  RingBuffer.getStorageForCapacity(CAPACITY * words, Int32Array).byteLength

/** `buffers`: one for each way. */
export function ringbufEnd({ subject, role }: Part, buffers: readonly SharedArrayBuffer[]): End {
  const { kind, words, batch } = subject
  const isAnswering = kind === 'trip' && role === RECEIVER
  const [there, back] = buffers.map((buffer) => new RingBuffer(buffer, Int32Array as never)) as [
    RingBuffer,
    RingBuffer,
  ]
  const sending = isAnswering ? back : there
  const receiving = kind === 'trip' && !isAnswering ? back : there
  const batches = new Batches(words)
  const array = new Int32Array(batch * words)
  // It takes and gives as many words as there is room for, also a part of a message.
  const send = (count: number): void => {
    for (let left = count; left > 0; left -= batch) {
      const now = Math.min(left, batch)
      batches.write(array, now)
      for (let done = 0; done < now * words;) done += sending.push(array, now * words - done, done)
    }
  }
  const receive = (count: number): void => {
    for (let left = count; left > 0; left -= batch) {
      const now = Math.min(left, batch)
      for (let done = 0; done < now * words;) done += receiving.pop(array, now * words - done, done)
      batches.check(array, now)
    }
  }
  const exchange = (count: number): void => {
    for (let trip = 0; trip < count; trip++) {
      if (!isAnswering) send(1)
      receive(1)
      if (isAnswering) send(1)
    }
  }
  if (kind === 'trip') return { run: exchange }
  return { run: role === RECEIVER ? receive : send }
}
