/**
 * The answers of `Independence` and `Visibility` as look-ups: a bit set over the events of the system for each
 * component, local state and event, filled when first asked for. Equal sets are kept once.
 */
import type { Chart } from './chart.ts'
import { REFUSED } from './component-table.ts'
import { Independence } from './independence.ts'
import type { Product } from './product.ts'
import type { Visibility } from './visibility.ts'

/** A local state the tables do not reach: nothing is known of it. */
export const BEYOND = -1

/** A step that changes what a predicate has seen. */
export const VISIBLE = -1

/** An independence for each component of a product. */
export function independencesOf({ instance }: Product): Independence[] {
  const charts = new Map<unknown, Chart>()
  return instance.components.map((_, index) => new Independence(index, instance, charts))
}

export class StubbornRows {
  /** Words of a set of events. */
  readonly words: number
  /** The sets, one after the other; replaced as it grows. */
  pool: Int32Array
  /**
   * For each component, and each local state number times alphabet plus position: one more than the offset of
   * the set of conflicting events where the event is accepted, that negated of the enabling ones where it is
   * refused, 0 where it was not asked for. Replaced as they grow.
   */
  readonly entries: Int32Array[]
  /**
   * Likewise, where the event is accepted: one more than the offset of the set of events to avoid if it shall be
   * a key, VISIBLE, or 0 where it was not asked for.
   */
  readonly #keys: Int32Array[]
  /** Whether a key was found before predicates looked at more; it must still be one. */
  readonly #doubted: Uint8Array[]
  readonly #product: Product
  readonly #visibility: Visibility
  readonly #independences: readonly Independence[]
  /** For each component, local state numbers by the search's own ids, plus 1; BEYOND; or 0: not asked. */
  readonly #numbers: Int32Array[]
  readonly #labels: (number | undefined)[][]
  readonly #labelIds: Map<string, number>[]
  readonly #growth: Int32Array
  readonly #offsets = new Map<string, number>()
  #used = 0
  #wasWrong = false

  constructor(product: Product, visibility: Visibility, independences: readonly Independence[]) {
    this.#product = product
    this.#visibility = visibility
    this.#independences = independences
    this.words = Math.max(1, Math.ceil(product.instance.events.length / 32))
    this.pool = new Int32Array(64 * this.words)
    this.entries = product.tables.map(() => new Int32Array(0))
    this.#numbers = product.tables.map(() => new Int32Array(0))
    this.#keys = product.tables.map(() => new Int32Array(0))
    this.#doubted = product.tables.map(() => new Uint8Array(0))
    this.#labels = product.tables.map(() => [])
    this.#labelIds = product.tables.map(() => new Map())
    this.#growth = new Int32Array(product.tables.length)
  }

  /** The number of a local state of the search in the tables of the reduction, or BEYOND. */
  numberOf(component: number, id: number): number {
    const known = this.#numbers[component]![id] ?? 0
    if (known !== 0) return known > 0 ? known - 1 : BEYOND
    const number = this.#independences[component]!.numberOf(this.#product.tables[component]!.snapshots[id]!)
    this.#numbers[component] = grown(this.#numbers[component]!, id + 1)
    this.#numbers[component][id] = number >= 0 ? number + 1 : BEYOND
    return number >= 0 ? number : BEYOND
  }

  /** The entry of an event in a local state, worked out where it was not asked for. */
  entry(component: number, state: number, position: number): number {
    const independence = this.#independences[component]!
    const { alphabet } = independence.table
    const at = state * alphabet.length + position
    const entries = (this.entries[component] = grown(this.entries[component]!, at + 1))
    const known = entries[at]!
    if (known !== 0) return known
    const refused = independence.next(state, position) === REFUSED
    const events = refused
      ? independence.enabling(state, position)
      : independence.conflicting(state, position)
    const offset = this.#keep(events, alphabet)
    return (entries[at] = refused ? -(offset + 1) : offset + 1)
  }

