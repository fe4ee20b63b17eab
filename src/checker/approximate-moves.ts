/**
 * The inner loop of approximate searches: the enabled events of a state and, without building them, the
 * fingerprints of its successors: a step changes a fingerprint by what its participants change.
 */
import assert from 'node:assert/strict'
import type { SweepOptions } from './approximate-result.ts'
import { REFUSED } from './component-table.ts'
import { ZobristNumbers } from './approximate-fingerprint.ts'
import { shuffle } from './diversity.ts'
import type { Product } from './product.ts'

/** Words of an entry: next id + 1 (0 unknown, -1 refused by an observer), how both halves change, one unused. */
const ENTRY = 4

export class Moves {
  readonly product: Product
  /** The enabled events of the state last expanded, in the order they are to be taken. */
  readonly events: Int32Array
  /** The two halves of the fingerprint of the successor by each. */
  readonly firsts: Int32Array
  readonly seconds: Int32Array
  /** Whether the last `expand` left out enabled events. */
  isReduced = false
  /** The fingerprint of the state at hand. */
  first = 0
  second = 0
  /** The first event of the state last expanded that an observer refuses, or -1, and that observer. */
  refusedEvent = -1
  refusedBy = -1
  /** The event being taken when a machine threw, or -1. */
  failing = -1
  readonly #options: SweepOptions
  readonly #starts: Int32Array
  readonly #components: Int32Array
  readonly #positions: Int32Array
  readonly #rowLengths: Int32Array
  readonly #blocking: readonly Int32Array[]
  readonly #enabled: Int32Array
  readonly #entries: Int32Array[]
  readonly #numbers: ZobristNumbers
  readonly #accepts: Int32Array[]
  readonly #scratch: Int32Array
  #changeFirst = 0
  #changeSecond = 0

  constructor(product: Product, options: SweepOptions) {
    const { tables, instance } = product
    const { events } = instance
    this.product = product
    this.#options = options
    this.events = new Int32Array(events.length)
    this.firsts = new Int32Array(events.length)
    this.seconds = new Int32Array(events.length)
    this.#starts = new Int32Array(events.length + 1)
    events.forEach(({ participants }, event) => {
      this.#starts[event + 1] = this.#starts[event]! + participants.length
    })
    this.#components = Int32Array.from(events.flatMap(({ participants }) => participants))
    this.#positions = Int32Array.from(product.positions.flat())
    this.#rowLengths = Int32Array.from(tables, ({ alphabet }) => alphabet.length)
    this.#enabled = new Int32Array(Math.ceil(events.length / 32))
    this.#blocking = Array.from(this.#enabled, (_, word) =>
      Int32Array.from(
        tables.flatMap(({ component, alphabet }, index) =>
          !component.observer && alphabet.some((event) => event >>> 5 === word) ? [index] : [],
        ),
      ),
    )
    this.#entries = tables.map(() => new Int32Array(0))
    this.#accepts = tables.map(({ accepts }) => accepts)
    this.#numbers = new ZobristNumbers(tables.length, options.seed ?? 0)
    this.#scratch = new Int32Array(tables.length)
    tables.forEach((_, component) => this.#reserve(component))
  }

  /** Takes the fingerprint of the state whose local state ids start at `offset`. */
  fingerprint(ids: Int32Array, offset: number): void {
    const { halves: numbers } = this.#numbers
    let first = 0
    let second = 0
    for (let component = 0; component < numbers.length; component++) {
      const halves = numbers[component]!
      const id = ids[offset + component]!
      first ^= halves[2 * id]!
      second ^= halves[2 * id + 1]!
    }
    this.first = first
    this.second = second
  }

