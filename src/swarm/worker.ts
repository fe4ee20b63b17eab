/**
 * A worker of swarms: takes jobs from the queue, searches in threads of its own, and renews its locks meanwhile.
 * A worker that leaves hands its jobs back; those of one that was killed are given to others once its locks
 * have run out.
 */
import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { UnrecoverableError, WaitingError, Worker, type Job as QueuedJob } from 'bullmq'
import type { Redis } from 'ioredis'
import { connect } from './connection.ts'
import type { Outcome } from './job.ts'
import { PREFIX, QUEUE } from './queue.ts'
import { SearchThread, StoppedError } from './search-thread.ts'

/** A job that took so many workers with it is given up: it may be what kills them. */
const LOSSES_MAX = 4

export type WorkerOptions = {
  readonly redis: string
  /** Jobs at a time, each in a thread. */
  readonly concurrency: number
  /** How long a job is its worker's without being heard of. */
  readonly lockMilliseconds: number
  /** The module that the threads run. */
  readonly entry: URL
}

/** What a worker tells of itself. */
export type WorkerEvents = {
  taken(name: string, job: unknown): void
  done(name: string, outcome: Outcome): void
  /** The job could not be run; the sentence says why. */
  refused(sentence: string): void
  handedBack(name: string): void
  /** Trouble with Redis. */
  trouble(sentence: string): void
}

export class SwarmWorker {
  readonly #redis: Redis
  readonly #events: WorkerEvents
  readonly #threads: readonly SearchThread[]
  readonly #idle: SearchThread[]
  readonly #worker: Worker<unknown, Outcome>

  private constructor(redis: Redis, options: WorkerOptions, events: WorkerEvents) {
    this.#redis = redis
    this.#events = events
    this.#threads = Array.from({ length: options.concurrency }, () => new SearchThread(options.entry))
    this.#idle = [...this.#threads]
    this.#worker = new Worker<unknown, Outcome>(QUEUE, (job, token) => this.#search(job, token), {
      connection: redis,
      prefix: PREFIX,
      name: `${hostname()}/${process.pid}`,
      concurrency: options.concurrency,
      lockDuration: options.lockMilliseconds,
      stalledInterval: options.lockMilliseconds,
      maxStalledCount: LOSSES_MAX,
    })
    this.#worker.on('completed', (job, outcome) => events.done(String(job.id), outcome))
    this.#worker.on('failed', (_, error) => events.refused(error.message))
    // The connection's own listener tells of Redis; what else there is concerns one job, whose lock is lost.
    this.#worker.on('error', (error) => {
      if (redis.status === 'ready') events.trouble(`the queue: ${error.message}`)
    })
  }

  /** Joins: from here on jobs are taken. Throws UsageError where no Redis answers. */
  static async join(options: WorkerOptions, events: WorkerEvents): Promise<SwarmWorker> {
    const redis = await connect(options.redis, (sentence) => events.trouble(sentence))
    return new SwarmWorker(redis, options, events)
  }

  /** Leaves: takes no more jobs, and hands back those at hand. */
  async leave(): Promise<void> {
    const closed = this.#worker.close()
    await Promise.all(this.#threads.map((thread) => thread.stop()))
    await closed
    this.#redis.disconnect()
  }

  async #search(job: QueuedJob<unknown, Outcome>, token: string | undefined): Promise<Outcome> {
    const name = String(job.id)
    const thread = this.#idle.pop()
    assert(thread !== undefined, 'there are as many threads as jobs at a time')
    this.#events.taken(name, job.data)
    try {
      return await thread.run(name, job.data)
    } catch (error) {
      if (error instanceof StoppedError) {
        await job.moveToWait(token)
        this.#events.handedBack(name)
        throw new WaitingError()
      }
      throw new UnrecoverableError(error instanceof Error ? error.message : String(error))
    } finally {
      this.#idle.push(thread)
    }
  }
}
