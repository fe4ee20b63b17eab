/**
 * How a kernel fails: always a value, never an exception, with the schedule that leads there again.
 */
import type { Offer } from './thread.ts'
import type { GroundEvent } from '../model/event.ts'

/**
 * - refused: the system, or an observer of it, does not allow the step
 * - diverged: the abstraction of the kernel is not the state of the charts
 * - stuck: no thread is enabled, and one that is no daemon has not finished
 * - unfinished: fair scheduling does not finish in time, nothing can finish any more, or the end is not final
 * - threw: a thread, its guard, the abstraction or a machine threw
 * - nondeterministic: the same choices led elsewhere when they were made again
 * - unfollowed: no thread offers the next event of the recorded trace
 */
export type FailureKind =
  'refused' | 'diverged' | 'stuck' | 'unfinished' | 'threw' | 'nondeterministic' | 'unfollowed'

export type Failure = {
  readonly kind: FailureKind
  /**
   * The step at fault, counted from 1, or the number of steps taken where no single step is (stuck,
   * unfinished); 0 is the initial state.
   */
  readonly step: number
  /** The event of the step at fault. */
  readonly event: GroundEvent | undefined
  /** What went wrong, in one sentence. */
  readonly text: string
  /** The choices that lead here, each less than the number of threads enabled when it was made. */
  readonly schedule: readonly number[]
  /** The events along the schedule, a refused one included. */
  readonly events: readonly GroundEvent[]
  /** The events as text and the threads that announced them. */
  readonly steps: readonly (Offer & { readonly label: string })[]
  /** What was thrown, for those who want its stack. */
  readonly cause?: unknown
}

/** The failure as people read it: what went wrong, the steps that lead there, and the schedule as an address. */
export function printFailure({ kind, step, text, schedule, steps }: Failure): string {
  const width = Math.max(0, ...steps.map(({ thread }) => thread.length))
  const digits = String(steps.length).length
  return [
    `${kind} at step ${step}: ${text}`,
    ...steps.map(
      ({ thread, label }, index) =>
        `  ${String(index + 1).padStart(digits)}  ${thread.padEnd(width)}  ${label}`,
    ),
    `schedule: ${schedule.length === 0 ? 'fair from the start' : schedule.join('.')}`,
  ].join('\n')
}
