/**
 * The connection of another process to the broker: by the broker's socket, which also tells the broker when the
 * process dies. The ends are in the shared memory where the process can map it, and on sockets where it cannot.
 */
import { type Socket, connect as connectSocket } from 'node:net'
import type { Answer } from '../mom/broker.ts'
import type { EndName } from '../mom/broker-request.ts'
import type { RingSize } from '../mom/spsc-ring.ts'
import type { AwaitableReceiver, AwaitableSender } from './awaitable.ts'
import { type Ask, type ConnectOptions, type Connection, MemoryConnection } from './connection.ts'
import { grantIn, memoryAt, openedIn } from './connection.ts'
import { LineError, readLine, writeLine } from './lines.ts'
import { SocketReceiver, SocketSender } from './socket-channel.ts'

/** How messages travel; 'any' is memory where it can be had. */
export type Transport = 'any' | 'memory' | 'socket'

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      // That the other side has gone is seen by whoever reads.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null

/** The broker's own process is believed; that it is a broker at all is checked. */
function answerIn(value: unknown): Answer {
  if (isRecord(value) && ('opened' in value || 'granted' in value || 'refused' in value))
    return value as Answer
  throw new LineError('what answers there is no broker')
}

/** Requests one after the other on one socket, which keeps the process alive only while one is under way. */
function asking(socket: Socket, before: Buffer): Ask {
  let rest = before
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (request: object): Promise<Answer> => {
    socket.ref()
    writeLine(socket, request)
    const line = await readLine(socket, rest)
    rest = line.rest
    socket.unref()
    return answerIn(line.value)
  }
  return (request) => {
    const answer = last.then(() => ask(request))
    last = answer.catch(() => {})
    return answer
  }
}

class SocketConnection implements Connection {
  readonly owner: string
  readonly #path: string
  readonly #ask: Ask
  readonly #leave: () => void
  readonly #ends: { close(): void }[] = []

  constructor(owner: string, path: string, ask: Ask, leave: () => void) {
    this.owner = owner
    this.#path = path
    this.#ask = ask
    this.#leave = leave
  }

  async open(name: string, size: RingSize | readonly RingSize[]): Promise<void> {
    openedIn(await this.#ask({ open: name, transports: [size].flat() }))
  }

  async sender(name: string, { epoch = 0 }: ConnectOptions = {}): Promise<AwaitableSender> {
    const [socket, options] = await this.#attach(name, 'sender')
    const end = new SocketSender(socket, { ...options, epoch })
    this.#ends.push(end)
    return end
  }

  async receiver(name: string, { epoch = 0 }: ConnectOptions = {}): Promise<AwaitableReceiver> {
    const [socket, options] = await this.#attach(name, 'receiver')
    const end = new SocketReceiver(socket, { ...options, epoch })
    this.#ends.push(end)
    return end
  }

  close(): void {
    for (const end of this.#ends) end.close()
    this.#leave()
  }

  async #attach(name: string, end: EndName): Promise<[Socket, { slotWords: number; rest: Buffer }]> {
    const socket = await dial(this.#path)
    writeLine(socket, { attach: name, end })
    const { value, rest } = await readLine(socket)
    try {
      const { transports } = grantIn(answerIn(value))
      // A message fits each of its channel's transports; the broker cuts its frames in the same way.
      return [socket, { slotWords: Math.min(...transports.map(({ ring }) => ring.slotWords)), rest }]
    } catch (error) {
      socket.destroy()
      throw error
    }
  }
}

type Welcome = { readonly owner: string; readonly path?: string; readonly words?: number }

function welcomeIn(value: unknown): Welcome {
  if (isRecord(value) && typeof value.owner === 'string') return value as Welcome
  throw new LineError('what answers there is no broker')
}

/**
 * Connects this process to the broker that listens there. 'any' falls back on sockets where the broker's memory
 * cannot be mapped here. Rejects with the errors of connecting, and of mapping where only memory will do.
 */
export async function connect(path: string, transport: Transport = 'any'): Promise<Connection> {
  const socket = await dial(path)
  writeLine(socket, { hello: process.pid })
  const { value, rest } = await readLine(socket)
  const { owner, path: memoryPath, words } = welcomeIn(value)
  const ask = asking(socket, rest)
  const leave = (): void => void socket.end()
  socket.unref()
  if (transport === 'socket' || (transport === 'any' && memoryPath === undefined))
    return new SocketConnection(owner, path, ask, leave)
  try {
    if (memoryPath === undefined || words === undefined)
      throw new LineError("the broker's memory is that of threads, and no other process can map it")
    return new MemoryConnection(owner, await memoryAt({ path: memoryPath, words }), ask, leave)
  } catch (error) {
    if (transport === 'any') return new SocketConnection(owner, path, ask, leave)
    socket.destroy()
    throw error
  }
}
