/**
 * The states that a search has seen: vectors of Int32 in pages, an open-addressing table over them that keeps
 * 32 bits of each hash, and for each state the one it was first reached from and by which move.
 */

const PAGE_BITS = 13
const PAGE_STATES = 1 << PAGE_BITS
const LOAD_MAX = 0.55

const hashOf = (vector: Int32Array): number => {
  let hash = vector.length
  for (let index = 0; index < vector.length; index++) {
    hash = Math.imul(hash ^ vector[index]!, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash, 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

export class StateSet {
  count = 0
  readonly #width: number
  readonly #pages: Int32Array[] = []
  readonly #sources: Int32Array[] = []
  readonly #moves: Int32Array[] = []
  // Each slot: the state's index plus one, and its hash.
  #slots = new Int32Array(2 * 1024)
  #mask = 1023

  constructor(width: number) {
    this.#width = width
  }

  /** The index of a state that is new, or -1 - index of one that is not. */
  add(vector: Int32Array, source: number, move: number): number {
    const hash = hashOf(vector)
    let slot = hash & this.#mask
    for (;;) {
      const held = this.#slots[2 * slot]!
      if (held === 0) break
      if (this.#slots[2 * slot + 1] === hash && this.#equals(held - 1, vector)) return -held
      slot = (slot + 1) & this.#mask
    }
    const index = this.count++
    this.#keep(index, vector, source, move)
    this.#slots[2 * slot] = index + 1
    this.#slots[2 * slot + 1] = hash
    if (this.count > LOAD_MAX * (this.#mask + 1)) this.#grow()
    return index
  }

  copyTo(index: number, vector: Int32Array): void {
    const page = this.#pages[index >> PAGE_BITS]!
    const start = (index & (PAGE_STATES - 1)) * this.#width
    for (let field = 0; field < this.#width; field++) vector[field] = page[start + field]!
  }

  /** The moves that lead to a state first, from the initial one on. */
  movesTo(index: number): number[] {
    const moves: number[] = []
    for (let at = index; at !== 0; at = this.#sources[at >> PAGE_BITS]![at & (PAGE_STATES - 1)]!) {
      moves.push(this.#moves[at >> PAGE_BITS]![at & (PAGE_STATES - 1)]!)
    }
    return moves.reverse()
  }

  #equals(index: number, vector: Int32Array): boolean {
    const page = this.#pages[index >> PAGE_BITS]!
    const start = (index & (PAGE_STATES - 1)) * this.#width
    for (let field = 0; field < this.#width; field++) {
      if (page[start + field] !== vector[field]) return false
    }
    return true
  }

  #keep(index: number, vector: Int32Array, source: number, move: number): void {
    const place = index & (PAGE_STATES - 1)
    if (place === 0) {
      this.#pages.push(new Int32Array(PAGE_STATES * this.#width))
      this.#sources.push(new Int32Array(PAGE_STATES))
      this.#moves.push(new Int32Array(PAGE_STATES))
    }
    this.#pages.at(-1)!.set(vector, place * this.#width)
    this.#sources.at(-1)![place] = source
    this.#moves.at(-1)![place] = move
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(2 * old.length)
    const mask = 2 * this.#mask + 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue
      let slot = old[at + 1]! & mask
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask
      slots[2 * slot] = old[at]!
      slots[2 * slot + 1] = old[at + 1]!
    }
    this.#slots = slots
    this.#mask = mask
  }
}
