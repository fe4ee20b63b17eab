/**
 * Threads with somebody who looks at every step: afterwards, once the step is done. It also counts how far
 * each thread is, which is all of a script's local data.
 */
import type { NamedThread, Thread } from '../src/interleave/thread.ts'
import type { GroundEvent } from '../src/model/event.ts'

export type WatchedThreads = {
  readonly threads: readonly NamedThread[]
  /** Steps done by each thread that is no daemon; daemons start over again and are where their announcement says. */
  readonly positions: () => number[]
  /** Steps done by all threads. */
  readonly taken: () => number
}

/** What `after` throws is laid to the thread whose step it looks at. */
export function watch(threads: readonly NamedThread[], after: (event: GroundEvent) => void): WatchedThreads {
  const positions = threads.map(() => 0)
  function* run(thread: NamedThread, index: number): Thread {
    const inner = thread.run()
    for (let step = inner.next(); step.done !== true;) {
      yield step.value
      const { event } = step.value
      step = inner.next()
      positions[index]!++
      after(event)
    }
  }
  return {
    threads: threads.map((thread, index) => ({ ...thread, run: () => run(thread, index) })),
    positions: () => positions.filter((_, index) => threads[index]!.daemon !== true),
    taken: () => positions.reduce((sum, position) => sum + position, 0),
  }
}
