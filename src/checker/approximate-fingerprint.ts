/**
 * The random numbers that fingerprints are made of: two 32-bit halves for each component and local state
 * (A. Zobrist, 1970). A fingerprint is the exclusive or of those of its components, so for two states chosen
 * before the numbers are, both halves agree with probability 2^-64.
 */
import { generator } from './diversity.ts'

export class ZobristNumbers {
  /** For each component, the two halves of each of its local states. */
  readonly halves: Int32Array[]
  readonly #counts: number[]
  readonly #draw: readonly (() => number)[]

  constructor(components: number, seed: number) {
    this.#draw = Array.from({ length: components }, (_, component) => generator(seed, component))
    this.halves = this.#draw.map(() => new Int32Array(0))
    this.#counts = this.#draw.map(() => 0)
  }

  /** Draws numbers until `size` local states of a component have theirs. Returns whether any were missing. */
  reserve(component: number, size: number): boolean {
    let count = this.#counts[component]!
    if (count >= size) return false
    const draw = this.#draw[component]!
    let halves = this.halves[component]!
    if (halves.length < 2 * size) {
      const larger = new Int32Array(4 * size)
      larger.set(halves)
      this.halves[component] = halves = larger
    }
    for (; count < size; count++) {
      halves[2 * count] = draw()
      halves[2 * count + 1] = draw()
    }
    this.#counts[component] = count
    return true
  }
}
