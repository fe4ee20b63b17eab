/**
 * What one contender cost, and how the two sides compare: rates where all states are visited, and the time to
 * a verdict where each side may do as it likes.
 */
import type { Case } from './cases.ts'

export type Cost = {
  readonly contender: string
  readonly side: 'ours' | 'SPIN'
  readonly states: number
  /** Steps; SPIN's count less the initial state. */
  readonly transitions: number
  readonly depth: number
  /** Wall time until the search begins: our start-up, or what spin and gcc take to make a verifier. */
  readonly secondsBefore: number
  /** Wall and CPU time of the search; CPU undefined where nothing tells. */
  readonly secondsSearch: number
  readonly cpuSecondsSearch: number | undefined
  /** The states stored and the table of them. */
  readonly storeBytes: number
  /** Resident memory at its peak, above what was there before. */
  readonly peakBytes: number
  /** Whether the counts must be those of every other such search: reduction may drop states. */
  readonly exact: boolean
}

export type Comparison = { readonly subject: Case; readonly costs: readonly Cost[] }

/** How ours compares with the best of SPIN on one system. Ratios above 1: ours is faster, or smaller. */
export type Verdict = {
  readonly ours: Cost
  /** The SPIN mode with the shortest search. */
  readonly best: Cost
  /** Search against search, as if start-up and gcc took no time. */
  readonly search: number
  /** Our whole process against SPIN's verifier alone, already compiled. */
  readonly withoutCompiling: number
  /** From the command to the verdict, gcc and start-up included. */
  readonly whole: number
  /** States a second on one core where all are visited, ours against SPIN's fastest such mode. */
  readonly rate: number
  /** Bytes a state of COLLAPSE, and of SPIN's smallest mode, against ours where all states are visited. */
  readonly bytesCollapse: number
  readonly bytesBest: number
}

/** Wall time from the start of the command to its verdict. */
export const secondsWhole = ({ secondsBefore, secondsSearch }: Cost): number => secondsBefore + secondsSearch

/** Bytes stored for each state. */
export const bytesPerState = ({ storeBytes, states }: Cost): number => storeBytes / states

function least(costs: readonly Cost[], of: (cost: Cost) => number): Cost {
  const [first, ...rest] = costs
  if (first === undefined) throw new Error('there is nothing to compare')
  return rest.reduce((best, cost) => (of(cost) < of(best) ? cost : best), first)
}

/** The two sides compared, or undefined where SPIN was not run. */
export function verdictOf({ costs }: Comparison): Verdict | undefined {
  const spin = costs.filter(({ side }) => side === 'SPIN')
  const collapse = spin.filter(({ contender }) => contender.includes('COLLAPSE'))
  const full = costs.find(({ side, exact }) => side === 'ours' && exact)
  if (spin.length === 0 || full === undefined) return undefined
  const ours = costs.find(({ contender }) => contender === 'ours') ?? full
  const best = least(spin, ({ secondsSearch }) => secondsSearch)
  const fastest = least(
    spin.filter(({ exact }) => exact),
    ({ secondsSearch, states }) => secondsSearch / states,
  )
  return {
    ours,
    best,
    search: best.secondsSearch / ours.secondsSearch,
    withoutCompiling: best.secondsSearch / secondsWhole(ours),
    whole: Math.min(...spin.map(secondsWhole)) / secondsWhole(ours),
    rate: full.states / full.secondsSearch / (fastest.states / fastest.secondsSearch),
    bytesCollapse: bytesPerState(least(collapse, bytesPerState)) / bytesPerState(full),
    bytesBest: bytesPerState(least(spin, bytesPerState)) / bytesPerState(full),
  }
}

/** What disagrees in a comparison: counts of full searches with the pinned ones. Empty: nothing. */
export function disagreements({ subject, costs }: Comparison): string[] {
  const { system, bounds, states, transitions } = subject
  return costs
    .filter((cost) => cost.exact && (cost.states !== states || cost.transitions !== transitions))
    .map(
      (cost) =>
        `${system.name} ${JSON.stringify(bounds)}: ${cost.contender} counts ${cost.states} states and ` +
        `${cost.transitions} transitions; pinned are ${states} and ${transitions}`,
    )
}
