/**
 * One approximate search as both orders see it: tables, visited set, claims, limits, and what was found. The
 * order itself, and the way back to the initial state, are theirs.
 */
import { IllFormedError, type Instance } from '../model/instance.ts'
import { type Finding, SweepClaims } from './approximate-claims.ts'
import { Moves } from './approximate-moves.ts'
import { confirm, unfolded } from './approximate-path.ts'
import type { Sweep, SweepOptions } from './approximate-result.ts'
import { type VisitedSet, createVisitedSet } from './approximate-visited.ts'
import { EvaluationError } from './component-table.ts'
import { SpillError } from './frontier-file.ts'
import { defaultLimits, heapReached, reached } from './limits.ts'
import { Product } from './product.ts'
import type { Violation } from './result.ts'

const SECONDS_BETWEEN_LOOKS = 0.2

/** The events to a state, of which the order at work knows the number. */
export type PathTo = (state: number) => readonly number[]

export class SweepRun {
  readonly options: SweepOptions
  readonly product: Product
  readonly moves: Moves
  readonly visited: VisitedSet
  /** Components: the length of a vector of local state ids. */
  readonly width: number
  readonly depthMax: number
  /** Set by the order at work before it begins. */
  pathTo: PathTo = () => []
  states = 0
  transitions = 0
  depth = 0
  spilledBytes = 0
  /** The limit that ended the search. */
  ended: string | undefined
  readonly #claims: SweepClaims
  readonly #started = performance.now()
  readonly #statesMax: number
  #violation: Violation | undefined
  #looked = Number.NEGATIVE_INFINITY

  constructor(instance: Instance, options: SweepOptions, visited: VisitedSet = createVisitedSet(options)) {
    this.options = options
    this.product = options.product ?? new Product(instance)
    this.width = this.product.tables.length
    this.moves = new Moves(this.product, options)
    this.visited = visited
    this.depthMax = options.depthMax ?? Number.POSITIVE_INFINITY
    this.#statesMax = Math.min(options.statesMax ?? defaultLimits.statesMax, defaultLimits.statesMax)
    this.#claims = new SweepClaims(this.product, options.only, options.canonicalise !== undefined)
  }

  get isOver(): boolean {
    return this.#violation !== undefined || this.ended !== undefined
  }

  /** The initial state, made canonical where that is asked for; it counts as visited and asked. */
  begin(): Int32Array {
    const ids = Int32Array.from(this.product.initial())
    this.moves.canonicalise(ids)
    this.moves.fingerprint(ids, 0)
    this.visited.add(this.moves.first, this.moves.second)
    this.states = 1
    this.ask(-1, ids, 0, 0)
    return ids
  }

  /** Asks the claims of a new state. */
  ask(event: number, ids: Int32Array, offset: number, state: number): void {
    try {
      this.#note(this.#claims.violated(event, ids, offset), state)
    } catch (error) {
      this.#explain(error, state)
    }
  }

  /**
   * The number of successors of a state, or -1 where a machine threw. A state with none is asked whether it may
   * be. `moves` must have taken its fingerprint.
   */
  expand(ids: Int32Array, offset: number, state: number, whole: boolean): number {
    const { moves } = this
    try {
      const count = moves.expand(ids, offset, whole)
      if (count === 0) this.#note(this.#claims.stuck(ids, offset), state)
      return count
    } catch (error) {
      this.#explain(error, state, moves.failing)
      return -1
    }
  }

  /** An observer refuses an event in a state. */
  refused(component: number, state: number, event: number): void {
    const { family, name } = this.product.instance.components[component]!
    this.#note({ kind: 'observer', claim: family, label: name }, state, event)
  }

  /** Looks at the limits; `queue` states are known and not expanded. Cheap enough for every few hundred states. */
  look(queue: number): void {
    if (queue > 0 && this.states >= this.#statesMax) this.ended ??= `${this.#statesMax} states (--max-states)`
    const seconds = this.#seconds()
    if (seconds - this.#looked < SECONDS_BETWEEN_LOOKS) return
    this.#looked = seconds
    const secondsMax = this.options.secondsMax ?? Number.POSITIVE_INFINITY
    if (queue > 0) this.ended ??= reached({ ...defaultLimits, secondsMax }, 0, seconds, 0) ?? heapReached()
    const { states, transitions, depth } = this
    const { bytes } = this.visited
    this.options.onProgress?.({ states, transitions, depth, queue, seconds, bytes })
  }

  /** A disk or a memory that is full ends a search; it does not make it wrong. */
  guarded(search: () => void): void {
    try {
      search()
    } catch (error) {
      if (error instanceof SpillError) this.ended ??= error.message
      else if (error instanceof RangeError) this.ended ??= `out of memory: ${error.message}`
      else throw error
    }
  }

  result(): Sweep {
    const claims = this.#claims
    const { instance } = this.product
    const { canonicalise } = this.options
    const violation =
      this.#violation === undefined || canonicalise === undefined
        ? this.#violation
        : unfolded(this.product, this.#violation, canonicalise)
    if (violation !== undefined) confirm(instance, violation)
    return {
      instance,
      product: this.product,
      outcome: violation === undefined ? 'no violation found' : 'violated',
      violation,
      reached: claims.reached,
      unreached: claims.unreached,
      claimsChecked: claims.checked,
      claimsLeftOut: claims.leftOut,
      states: this.states,
      transitions: this.transitions,
      depth: this.depth,
      seconds: this.#seconds(),
      bytes: this.visited.bytes,
      spilledBytes: this.spilledBytes,
      ended: this.ended,
      omission: this.visited.omission(),
    }
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  // `event` is the one that was being taken, or -1.
  #note(finding: Finding | undefined, state: number, event = -1): void {
    if (finding === undefined || this.#violation !== undefined) return
    try {
      const path = this.pathTo(state)
      this.#violation = { ...finding, events: event < 0 ? path : [...path, event] }
    } catch (error) {
      if (!(error instanceof SpillError)) throw error
      this.ended ??= `${finding.label} is violated, but the way to it is lost: ${error.message}`
    }
  }

  #explain(error: unknown, state: number, event = -1): void {
    if (!(error instanceof EvaluationError || error instanceof IllFormedError)) throw error
    const claim = error instanceof IllFormedError ? 'ill-formed' : 'error'
    this.#note({ kind: 'error', claim, label: error.message }, state, event)
  }
}
