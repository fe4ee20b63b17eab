/**
 * All engines there are, one row each, with what is promised of it: the comparison asks every one of them the
 * same questions. A new engine is one more row.
 */
import { sweep } from '../../src/checker/approximate.ts'
import type { SweepPlan } from '../../src/checker/approximate-result.ts'
import { check } from '../../src/checker/explore.ts'
import type { Options, Violation } from '../../src/checker/result.ts'
import { checkWithSpin } from '../../src/checker/spin-check.ts'
import type { Instance } from '../../src/model/instance.ts'

/** What an engine says of an instance. */
export type Answer = {
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  readonly violation: Violation | undefined
  /** Labels of witnesses; nothing is said of them where something is violated. */
  readonly unreached: readonly string[]
  readonly states: number
  readonly transitions: number
}

export type Engine = {
  readonly name: string
  /** Asks the claims of the names given; none: all there is, is explored. */
  readonly run: (instance: Instance, only: readonly string[]) => Answer | Promise<Answer>
  /** What it visits where nothing is asked: each state, one of each orbit, or fewer. */
  readonly visits: 'states' | 'orbits' | 'fewer states' | 'fewer orbits' | 'some states'
  /** Whether its traces are shortest. */
  readonly shortest: boolean
  /** Whether it decides progress claims. */
  readonly progress: boolean
}

/** How much room: more than any of these systems needs. */
const AMPLE_BYTES = 2 ** 20
/** Room for next to nothing. */
const SCARCE_BYTES = 2 ** 6

export type Check = typeof check

/** An engine that decides all claims: `check` with some options. */
export const exact = (
  name: string,
  visits: Engine['visits'],
  options: Options,
  using: Check = check,
): Engine => ({
  name,
  run: (instance, only) => using(instance, { ...options, only }),
  visits,
  shortest: true,
  progress: true,
})

const approximate = (name: string, visits: Engine['visits'], plan: SweepPlan): Engine => ({
  name,
  run: (instance, only) => {
    const found = sweep(instance, { ...plan, only })
    const isHeld = found.unreached.length === 0 ? 'holds' : 'unreached'
    return { ...found, outcome: found.outcome === 'violated' ? 'violated' : isHeld }
  },
  visits,
  shortest: plan.order === 'breadth' && visits === 'states',
  progress: false,
})

/** The full search, in plain code. */
export const full = exact('full search', 'states', { reduction: false, compileAt: Number.POSITIVE_INFINITY })

const interpreted = { compileAt: Number.POSITIVE_INFINITY }
const compiled = { compileAt: 0 }
export const symmetry = { symmetry: true, partialOrder: false }
export const partialOrder = { symmetry: false, partialOrder: true }

export const compact = approximate('compact', 'states', {
  visited: 'compact',
  memoryBytes: AMPLE_BYTES,
  order: 'breadth',
})

export const engines: readonly Engine[] = [
  full,
  exact('full search, compiled', 'states', { ...compiled, reduction: false }),
  exact('full search, two workers', 'states', { ...compiled, reduction: false, workers: 2 }),
  exact('as it is by default', 'fewer states', {}),
  exact('partial order', 'fewer states', { ...interpreted, reduction: partialOrder }),
  approximate('bitstate', 'states', { visited: 'bitstate', memoryBytes: AMPLE_BYTES, order: 'depth' }),
  compact,
  approximate('bitstate with little memory', 'some states', {
    visited: 'bitstate',
    memoryBytes: SCARCE_BYTES,
  }),
]

/** They differ from those above where identifiers are interchangeable. */
export const symmetricEngines: readonly Engine[] = [
  exact('symmetry', 'orbits', { ...interpreted, reduction: symmetry, paranoid: true }),
  exact('symmetry, compiled', 'orbits', { ...compiled, reduction: symmetry }),
  exact('symmetry, two workers', 'orbits', { ...compiled, reduction: symmetry, workers: 2 }),
  exact('symmetry and partial order', 'fewer orbits', { ...interpreted, reduction: {} }),
]

/** A second engine by other people; it starts compilers, so a few systems must do. */
export const spin: Engine = {
  name: 'SPIN',
  run: async (instance, only) => {
    const found = await checkWithSpin(instance, { only, optimisation: 0 })
    return { ...found, violation: found.violations[0] }
  },
  visits: 'states',
  shortest: true,
  progress: false,
}
