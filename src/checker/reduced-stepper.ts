/**
 * The stepper of a reduced search: of the successors of a state it takes one for each class of renamings,
 * and where a stubborn set is enough, only the events in it. Reduced graphs are small, so plain loops do.
 */
import { REFUSED } from './component-table.ts'
import { pack, unpack, widthFor } from './layout.ts'
import { BATCH, OVERFLOWED, type Stepper, type Workings } from './stepper.ts'
import { hash } from './store.ts'

/** What makes a search smaller; each is absent where it is not in force. */
export type Reducers = {
  /** Replaces local state ids by those of the state that stands for all its renamings. */
  readonly canonicalise?: (ids: Int32Array) => void
  readonly stubborn?: StubbornChoice
}

/** Narrows the set of enabled events to a stubborn one; what StubbornSets does. */
export type StubbornChoice = {
  /** Returns whether any event is left out. */
  readonly reduce: (ids: Int32Array, enabled: Int32Array) => boolean
  /** After it, the events of the set of which one must lead to a state that is not expanded yet. */
  readonly keys: Int32Array
}

export class ReducedStepper implements Stepper {
  readonly #workings: Workings
  readonly #reducers: Reducers
  readonly #ids: Int32Array
  readonly #next: Int32Array
  readonly #enabled: Int32Array
  readonly #vectors: Int32Array
  readonly #isKey: Uint8Array
  #size = 0
  /** Successors the states of the batch have in all: there is room for those left out. */
  #demand = 0
  /** States of the batch of which events were left out, and where their successors begin. */
  readonly #narrowed: { index: number; from: number; to: number }[] = []

  constructor(workings: Workings, reducers: Reducers) {
    const { product, layout, batch } = workings
    this.#workings = workings
    this.#reducers = reducers
    this.#ids = new Int32Array(product.tables.length)
    this.#next = new Int32Array(product.tables.length)
    this.#enabled = new Int32Array(Math.ceil(product.instance.events.length / 32))
    this.#vectors = new Int32Array(batch.events.length * layout.words)
    this.#isKey = new Uint8Array(batch.events.length)
  }

  fits(component: number, size: number): boolean {
    return widthFor(size) <= this.#workings.layout.fields[component]!.width
  }

  reset(): void {
    this.#size = 0
    this.#demand = 0
    this.#narrowed.length = 0
  }

  size(): number {
    return this.#size
  }

