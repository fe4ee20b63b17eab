/**
 * The exhaustive driver: explores every interleaving of an instance, breadth first, asks every claim, and
 * says what was covered. The first violation found has a shortest trace.
 */
import type { ClaimInstance, Instance } from '../model/instance.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { ClaimWatch, labelOf } from './claims.ts'
import { IllFormedError } from '../model/instance.ts'
import { type Limits, defaultLimits, heapReached, reached } from './limits.ts'
import { Product } from './product.ts'
import { checkProgress } from './progress.ts'
import { MemoPredicate } from './predicate.ts'
import { Search, SearchError } from './search.ts'

/** What went wrong: a claim, an observer, a state where nothing is enabled, or a machine that threw. */
export type Violation = {
  readonly kind: 'invariant' | 'observer' | 'stuck' | 'progress' | 'error'
  /** The claim's name; the observer's component name; `neverStuck` where the system names no such claim. */
  readonly claim: string
  /** The claim with the identifiers it fails for, or the error's text. */
  readonly label: string
  /** The events from the initial state, as indices into the instance's events. */
  readonly events: readonly number[]
  /** For progress: the length of the prefix; the events after it repeat for ever (none: nothing is enabled). */
  readonly loopStart?: number
}

export type Result = {
  readonly instance: Instance
  readonly product: Product
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  readonly violation: Violation | undefined
  /** Witnesses that no state has shown. */
  readonly unreached: readonly string[]
  readonly claimsChecked: readonly string[]
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly seconds: number
  /** Bytes of the state store. */
  readonly bytes: number
  readonly coverage: Coverage
  /** The limit that ended the search. */
  readonly bound: string | undefined
}

export type Progress = {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** States found but not expanded yet. */
  readonly queue: number
  readonly seconds: number
  readonly bytes: number
}

export type Options = {
  readonly limits?: Partial<Limits>
  /** Called about five times a second. */
  readonly onProgress?: (progress: Progress) => void
  /** Checks these claims only; absent, all of them. Deadlock is checked with `neverStuck`. */
  readonly only?: readonly string[]
}

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
  readonly #started = performance.now()
  #violation: Violation | undefined
  #bound: string | undefined
  #looked = 0

  constructor(instance: Instance, options: Options) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#product = new Product(instance)
    this.#search = new Search(this.#product)
    this.#watch = new ClaimWatch(this.#product, (name) => this.#wanted(name))
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
    for (let index = from; index < to && this.#violation === undefined; index++) {
      this.#ask(index, search.freshEvents[index - from])
    }
    if (this.#violation === undefined && search.refusal !== undefined) this.#refused()
    if (this.#violation === undefined && search.stuck.length > 0) this.#checkStuck()
    const { count } = search.store
    const bytes = search.store.bytes + search.store.bytesToReserve(1)
    if (!search.done) this.#bound = reached(this.#limits, count, 0, bytes)
    const seconds = this.#seconds()
    if (seconds - this.#looked < SECONDS_BETWEEN_LOOKS) return
    this.#looked = seconds
    if (!search.done) this.#bound ??= reached(this.#limits, 0, seconds, 0) ?? heapReached()
    this.#options.onProgress?.(this.#progress(seconds))
  }

  #progress(seconds: number): Progress {
    const { store, transitions, depth, next } = this.#search
    return { states: store.count, transitions, depth, queue: store.count - next, seconds, bytes: store.bytes }
  }

  #askInitial(): void {
    this.#ask(0, undefined)
  }

  #ask(index: number, event: number | undefined): void {
    let violated: ClaimInstance | undefined
    try {
      violated = this.#watch.violatedBy(index, event, (component) => this.#search.idAt(index, component))
    } catch (error) {
      throw error instanceof Error ? new SearchError(error, index, undefined) : error
    }
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
    if (!this.#wanted(family) && !this.#wanted(name)) return
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
      finals.length > 0
        ? finals.every((final) => final.holds((part) => this.#search.idAt(index, part)))
        : isDone(index)
    const index = stuck.splice(0).find((candidate) => !allowed(candidate))
    if (index === undefined) return
    this.#violation = { kind: 'stuck', claim: names[0]!, label: names[0]!, events: this.#eventsTo(index) }
  }

  #checkProgress(): void {
    const wanted = this.#product.instance.claims.filter(({ name }) => this.#wanted(name))
    const lasso = checkProgress(this.#search, this.#watch.reader, wanted)
    if (lasso === undefined) return
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
    return eventsAlong(this.#search, this.#search.pathTo(index))
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

/** The events that lead along a path of state indices, each the first in order that does. */
export function eventsAlong(search: Search, path: readonly number[]): number[] {
  return path.slice(1).map((target, step) => {
    let found: number | undefined
    search.successors(path[step]!, (event, reachedIndex) => {
      if (reachedIndex === target) found ??= event
    })
    return found!
  })
}
