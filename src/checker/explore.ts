/**
 * The exhaustive driver: explores every interleaving of an instance, breadth first, asks every claim, and
 * says what was covered. The first violation found has a shortest trace.
 */
import { IllFormedError, type Instance } from '../model/instance.ts'
import { ClaimWatch, type Watched, labelOf } from './claims.ts'
import { coverageOf } from './coverage.ts'
import { type Limits, defaultLimits, heapReached, reached } from './limits.ts'
import { Product } from './product.ts'
import type { Options, Progress, Result, Violation } from './result.ts'
import { Screen } from './screen.ts'
import { checkProgress } from './progress.ts'
import { MemoPredicate } from './predicate.ts'
import { Search, SearchError, attempt } from './search.ts'
import type { ReadId } from './view.ts'

/** The claim that forbids deadlock where the system names none: stuck is allowed where every chart is done. */
export const NEVER_STUCK = 'neverStuck'

const SECONDS_BETWEEN_LOOKS = 0.2

/** Explores an instance. Throws IllFormedError for a system that cannot be checked. */
export function check(instance: Instance, options: Options = {}): Result {
  return new Exploration(instance, options).run()
}

class Exploration {
  readonly #options: Options
  readonly #limits: Limits
  readonly #product: Product
  readonly #search: Search
  readonly #watch: ClaimWatch
  readonly #screen: Screen
  readonly #started = performance.now()
  #violation: Violation | undefined
  #bound: string | undefined
  #looked = 0

