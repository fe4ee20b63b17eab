/**
 * The group of all renamings of the identifiers of the symmetric domains, given by its transpositions: each
 * as a permutation of the components and events of an instance.
 */
import type { Scalar } from '../model/event.ts'
import { type Action, Swap, actionOf, symmetricDomains } from './permutation.ts'
import type { Product } from './product.ts'

/** A swap of two elements of one domain, neighbours or not, as a permutation of the whole instance. */
export type Transposition = Action & {
  /** Indices of elements; `first` is the lesser. */
  readonly first: number
  readonly second: number
  /** For each component, where the counterpart of each event of its alphabet stands in its counterpart's. */
  readonly positions: readonly Int32Array[]
}

export class SymmetryGroup {
  /** The identifiers that may be renamed, domain by domain. */
  readonly elements: readonly { readonly domain: string; readonly id: Scalar }[]
  /** For each domain the elements it consists of: from `start` up to and without `end`. */
  readonly ranges: readonly { readonly domain: string; readonly start: number; readonly end: number }[]
  /** The swaps of any two elements of a domain, those of neighbours first, wider ones after. */
  readonly transpositions: readonly Transposition[]
  /** How many transpositions are of neighbours: they generate the group. */
  readonly generators: number
  /** In how many ways the identifiers can be renamed. */
  readonly order: number
  readonly #between: Int32Array

  /** Throws IllFormedError where the components, events or fairness of the system are not symmetric. */
  constructor(product: Product, names: readonly string[]) {
    const domains = Object.entries(symmetricDomains(product.instance, names))
    this.elements = domains.flatMap(([domain, members]) => members.map((id) => ({ domain, id })))
    let end = 0
    this.ranges = domains.map(([domain, { length }]) => ({ domain, start: end, end: (end += length) }))
    this.order = this.ranges.reduce((order, { start, end }) => order * factorial(end - start), 1)
    this.transpositions = this.#pairs().map(([first, second]) => this.#transpose(product, first, second))
    this.generators = this.transpositions.filter(({ first, second }) => second === first + 1).length
    const count = this.elements.length
    this.#between = new Int32Array(count * count).fill(-1)
    this.transpositions.forEach(({ first, second }, index) => {
      this.#between[first * count + second] = this.#between[second * count + first] = index
    })
  }

  /** The index of the transposition of two elements of one domain. */
  between(one: number, other: number): number {
    return this.#between[one * this.elements.length + other]!
  }

  #pairs(): (readonly [number, number])[] {
    const pairs = this.ranges.flatMap(({ start, end }) =>
      Array.from({ length: end - start }, (_, index) => start + index).flatMap((first) =>
        Array.from({ length: end - first - 1 }, (_, index) => [first, first + index + 1] as const),
      ),
    )
    return pairs.sort(([a, b], [c, d]) => b - a - (d - c))
  }

  #transpose({ instance, tables }: Product, first: number, second: number): Transposition {
    const { domain, id } = this.elements[first]!
    const action = actionOf(instance, new Swap(domain, id, this.elements[second]!.id))
    const positions = tables.map(({ alphabet }, component) => {
      const counterpart = tables[action.components[component]!]!.alphabet
      return Int32Array.from(alphabet, (event) => counterpart.indexOf(action.events[event]!))
    })
    return { ...action, first, second, positions }
  }
}

const factorial = (count: number): number => (count < 2 ? 1 : count * factorial(count - 1))
