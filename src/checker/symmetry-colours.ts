/**
 * Colours for pairs of a local state and an identifier: two pairs have the same colour if some renaming turns
 * one into the other. They are what the canonicaliser tells identifiers apart by.
 */
import type { SymmetryGroup } from './symmetry-group.ts'
import type { SymmetryRows } from './symmetry-rows.ts'

/** Spreads a number over 32 bits so that sums of different numbers differ: the finaliser of MurmurHash3. */
export function scatter(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

export class OrbitColours {
  readonly #group: SymmetryGroup
  readonly #rows: SymmetryRows
  /** Pairs whose images may have no colour yet: component, state, element. */
  readonly #waiting: number[] = []
  #count = 0

  constructor(group: SymmetryGroup, rows: SymmetryRows) {
    this.#group = group
    this.#rows = rows
  }

  /**
   * Colours the local states of each component from `from` up to and without `to`. Their images must be known
   * and among them: that makes colours final.
   */
  extend(from: Int32Array, to: Int32Array): void {
    to.forEach((size, component) => {
      for (let state = from[component]!; state < size; state++) {
        for (let element = 0; element < this.#rows.elements; element++) {
          if (this.#rows.colour(component, state, element) !== 0) continue
          this.#count++
          this.#give(component, state, element)
          this.#spread()
        }
      }
    })
  }

  #give(component: number, state: number, element: number): void {
    if (this.#rows.colour(component, state, element) !== 0) return
    // No number but 0 is scattered to 0, which means that there is no colour yet.
    this.#rows.setColour(component, state, element, scatter(this.#count))
    this.#waiting.push(component, state, element)
  }

  #spread(): void {
    const { transpositions, generators } = this.#group
    while (this.#waiting.length > 0) {
      const [component, state, element] = this.#waiting.splice(-3) as [number, number, number]
      for (let generator = 0; generator < generators; generator++) {
        const { components, first, second } = transpositions[generator]!
        const moved = element === first ? second : element === second ? first : element
        this.#give(components[component]!, this.#rows.image(component, state, generator), moved)
      }
    }
  }
}
