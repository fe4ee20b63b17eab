/**
 * The swarms of one Redis: a single BullMQ queue for all, so that a worker serves whatever swarm has work, and
 * beside it each swarm's description. A job's result is kept with the job, so it counts once however often the
 * job was begun.
 */
import { type Job as QueuedJob, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { BadInputError } from '../checker/json-file.ts'
import { UsageError } from '../model/instance.ts'
import { connect } from './connection.ts'
import { diversify } from './diversify.ts'
import type { Fold } from './fold.ts'
import { type Description, readDescription, readOutcome } from './job.ts'

export const QUEUE = 'swarm'
export const PREFIX = 'lockstep'

/** Swarms and their results are kept for thirty days. */
const KEPT_SECONDS = 30 * 24 * 3600

const descriptionKey = (id: string): string => `${PREFIX}:description:${id}`
const jobId = (id: string, index: number): string => `${id}.${index}`

/** Letters, digits, dots and hyphens: BullMQ gives colons a meaning, and a shell spaces. */
const plain = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-')

/** How far a swarm is. */
export type Progress = { readonly active: number; readonly waiting: number; readonly workers: number }

export class SwarmQueue {
  readonly #redis: Redis
  readonly #queue: Queue

  private constructor(redis: Redis) {
    this.#redis = redis
    this.#queue = new Queue(QUEUE, { connection: redis, prefix: PREFIX })
    // The connection's own listener tells of trouble.
    this.#queue.on('error', () => undefined)
  }

  /** Throws UsageError where no Redis answers. */
  static async open(url: string, onTrouble: (sentence: string) => void): Promise<SwarmQueue> {
    return new SwarmQueue(await connect(url, onTrouble))
  }

  /** Puts the jobs of a new swarm and returns its id, `tlb-shootdown-7`. */
  async submit(description: Description): Promise<string> {
    const number = await this.#redis.incr(`${PREFIX}:swarms`)
    const id = `${plain(description.system)}-${number}`
    await this.#redis.set(descriptionKey(id), JSON.stringify(description), 'EX', KEPT_SECONDS)
    await this.#queue.addBulk(
      diversify(id, description).map((job) => ({
        name: 'search',
        data: job,
        opts: {
          jobId: jobId(id, job.index),
          removeOnComplete: { age: KEPT_SECONDS },
          removeOnFail: { age: KEPT_SECONDS },
        },
      })),
    )
    return id
  }

  /** Throws UsageError where there is no such swarm, BadInputError where its description is none. */
  async description(id: string): Promise<Description> {
    const text = await this.#redis.get(descriptionKey(id))
    if (text === null) throw new UsageError(`this Redis has no swarm '${id}'; they are kept for thirty days`)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new BadInputError(`swarm ${id}: its description is not JSON`, { cause: error })
    }
    return readDescription(value, `swarm ${id}`)
  }

  /** Adds to the fold what came of the swarm's jobs since it was last asked, and says how the rest are. */
  async collect(id: string, jobs: number, fold: Fold): Promise<Progress> {
    const open = Array.from({ length: jobs }, (_, index) => index).filter((index) => !fold.has(index))
    const states = await Promise.all(open.map((index) => this.#collectOne(id, index, fold)))
    const active = states.filter((state) => state === 'active').length
    return {
      active,
      waiting: states.filter((state) => state !== 'settled').length - active,
      workers: await this.#queue.getWorkersCount(),
    }
  }

  async close(): Promise<void> {
    await this.#queue.close()
    this.#redis.disconnect()
  }

  async #collectOne(id: string, index: number, fold: Fold): Promise<'settled' | 'active' | 'waiting'> {
    const name = jobId(id, index)
    const job: QueuedJob | undefined = await this.#queue.getJob(name)
    if (job === undefined) {
      fold.fail(index, `${name}: Redis has lost it`)
      return 'settled'
    }
    const state = await job.getState()
    // A job that ended between the two questions is asked about again the next time.
    if (state === 'completed' && job.finishedOn !== undefined) {
      this.#addOutcome(index, job, fold)
      return 'settled'
    }
    if (state === 'failed' && job.finishedOn !== undefined) {
      fold.fail(index, job.failedReason)
      return 'settled'
    }
    return state === 'active' ? 'active' : 'waiting'
  }

  // One result that makes no sense must not hide the others.
  #addOutcome(index: number, job: QueuedJob, fold: Fold): void {
    try {
      fold.add(index, readOutcome(job.returnvalue, `the result of ${String(job.id)}`))
    } catch (error) {
      if (!(error instanceof BadInputError)) throw error
      fold.fail(index, error.message)
    }
  }
}