  expand(from: number, end: number): number {
    const { signals, callbacks } = this.#workings
    let index = from
    for (; index < end && this.#demand < BATCH; index++) {
      const mark = this.#size
      this.#load(index)
      this.#demand += this.#findEnabled(index)
      const { stubborn } = this.#reducers
      const isNarrowed = stubborn?.reduce(this.#ids, this.#enabled) ?? false
      this.#takeAll(index)
      if (this.#size === mark) callbacks.stuck(index)
      if (signals[OVERFLOWED] === 0) {
        if (isNarrowed) this.#narrowed.push({ index, from: mark, to: this.#size })
        if (isNarrowed) this.#noteKeys(mark, stubborn!.keys)
        continue
      }
      this.#size = mark
      break
    }
    return index
  }

  /**
   * Finds or stores the batch. A state of which events were left out is expanded fully where every key leads to
   * a state that has been expanded already: else an event could be left out for ever (the proviso for
   * breadth first, Bošnački and Holzmann 2005, "Improving Spin's partial-order reduction for breadth-first
   * search").
   */
  commit(): boolean {
    const { store, batch } = this.#workings
    store.reserve(batch.events.length)
    const before = store.count
    this.#commitFrom(0, before)
    const ignoring = this.#narrowed.filter(({ index, from, to }) => this.isClosed(index, from, to))
    for (const { index, from, to } of ignoring) this.#takeRest(index, from, to, before)
    return true
  }

  /** Whether no key among the successors from `from` up to `to` leads to a state expanded after state `index`. */
  protected isClosed(index: number, from: number, to: number): boolean {
    const { targets } = this.#workings.batch
    for (let k = from; k < to; k++) if (this.#isKey[k] === 1 && targets[k]! > index) return false
    return true
  }

  #noteKeys(from: number, keys: Int32Array): void {
    const { events } = this.#workings.batch
    for (let k = from; k < this.#size; k++)
      this.#isKey[k] = (keys[events[k]! >>> 5]! >>> (events[k]! & 31)) & 1
  }

  #takeRest(index: number, from: number, to: number, before: number): void {
    const { batch } = this.#workings
    const taken = new Set(batch.events.subarray(from, to))
    this.#load(index)
    this.#findEnabled(index)
    for (const event of taken) this.#enabled[event >>> 5]! &= ~(1 << (event & 31))
    const mark = this.#size
    this.#takeAll(index)
    this.#commitFrom(mark, before)
  }

  #load(index: number): void {
    const { store, layout } = this.#workings
    const offset = index * store.stride
    for (let component = 0; component < this.#ids.length; component++)
      this.#ids[component] = unpack(store.records, offset, layout.fields[component]!)
  }

  // How many events are enabled.
  #findEnabled(index: number): number {
    const { product, callbacks } = this.#workings
    const { events } = product.instance
    this.#enabled.fill(0)
    let count = 0
    for (let event = 0; event < events.length; event++) {
      if (!this.#mayHappen(event) || !callbacks.permits(event, this.#ids, index)) continue
      this.#enabled[event >>> 5]! |= 1 << (event & 31)
      count++
    }
    return count
  }

  // No participant is known to refuse.
  #mayHappen(event: number): boolean {
    const { tables, instance } = this.#workings.product
    return instance.events[event]!.participants.every((component) => {
      const { component: part, accepts, eventWords } = tables[component]!
      const word = accepts[this.#ids[component]! * eventWords + (event >>> 5)]!
      return part.observer || (word & (1 << (event & 31))) !== 0
    })
  }

  #takeAll(index: number): void {
    for (let word = 0; word < this.#enabled.length; word++) {
      for (let bits = this.#enabled[word]!; bits !== 0; bits &= bits - 1)
        this.#take(word * 32 + 31 - Math.clz32(bits & -bits), index)
    }
  }

  #take(event: number, index: number): void {
    const { product, layout, batch, callbacks, signals } = this.#workings
    const next = this.#next
    next.set(this.#ids)
    const { participants } = product.instance.events[event]!
    for (let slot = 0; slot < participants.length; slot++) {
      const component = participants[slot]!
      const position = product.positions[event]![slot]!
      const table = product.tables[component]!
      const known = table.next[this.#ids[component]! * table.alphabet.length + position]!
      const target =
        known >= 0 ? known : callbacks.tabulate(component, this.#ids[component]!, position, index, event)
      if (target === REFUSED) callbacks.refused(index, event, component)
      else next[component] = target
    }
    this.#reducers.canonicalise?.(next)
    // Renaming may have found local states that no field has room for yet.
    for (let component = 0; component < next.length; component++)
      if (next[component]! >= 2 ** layout.fields[component]!.width) signals[OVERFLOWED] = 1
    pack(this.#vectors, this.#size * layout.words, layout, next)
    batch.events[this.#size] = event
    batch.sources[this.#size] = index
    this.#size++
  }

  #commitFrom(from: number, before: number): void {
    const { store, batch } = this.#workings
    const { words, slots } = store
    const shift = Math.clz32(slots.length - 1)
    for (let k = from; k < this.#size; k++) {
      const place = hash(this.#vectors, k * words, words) >>> shift
      const target = store.findOrAdd(this.#vectors, k * words, place)
      if (target === store.count) {
        batch.fresh[target - before] = batch.events[k]!
        store.records[target * store.stride + store.words] = batch.sources[k]!
        store.count++
      }
      batch.targets[k] = target
    }
  }
}
