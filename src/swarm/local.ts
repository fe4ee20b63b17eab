/** A swarm without a queue: the same jobs in processes of this machine, each with a thread that searches. */
import { type ChildProcess, fork } from 'node:child_process'
import { BadInputError } from '../checker/json-file.ts'
import type { Fold } from './fold.ts'
import type { Job } from './job.ts'
import { type Reply, type Request, SearchThread } from './search-thread.ts'

/** A job that took so many processes with it is given up. */
const LOSSES_MAX = 2

export type LocalOptions = {
  readonly processes: number
  /** The command of a process: the module it runs and its arguments. */
  readonly command: readonly [module: string, ...args: string[]]
  /** Called with each job that is done, or given up. */
  readonly onDone: () => void
}

const nameOf = ({ swarm, index }: Job): string => `${swarm}.${index}`

/** Runs every job and folds what comes of it. Stops when `signal` is aborted, and ends the processes. */
export async function runLocally(
  jobs: readonly Job[],
  fold: Fold,
  { processes, command: [module, ...args], onDone }: LocalOptions,
  signal: AbortSignal,
): Promise<void> {
  const queue = [...jobs]
  const losses = new Map<Job, number>()
  const children = new Set<ChildProcess>()
  const serve = async (): Promise<void> => {
    while (queue.length > 0 && !signal.aborted) {
      const child = fork(module, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      children.add(child)
      const lost = await serveWith(child, queue, signal, (job, reply) => {
        settle(fold, job, reply)
        onDone()
      })
      child.kill()
      children.delete(child)
      if (lost === undefined || signal.aborted) continue
      const count = (losses.get(lost) ?? 0) + 1
      losses.set(lost, count)
      if (count < LOSSES_MAX) queue.unshift(lost)
      else {
        fold.fail(lost.index, `${nameOf(lost)}: the process that ran it ended ${count} times`)
        onDone()
      }
    }
  }
  const end = () => children.forEach((child) => child.kill())
  signal.addEventListener('abort', end)
  try {
    await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, serve))
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function settle(fold: Fold, job: Job, reply: Reply): void {
  if ('refusal' in reply) fold.fail(job.index, reply.refusal)
  else fold.add(job.index, reply.outcome)
}

// Gives one process job after job. The result is the job that it ended with, where it did.
function serveWith(
  child: ChildProcess,
  queue: Job[],
  signal: AbortSignal,
  onReply: (job: Job, reply: Reply) => void,
): Promise<Job | undefined> {
  return new Promise((resolve) => {
    let current: Job | undefined
    const next = () => {
      current = signal.aborted ? undefined : queue.shift()
      if (current === undefined) resolve(undefined)
      else child.send({ name: nameOf(current), job: current } satisfies Request)
    }
    child.on('message', (reply: Reply) => {
      onReply(current!, reply)
      next()
    })
    child.on('error', () => resolve(current))
    child.on('exit', () => resolve(current))
    next()
  })
}

/** What such a process does: runs the jobs it is sent, until its parent ends. */
export function serveParent(entry: URL): void {
  const thread = new SearchThread(entry)
  process.on('disconnect', () => process.exit())
  process.on('message', ({ name, job }: Request) => {
    thread.run(name, job).then(
      (outcome) => process.send!({ outcome } satisfies Reply),
      (error: unknown) => {
        if (!(error instanceof BadInputError)) throw error
        process.send!({ refusal: error.message } satisfies Reply)
      },
    )
  })
}
