/**
 * A thread that runs jobs one after the other. A search leaves its thread no time for anything else; the main
 * one stays free to renew locks, to answer signals and to stop the search. The thread dies with its process.
 */
import { Worker } from 'node:worker_threads'
import { BadInputError } from '../checker/json-file.ts'
import type { Outcome } from './job.ts'

/** The search was stopped before it had an outcome; the job can be run again, by anyone. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** What the thread is sent. */
export type Request = { readonly name: string; readonly job: unknown }
/** What it answers. */
export type Reply = { readonly outcome: Outcome } | { readonly refusal: string }

type Pending = { readonly name: string; resolve(outcome: Outcome): void; reject(error: Error): void }

export class SearchThread {
  readonly #entry: URL
  #worker: Worker | undefined
  #pending: Pending | undefined
  #stopped = false

  /** `entry` is the module that the thread runs. */
  constructor(entry: URL) {
    this.#entry = entry
  }

  /**
   * Runs one job; `name` is how messages call it. Rejects with BadInputError where the job cannot be run, whose
   * sentence says why, and with StoppedError after `stop`.
   */
  run(name: string, job: unknown): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(new StoppedError(`${name} was not begun`))
    const worker = (this.#worker ??= this.#start())
    return new Promise((resolve, reject) => {
      this.#pending = { name, resolve, reject }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage({ name, job } satisfies Request)
    })
  }

  /** Ends the thread, whatever it is doing, for good. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#settle()?.reject(new StoppedError('the search was stopped'))
    await this.#worker?.terminate()
  }

  #settle(): Pending | undefined {
    const pending = this.#pending
    this.#pending = undefined
    return pending
  }

  #start(): Worker {
    const worker = new Worker(this.#entry)
    worker.on('message', (reply: Reply) => {
      const pending = this.#settle()
      if (pending === undefined) return
      if ('refusal' in reply) pending.reject(new BadInputError(reply.refusal))
      else pending.resolve(reply.outcome)
    })
    // A thread out of memory, or ended by what a user's file does, takes its job with it but not the worker.
    const lose = (why: string) => {
      // Of an error the end of the thread is told as well: by then another may be at work.
      if (this.#worker !== worker) return
      this.#worker = undefined
      const pending = this.#settle()
      pending?.reject(new BadInputError(`${pending.name}: its search was lost: ${why}`))
    }
    worker.on('error', (error) => lose(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => lose(`the thread ended with code ${code}`))
    return worker
  }
}
