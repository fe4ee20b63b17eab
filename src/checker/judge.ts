/**
 * Asks claims of single global states and of whole runs, outside a search: what replay and random walks
 * judge by. Progress is judged on a lasso, with the fairness assumptions its loop must meet.
 */
import type { Predicate } from '../model/claim.ts'
import type { ClaimInstance, Instance } from '../model/instance.ts'
import { NEVER_STUCK } from './violations.ts'
import type { Violation } from './result.ts'
import { labelOf } from './claims.ts'
import { MemoPredicate } from './predicate.ts'
import type { Product, Vector } from './product.ts'
import { Reader } from './view.ts'

type Question = 'holds' | 'final' | 'from' | 'to'

/** A run: the vectors before and after each of `events`. A lasso's last vector equals the one at `loop`. */
export type Run = {
  readonly vectors: readonly Vector[]
  readonly events: readonly number[]
  readonly loop: number | undefined
}

export class Judge {
  readonly product: Product
  readonly #instance: Instance
  readonly #reader: Reader
  readonly #predicates = new Map<string, MemoPredicate>()

  constructor(product: Product) {
    this.product = product
    this.#instance = product.instance
    this.#reader = new Reader(product.instance, product.tables)
  }

  /** Whether a part of a claim holds in a state; a claim without that part counts as true. Throws EvaluationError. */
  asks(claim: ClaimInstance, question: Question, vector: Vector): boolean {
    const part = (claim.claim as Partial<Record<Question, Predicate>>)[question]
    if (part === undefined) return true
    const key = `${question} ${labelOf(claim)}`
    const known = this.#predicates.get(key) ?? new MemoPredicate(claim.name, part, claim.ids, this.#reader)
    this.#predicates.set(key, known)
    return known.holds((component) => vector[component]!)
  }

  /** Asks every part of a claim, for what it may throw. */
  asksAll(claim: ClaimInstance, vector: Vector): void {
    for (const question of ['holds', 'final', 'from', 'to'] as const) this.asks(claim, question, vector)
  }

  /** The claim with this label, `mutualExclusion(worker0)`, or undefined where there is none. */
  claimLabelled(label: string): ClaimInstance | undefined {
    return this.#instance.claims.find((claim) => labelOf(claim) === label)
  }

  /** The first invariant that a state violates. */
  violatedInvariant(vector: Vector): ClaimInstance | undefined {
    return this.#instance.claims.find(
      (claim) => claim.claim.kind === 'always' && !this.asks(claim, 'holds', vector),
    )
  }

  /** Whether nothing is enabled and no `neverStuck` claim (or, without one, every chart being done) allows it. */
  isStuck(vector: Vector): boolean {
    if (this.product.enabled(vector).length > 0) return false
    const named = this.#instance.claims.filter(({ claim }) => claim.kind === 'neverStuck')
    if (named.length > 0) return !named.every((claim) => this.asks(claim, 'final', vector))
    return this.product.snapshots(vector).some(({ status }) => status === 'active')
  }

  /** The violation of `neverStuck` at the end of `events`. */
  stuckAfter(events: readonly number[]): Violation {
    const named = this.#instance.claims.find(({ claim }) => claim.kind === 'neverStuck')
    const claim = named?.name ?? NEVER_STUCK
    return { kind: 'stuck', claim, label: claim, events }
  }

  /** Why a run does not violate a progress claim, or undefined where it does. */
  progressObjection(claim: ClaimInstance, { vectors, events, loop }: Run): string | undefined {
    const last = vectors.length - 1
    if (loop === undefined && this.product.enabled(vectors[last]!).length > 0)
      return 'the run has no loop and can go on'
    if (loop !== undefined && !same(vectors[loop]!, vectors[last]!))
      return `the last state is not state ${loop}, where the loop starts`
    if (!this.#isNeverServed(claim, vectors, loop ?? last))
      return `${labelOf(claim)} is served: what it promises comes`
    return loop === undefined ? undefined : this.#unfairness(vectors, events, loop)
  }

  // Some state asks for `to`, and neither it nor any state after it, nor any of the loop, is one where `to` holds.
  #isNeverServed(claim: ClaimInstance, vectors: readonly Vector[], loop: number): boolean {
    const served = vectors.map((vector) => this.asks(claim, 'to', vector))
    if (served.slice(loop).some(Boolean)) return false
    if (claim.claim.kind === 'eventually') return !served.some(Boolean)
    const open = served.lastIndexOf(true) + 1
    return vectors.slice(open).some((vector) => this.asks(claim, 'from', vector))
  }

  #unfairness(vectors: readonly Vector[], events: readonly number[], loop: number): string | undefined {
    const states = vectors.slice(loop, -1)
    const taken = new Set(events.slice(loop))
    const unfair = this.#instance.fairness.find(({ strength, events: members }) => {
      if (members.some((event) => taken.has(event))) return false
      const enabled = (vector: Vector) => members.some((event) => this.product.accepts(vector, event))
      return strength === 'weak' ? states.every(enabled) : states.some(enabled)
    })
    return unfair && `the loop is unfair: ${unfair.strength} fairness of ${unfair.label} would leave it`
  }
}

const same = (one: Vector, other: Vector): boolean => one.every((id, component) => other[component] === id)
