/** A schedule of a program run again: what each step does, and whether it fails where it did. */
import { exploreFrom, makeInstance } from './explore-memory.ts'
import { JudgedRun } from './judged-run.ts'
import type { MemoryFailure } from './memory-failure.ts'
import { MemoryInstance } from './memory-instance.ts'
import type { MemoryProgram } from './memory-program.ts'
import type { MemoryRun } from './memory-run.ts'

/** A run that goes as far as it can be followed, and how it fails, if it does. */
export type MemoryReplay = {
  readonly run: MemoryRun
  readonly failure?: MemoryFailure
  /** Why the schedule cannot be followed to its end. */
  readonly unfollowed?: string
}

const STATES_MAX = 500_000

/**
 * Follows a schedule: at each step the index among the steps that are possible. Where its last state is sound in
 * itself, all that can follow is explored, to see whether an end or a witness is still within reach.
 */
export function replayMemory(
  program: MemoryProgram,
  schedule: readonly number[],
  { statesMax = STATES_MAX }: { readonly statesMax?: number } = {},
): MemoryReplay {
  const instance = makeInstance(program)
  if (!(instance instanceof MemoryInstance))
    return { run: { schedule: [], steps: [], states: [] }, failure: instance }
  let judged = follow(instance, schedule)
  while (judged.stepper.isOutdated) judged = follow(instance, schedule)
  const run = judged.run()
  const failure = judged.failure()
  const taken = judged.moves.length
  if (taken < schedule.length) {
    const { moveCount } = judged.stepper
    const end = judged.hasFailed ? 'the run has failed before' : `${moveCount} steps are possible`
    const unfollowed = `choice ${schedule[taken]} of step ${taken + 1} cannot be made: ${end}`
    return { run, unfollowed, ...(failure === undefined ? {} : { failure }) }
  }
  if (failure !== undefined) return { run, failure }
  const onwards = exploreFrom(instance, judged.moves, { statesMax })
  if (onwards.outcome !== 'failed' || onwards.failure.steps.length > taken) return { run }
  if (onwards.failure.kind === 'unreached' && taken > 0) return { run }
  return { run, failure: onwards.failure }
}

function follow(instance: MemoryInstance, schedule: readonly number[]): JudgedRun {
  const judged = new JudgedRun(instance)
  for (const choice of schedule) {
    if (judged.hasFailed || choice >= judged.stepper.moveCount) break
    judged.take(judged.stepper.moves[choice]!)
  }
  return judged
}
