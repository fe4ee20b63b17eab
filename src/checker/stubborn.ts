/**
 * Stubborn sets of a synchronised product (Valmari 1990), with enabling and conflicting events read off the
 * local steps of single components, much as guard-based reduction does (Laarman, Pater, van de Pol and Weber
 * 2013): in each state, a part of the enabled events that is enough to go on with.
 */
import type { Independence } from './independence.ts'
import type { Product } from './product.ts'
import { StubbornClosure, ones } from './stubborn-closure.ts'
import { BEYOND, StubbornRows, independencesOf } from './stubborn-rows.ts'
import type { Visibility } from './visibility.ts'

/**
 * Chooses, in a state, a subset of the enabled events; a search that takes only those finds the same
 * deadlocks, and the same answers to invariants, witnesses and observers.
 *
 * A set T of events is closed in a state when
 * - for each enabled e in T and each of its participants p, T has the events `conflicting` with e at p. While
 *   nothing of T happens, p accepts e in every local state it comes to, and e commutes with what p does.
 *   An observer takes part; a refusal of its is a step to somewhere unknown, with which nothing commutes.
 * - for each disabled e in T, T has the events `enabling` e at some participant p that refuses it. While
 *   nothing of T happens, p goes on refusing.
 *
 * Let t1 ... tn lead from s to z. (D1) If some ti is in T, the first such is enabled in s, for a disabled
 * event of T stays so; it commutes with those before it, so it may come first, and the rest leads to z.
 * (D2) If none is, any enabled e of T is enabled in z too, and e t1 ... tn leads where t1 ... tn e does. So
 * no deadlock z is lost: in it nothing is enabled, and each step along D1 is one less to go.
 *
 * Let z violate an invariant, or show a witness, or tn be refused by an observer. By D1 there is one step less
 * to go, to z itself. By D2 there are as many, and z has moved on by e; so T must have a key: an enabled event
 * that changes no value which a claim has looked at. What is not in T may move its participants, so T
 * also has the events after which it would. Refusals need no more, for e and what observers
 * refuse conflict. D2 must not go on for ever. The search is breadth first and expands states in the order
 * of their indices; it must see to it that some key leads to a state with a greater index than the state at
 * hand, and expand that state fully otherwise (or ask again with these keys barred). The indices along a chain
 * of D2 then grow, and of states there are finitely many. Deadlocks alone need neither keys nor this.
 *
 * A guard that throws counts as accepting, so that whatever leads to it is preserved, as long as all other
 * participants accept; one that is asked only although another participant refuses may go unasked.
 */
export class StubbornSets {
  /** After a reduction: the enabled events of the set that may serve as keys. */
  readonly keys: Int32Array
  readonly #rows: StubbornRows
  readonly #closure: StubbornClosure
  readonly #states: Int32Array
  readonly #best: Int32Array

  /** Asks no question of xstate in the tables of the product: it keeps its own. */
  constructor(
    product: Product,
    visibility: Visibility,
    independences: readonly Independence[] = independencesOf(product),
  ) {
    this.#rows = new StubbornRows(product, visibility, independences)
    this.#states = new Int32Array(product.tables.length)
    this.#closure = new StubbornClosure(product, this.#rows, this.#states)
    this.#best = new Int32Array(this.#rows.words)
    this.keys = new Int32Array(this.#rows.words)
  }

  /** Whether a reduction rested on something that has since turned out to be visible: search again. */
  get outdated(): boolean {
    return this.#rows.outdated
  }

  /**
   * Narrows `enabled` (bits, by event) in the state with these local ids to the enabled events of a stubborn
   * set, with `keys` those of them that may be keys. False, and all is as it was, where there is no smaller
   * set. `enabled` must be exact; events of `barred` are no keys.
   */
  reduce(ids: ArrayLike<number>, enabled: Int32Array, barred?: Int32Array): boolean {
    if (!this.#enter(ids)) return false
    const closure = this.#closure
    closure.enter(enabled)
    let count = 0
    for (let word = 0; word < enabled.length; word++) count += ones(enabled[word]!)
    let least = count
    for (let word = 0; word < enabled.length && least > 1; word++) {
      let seeds = enabled[word]!
      if (barred !== undefined) seeds &= ~barred[word]!
      for (; seeds !== 0 && least > 1; seeds &= seeds - 1) {
        const seed = word * 32 + 31 - Math.clz32(seeds & -seeds)
        const size = closure.begin(seed) ? closure.close(seed, least) : 0
        if (size === 0) continue
        least = size
        this.#best.set(closure.members)
      }
    }
    if (least === count) return false
    for (let word = 0; word < enabled.length; word++) enabled[word]! &= this.#best[word]!
    this.#gatherKeys(enabled, barred)
    return true
  }

  // Finds the local states in the tables of the reduction; false where one is beyond them.
  #enter(ids: ArrayLike<number>): boolean {
    for (let component = 0; component < this.#states.length; component++) {
      const state = this.#rows.numberOf(component, ids[component]!)
      if (state === BEYOND) return false
      this.#states[component] = state
    }
    return true
  }

  #gatherKeys(taken: Int32Array, barred: Int32Array | undefined): void {
    for (let word = 0; word < taken.length; word++) {
      let keys = taken[word]!
      if (barred !== undefined) keys &= ~barred[word]!
      for (let bits = keys; bits !== 0; bits &= bits - 1) {
        const bit = bits & -bits
        if (!this.#closure.isKeyOf(this.#best, word * 32 + 31 - Math.clz32(bit))) keys &= ~bit
      }
      this.keys[word] = keys
    }
  }
}
