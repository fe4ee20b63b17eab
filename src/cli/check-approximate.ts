/** The claims of one system, by the approximate driver: as much of it as there is memory for, and no "holds". */
import { sweep } from '../checker/approximate.ts'
import type { Sweep, SweepOptions } from '../checker/approximate-result.ts'
import { coverageOf } from '../checker/coverage.ts'
import { printBounds } from '../checker/trace-file.ts'
import { UsageError, instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import type { CheckContext } from './context.ts'
import type { Target } from './load.ts'
import type { ClaimsReport, Failure } from './report.ts'
import { number } from './style.ts'
import { violationFailure } from './violation.ts'

/** What `--approximate` and the options beside it say. */
export type ApproximateOptions = {
  readonly approximate?: SweepOptions['visited']
  /** MiB of the visited set. */
  readonly memory?: number
  readonly order?: 'breadth' | 'depth'
  readonly depth?: number
  /** The folder of what does not fit in memory. */
  readonly spill?: string
}

/** What an approximate search adds to the report of claims. */
export type ApproximateReport = Pick<
  Sweep,
  'outcome' | 'omission' | 'claimsLeftOut' | 'reached' | 'spilledBytes' | 'ended'
>

const MEBIBYTE = 2 ** 20

/** Refuses options that do not go together. Throws UsageError. */
export function refuseApproximate(
  options: ApproximateOptions & {
    readonly only?: string
    readonly random?: number
    readonly maxMemory?: number
  },
): void {
  const { approximate, memory, order, depth, spill, only, random, maxMemory } = options
  const given = Object.entries({ memory, order, depth, spill }).find(([, value]) => value !== undefined)
  if (approximate === undefined) {
    if (given !== undefined) throw new UsageError(`--${given[0]} is for --approximate`)
    return
  }
  if (random !== undefined) throw new UsageError('--approximate and --random exclude each other')
  if (only !== undefined && only !== 'claims')
    throw new UsageError(`--approximate is for claims; it has nothing to say of ${only}`)
  if (maxMemory !== undefined)
    throw new UsageError(
      '--max-memory is for the exact search; the visited set of --approximate has --memory',
    )
  if (spill !== undefined && order === 'depth')
    throw new UsageError('--spill is for breadth first: depth first keeps no more than a path')
}

const probability = (value: number): string => (value === 0 ? '0' : value.toExponential(1))

// A search that a limit ended has not even arrived at what is left.
function coveredBy({ states, omission, ended, claimsLeftOut }: Sweep): string {
  const { hashFactor, probability: missed, expected } = omission
  const count = expected < 0.1 ? probability(expected) : number(Math.round(expected * 10) / 10)
  return [
    `approximate: ${number(states)} states`,
    `${hashFactor.toFixed(1)} bits of memory a state`,
    `p(a state was missed) <= ${probability(missed)}`,
    `expected missed ${count}`,
    ...(ended === undefined ? [] : [`bound reached: ${ended}`]),
    ...(claimsLeftOut.length === 0 ? [] : [`without ${claimsLeftOut.join(', ')}`]),
  ].join(', ')
}

function reportOf(result: Sweep): ClaimsReport & { readonly approximate: ApproximateReport } {
  const { instance, violation, reached, unreached, claimsChecked, claimsLeftOut, product } = result
  const { outcome, omission, spilledBytes, ended, states, transitions, depth, seconds, bytes } = result
  const witnesses = new Set(
    instance.claims.flatMap(({ name, claim }) => (claim.kind === 'sometimes' ? [name] : [])),
  )
  const where = printBounds(instance.bounds)
  return {
    bounds: instance.bounds,
    covered:
      violation === undefined ? `${outcome} at ${where}; ${coveredBy(result)}` : `approximate, at ${where}`,
    // Exit code 4 and the word of a limit that was reached: what was missed may violate anything.
    outcome: violation === undefined ? 'bound' : 'violated',
    states,
    transitions,
    depth,
    seconds,
    bytes,
    claims: claimsChecked.filter((name) => !witnesses.has(name)),
    witnesses: { reached: reached.length, total: reached.length + unreached.length },
    coverage: coverageOf(product),
    approximate: { outcome, omission, claimsLeftOut, reached, spilledBytes, ended },
  }
}

/** Searches by the plan of the command line. Throws IllFormedError, UsageError. */
export function checkApproximate(
  target: Target,
  set: Bounds,
  { limits, seed, bar }: CheckContext,
  options: ApproximateOptions,
): { report: ClaimsReport; failures: Failure[] } {
  const { approximate: visited = 'bitstate', memory, order, depth, spill } = options
  const instance = instantiate(target.system, set)
  bar.start(`${target.system.name}, ${visited}`)
  const result = sweep(instance, {
    visited,
    seed,
    onProgress: bar.update,
    ...(memory === undefined ? {} : { memoryBytes: memory * MEBIBYTE }),
    ...(order === undefined ? {} : { order }),
    ...(depth === undefined ? {} : { depthMax: depth }),
    ...(spill === undefined ? {} : { frontier: { folder: spill } }),
    ...(limits.statesMax === undefined ? {} : { statesMax: limits.statesMax }),
    ...(limits.secondsMax === undefined ? {} : { secondsMax: limits.secondsMax }),
  })
  bar.stop()
  const { violation, product } = result
  return {
    report: reportOf(result),
    failures: violation === undefined ? [] : [violationFailure(target, { instance, product, violation })],
  }
}
