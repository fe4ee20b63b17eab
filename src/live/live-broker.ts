/**
 * The broker among real threads and processes: it names channels in a memory that all of them share, starts
 * peers or lets them come by its socket, and tells those that are left when one of them dies.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { type Server, type Socket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { Broker } from '../mom/broker.ts'
import type { RingSize } from '../mom/spsc-ring.ts'
import type { AwaitableMemory } from './awaitable.ts'
import { serveSocket } from './broker-server.ts'
import { type Connection, MemoryConnection, openedIn } from './connection.ts'
import { type Peer, type Task, startProcess, startThread } from './peer.ts'
import type { Transport } from './socket-connection.ts'
import { ThreadMemory } from './thread-memory.ts'

/** Four megabytes. */
const WORDS = 2 ** 20

/**
 * Lives in a thread with an event loop, which must not be blocked: deaths are seen and requests answered there.
 * Give it a MappedMemory where other processes are to share memory; over a ThreadMemory they come by sockets.
 */
export class LiveBroker {
  readonly memory: AwaitableMemory
  /** Who holds what; for those who watch. */
  readonly registry: Broker
  readonly #sockets = new Set<Socket>()
  readonly #peers = new Set<Peer>()
  /** By the number of a process that is connected: when it has gone. */
  readonly #departures = new Map<number, Promise<void>>()
  #server: Server | undefined
  #path: string | undefined
  #owners = 0

  constructor(memory: AwaitableMemory = ThreadMemory.create(WORDS)) {
    this.memory = memory
    this.registry = new Broker(memory)
  }

  /** Opens a channel, with several sizes one that can be upgraded. Throws RefusedError where it cannot be laid. */
  open(name: string, size: RingSize | readonly RingSize[]): void {
    openedIn(this.registry.open(name, size))
  }

  /** A connection for the broker's own thread. */
  connect(name = 'host'): Connection {
    const owner = this.#nextOwner(name)
    const ask = async (request: object) => this.registry.answer(owner, request)
    return new MemoryConnection(owner, this.memory, ask)
  }

  /** Starts a thread that runs a function which `module` exports, called with a connection and `data`. */
  startThread(module: URL, name: string, data?: unknown): Peer {
    const owner = this.#nextOwner(name)
    const serve = (port: MessagePort): void => {
      port.on('message', (request: unknown) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
        port.postMessage(this.registry.answer(owner, request))
      })
      port.unref()
    }
    const start = { owner, place: this.memory.place, serve }
    return this.#keep(startThread({ module, name, data }, start, () => void this.registry.bury(owner)))
  }

  /** Starts a process that does the same. `data` travels as JSON. */
  async startProcess(module: URL, name: string, data?: unknown, transport: Transport = 'any'): Promise<Peer> {
    const path = await this.listen()
    const task: Task = { module, name, data }
    const start = { owner: this.#nextOwner(name), path, transport }
    const goneWith = async (pid: number): Promise<void> => this.#departures.get(pid)
    return this.#keep(startProcess(task, start, goneWith))
  }

  /** Lets processes of this user come by a socket; its path, for `connect` of socket-connection.ts. */
  async listen(): Promise<string> {
    if (this.#path !== undefined) return this.#path
    // Only its owner can reach into such a folder.
    const path = join(mkdtempSync(join(tmpdir(), 'lockstep-')), 'broker.sock')
    this.#path = path
    const server = createServer((socket) => this.#serve(socket))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
    server.unref()
    return path
  }

  /** Ends all peers that are left, and the socket. */
  async close(): Promise<void> {
    for (const peer of this.#peers) peer.kill()
    await Promise.all([...this.#peers].map(({ ended }) => ended))
    for (const socket of this.#sockets) socket.destroy()
    this.#server?.close()
    if (this.#path !== undefined) rmSync(dirname(this.#path), { recursive: true, force: true })
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const { registry, memory } = this
    const nextOwner = (): string => this.#nextOwner('process')
    const onHello = (pid: number, gone: Promise<void>): void => {
      this.#departures.set(pid, gone)
      void gone.then(() => this.#departures.delete(pid))
    }
    void serveSocket(socket, { registry, memory, nextOwner, onHello })
  }

  #keep(peer: Peer): Peer {
    this.#peers.add(peer)
    void peer.ended.then(() => this.#peers.delete(peer))
    return peer
  }

  #nextOwner(name: string): string {
    return `${name}.${++this.#owners}`
  }
}
