/**
 * The kernel beside the system under one scheduler: what the kernel does, the charts allow, and under fair
 * scheduling it finishes. It does not show that the charts are right; that is the work of the claims.
 */
import type { GroundEvent } from '../model/event.ts'
import { Execution, type Kernel } from './execution.ts'
import type { Failure } from './failure.ts'
import type { Scheduler } from './scheduler.ts'

export type LockstepResult =
  | {
      readonly outcome: 'holds'
      readonly steps: number
      readonly events: readonly GroundEvent[]
      /** The choices made, reduced: fed to `numbers` they give the same execution again. */
      readonly schedule: readonly number[]
      /** False only where a recorded trace ended before the kernel did. */
      readonly finished: boolean
    }
  | { readonly outcome: 'failed'; readonly failure: Failure }

/** Fair steps allowed after the scheduler's own; a kernel that takes longer is said not to finish. */
const STEPS_MAX = 1_000

/**
 * Runs a kernel in lockstep with its specification. Failures of the kernel are values; an AssertionError
 * means that the harness is wrong (an unknown component in the abstraction, two threads with one name).
 */
export function lockstep({
  scheduler,
  stepsMax = STEPS_MAX,
  ...kernel
}: Kernel & { readonly scheduler: Scheduler; readonly stepsMax?: number }): LockstepResult {
  const execution = new Execution(kernel)
  for (let step = 0; execution.failure === undefined; step++) {
    const decides = step < scheduler.length
    if (scheduler.completes ? execution.finished : !decides) break
    if (step >= scheduler.length + stepsMax) {
      execution.fail(
        'unfinished',
        `the kernel does not finish within ${stepsMax} fair steps: ${execution.signature()}`,
      )
      break
    }
    const choice = decides ? scheduler.choose(step, execution.offers) : 0
    if (typeof choice === 'number') execution.step(choice)
    else {
      const label = kernel.specification.label(choice.missing)
      execution.fail('unfollowed', `no thread offers ${label}: ${execution.signature()}`, choice.missing)
    }
  }
  const { failure, events, schedule, finished } = execution
  if (failure !== undefined) return { outcome: 'failed', failure }
  return { outcome: 'holds', steps: schedule.length, events, schedule, finished }
}
