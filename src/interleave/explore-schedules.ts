/**
 * Every schedule of a bounded kernel, depth first, each re-executed from the start. It trusts no fingerprint,
 * and so is the judge of the explorer that does; it suits kernels whose threads all end.
 */
import type { Kernel } from './execution.ts'
import { type Passed, type Verdict, confirm, reExecute } from './exploration.ts'

export type ScheduleExploration = Verdict & {
  /** Complete schedules, and those cut at `stepsMax`. */
  readonly schedules: number
  /** Steps checked: a prefix that several schedules share counts once. */
  readonly steps: number
}

export type ScheduleLimits = {
  /** Schedules longer than this are cut, and the result is `bound`. */
  readonly stepsMax?: number
  readonly schedulesMax?: number
  /** Called after each schedule. */
  readonly onProgress?: (progress: { readonly schedules: number; readonly steps: number }) => void
}

const STEPS_MAX = 1_000
const SCHEDULES_MAX = 100_000

/** Explores every schedule of the kernel that `make` builds afresh, the fair one first. */
export function exploreSchedules(
  make: () => Kernel,
  { stepsMax = STEPS_MAX, schedulesMax = SCHEDULES_MAX, onProgress }: ScheduleLimits = {},
): ScheduleExploration {
  const passed: (Passed & { readonly enabled: number })[] = []
  let steps = 0
  let schedules = 0
  let cut = 0
  for (;;) {
    const last = passed.at(-1)
    const execution = reExecute(make, passed.slice(0, -1))
    if (last !== undefined && confirm(execution, last.signature)) {
      execution.step(last.choice)
      steps++
    }
    while (execution.running && passed.length < stepsMax) {
      passed.push({ signature: execution.signature(), choice: 0, enabled: execution.offers.length })
      execution.step(0)
      steps++
    }
    if (execution.failure !== undefined) {
      return { outcome: 'failed', failure: execution.failure, schedules, steps }
    }
    schedules++
    if (execution.running) cut++
    onProgress?.({ schedules, steps })
    while (passed.length > 0 && passed.at(-1)!.choice + 1 === passed.at(-1)!.enabled) passed.pop()
    const next = passed.pop()
    if (next === undefined) break
    if (schedules === schedulesMax)
      return { outcome: 'bound', bound: `${schedulesMax} schedules`, schedules, steps }
    passed.push({ ...next, choice: next.choice + 1 })
  }
  if (cut === 0) return { outcome: 'holds', schedules, steps }
  return { outcome: 'bound', bound: `${cut} schedules cut at ${stepsMax} steps`, schedules, steps }
}
