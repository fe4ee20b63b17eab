/**
 * The canonical representative of a global state under renaming. Identifiers are sorted by a signature that
 * no renaming changes, as vertices are by their degrees when graphs are canonised; only identifiers that it
 * does not tell apart are tried in all orders (McKay and Piperno, Practical Graph Isomorphism II).
 */
import assert from 'node:assert/strict'
import { refineSignatures, singleOut } from './canonicaliser-refinement.ts'
import { type CanonicaliserCode, generateCode } from './canonicaliser-code.ts'
import type { Symmetry } from './symmetry.ts'

/** Up to this many orders of identifiers that look alike are tried one by one; for more, signatures are refined. */
const ORDERS_MAX = 24

/** How often, for one state, an identifier is singled out that others look like before the first is as good. */
const BRANCHES_MAX = 1_000

const GREATEST = 2 ** 31 - 1

export class Canonicaliser {
  readonly symmetry: Symmetry
  readonly #code: CanonicaliserCode
  /** For each element what the state at hand says of it. */
  readonly #signatures: Int32Array
  /** Ranges of elements with the same signature that are not interchangeable: start, end, start, end. */
  readonly #runs: Int32Array
  #runsEnd = 0
  readonly #tried: Int32Array
  readonly #least: Int32Array
  #branches = 0

  constructor(symmetry: Symmetry) {
    this.symmetry = symmetry
    const { elements } = symmetry.group
    this.#signatures = new Int32Array(elements.length)
    this.#runs = new Int32Array(elements.length)
    this.#code = generateCode(symmetry, this.#signatures)
    this.#tried = new Int32Array(symmetry.closed.length)
    this.#least = new Int32Array(symmetry.closed.length)
  }

  /**
   * Replaces a vector of local state ids by a renaming of it: the same one for all its renamings. Where very
   * many identifiers look alike, are not interchangeable, and a thousand attempts do not tell them apart, it
   * is some renaming, which is sound and reduces less. Throws IllFormedError where the system is not symmetric.
   */
  canonicalise(ids: Int32Array): void {
    this.#sign(ids)
    this.#sort(ids)
    const orders = this.#countOrders(ids)
    if (orders > 1) this.settle(ids, orders)
  }

  /** Chooses among the orders that the signatures leave open: the one with the least vector. */
  protected settle(ids: Int32Array, orders: number): void {
    this.#least.fill(GREATEST)
    this.#branches = BRANCHES_MAX
    this.#explore(ids, orders > ORDERS_MAX ? this.#refine(ids) : orders)
    ids.set(this.#least)
  }

  // Each element of a run is singled out in turn: what is then refined tells others apart too.
  #explore(ids: Int32Array, orders: number): void {
    if (orders <= ORDERS_MAX) {
      this.#tried.set(ids)
      return this.#arrange(0, this.#runs[0]!)
    }
    const signatures = this.#signatures.slice()
    const first = this.#runs[0]!
    const end = this.#runs[1]!
    for (let element = first; element < end; element++) {
      if (element > first && this.#fixes(ids, this.symmetry.group.between(first, element))) continue
      if (element > first && this.#branches-- <= 0) return
      const branch = ids.slice()
      this.#signatures.set(signatures)
      singleOut(this.#signatures, element)
      this.#explore(branch, this.#refine(branch))
    }
  }

  #sign(ids: Int32Array): void {
    if (this.#code.sign(this.symmetry.rows.cells, ids)) return
    this.symmetry.close()
    assert(this.#code.sign(this.symmetry.rows.cells, ids), 'the vector has local states no table knows')
  }

  #sort(ids: Int32Array): void {
    const signatures = this.#signatures
    for (const { start, end } of this.symmetry.group.ranges) {
      for (let place = start; place < end - 1; place++) {
        let least = place
        for (let element = place + 1; element < end; element++)
          if (signatures[element]! < signatures[least]!) least = element
        if (least === place) continue
        this.#apply(ids, this.symmetry.group.between(place, least))
        const signature = signatures[place]!
        signatures[place] = signatures[least]!
        signatures[least] = signature
      }
    }
  }

  // Elements with the same signature are interchangeable if swapping neighbours changes nothing.
  #countOrders(ids: Int32Array): number {
    const signatures = this.#signatures
    let orders = 1
    this.#runsEnd = 0
    for (const { start, end } of this.symmetry.group.ranges) {
      for (let first = start, next = start + 1; first < end; first = next, next = first + 1) {
        let fixed = true
        let ways = 1
        for (; next < end && signatures[next] === signatures[first]; next++) {
          ways *= next + 1 - first
          fixed = fixed && this.#fixes(ids, this.symmetry.group.between(next - 1, next))
        }
        if (fixed) continue
        orders *= ways
        this.#runs[this.#runsEnd++] = first
        this.#runs[this.#runsEnd++] = next
      }
    }
    return orders
  }

  #refine(ids: Int32Array): number {
    refineSignatures(this.symmetry, ids, this.#signatures)
    this.#sort(ids)
    return this.#countOrders(ids)
  }

  // Tries every order of the elements from `place` on of one run, and of all runs after it.
  #arrange(run: number, place: number): void {
    if (run === this.#runsEnd) return this.#keepLesser()
    if (place === this.#runs[run + 1]! - 1) return this.#arrange(run + 2, this.#runs[run + 2] ?? 0)
    this.#arrange(run, place + 1)
    for (let other = place + 1; other < this.#runs[run + 1]!; other++) {
      const transposition = this.symmetry.group.between(place, other)
      if (this.#fixes(this.#tried, transposition)) continue
      this.#apply(this.#tried, transposition)
      this.#arrange(run, place + 1)
      this.#apply(this.#tried, transposition)
    }
  }

  #keepLesser(): void {
    const tried = this.#tried
    const least = this.#least
    let component = 0
    while (component < tried.length && tried[component] === least[component]) component++
    if (component < tried.length && tried[component]! < least[component]!) least.set(tried)
  }

  #apply(ids: Int32Array, transposition: number): void {
    this.#code.apply[transposition]!(this.symmetry.rows.cells, ids)
  }

  #fixes(ids: Int32Array, transposition: number): boolean {
    return this.#code.fixes[transposition]!(this.symmetry.rows.cells, ids)
  }
}
