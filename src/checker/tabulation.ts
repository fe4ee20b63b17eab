/**
 * A product explored so that its tables can be written out for other tools: every local step that a reachable
 * global step takes is in them. A product that violates a claim is tabled as far as the first violation; what
 * lies beyond is said to be outside, so that an engine that gets there knows that it left what was tabled.
 */
import type { Instance } from '../model/instance.ts'
import { EvaluationError, REFUSED, UNKNOWN } from './component-table.ts'
import { NEVER_STUCK, check } from './explore.ts'
import { type Limits, defaultLimits, heapReached, reached } from './limits.ts'
import type { Product, Vector } from './product.ts'
import type { Options, Violation } from './result.ts'
import { Search } from './search.ts'

/** A table entry for a local step that no tabled global step takes. */
export const OUTSIDE = -2

/** A limit that ended the search before there were tables. */
export type Unfinished = { readonly bound: string; readonly states: number }

export class Tabulation {
  readonly product: Product
  /** What is violated, and by how short a run; the tables hold every step of runs as short as that. */
  readonly violation: Violation | undefined
  readonly states: number
  readonly transitions: number
  /** Events on the longest of the shortest paths. */
  readonly depth: number
  readonly #search: Search

  constructor(search: Search, violation: Violation | undefined) {
    this.#search = search
    this.violation = violation
    this.product = search.product
    this.states = search.store.count
    this.transitions = search.transitions
    this.depth = search.depth
  }

  get instance(): Instance {
    return this.product.instance
  }

  /**
   * Where the local states of a component go by the event at `position` of its alphabet: a local state id,
   * REFUSED or OUTSIDE for each.
   */
  column(component: number, position: number): readonly number[] {
    const { next, alphabet, size } = this.product.tables[component]!
    return Array.from({ length: size }, (_, state) => {
      const entry = next[state * alphabet.length + position]!
      if (entry >= 0 || entry === REFUSED) return entry
      return entry === UNKNOWN && this.violation !== undefined && this.#refuses(component, state, position)
        ? REFUSED
        : OUTSIDE
    })
  }

  // Beyond the first violation nobody has asked; a guard that throws there is none of our business.
  #refuses(component: number, state: number, position: number): boolean {
    const table = this.product.tables[component]!
    try {
      return !table.accepted(state, table.alphabet[position]!)
    } catch (error) {
      if (error instanceof EvaluationError) return false
      throw error
    }
  }

  /** Calls `visit` with every global state that was reached. */
  vectors(visit: (vector: Vector) => void): void {
    for (let index = 0; index < this.states; index++) visit(this.#search.vectorAt(index))
  }
}

/** The names that stand for a claim other than progress: invariants, witnesses, observers, deadlock. */
function safetyNames({ claims, components }: Instance): string[] {
  const progress = new Set(['leadsTo', 'eventually'])
  return [
    NEVER_STUCK,
    ...claims.flatMap(({ name, claim }) => (progress.has(claim.kind) ? [] : [name])),
    ...components.flatMap(({ name, family, observer }) => (observer ? [name, family] : [])),
  ]
}

/** Expands all states that runs of fewer events than `depthMax` reach. */
function expand(search: Search, depthMax: number, limits: Limits, options: Options): string | undefined {
  const started = performance.now()
  const isDeep = () => search.depth >= depthMax - 1 && search.next >= search.levels.at(-1)!
  while (!search.done && !isDeep()) {
    search.advance()
    const { store, transitions, depth, next } = search
    const { bytes, count: states } = store
    const seconds = (performance.now() - started) / 1000
    const bound = reached(limits, states, seconds, bytes) ?? heapReached()
    if (bound !== undefined && !search.done) return bound
    options.onProgress?.({ states, transitions, depth, queue: states - next, seconds, bytes })
  }
  return undefined
}

/**
 * Tables an instance: whole, or as far as one of the claims `only` names is violated. The result is the limit
 * that ended the search where one did, and the violation of a machine that throws.
 */
export function tabulate(
  instance: Instance,
  options: Options = {},
): Tabulation | Unfinished | { readonly error: Violation; readonly product: Product } {
  const { only, limits } = options
  const safety = safetyNames(instance).filter((name) => only?.includes(name) ?? true)
  const { product, violation, bound, states } = check(instance, {
    ...options,
    only: safety,
    reduction: false,
  })
  if (violation?.kind === 'error') return { error: violation, product }
  if (bound !== undefined) return { bound, states }
  const search = new Search(product)
  const depthMax = violation === undefined ? Number.POSITIVE_INFINITY : Math.max(1, violation.events.length)
  const late = expand(search, depthMax, { ...defaultLimits, ...limits }, options)
  return late === undefined ? new Tabulation(search, violation) : { bound: late, states: search.store.count }
}
