/**
 * The stepper for large searches: WebAssembly generated from the shape of the tables, working in the arena.
 * It copies the tables there; what the search tabulates later is written to both.
 */
import { webAssembly } from './arena.ts'
import {
  type Exports,
  type Placed,
  type Plan,
  align,
  moduleFor,
  placeTables,
  planFor,
} from './compiled-module.ts'
import { unpack } from './layout.ts'
import { BATCH, BATCH_MAX, OVERFLOWED, type Stepper, type Workings } from './stepper.ts'
import { hash } from './set-shape.ts'
import { ENTRY } from './visited-set.ts'

/** The table of slots is enlarged when this share of them is taken. */
const LOAD_MAX = 0.7
const PLACE_WORDS = 4

/** Replaces local state ids by those of the state that stands for all its renamings. */
type Canonicalise = (ids: Int32Array) => void

export class CompiledStepper implements Stepper {
  /** The compiled code, for other threads. */
  readonly module: object
  readonly #workings: Workings
  readonly #plan: Plan
  readonly #placed: Placed
  readonly #exports: Exports
  /** The local states at hand. */
  readonly #ids: Int32Array
  /** For each component the word, shift and mask of its field, and the room in its table. */
  readonly #places: Int32Array
  readonly #canonicalise: Canonicalise | undefined
  /** Lines of the visited set, as a power of two. */
  #linesLog2 = 0

  /** Undefined where the arena has no room for the tables: the plain stepper serves any size. */
  static create(workings: Workings, canonicalise?: Canonicalise): CompiledStepper | undefined {
    const placed = placeTables(workings, workings.store.arena)
    return placed === undefined ? undefined : new CompiledStepper(workings, placed, canonicalise)
  }

