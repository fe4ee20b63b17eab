/**
 * Small systems: how soon each is decided, all its claims and witnesses, once the process is up. Each run is a
 * process of its own, since code that runs briefly is never compiled.
 */
import { smallCases } from './cases.ts'
import { measure } from './ours.ts'

/** A check of a small system should take no longer. */
export const MILLISECONDS_WANTED = 50

export type SmallRun = {
  readonly system: string
  readonly bounds: Readonly<Record<string, number>>
  readonly states: number
  readonly outcome: string
  /** Wall time of the check, start-up excluded: the median and the shortest. */
  readonly milliseconds: number
  readonly millisecondsLeast: number
  /** CPU time of the median run, all threads. */
  readonly cpuMilliseconds: number
}

/** Checks every small system `repeats` times. */
export async function measureSmall(repeats: number): Promise<readonly SmallRun[]> {
  const cases = await smallCases()
  const rounds = Array.from({ length: repeats }, () =>
    cases.map((subject) => measure(subject, { claims: 'all', setting: {} }).report),
  )
  return cases.map(({ system, bounds }, index): SmallRun => {
    const runs = rounds.map((round) => round[index]!)
    const sorted = runs.toSorted((a, b) => a.secondsSearch - b.secondsSearch)
    const median = sorted[Math.floor((sorted.length - 1) / 2)]!
    return {
      system: system.name,
      bounds,
      states: runs[0]!.states,
      outcome: runs[0]!.outcome,
      milliseconds: 1000 * median.secondsSearch,
      millisecondsLeast: 1000 * sorted[0]!.secondsSearch,
      cpuMilliseconds: 1000 * median.cpuSecondsSearch,
    }
  })
}