  constructor(instance: Instance, options: Options) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#product = new Product(instance)
    this.#search = new Search(this.#product)
    this.#search.heeds = (component) => {
      const { name, family } = instance.components[component]!
      return this.#wanted(family) || this.#wanted(name)
    }
    this.#watch = new ClaimWatch(this.#product, (name) => this.#wanted(name))
    this.#screen = new Screen(this.#search, this.#watch)
  }

  run(): Result {
    try {
      this.#askInitial()
      while (!this.#search.done && this.#violation === undefined && this.#bound === undefined) this.#advance()
      const complete = this.#violation === undefined && this.#bound === undefined
      if (complete) this.#checkStuck()
      if (complete && this.#violation === undefined) this.#checkProgress()
    } catch (error) {
      this.#explain(error)
    }
    return this.#result()
  }

  #wanted(name: string): boolean {
    return this.#options.only?.includes(name) ?? true
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  #advance(): void {
    const search = this.#search
    const { from, to } = search.advance()
    // A state that is stuck is one event nearer than the states this batch has reached.
    if (search.stuck.length > 0) this.#checkStuck()
    if (this.#violation === undefined) this.#askFresh(from, to)
    if (this.#violation === undefined && search.refusal !== undefined) this.#refused()
    const { count } = search.store
    const bytes = search.store.bytes + search.store.bytesToReserve(1)
    if (!search.done) this.#bound = reached(this.#limits, count, 0, bytes)
    const seconds = this.#seconds()
    if (seconds - this.#looked < SECONDS_BETWEEN_LOOKS) return
    this.#looked = seconds
    if (!search.done) this.#bound ??= reached(this.#limits, 0, seconds, 0) ?? this.#heapReached()
    this.#options.onProgress?.(this.#progress(seconds))
  }

  // The heap holds local states; a component with very many of them hides two.
  #heapReached(): string | undefined {
    const text = heapReached()
    if (text === undefined) return undefined
    const { component, size } = this.#product.tables.reduce((most, table) =>
      table.size > most.size ? table : most,
    )
    return `${text}; ${component.name} alone has ${size}`
  }

  #progress(seconds: number): Progress {
    const { store, transitions, depth, next } = this.#search
    return { states: store.count, transitions, depth, queue: store.count - next, seconds, bytes: store.bytes }
  }

  #askInitial(): void {
    this.#ask(0, this.#watch.pending)
  }

  // Claims with a table are asked where it does not know the answer, the others everywhere, state by state.
  #askFresh(from: number, to: number): void {
    const { freshEvents } = this.#search
    for (let index = from; index < to && this.#violation === undefined; index++) {
      const unsure = this.#screen.first(index, to, from)
      const { untabled } = this.#screen
      if (untabled !== undefined) {
        for (; index < to && index <= unsure && this.#violation === undefined; index++) {
          this.#ask(index, untabled[freshEvents[index - from]!]!)
        }
      }
      index = unsure
      if (index < to && this.#violation === undefined) {
        this.#ask(index, this.#screen.tabledFor(freshEvents[index - from]!))
      }
    }
  }

  #at = 0
  readonly #readId: ReadId = (component) => this.#search.idAt(this.#at, component)
  readonly #settle = (watched: Watched): void => this.#screen.settle(watched, this.#readId)

  #ask(index: number, claims: readonly Watched[]): void {
    if (claims.length === 0) return
    this.#at = index
    const violated = attempt(index, undefined, () =>
      this.#watch.violatedBy(claims, this.#readId, this.#settle),
    )
    if (violated === undefined) return
    this.#violation = {
      kind: 'invariant',
      claim: violated.name,
      label: labelOf(violated),
      events: this.#eventsTo(index),
    }
  }

  #refused(): void {
    const { index, event, component } = this.#search.refusal!
    const { name, family } = this.#product.instance.components[component]!
    this.#violation = {
      kind: 'observer',
      claim: family,
      label: name,
      events: [...this.#eventsTo(index), event],
    }
  }

  // The states without successors that no `neverStuck` claim allows; checked as they are found.
  #checkStuck(): void {
    const { stuck } = this.#search
    const { claims, components } = this.#product.instance
    const named = claims.filter(({ claim }) => claim.kind === 'neverStuck')
    const names = named.length > 0 ? named.map(({ name }) => name) : [NEVER_STUCK]
    if (!names.some((name) => this.#wanted(name))) return
    const finals = named.flatMap((instance) =>
      instance.claim.kind === 'neverStuck'
        ? [new MemoPredicate(instance.name, instance.claim.final, instance.ids, this.#watch.reader)]
        : [],
    )
    const isDone = (index: number) =>
      components.every(
        (_, part) =>
          this.#product.tables[part]!.snapshots[this.#search.idAt(index, part)]!.status !== 'active',
      )
    const allowed = (index: number) =>
      finals.length > 0 ? finals.every((final) => this.#search.asks(final, index)) : isDone(index)
    const index = stuck.splice(0).find((candidate) => !allowed(candidate))
    if (index === undefined) return
    this.#violation = { kind: 'stuck', claim: names[0]!, label: names[0]!, events: this.#eventsTo(index) }
  }

  #checkProgress(): void {
    const wanted = this.#product.instance.claims.filter(({ name }) => this.#wanted(name))
    const late = () => reached(this.#limits, 0, this.#seconds(), 0)
    const lasso = checkProgress(this.#search, this.#watch.reader, wanted, () => late() === undefined)
    if (lasso === 'interrupted') this.#bound = late()
    if (lasso === undefined || lasso === 'interrupted') return
    const { instance, prefix, loop } = lasso
    this.#violation = {
      kind: 'progress',
      claim: instance.name,
      label: labelOf(instance),
      events: [...prefix, ...loop],
      loopStart: prefix.length,
    }
  }

  #eventsTo(index: number): number[] {
    return this.#search.eventsAlong(this.#search.pathTo(index))
  }

  #explain(error: unknown): void {
    if (error instanceof RangeError) {
      this.#bound = `out of memory at ${this.#search.store.count} states: ${error.message}`
    } else if (error instanceof SearchError) {
      const events = this.#eventsTo(error.index)
      const { event } = error
      this.#violation = {
        kind: 'error',
        claim: error.cause instanceof IllFormedError ? 'ill-formed' : 'error',
        label: error.message,
        events: event === undefined ? events : [...events, event],
      }
    } else throw error
  }

  #result(): Result {
    const { store, transitions, depth } = this.#search
    const complete = this.#violation === undefined && this.#bound === undefined
    const unreached = complete ? this.#watch.unreached.map(labelOf) : []
    const judged = unreached.length > 0 ? 'unreached' : 'holds'
    return {
      instance: this.#product.instance,
      product: this.#product,
      outcome: this.#violation !== undefined ? 'violated' : this.#bound !== undefined ? 'bound' : judged,
      violation: this.#violation,
      unreached,
      claimsChecked: [...new Set(this.#product.instance.claims.map(({ name }) => name))].filter((name) =>
        this.#wanted(name),
      ),
      states: store.count,
      transitions,
      depth,
      seconds: this.#seconds(),
      bytes: store.bytes,
      coverage: coverageOf(this.#product),
      bound: this.#bound,
    }
  }
}
