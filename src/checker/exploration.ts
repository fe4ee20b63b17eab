/**
 * One search of an instance, breadth first, with its claims asked of every state: of the full graph, or of one
 * that symmetry and partial order make smaller.
 */
import { type ClaimWatch, type Watched, labelOf } from './claims.ts'
import { type Limits, heapReached, reached } from './limits.ts'
import type { Product } from './product.ts'
import { checkProgress } from './progress.ts'
import type { Reducers } from './reduced-stepper.ts'
import type { SymmetryInForce } from './reduction.ts'
import type { Progress, Violation } from './result.ts'
import { Screen } from './screen.ts'
import { SearchError, attempt } from './search-error.ts'
import { Search } from './search.ts'
import { StubbornSets } from './stubborn.ts'
import type { ReadId } from './view.ts'
import type { Visibility } from './visibility.ts'
import { NEVER_STUCK, StuckStates, invariantViolated, refused, thrown } from './violations.ts'

const SECONDS_BETWEEN_LOOKS = 0.2

/** What one search is about; times are those of the whole check. */
export type Task = {
  readonly product: Product
  readonly watch: ClaimWatch
  readonly limits: Limits
  readonly wants: (claim: string) => boolean
  readonly seconds: () => number
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly symmetry?: SymmetryInForce | undefined
  /** What claims have looked at so far; present where events may be left out. */
  readonly visibility?: Visibility | undefined
  /** Whether progress claims are asked, once all states are found; never in a reduced search. */
  readonly asksProgress: boolean
  /** States farther from the initial one are not looked for. */
  readonly depthMax?: number
  readonly compileAt?: number | undefined
  /** Threads in all; 1 if absent. */
  readonly workers?: number | undefined
}

export class Exploration {
  readonly search: Search
  violation: Violation | undefined
  /** The limit that ended the search. */
  bound: string | undefined
  readonly #task: Task
  readonly #screen: Screen
  readonly #sets: StubbornSets | undefined
  readonly #stuck: StuckStates | undefined
  #looked = 0

  constructor(task: Task) {
    const { product, watch, symmetry, visibility, wants, compileAt, workers = 1 } = task
    this.#task = task
    const stubborn = visibility === undefined ? undefined : new StubbornSets(product, visibility)
    this.#sets = stubborn
    const reducers: Reducers = {
      ...(symmetry === undefined ? {} : { canonicalise: symmetry.canonicalise }),
      ...(stubborn === undefined ? {} : { stubborn }),
    }
    const isReduced = symmetry !== undefined || stubborn !== undefined
    this.search = new Search(product, compileAt, isReduced ? reducers : undefined)
    this.search.threads = workers - 1
    this.search.heeds = (component) => {
      const { name, family } = product.instance.components[component]!
      return wants(family) || wants(name)
    }
    this.#screen = new Screen(this.search, watch)
    const named = product.instance.claims.find(({ claim }) => claim.kind === 'neverStuck')?.name
    this.#stuck = wants(named ?? NEVER_STUCK) ? new StuckStates(this.search, watch) : undefined
  }

  /** Whether all states were explored and nothing is wrong with them. */
  get complete(): boolean {
    return this.violation === undefined && this.bound === undefined
  }

