/** Starts the sides of a stress test in real threads or processes, waits for them, and tells what they hang in. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { AwaitableMemory } from '../src/live/awaitable.ts'
import type { Layout } from '../src/mom/layout.ts'
import type { SideEnd, SideStart } from './mom-stress-side.ts'

const ENTRY = new URL('mom-stress-entry.mjs', import.meta.url)
/** What takes longer hangs: on an idle machine every test here ends within a few seconds. */
const WATCHDOG_MS = 90_000

export type RunningSide = {
  /** What the side returned. Rejects with what it threw, or where it was killed. */
  readonly result: Promise<unknown>
  /** Ends it wherever it is; resolves once nothing of it runs any more. */
  readonly kill: () => Promise<void>
}

export function startSide(
  name: string,
  memory: AwaitableMemory,
  data: unknown,
  where: 'thread' | 'process' = 'thread',
): RunningSide {
  const start: SideStart = { name, place: memory.place, data }
  const host = where === 'thread' ? new Worker(ENTRY, { workerData: start }) : fork(fileURLToPath(ENTRY))
  if (!(host instanceof Worker)) host.send(start)
  const exited = new Promise<void>((resolve) => host.once('exit', () => resolve()))
  const result = new Promise<unknown>((resolve, reject) => {
    const events: NodeJS.EventEmitter = host
    events.once('message', (end: SideEnd) =>
      'threw' in end ? reject(new Error(`${name}: ${end.threw}`)) : resolve(end.result),
    )
    events.once('error', reject)
    events.once('exit', () => reject(new Error(`${name} ended without a result`)))
  })
  // Whoever kills a side does not ask for its result.
  result.catch(() => {})
  return { result, kill: () => end(host, exited) }
}

async function end(host: Worker | ChildProcess, exited: Promise<void>): Promise<void> {
  if (host instanceof Worker) await host.terminate()
  else if (host.exitCode === null && host.signalCode === null) host.kill('SIGKILL')
  await exited
}

/** Every word that is no message: indices, bells, owners. */
const stateOf = (layout: Layout, memory: AwaitableMemory): string =>
  Array.from({ length: layout.length }, (_, index) => ({ name: layout.nameOf(index), index }))
    .filter(({ name }) => !/slot|^word/.test(name))
    .map(({ name, index }) => `${name}=${memory.load(index)}`)
    .join(' ')

/** The results of all sides, or an error that says where the memory stands if they do not come to an end. */
export async function resultsOf(
  layout: Layout,
  memory: AwaitableMemory,
  running: readonly RunningSide[],
  watchdogMs = WATCHDOG_MS,
): Promise<unknown[]> {
  let timer: NodeJS.Timeout | undefined
  const watchdog = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the sides hang: ${stateOf(layout, memory)}`)), watchdogMs)
  })
  try {
    return await Promise.race([Promise.all(running.map(({ result }) => result)), watchdog])
  } finally {
    clearTimeout(timer)
    await Promise.all(running.map(({ kill }) => kill()))
  }
}