  /**
   * Finds the enabled events of the state whose fingerprint was taken, all of them where `whole`; returns how
   * many. Throws what a machine throws, EvaluationError or IllFormedError.
   */
  expand(ids: Int32Array, offset: number, whole: boolean): number {
    const { first, second } = this
    const { canonicalise, seed = 0 } = this.#options
    this.refusedEvent = -1
    this.failing = -1
    const candidates = this.#candidates(ids, offset, whole)
    if (seed !== 0) shuffle(this.events, candidates, Math.imul(first ^ seed, 0x9e3779b1) ^ second)
    let count = 0
    for (let candidate = 0; candidate < candidates; candidate++) {
      const event = this.events[candidate]!
      if (!this.#resolve(event, ids, offset)) continue
      this.events[count] = event
      if (canonicalise === undefined) {
        this.firsts[count] = first ^ this.#changeFirst
        this.seconds[count] = second ^ this.#changeSecond
      } else {
        this.successor(ids, offset, event, this.#scratch, 0)
        this.fingerprint(this.#scratch, 0)
        this.firsts[count] = this.first
        this.seconds[count] = this.second
      }
      count++
    }
    return count
  }

  /** Writes the successor by an event that `expand` has found enabled, made canonical where that is asked for. */
  successor(ids: Int32Array, offset: number, event: number, target: Int32Array, targetOffset: number): void {
    const width = this.#scratch.length
    for (let part = 0; part < width; part++) target[targetOffset + part] = ids[offset + part]!
    for (let slot = this.#starts[event]!; slot < this.#starts[event + 1]!; slot++) {
      const component = this.#components[slot]!
      const id = ids[offset + component]!
      const row = id * this.#rowLengths[component]! + this.#positions[slot]!
      const next = this.#entries[component]![ENTRY * row]!
      if (next > 0) target[targetOffset + component] = next - 1
    }
    if (this.#options.canonicalise) this.canonicalise(target.subarray(targetOffset, targetOffset + width))
  }

  /** Makes a state canonical where that is asked for. */
  canonicalise(ids: Int32Array): void {
    if (this.#options.canonicalise === undefined) return
    this.#options.canonicalise(ids)
    // A canonical state may have local states that no step has led to yet.
    this.product.tables.forEach(({ size }, component) => {
      assert(ids[component]! < size, 'a canonical state has local states that the tables have')
      this.#reserve(component)
    })
  }

  // Writes the events that no component is known to refuse to `events`; after a reduction, those left of them.
  #candidates(ids: Int32Array, offset: number, whole: boolean): number {
    const { reduce } = this.#options
    const words = this.#enabled.length
    const last = this.events.length % 32 === 0 ? -1 : 2 ** (this.events.length % 32) - 1
    for (let word = 0; word < words; word++) {
      const blocking = this.#blocking[word]!
      let bits = word === words - 1 ? last | 0 : -1
      for (let slot = 0; slot < blocking.length && bits !== 0; slot++) {
        const component = blocking[slot]!
        bits &= this.#accepts[component]![ids[offset + component]! * words + word]!
      }
      this.#enabled[word] = bits
    }
    this.isReduced = false
    if (reduce !== undefined && !whole) {
      const all = this.#gather()
      for (let candidate = 0; candidate < all; candidate++) {
        const event = this.events[candidate]!
        if (!this.#resolve(event, ids, offset)) this.#enabled[event >>> 5]! &= ~(1 << (event & 31))
      }
      this.#scratch.set(ids.subarray(offset, offset + this.#scratch.length))
      this.isReduced = reduce(this.#scratch, this.#enabled)
    }
    return this.#gather()
  }

  #gather(): number {
    let count = 0
    for (let word = 0; word < this.#enabled.length; word++) {
      for (let bits = this.#enabled[word]!; bits !== 0; bits &= bits - 1)
        this.events[count++] = word * 32 + 31 - Math.clz32(bits & -bits)
    }
    return count
  }

  // Whether the event is enabled; if so, how it changes the fingerprint.
  #resolve(event: number, ids: Int32Array, offset: number): boolean {
    let first = 0
    let second = 0
    for (let slot = this.#starts[event]!; slot < this.#starts[event + 1]!; slot++) {
      const component = this.#components[slot]!
      const id = ids[offset + component]!
      const entry = ENTRY * (id * this.#rowLengths[component]! + this.#positions[slot]!)
      if (this.#entries[component]![entry]! <= 0) {
        if (this.#entries[component]![entry] === 0 && !this.#tabulate(event, ids, offset)) return false
        if (this.#entries[component]![entry]! < 0 && this.refusedEvent < 0) this.#refuse(event, component)
      }
      const entries = this.#entries[component]!
      first ^= entries[entry + 1]!
      second ^= entries[entry + 2]!
    }
    this.#changeFirst = first
    this.#changeSecond = second
    return true
  }

  #refuse(event: number, component: number): void {
    const { name, family } = this.product.instance.components[component]!
    const isHeeded = this.#options.only?.some((wanted) => wanted === family || wanted === name) ?? true
    if (!isHeeded) return
    this.refusedEvent = event
    this.refusedBy = component
  }

  // Asks the tables for one event: whether all that may refuse it accept it, and then where each goes.
  #tabulate(event: number, ids: Int32Array, offset: number): boolean {
    const { tables } = this.product
    const { participants } = this.product.instance.events[event]!
    const isEnabled = participants.every(
      (component) =>
        tables[component]!.component.observer || tables[component]!.accepted(ids[offset + component]!, event),
    )
    if (!isEnabled) return false
    this.failing = event
    participants.forEach((component, rank) => {
      const table = tables[component]!
      const id = ids[offset + component]!
      const position = this.#positions[this.#starts[event]! + rank]!
      const next = table.step(id, position)
      this.#reserve(component)
      const halves = this.#numbers.halves[component]!
      const target = next === REFUSED ? id : next
      const entry = ENTRY * (id * this.#rowLengths[component]! + position)
      const entries = this.#entries[component]!
      entries[entry] = next === REFUSED ? -1 : next + 1
      entries[entry + 1] = halves[2 * id]! ^ halves[2 * target]!
      entries[entry + 2] = halves[2 * id + 1]! ^ halves[2 * target + 1]!
    })
    this.failing = -1
    return true
  }

  // Makes room for every local state there is of a component.
  #reserve(component: number): void {
    const table = this.product.tables[component]!
    this.#accepts[component] = table.accepts
    if (!this.#numbers.reserve(component, table.size)) return
    const length = ENTRY * table.size * this.#rowLengths[component]!
    if (this.#entries[component]!.length >= length) return
    const entries = new Int32Array(2 * length)
    entries.set(this.#entries[component]!)
    this.#entries[component] = entries
  }
}