  /** Searches until something is wrong, a limit is reached or nothing is left; false if it must be run again. */
  run(): boolean {
    const { watch, depthMax = Number.POSITIVE_INFINITY, asksProgress, symmetry } = this.#task
    try {
      this.#ask(0, watch.pending)
      this.#sample(0, 1)
      while (!this.search.done && this.complete && this.search.depth < depthMax) {
        this.#advance()
        if (this.violation === undefined && this.#sets?.outdated === true) return false
      }
      if (this.complete) this.#checkStuck()
      // What was found stands, whatever the symmetry; that nothing was found rests on it.
      if (this.complete) symmetry?.symmetry.verify()
      if (this.complete && asksProgress) this.#checkProgress()
    } catch (error) {
      this.#explain(error)
    } finally {
      this.search.close()
    }
    return true
  }

  #advance(): void {
    const { search } = this
    const { limits, onProgress } = this.#task
    const { from, to } = search.advance()
    // A state that is stuck is one event nearer than the states this batch has reached.
    if (search.stuck.length > 0) this.#checkStuck()
    if (this.violation === undefined) this.#askFresh(from, to)
    if (this.violation === undefined && search.refusal !== undefined) this.violation = refused(search)
    if (this.violation === undefined) this.#sample(from, to)
    const { count } = search.store
    const bytes = search.store.bytes + search.store.bytesToReserve(1)
    if (!search.done) this.bound = reached(limits, count, 0, bytes)
    const seconds = this.#task.seconds()
    if (seconds - this.#looked < SECONDS_BETWEEN_LOOKS) return
    this.#looked = seconds
    if (!search.done) this.bound ??= reached(limits, 0, seconds, 0) ?? this.#heapReached()
    onProgress?.(this.#progress(seconds))
  }

  // The heap holds local states; a component with very many of them hides two.
  #heapReached(): string | undefined {
    const text = heapReached()
    if (text === undefined) return undefined
    const { component, size } = this.#task.product.tables.reduce((most, table) =>
      table.size > most.size ? table : most,
    )
    return `${text}; ${component.name} alone has ${size}`
  }

  #progress(seconds: number): Progress {
    const { store, transitions, depth, next } = this.search
    return { states: store.count, transitions, depth, queue: store.count - next, seconds, bytes: store.bytes }
  }

  #sample(from: number, to: number): void {
    const { symmetry } = this.#task
    if (symmetry === undefined) return
    for (let index = from; index < to; index++) symmetry.sample(index, () => this.search.vectorAt(index))
  }

  // Claims are asked where the screen does not know that they are content.
  #askFresh(from: number, to: number): void {
    const { freshEvents } = this.search
    const isUnviolated = () => this.violation === undefined
    for (
      let index = this.#screen.first(from, to, from);
      index < to && isUnviolated();
      index = this.#screen.first(index + 1, to, from)
    ) {
      this.#ask(index, this.#task.watch.claimsFor(freshEvents[index - from]!))
    }
  }

  #at = 0
  readonly #readId: ReadId = (component) => this.search.idAt(this.#at, component)
  readonly #settle = (watched: Watched): void => this.#screen.settle(watched, this.#readId)

  #ask(index: number, claims: readonly Watched[]): void {
    if (claims.length === 0) return
    this.#at = index
    const { watch } = this.#task
    const violated = attempt(index, undefined, () => watch.violatedBy(claims, this.#readId, this.#settle))
    if (violated !== undefined) this.violation = invariantViolated(this.search, violated, index)
  }

  #checkStuck(): void {
    this.violation = this.#stuck?.find()
    this.search.stuck.length = 0
  }

  #checkProgress(): void {
    const { product, limits, seconds, watch, wants } = this.#task
    const wanted = product.instance.claims.filter(({ name }) => wants(name))
    const late = () => reached(limits, 0, seconds(), 0)
    const lasso = checkProgress(this.search, watch.reader, wanted, () => late() === undefined)
    if (lasso === 'interrupted') this.bound = late()
    if (lasso === undefined || lasso === 'interrupted') return
    const { instance, prefix, loop } = lasso
    this.violation = {
      kind: 'progress',
      claim: instance.name,
      label: labelOf(instance),
      events: [...prefix, ...loop],
      loopStart: prefix.length,
    }
  }

  #explain(error: unknown): void {
    if (error instanceof RangeError) {
      this.bound = `out of memory at ${this.search.store.count} states: ${error.message}`
    } else if (error instanceof SearchError) this.violation = thrown(this.search, error)
    else throw error
  }
}
