/**
 * Resumes threads one announced step at a time. Enabled threads are listed longest-waiting first, so that
 * always taking choice 0 is round robin and shrinking a schedule toward zeros is shrinking toward fairness.
 */
import assert from 'node:assert/strict'
import type { Announcement, NamedThread, Offer, Step, Thread } from './thread.ts'

/** Code of a thread threw; `cause` is what it threw. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError'
}

export type Runner = {
  /** The threads that may go on, longest-waiting first: the same order at every run. Throws ThreadError. */
  enabled(): readonly Offer[]
  /** Every thread, in the order given to the runner. Throws ThreadError where a guard throws. */
  announced(): readonly Announcement[]
  /** Finished: all threads but daemons are done. Stuck: not finished, and nothing is enabled. */
  status(): 'running' | 'finished' | 'stuck'
  /** Resumes the enabled thread at index `choice`, up to its next `yield`. Throws ThreadError. */
  step(choice: number): Offer
}

type Running = {
  readonly name: string
  readonly daemon: boolean
  readonly thread: Thread
  announced: Step | undefined
}

/** Starts every thread, in order, up to its first `yield`. Throws ThreadError where one throws on the way. */
export function createRunner(threads: readonly NamedThread[]): Runner {
  return new ThreadRunner(threads)
}

class ThreadRunner implements Runner {
  readonly #threads: readonly Running[]
  /** Unfinished threads, longest-waiting first. */
  #waiting: Running[]
  /** The threads of `#waiting` whose guards hold, until the next step. */
  #enabled: Running[] | undefined

  constructor(threads: readonly NamedThread[]) {
    assert(
      threads.some(({ daemon }) => daemon !== true),
      'a kernel needs a thread that is not a daemon: nothing would ever finish',
    )
    const names = threads.map(({ name }) => name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    assert(twice === undefined, `two threads are named ${twice}`)
    this.#threads = threads.map(({ name, daemon = false, run }) => {
      const thread = guarded(name, run)
      return { name, daemon, thread, announced: resume(name, thread) }
    })
    this.#waiting = this.#threads.filter(({ announced }) => announced !== undefined)
  }

  #enabledThreads(): Running[] {
    this.#enabled ??= this.#waiting.filter(({ name, announced }) =>
      guarded(name, () => announced!.when?.() ?? true),
    )
    return this.#enabled
  }

  enabled(): readonly Offer[] {
    return this.#enabledThreads().map(({ name, announced }) => ({ thread: name, event: announced!.event }))
  }

  announced(): readonly Announcement[] {
    const enabled = new Set(this.#enabledThreads())
    return this.#threads.map((running) => ({
      thread: running.name,
      daemon: running.daemon,
      event: running.announced?.event,
      enabled: enabled.has(running),
    }))
  }

  status(): 'running' | 'finished' | 'stuck' {
    if (this.#waiting.every(({ daemon }) => daemon)) return 'finished'
    return this.#enabledThreads().length === 0 ? 'stuck' : 'running'
  }

  step(choice: number): Offer {
    const enabled = this.#enabledThreads()
    const running = enabled[choice]
    assert(running !== undefined, `choice ${choice} is none of the ${enabled.length} enabled threads`)
    const { event } = running.announced!
    this.#enabled = undefined
    this.#waiting = this.#waiting.filter((other) => other !== running)
    running.announced = resume(running.name, running.thread)
    if (running.announced !== undefined) this.#waiting.push(running)
    return { thread: running.name, event }
  }
}

function guarded<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ThreadError(`thread ${name} threw: ${message}`, { cause: error })
  }
}

function resume(name: string, thread: Thread): Step | undefined {
  const { done, value } = guarded(name, () => thread.next())
  if (done === true) return undefined
  if (typeof value?.event?.type !== 'string')
    throw new ThreadError(`thread ${name} yields something that announces no event`)
  return value
}
