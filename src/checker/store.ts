/**
 * The visited set: packed state vectors in order of discovery, an open-addressing table of their indices,
 * and for each the index of the state it was first reached from. Exact: vectors are compared, not hashes.
 */
import { type Layout, pack, unpack } from './layout.ts'

/** States a store starts with room for; memory that is not touched is not used. */
const CAPACITY_MIN = 1 << 12
/** The table is doubled when this share of its slots is taken. */
const LOAD_MAX = 0.75
const REHASH_BATCH = 1024

export class Store {
  words: number
  count = 0
  vectors: Int32Array
  parents: Int32Array
  /** State index + 1, or 0; its length is a power of two. */
  slots: Int32Array
  capacity = CAPACITY_MIN
  /** Keeps the reads that only warm the cache from being optimised away. */
  warm = 0

  constructor(words: number) {
    this.words = words
    this.vectors = new Int32Array(CAPACITY_MIN * words)
    this.parents = new Int32Array(CAPACITY_MIN)
    this.slots = new Int32Array(2 * CAPACITY_MIN)
  }

  /** Bytes of vectors, parents and table in use: room not yet touched is not counted. */
  get bytes(): number {
    return this.count * (this.words + 1) * 4 + this.slots.byteLength
  }

  /** Bytes a growth by `more` states would need on top, at its peak. */
  bytesToReserve(more: number): number {
    const table = this.count + more > this.slots.length * LOAD_MAX ? 2 * this.slots.byteLength : 0
    return more * (this.words + 1) * 4 + table
  }

  /** Makes room for `more` states. Returns whether arrays were replaced. Throws RangeError out of memory. */
  reserve(more: number): boolean {
    const needed = this.count + more
    const grows = needed > this.capacity
    if (grows) {
      const capacity = Math.max(needed, 4 * this.capacity)
      const vectors = new Int32Array(capacity * this.words)
      vectors.set(this.vectors.subarray(0, this.count * this.words))
      const parents = new Int32Array(capacity)
      parents.set(this.parents.subarray(0, this.count))
      Object.assign(this, { vectors, parents, capacity })
    }
    let length = this.slots.length
    while (needed > length * LOAD_MAX) length *= 2
    if (length === this.slots.length) return grows
    this.slots = new Int32Array(length)
    this.rehash()
    return true
  }

  /** Re-packs every vector from one layout to another, when a field has outgrown its width. */
  repack(from: Layout, to: Layout): void {
    const old = this.vectors
    this.vectors = new Int32Array(this.capacity * to.words)
    this.words = to.words
    for (let index = 0; index < this.count; index++) {
      const ids = from.fields.map((field) => unpack(old, index * from.words, field))
      pack(this.vectors, index * to.words, to, ids)
    }
    this.slots.fill(0)
    this.rehash()
  }

  // Hashes are taken some at a time, and their slots looked at, before any is filled: cache misses overlap.
  rehash(): void {
    const { slots, vectors, words, count } = this
    const shift = Math.clz32(slots.length - 1)
    const mask = slots.length - 1
    const positions = new Int32Array(REHASH_BATCH)
    for (let from = 0; from < count; from += REHASH_BATCH) {
      const size = Math.min(REHASH_BATCH, count - from)
      for (let k = 0; k < size; k++) positions[k] = hash(vectors, (from + k) * words, words) >>> shift
      for (let k = 0; k < size; k++) this.warm ^= slots[positions[k]!]!
      for (let k = 0; k < size; k++) {
        let position = positions[k]!
        while (slots[position] !== 0) position = (position + 1) & mask
        slots[position] = from + k + 1
      }
    }
  }
}

/** The hash of the vector at `offset`; the generated code computes the same one, unrolled. */
export function hash(vectors: Int32Array, offset: number, words: number): number {
  let h = 0
  for (let word = 0; word < words; word++) {
    h = Math.imul(h ^ vectors[offset + word]!, 0x9e3779b1)
    h ^= h >>> 15
  }
  return Math.imul(h, 0x85ebca77)
}
