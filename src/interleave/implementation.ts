/**
 * An executable subsystem as the command line meets it: bound to its system by slug, explored under random
 * schedules, under every schedule within a bound, and along a recorded trace.
 */
import type { GroundEvent } from '../model/event.ts'
import type { Bounds } from '../model/system.ts'

/** What exploring an implementation covered and found. */
export type KernelReport = {
  readonly ok: boolean
  /** `1000 schedules, seed 42`, or `exhaustive: 5,850 schedules at cpus=2`. */
  readonly covered: string
  readonly schedules: number
  /** Distinct states, where states were matched: every schedule through them is covered. */
  readonly states?: number
  readonly steps: number
  /** What went wrong, with the schedule that shows it. */
  readonly failure?: string
  /** The limit that ended the exploration. */
  readonly bound?: string
}

/** How an implementation fared along the events of a trace. */
export type FollowReport = { readonly ok: boolean; readonly steps: number; readonly text: string }

/** An executable subsystem that walks in lockstep with its system. */
export type Implementation = {
  /** The slug of its system. */
  readonly system: string
  /** Where it is: `kernel/memory/tlb-shootdown`. */
  readonly name: string
  /** Random schedules, made by fast-check from the seed. */
  readonly random: (options: { readonly runs: number; readonly seed: number }) => KernelReport
  /** Every schedule within the stated bound. */
  readonly exhaustive: () => KernelReport
  /** Follows the events of a trace with the recorded scheduler, `until` steps at most. */
  readonly follow: (bounds: Bounds, events: readonly GroundEvent[], until?: number) => FollowReport
}
