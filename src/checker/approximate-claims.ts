/**
 * What an approximate search asks of each state it visits: invariants, witnesses, and where nothing is
 * enabled whether that is allowed. Progress claims need cycles, which it cannot tell.
 */
import { ClaimWatch, labelOf } from './claims.ts'
import { NEVER_STUCK } from './explore.ts'
import { MemoPredicate } from './predicate.ts'
import type { Product } from './product.ts'
import type { Violation } from './result.ts'

/** A violation without the way to it. */
export type Finding = Pick<Violation, 'kind' | 'claim' | 'label'>

export class SweepClaims {
  readonly #product: Product
  readonly #watch: ClaimWatch
  readonly #only: readonly string[] | undefined
  readonly #everyClaim: boolean
  readonly #finals: readonly MemoPredicate[]
  /** The names of the claims that forbid deadlock, where it is checked at all. */
  readonly #neverStuck: readonly string[]
  #ids: Int32Array = new Int32Array(0)
  #offset = 0

  /** Asks every claim of every state where `everyClaim`: events then do not tell which can have changed. */
  constructor(product: Product, only: readonly string[] | undefined, everyClaim: boolean) {
    this.#product = product
    this.#only = only
    this.#everyClaim = everyClaim
    this.#watch = new ClaimWatch(product, (name) => this.#wanted(name))
    const { reader } = this.#watch
    const named = product.instance.claims.filter(({ claim }) => claim.kind === 'neverStuck')
    this.#finals = named.flatMap(({ name, claim, ids }) =>
      claim.kind === 'neverStuck' ? [new MemoPredicate(name, claim.final, ids, reader)] : [],
    )
    const names = named.length > 0 ? named.map(({ name }) => name) : [NEVER_STUCK]
    this.#neverStuck = names.some((name) => this.#wanted(name)) ? names : []
  }

  /** Claims asked, witnesses among them. */
  get checked(): string[] {
    return this.#names((kind) => kind !== 'leadsTo' && kind !== 'eventually')
  }

  /** Progress claims. */
  get leftOut(): string[] {
    return this.#names((kind) => kind === 'leadsTo' || kind === 'eventually')
  }

  /** Labels of the witnesses that no state has shown. */
  get unreached(): string[] {
    return this.#watch.unreached.map(labelOf)
  }

  /** Labels of those that some state has shown. */
  get reached(): string[] {
    const open = new Set(this.unreached)
    const witnesses = this.#product.instance.claims.filter(
      ({ name, claim }) => claim.kind === 'sometimes' && this.#wanted(name),
    )
    return witnesses.map(labelOf).filter((label) => !open.has(label))
  }

  /** The invariant that a state violates. `event` led to it from a state that was asked; -1 for the initial one. */
  violated(event: number, ids: Int32Array, offset: number): Finding | undefined {
    const claims = event < 0 || this.#everyClaim ? this.#watch.pending : this.#watch.claimsFor(event)
    if (claims.length === 0) return undefined
    this.#ids = ids
    this.#offset = offset
    const violated = this.#watch.violatedBy(claims, this.#readId)
    return violated && { kind: 'invariant', claim: violated.name, label: labelOf(violated) }
  }

  /** Whether a state in which nothing is enabled is a deadlock. */
  stuck(ids: Int32Array, offset: number): Finding | undefined {
    const claim = this.#neverStuck[0]
    if (claim === undefined) return undefined
    this.#ids = ids
    this.#offset = offset
    const isAllowed =
      this.#finals.length > 0
        ? this.#finals.every((final) => final.holds(this.#readId))
        : this.#product.tables.every(
            ({ snapshots }, component) => snapshots[this.#readId(component)]!.status !== 'active',
          )
    return isAllowed ? undefined : { kind: 'stuck', claim, label: claim }
  }

  readonly #readId = (component: number): number => this.#ids[this.#offset + component]!

  #wanted(name: string): boolean {
    return this.#only?.includes(name) ?? true
  }

  #names(isAmong: (kind: string) => boolean): string[] {
    const { claims } = this.#product.instance
    const names = claims.flatMap(({ name, claim }) => (isAmong(claim.kind) ? [name] : []))
    return [...new Set(names)].filter((name) => this.#wanted(name))
  }
}
