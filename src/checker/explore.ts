/**
 * The exhaustive driver: explores every interleaving of an instance, breadth first, asks every claim, and
 * says what was covered. Safety and deadlock are decided on a graph as small as is sound, progress on all of
 * it. The first violation found has a shortest trace.
 */
import type { Instance } from '../model/instance.ts'
import { ClaimWatch, labelOf } from './claims.ts'
import { coverageOf } from './coverage.ts'
import { Exploration, type Task } from './exploration.ts'
import { type Limits, defaultLimits } from './limits.ts'
import { Product } from './product.ts'
import { type Allowed, type Reduction, SymmetryInForce } from './reduction.ts'
import type { Options, Result } from './result.ts'
import { Visibility } from './visibility.ts'

export { NEVER_STUCK } from './violations.ts'

/** Up to so many states a search of the full graph is over before a reduction has paid for itself. */
const SMALL_STATES_MAX = 100_000
/** A shorter trace than a reduced search found is looked for among this many states, for each of its own. */
const SHORTER_STATES_FACTOR = 20
const SHORTER_STATES_MIN = 100_000

/** Explores an instance. Throws IllFormedError for a system that cannot be checked. */
export function check(instance: Instance, options: Options = {}): Result {
  return new Check(instance, options).run()
}

class Check {
  readonly #options: Options
  readonly #limits: Limits
  readonly #product: Product
  readonly #started = performance.now()
  #watch: ClaimWatch
  #unreached: string[] | undefined

  constructor(instance: Instance, options: Options) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#product = new Product(instance)
    this.#watch = new ClaimWatch(this.#product, this.#wants)
  }

  readonly #wants = (name: string): boolean => this.#options.only?.includes(name) ?? true
  readonly #seconds = (): number => (performance.now() - this.#started) / 1000

  run(): Result {
    const { reduction: allowed } = this.#options
    if (allowed === false) return this.#result(this.#explore({ asksProgress: this.#asksProgress }))
    const small = allowed === undefined ? this.#exploreSmall() : undefined
    if (small !== undefined) return this.#result(small)
    const reduced = this.#exploreReduced(allowed ?? { symmetry: true, partialOrder: false })
    if (reduced === undefined) return this.#result(this.#explore({ asksProgress: this.#asksProgress }))
    const { exploration, reduction } = reduced
    if (!this.#asksProgress || !exploration.complete) return this.#result(exploration, reduction, true)
    // Invariants were proved and witnesses found, or not: only progress is left to ask.
    this.#unreached = this.#watch.unreached.map(labelOf)
    this.#watch = new ClaimWatch(this.#product, () => false)
    return this.#result(this.#explore({ asksProgress: true }), reduction)
  }

  get #asksProgress(): boolean {
    return this.#product.instance.claims.some(
      ({ name, claim }) => this.#wants(name) && (claim.kind === 'leadsTo' || claim.kind === 'eventually'),
    )
  }

  // A graph this small is explored before a reduction has paid for itself. Undefined where it is larger.
  #exploreSmall(): Exploration | undefined {
    const isLimit = this.#limits.statesMax <= SMALL_STATES_MAX
    const limits = isLimit ? this.#limits : { ...this.#limits, statesMax: SMALL_STATES_MAX }
    const exploration = this.#explore({ asksProgress: this.#asksProgress, limits })
    const isTooLarge = exploration.bound !== undefined && exploration.search.store.count >= SMALL_STATES_MAX
    if (!isTooLarge || isLimit) return exploration
    this.#watch = new ClaimWatch(this.#product, this.#wants)
    return undefined
  }

  #explore(task: Pick<Task, 'asksProgress'> & Partial<Task>): Exploration {
    for (;;) {
      const exploration = new Exploration({
        product: this.#product,
        watch: this.#watch,
        limits: this.#limits,
        wants: this.#wants,
        seconds: this.#seconds,
        onProgress: this.#options.onProgress,
        compileAt: this.#options.compileAt,
        workers: this.#options.workers,
        ...task,
      })
      if (exploration.run()) return exploration
    }
  }

  // Undefined where nothing can be reduced.
  #exploreReduced(allowed: Partial<Allowed>): { exploration: Exploration; reduction: Reduction } | undefined {
    const { symmetry: maySymmetry = true, partialOrder = true } = allowed
    const { paranoid = false } = this.#options
    const symmetry = maySymmetry ? SymmetryInForce.of(this.#product, this.#wants, paranoid) : undefined
    if (symmetry === undefined && !partialOrder) return undefined
    const visibility = partialOrder ? new Visibility() : undefined
    this.#watch = new ClaimWatch(this.#product, this.#wants, symmetry?.claims.orbits(), visibility)
    const found = this.#explore({ asksProgress: false, symmetry, visibility })
    const { store, transitions } = found.search
    const reduction: Reduction = {
      symmetry: symmetry?.domains ?? [],
      order: symmetry?.symmetry.group.order ?? 1,
      partialOrder,
      states: store.count,
      transitions,
    }
    return { exploration: partialOrder ? this.#shortened(found, symmetry) : found, reduction }
  }

  // A partial order keeps verdicts, not distances: whether there is a shorter trace is a search without it.
  #shortened(found: Exploration, symmetry: SymmetryInForce | undefined): Exploration {
    const { violation } = found
    if (violation === undefined || violation.events.length <= 1) return found
    const statesMax = Math.max(SHORTER_STATES_MIN, SHORTER_STATES_FACTOR * found.search.store.count)
    this.#watch = new ClaimWatch(this.#product, this.#wants, symmetry?.claims.orbits())
    const shorter = this.#explore({
      asksProgress: false,
      symmetry,
      limits: { ...this.#limits, statesMax: Math.min(statesMax, this.#limits.statesMax) },
      depthMax: violation.events.length - 1,
    })
    return shorter.violation === undefined ? found : shorter
  }

  #result(exploration: Exploration, reduction?: Reduction, isReduced = false): Result {
    const { search, complete, bound, violation } = exploration
    const { store, transitions, depth } = search
    const { instance } = this.#product
    const unreached = complete ? (this.#unreached ?? this.#watch.unreached.map(labelOf)) : []
    const judged = unreached.length > 0 ? 'unreached' : 'holds'
    return {
      instance,
      product: this.#product,
      outcome: violation !== undefined ? 'violated' : bound !== undefined ? 'bound' : judged,
      violation,
      unreached,
      claimsChecked: [...new Set(instance.claims.map(({ name }) => name))].filter(this.#wants),
      states: store.count,
      transitions,
      depth,
      seconds: this.#seconds(),
      bytes: store.bytes,
      reduction,
      isReduced,
      coverage: coverageOf(this.#product),
      bound,
    }
  }
}
