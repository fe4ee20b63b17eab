/** Threads and processes started by a broker, and how each of them came to its end. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { MemoryPlace } from './awaitable.ts'
import type { Transport } from './socket-connection.ts'

/** What a thread or process runs: a function that a module exports, called with a connection and `data`. */
export type Task = {
  readonly module: URL
  readonly name: string
  /** Plain data; for a process, JSON. */
  readonly data?: unknown
}

/** - finished: the task returned; - died: it threw, or was ended from outside, and `why` says what is known. */
export type PeerEnd = { readonly outcome: 'finished' } | { readonly outcome: 'died'; readonly why: string }

export type Peer = {
  /** The broker's name for it. */
  readonly owner: string
  /** Settles once nothing of it runs any more and its ends are settled. Never rejects. */
  readonly ended: Promise<PeerEnd>
  /** Ends it wherever it is. */
  kill(): void
}

/** What a thread is given to begin with. */
export type ThreadData = {
  readonly owner: string
  readonly module: string
  readonly name: string
  readonly data: unknown
  readonly place: MemoryPlace
  readonly port: MessagePort
}

/** What a process is given to begin with. */
export type ProcessData = {
  readonly path: string
  readonly transport: Transport
  readonly module: string
  readonly name: string
  readonly data: unknown
}

const endOf = (code: number | null, error: unknown, signal?: string | null): PeerEnd =>
  code === 0 && error === undefined
    ? { outcome: 'finished' }
    : { outcome: 'died', why: whyOf(code, error, signal) }

function whyOf(code: number | null, error: unknown, signal: string | null | undefined): string {
  if (error !== undefined) return error instanceof Error ? error.message : inspect(error)
  return typeof signal === 'string' ? `it was ended by ${signal}` : `it ended with code ${code}`
}

/** Starts a thread. `onEnd` is called once nothing of it runs any more, before `ended` settles. */
export function startThread(
  task: Task,
  { owner, place, serve }: { owner: string; place: MemoryPlace; serve: (port: MessagePort) => void },
  onEnd: () => void,
): Peer {
  const { port1: ours, port2: port } = new MessageChannel()
  const workerData: ThreadData = {
    owner,
    module: task.module.href,
    name: task.name,
    data: task.data,
    place,
    port,
  }
  const worker = new Worker(new URL('thread-entry.mjs', import.meta.url), {
    workerData,
    transferList: [port],
  })
  serve(ours)
  let error: unknown
  let isKilled = false
  worker.on('error', (thrown) => (error = thrown))
  const ended = new Promise<PeerEnd>((resolve) => {
    worker.on('exit', (code) => {
      ours.close()
      onEnd()
      resolve(isKilled ? { outcome: 'died', why: 'it was killed' } : endOf(code, error))
    })
  })
  const kill = (): void => {
    isKilled = true
    void worker.terminate()
  }
  return { owner, ended, kill }
}

/**
 * Starts a process that connects to the broker at `path`. `goneWith` settles once the broker has seen the process
 * of that number leave.
 */
export function startProcess(
  task: Task,
  { owner, path, transport }: { owner: string; path: string; transport: Transport },
  goneWith: (pid: number) => Promise<void>,
): Peer {
  const { module, name, data = null } = task
  const start: ProcessData = { path, transport, module: module.href, name, data }
  const entry = fileURLToPath(new URL('process-entry.mjs', import.meta.url))
  const child = spawn(process.execPath, [entry, JSON.stringify(start)], { stdio: 'inherit' })
  const ended = new Promise<PeerEnd>((resolve) => {
    // It could not be started.
    child.once('error', (error) => resolve(endOf(null, error)))
    child.once('exit', (code, signal) => {
      void goneWith(child.pid!).then(() => resolve(endOf(code, undefined, signal)))
    })
  })
  return { owner, ended, kill: () => void child.kill('SIGKILL') }
}
