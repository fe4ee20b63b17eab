/** A hash table from pairs of Int32 to dense numbers, in typed arrays: every step of the search asks one. */

const LOAD_MAX = 0.6

const hashOf = (first: number, second: number): number => {
  let hash = Math.imul(first ^ 0x7feb352d, 0x9e3779b1) ^ Math.imul(second ^ 0x3c6ef372, 0x85ebca6b)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

export class PairTable {
  size = 0
  // Each slot: first, second, and the pair's number plus one.
  #slots = new Int32Array(3 * 256)
  #mask = 255

  /** The number of a pair, or -1. */
  find(first: number, second: number): number {
    const slots = this.#slots
    let slot = hashOf(first, second) & this.#mask
    for (;;) {
      const at = 3 * slot
      const number = slots[at + 2]!
      if (number === 0) return -1
      if (slots[at] === first && slots[at + 1] === second) return number - 1
      slot = (slot + 1) & this.#mask
    }
  }

  /** Gives a pair that is not there the next number. */
  add(first: number, second: number): number {
    if (this.size + 1 > LOAD_MAX * (this.#mask + 1)) this.#grow()
    this.size++
    this.#put(first, second, this.size)
    return this.size - 1
  }

  #put(first: number, second: number, number: number): void {
    let slot = hashOf(first, second) & this.#mask
    while (this.#slots[3 * slot + 2] !== 0) slot = (slot + 1) & this.#mask
    this.#slots.set([first, second, number], 3 * slot)
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(2 * old.length)
    this.#mask = 2 * this.#mask + 1
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] !== 0) this.#put(old[at]!, old[at + 1]!, old[at + 2]!)
    }
  }
}