  private constructor(workings: Workings, placed: Placed, canonicalise: Canonicalise | undefined) {
    const { product, store } = workings
    this.#canonicalise = canonicalise
    const { arena } = store
    this.#workings = workings
    this.#placed = placed
    this.#plan = planFor(workings, arena, placed)
    this.#ids = new Int32Array(product.tables.length)
    this.#places = Int32Array.from(
      workings.layout.fields.flatMap(({ word, shift, width }, component) => [
        word,
        shift,
        width === 32 ? -1 : 2 ** width - 1,
        placed.rows[component]!,
      ]),
    )
    product.tables.forEach((table, component) => {
      const { size, alphabet, eventWords, next, accepts } = table
      const rows = placed.rows[component]!
      const states = Math.min(size, rows)
      const at = placed.next[component]! / 4
      arena.words.fill(-2, at, at + rows * alphabet.length)
      arena.words.set(next.subarray(0, states * alphabet.length), at)
      const sets = placed.accepts[component]! / 4
      arena.words.fill(-1, sets, sets + rows * eventWords)
      arena.words.set(accepts.subarray(0, states * eventWords), sets)
    })
    this.module = new webAssembly.Module(moduleFor(this.#plan, arena))
    const host = {
      memory: arena.memory,
      miss: (component: number, position: number, index: number, event: number) =>
        this.#miss(component, position, index, event),
      stuck: (index: number) => this.#stuck(index),
    }
    this.#exports = new webAssembly.Instance(this.module, { host }).exports as Exports
    store.indexed = false
    this.#rebuild(0)
  }

  fits(component: number, size: number): boolean {
    return size <= this.#placed.rows[component]!
  }

  /** Bytes that successors of a batch take. */
  get batchBytes(): number {
    const { batch } = this.#workings
    return align(batch.events.length * this.#plan.entryBytes)
  }

  /** How far a hash is shifted to give the line of the visited set. */
  get shift(): number {
    return 32 - this.#linesLog2
  }

  expand(from: number, end: number): number {
    return this.#exports.expand(from, end)
  }

  /**
   * Expands states to a batch elsewhere in the arena. A state whose machine throws, and those after it, are left
   * for when it is their turn. Undefined where a local state has outgrown its field.
   */
  expandInto(
    entries: number,
    from: number,
    end: number,
  ): { reached: number; size: number; stuck: readonly number[] } | undefined {
    const { signals } = this.#workings
    this.#found = []
    this.#setGlobals(0, entries, BATCH_MAX)
    try {
      const reached = this.#exports.expand(from, end)
      if (signals[OVERFLOWED] !== 0) return undefined
      return { reached, size: this.size(), stuck: this.#found }
    } catch {
      return { reached: from, size: 0, stuck: [] }
    } finally {
      this.#found = undefined
    }
  }

  /** Commits a batch that lies elsewhere in the arena. False as for `commit`. */
  commitFrom(entries: number, size: number): boolean {
    this.#setGlobals(size, entries)
    return this.commit()
  }

  #found: number[] | undefined
  #stuck(index: number): void {
    if (this.#found === undefined) this.#workings.callbacks.stuck(index)
    else this.#found.push(index)
  }

  reset(): void {
    this.#setGlobals(0, this.#plan.entriesAt)
  }

  size(): number {
    return this.#exports.batchSize()
  }

  commit(): boolean {
    const { store, batch } = this.#workings
    const size = this.size()
    if (this.#canonicalise !== undefined && !this.#rename(size)) return false
    store.ensureRecords(size)
    const before = store.count
    if (before + size > this.#slotCount() * LOAD_MAX) this.#rebuild(1)
    for (let k = this.#exports.commit(0); k < size; k = this.#exports.commit(k)) {
      store.count = this.#exports.count()
      this.#rebuild(1)
    }
    store.count = this.#exports.count()
    const { arena } = store
    const fresh = arena.batches.at / 4
    batch.fresh.set(arena.words.subarray(fresh, fresh + store.count - before))
    return true
  }

  // Puts for each successor the one that stands for its renamings; false where a local state has no room.
  #rename(size: number): boolean {
    const { arena } = this.#workings.store
    const { words: memory } = arena
    const { entryBytes, words } = this.#plan
    const ids = this.#ids
    const places = this.#places
    const at = ENTRY.vector / 4
    for (let k = 0; k < size; k++) {
      const entry = (this.#entries + k * entryBytes) / 4
      const vector = entry + at
      for (let part = 0, place = 0; part < ids.length; part++, place += PLACE_WORDS)
        ids[part] = (memory[vector + places[place]!]! >>> places[place + 1]!) & places[place + 2]!
      this.#canonicalise!(ids)
      for (let word = 0; word < words; word++) memory[vector + word] = 0
      for (let part = 0, place = 0; part < ids.length; part++, place += PLACE_WORDS) {
        if (ids[part]! >= places[place + 3]!) return false
        memory[vector + places[place]!]! |= ids[part]! << places[place + 1]!
      }
      memory[entry] = hash(memory, vector, words)
    }
    return true
  }

  #entries = 0
  #setGlobals(batchSize: number, entries = this.#entries, limit = BATCH): void {
    this.#entries = entries
    const signal = this.#workings.store.arena.control.at + 4 * OVERFLOWED
    this.#exports.set(batchSize, this.shift, this.#workings.store.count, entries, signal, limit)
  }

  #slotCount(): number {
    return 2 ** this.#linesLog2 * this.#plan.shape.slotsPerLine
  }

  /** Called before the set is laid out anew: no other thread may look at it then. */
  beforeRebuild: () => void = () => undefined

  // Lays the set out anew, at least `growth` times doubled, until every state has a slot.
  #rebuild(growth: number): void {
    this.beforeRebuild()
    const { store } = this.#workings
    const { shape } = this.#plan
    const size = this.#linesLog2 === 0 ? 0 : this.size()
    let linesLog2 = Math.max(shape.linesLog2Min, this.#linesLog2 + growth)
    for (;;) {
      while (store.count >= 2 ** linesLog2 * shape.slotsPerLine * (LOAD_MAX / 2)) linesLog2++
      const bytes = 2 ** linesLog2 * shape.lineBytes
      store.clearSlots(bytes)
      this.#linesLog2 = linesLog2
      this.#setGlobals(size)
      if (this.#exports.rebuild(0, store.count) === store.count) return
      linesLog2++
    }
  }

  // Asked for a table entry below zero: unknown, accepted with unknown next state, or refused by an observer.
  #miss(component: number, position: number, index: number, event: number): number {
    const { product, layout, store, callbacks } = this.#workings
    const offset = index * store.stride
    for (let at = 0; at < this.#ids.length; at++)
      this.#ids[at] = unpack(store.records, offset, layout.fields[at]!)
    const id = this.#ids[component]!
    const permitted = callbacks.permits(event, this.#ids, index)
    const next = permitted ? callbacks.tabulate(component, id, position, index, event) : -1
    product.instance.events[event]!.participants.forEach((participant, slot) =>
      this.#copyEntry(participant, this.#ids[participant]!, product.positions[event]![slot]!, event),
    )
    if (!permitted || next >= 0) return next
    callbacks.refused(index, event, component)
    return id
  }

  #copyEntry(component: number, id: number, position: number, event: number): void {
    const table = this.#workings.product.tables[component]!
    const { words } = this.#workings.store.arena
    const entry = id * table.alphabet.length + position
    // Where there is no room for the next state yet nobody must step to it.
    if (table.next[entry]! < this.#placed.rows[component]!)
      words[this.#placed.next[component]! / 4 + entry] = table.next[entry]!
    const set = id * table.eventWords + (event >>> 5)
    words[this.#placed.accepts[component]! / 4 + set] = table.accepts[set]!
  }
}