  #keep(members: Uint8Array, alphabet: readonly number[]): number {
    const row = new Int32Array(this.words)
    alphabet.forEach((event, position) => {
      if (members[position] !== 0) row[event >>> 5]! |= 1 << (event & 31)
    })
    const key = row.join()
    const known = this.#offsets.get(key)
    if (known !== undefined) return known
    const offset = this.#used
    this.#used += this.words
    this.pool = grown(this.pool, this.#used)
    this.pool.set(row, offset)
    this.#offsets.set(key, offset)
    return offset
  }

  /**
   * For an accepted event, VISIBLE where it changes what a predicate has seen of the component, or one more than
   * the offset of a set: while none of its events happens, the event is as `entry` says and invisible throughout.
   */
  keyEntry(component: number, state: number, position: number): number {
    const growth = this.#visibility.growthOf(component)
    if (growth !== this.#growth[component]) this.#doubt(component, growth)
    const at = state * this.#independences[component]!.table.alphabet.length + position
    const keys = (this.#keys[component] = grown(this.#keys[component]!, at + 1))
    if (this.#doubted[component]![at] === 1) this.#verify(component, at)
    const known = keys[at]!
    if (known !== 0) return known
    const independence = this.#independences[component]!
    const changes = this.#changes(component, position)
    return (keys[at] = changes(state)
      ? VISIBLE
      : this.#keep(independence.conflicting(state, position, changes), independence.table.alphabet) + 1)
  }

  /** Whether some event served as a key that may not, by what predicates have looked at since. */
  get outdated(): boolean {
    this.#keys.forEach((keys, component) => {
      const growth = this.#visibility.growthOf(component)
      if (growth !== this.#growth[component]) this.#doubt(component, growth)
      keys.forEach((_, at) => {
        if (this.#doubted[component]![at] === 1) this.#verify(component, at)
      })
    })
    return this.#wasWrong
  }

  #doubt(component: number, growth: number): void {
    const keys = this.#keys[component]!
    this.#doubted[component] = Uint8Array.from(keys, (entry) => (entry > 0 ? 1 : 0))
    keys.forEach((entry, at) => {
      if (entry === VISIBLE) keys[at] = 0
    })
    this.#labels[component] = []
    this.#labelIds[component] = new Map()
    this.#growth[component] = growth
  }

  // The set stays what it was, so that states expanded with it before any earlier doubt are covered too.
  #verify(component: number, at: number): void {
    const independence = this.#independences[component]!
    const { alphabet } = independence.table
    const offset = this.#keys[component]![at]! - 1
    const avoided = Uint8Array.from(
      alphabet,
      (event) => (this.pool[offset + (event >>> 5)]! >>> (event & 31)) & 1,
    )
    const changes = this.#changes(component, at % alphabet.length)
    if (independence.reached(Math.floor(at / alphabet.length), avoided).some(changes)) this.#wasWrong = true
    this.#doubted[component]![at] = 0
  }

  #changes(component: number, position: number): (state: number) => boolean {
    // What no predicate has looked at yet changes nothing; it is doubted as soon as one does.
    if (this.#growth[component] === 0) return () => false
    return (state) => {
      const next = this.#independences[component]!.next(state, position)
      return next < 0 || this.#label(component, state) !== this.#label(component, next)
    }
  }

  #label(component: number, state: number): number {
    const labels = this.#labels[component]!
    const known = labels[state]
    if (known !== undefined) return known
    const text = this.#visibility.label(
      component,
      this.#independences[component]!.table.snapshots[state]!,
      state,
    )
    const ids = this.#labelIds[component]!
    const id = ids.get(text) ?? ids.size
    ids.set(text, id)
    labels[state] = id
    return id
  }
}

function grown<T extends Int32Array | Uint8Array>(array: T, length: number): T {
  if (length <= array.length) return array
  const copy = new (array.constructor as new (length: number) => T)(2 * length)
  copy.set(array)
  return copy
}
