/**
 * Counts what is left of a set of states when parts of them are not looked at. Exact: states with equal
 * hashes are compared. From it follows how many times larger a product is because a part is there.
 */
import { unpack } from './layout.ts'
import type { StateSpace } from './statistics-space.ts'

/** The table of the states kept is at most this full. */
const LOAD_MAX = 0.5
const BATCH = 1024

export class Projections {
  readonly #space: StateSpace
  /** Index of a state that is kept + 1, or 0; the length is a power of two. */
  readonly #slots: Int32Array
  /** What of the hidden component is looked at all the same, for each state. */
  readonly #classes: Int32Array
  /** The bits of each word of a vector that are looked at. */
  readonly #masks: Int32Array
  /** Keeps the reads that only warm the cache from being optimised away. */
  warm = 0

  constructor(space: StateSpace) {
    this.#space = space
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(space.size / LOAD_MAX)))
    this.#classes = new Int32Array(space.size)
    this.#masks = new Int32Array(space.layout.words)
  }

  /** How many times more states there are than states without these components: 1 where they add none. */
  multiplicity(components: readonly number[]): number {
    this.#hide(components)
    this.#classes.fill(0)
    return this.#space.size / this.#count()
  }

  /** How many times more states there are than if local states of one class were the same: one class for each. */
  multiplicityOver(component: number, classOf: Int32Array): number {
    const { layout, vectors, size } = this.#space
    const field = layout.fields[component]!
    this.#hide([component])
    for (let state = 0; state < size; state++)
      this.#classes[state] = classOf[unpack(vectors, state * layout.words, field)]!
    return size / this.#count()
  }

  #hide(components: readonly number[]): void {
    this.#masks.fill(-1)
    for (const component of components) {
      const { word, shift, width } = this.#space.layout.fields[component]!
      this.#masks[word]! &= ~((2 ** width - 1) << shift)
    }
  }

  // Hashes are taken some at a time, and their slots looked at, before any is filled: cache misses overlap.
  #count(): number {
    const { size } = this.#space
    const slots = this.#slots.fill(0)
    const positionMask = slots.length - 1
    const positions = new Int32Array(BATCH)
    let count = 0
    for (let from = 0; from < size; from += BATCH) {
      const batch = Math.min(BATCH, size - from)
      for (let k = 0; k < batch; k++) positions[k] = this.#hash(from + k) & positionMask
      for (let k = 0; k < batch; k++) this.warm ^= slots[positions[k]!]!
      for (let k = 0; k < batch; k++) {
        let position = positions[k]!
        while (slots[position] !== 0 && !this.#isSame(slots[position]! - 1, from + k))
          position = (position + 1) & positionMask
        if (slots[position] !== 0) continue
        slots[position] = from + k + 1
        count++
      }
    }
    return count
  }

  #isSame(one: number, other: number): boolean {
    const { vectors, layout } = this.#space
    const { words } = layout
    for (let word = 0; word < words; word++) {
      const difference = vectors[one * words + word]! ^ vectors[other * words + word]!
      if ((difference & this.#masks[word]!) !== 0) return false
    }
    return this.#classes[one] === this.#classes[other]
  }

  #hash(state: number): number {
    const { vectors, layout } = this.#space
    const { words } = layout
    let h = Math.imul(this.#classes[state]!, 0x85ebca77)
    for (let word = 0; word < words; word++) {
      h = Math.imul(h ^ (vectors[state * words + word]! & this.#masks[word]!), 0x9e3779b1)
      h ^= h >>> 15
    }
    return Math.imul(h, 0x85ebca77) >>> 7
  }
}
