/**
 * The broker's side of its Unix socket: processes ask for channels there, one connection each, whose end is the
 * death of the process; and a process that maps no memory sends and receives on a connection for each end.
 */
import type { Socket } from 'node:net'
import type { Broker, Grant } from '../mom/broker.ts'
import { HEADER_WORDS } from '../mom/channel-shape.ts'
import { PeerFault } from '../mom/peer-fault.ts'
import type { AwaitableMemory } from './awaitable.ts'
import { bridge } from './bridge.ts'
import { receiverOf, senderOf } from './connection.ts'
import { LineError, readLine, writeLine } from './lines.ts'
import { SocketReceiver, SocketSender } from './socket-channel.ts'

export type Served = {
  readonly registry: Broker
  readonly memory: AwaitableMemory
  /** A name for who connects. */
  readonly nextOwner: () => string
  /** A process has come that says it has this number; `gone` settles when it has left and was buried. */
  readonly onHello: (pid: number, gone: Promise<void>) => void
}

const UNREAD_BYTES_MAX = 2 ** 20

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null

/** Serves one connection until it ends. A peer that writes no requests is cut off. */
export async function serveSocket(socket: Socket, served: Served): Promise<void> {
  // The close that follows is what counts.
  socket.on('error', () => {})
  try {
    const { value, rest } = await readLine(socket)
    if (isRecord(value) && 'hello' in value) await serveRequests(socket, Number(value.hello), rest, served)
    else if (isRecord(value) && 'attach' in value) await serveEnd(socket, value, rest, served)
    else throw new LineError("a connection begins with 'hello' or 'attach'")
  } catch (error) {
    socket.destroy()
    if (!(error instanceof LineError || error instanceof PeerFault)) throw error
  }
}

// No thread of a process runs any more when the system closes its last descriptor.
async function serveRequests(socket: Socket, pid: number, before: Buffer, served: Served): Promise<void> {
  const { registry, memory, nextOwner, onHello } = served
  const owner = nextOwner()
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      registry.bury(owner)
      resolve()
    })
  })
  onHello(pid, gone)
  writeLine(socket, { owner, ...('path' in memory.place ? memory.place : {}) })
  let rest = before
  for (;;) {
    const line = await readLine(socket, rest)
    rest = line.rest
    writeLine(socket, registry.answer(owner, line.value))
    if (socket.writableLength > UNREAD_BYTES_MAX) throw new LineError('a peer does not read its answers')
  }
}

async function serveEnd(
  socket: Socket,
  { attach, end }: { readonly [key: string]: unknown },
  rest: Buffer,
  served: Served,
): Promise<void> {
  const { registry, nextOwner } = served
  const owner = nextOwner()
  const answer = registry.answer(owner, { take: attach, end })
  writeLine(socket, answer)
  if (!('granted' in answer)) return void socket.end()
  try {
    await carry(socket, answer.granted, rest, served)
  } finally {
    registry.bury(owner)
  }
}

/** The end in the memory is held in the place of the process; the process has the other side of the socket. */
function carry(socket: Socket, grant: Grant, rest: Buffer, { memory }: Served): Promise<void> {
  // A message fits each of its channel's transports.
  const slotWords = Math.min(...grant.transports.map(({ ring }) => ring.slotWords))
  const options = { slotWords, rest }
  const words = slotWords - HEADER_WORDS
  return grant.end === 'sender'
    ? bridge(new SocketReceiver(socket, options), senderOf(memory, grant), words)
    : bridge(receiverOf(memory, grant), new SocketSender(socket, options), words)
}
