/**
 * The inner loop of stubborn sets: closes a set of events in one state by adding rows of bits. It allocates
 * nothing and looks at each member once.
 */
import type { Product } from './product.ts'
import { type StubbornRows, VISIBLE } from './stubborn-rows.ts'

/** An enabled event costs this many disabled ones, where there is a choice of what to add. */
const WEIGHT = 16

/** A set of events that grows from a key until it is closed, in the sense of `StubbornSets`. */
export class StubbornClosure {
  /** The set, in bits by event. */
  readonly members: Int32Array
  readonly #rows: StubbornRows
  readonly #words: number
  /** Participants of event `e` are those from `starts[e]` up to `starts[e + 1]`. */
  readonly #starts: Int32Array
  readonly #components: Int32Array
  readonly #positions: Int32Array
  readonly #alphabets: Int32Array
  readonly #states: Int32Array
  readonly #enabled: Int32Array
  readonly #settled: Int32Array
  /** Enabled events from which no set small enough has grown in this state. */
  readonly #hopeless: Int32Array
  /** For each set of the pool, the last closure it was added in. */
  #addedIn = new Int32Array(0)
  #closure = 0
  #additions = 0

  /** `states` has the local state of each component, by the numbers of `rows`; it is looked at, not copied. */
  constructor(product: Product, rows: StubbornRows, states: Int32Array) {
    const { events } = product.instance
    this.#rows = rows
    this.#states = states
    this.#words = rows.words
    this.#starts = Int32Array.from([0, ...events.map(({ participants }) => participants.length)])
    for (let event = 0; event < events.length; event++) this.#starts[event + 1]! += this.#starts[event]!
    this.#components = Int32Array.from(events.flatMap(({ participants }) => participants))
    this.#positions = Int32Array.from(product.positions.flat())
    this.#alphabets = Int32Array.from(product.tables, ({ alphabet }) => alphabet.length)
    const set = () => new Int32Array(this.#words)
    this.members = set()
    this.#enabled = set()
    this.#settled = set()
    this.#hopeless = set()
  }

  /** Turns to another state, with these events enabled. */
  enter(enabled: Int32Array): void {
    this.#enabled.set(enabled)
    this.#hopeless.fill(0)
  }

  /** Begins a set with a key and all it conflicts with; false where it is visible, and so no key. */
  begin(key: number): boolean {
    this.#closure++
    this.members.fill(0)
    this.#settled.fill(0)
    this.members[key >>> 5] = 1 << (key & 31)
    this.#settled[key >>> 5] = 1 << (key & 31)
    for (let slot = this.#starts[key]!; slot < this.#starts[key + 1]!; slot++) {
      const entry = this.#keyEntry(slot)
      if (entry === VISIBLE) return false
      this.#add(entry - 1)
    }
    return true
  }

  /** Closes the set begun. Returns how many enabled events it has then, or 0 if not less than `limit`. */
  close(key: number, limit: number): number {
    const size = this.#grow(limit)
    if (size === 0) this.#hopeless[key >>> 5]! |= 1 << (key & 31)
    return size
  }

  /** Whether an enabled event of a closed set may be a key of it. */
  isKeyOf(set: Int32Array, event: number): boolean {
    for (let slot = this.#starts[event]!; slot < this.#starts[event + 1]!; slot++) {
      const entry = this.#keyEntry(slot)
      if (entry === VISIBLE) return false
      const { pool } = this.#rows
      for (let word = 0; word < this.#words; word++) {
        if ((pool[entry - 1 + word]! & ~set[word]!) !== 0) return false
      }
    }
    return true
  }

  #grow(limit: number): number {
    const { members } = this
    const settled = this.#settled
    let size = this.#size()
    if (size >= limit || size === 0) return 0
    for (let word = 0; word < this.#words;) {
      const open = members[word]! & ~settled[word]!
      if (open === 0) {
        word++
        continue
      }
      const bit = open & -open
      settled[word]! |= bit
      const event = word * 32 + 31 - Math.clz32(bit)
      const before = this.#additions
      if ((this.#enabled[word]! & bit) !== 0) this.#addConflicting(event)
      else if (!this.#addEnabling(event)) return 0
      if (this.#additions === before) continue
      word = 0
      size = this.#size()
      if (size >= limit || size === 0) return 0
    }
    return size
  }

  // The enabled members, or 0 where one of them is known to lead nowhere.
  #size(): number {
    let size = 0
    for (let word = 0; word < this.#words; word++) {
      const bits = this.members[word]! & this.#enabled[word]!
      if ((bits & this.#hopeless[word]!) !== 0) return 0
      size += ones(bits)
    }
    return size
  }

  #entry(slot: number): number {
    const component = this.#components[slot]!
    const state = this.#states[component]!
    const position = this.#positions[slot]!
    const known = this.#rows.entries[component]![state * this.#alphabets[component]! + position] ?? 0
    return known !== 0 ? known : this.#rows.entry(component, state, position)
  }

  #keyEntry(slot: number): number {
    const component = this.#components[slot]!
    return this.#rows.keyEntry(component, this.#states[component]!, this.#positions[slot]!)
  }

  #addConflicting(event: number): void {
    for (let slot = this.#starts[event]!; slot < this.#starts[event + 1]!; slot++) {
      this.#add(Math.abs(this.#entry(slot)) - 1)
    }
  }

  // Of the participants that refuse the event, the one that adds least; false where none surely refuses.
  #addEnabling(event: number): boolean {
    const start = this.#starts[event]!
    const end = this.#starts[event + 1]!
    for (let slot = start; slot < end; slot++) {
      const entry = this.#entry(slot)
      if (entry < 0 && this.#addedIn[(-entry - 1) / this.#words] === this.#closure) return true
    }
    let chosen = -1
    let cost = Number.POSITIVE_INFINITY
    for (let slot = start; slot < end && cost > 0; slot++) {
      const entry = this.#entry(slot)
      if (entry > 0) continue
      const own = this.#cost(-entry - 1, cost)
      if (own >= cost) continue
      cost = own
      chosen = -entry - 1
    }
    if (chosen < 0) return false
    this.#add(chosen)
    return true
  }

  #add(offset: number): void {
    const { pool } = this.#rows
    const set = offset / this.#words
    if (set >= this.#addedIn.length) this.#addedIn = new Int32Array(2 * pool.length)
    if (this.#addedIn[set] === this.#closure) return
    this.#addedIn[set] = this.#closure
    this.#additions++
    for (let word = 0; word < this.#words; word++) this.members[word]! |= pool[offset + word]!
  }

  // What adding a set costs; if not less than `limit`, anything that is not.
  #cost(offset: number, limit: number): number {
    const { pool } = this.#rows
    const { members } = this
    const enabled = this.#enabled
    let cost = 0
    for (let word = 0; word < members.length && cost < limit; word++) {
      const added = pool[offset + word]! & ~members[word]!
      if (added === 0) continue
      const taken = added & enabled[word]!
      cost += taken === 0 ? ones(added) : ones(added) + WEIGHT * ones(taken)
    }
    return cost
  }
}

/** How many bits are set. */
export function ones(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555)
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333)
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
