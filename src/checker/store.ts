/**
 * The states found so far, in order of discovery: each a packed vector and the index of the state it was
 * first reached from. Over them an index table for look-ups, or, while compiled code runs, its visited set.
 * Exact: vectors are compared, not hashes.
 */
import { Arena } from './arena.ts'
import { type Layout, pack, unpack } from './layout.ts'

const SLOTS_MIN = 1 << 13
/** The table is enlarged when this share of its slots is taken. */
const LOAD_MAX = 0.75
const REHASH_BATCH = 1024

export class Store {
  readonly arena: Arena
  words: number
  count = 0
  /** The record of state `i` begins at `i * stride`: its vector, then its parent. */
  readonly records: Int32Array
  /** Whether `slots` is the table of indices; if not, it belongs to the compiled code. */
  indexed = true
  /** State index + 1, or 0; its length is a power of two. */
  slots: Int32Array
  #slotsUsed = 0
  /** Keeps the reads that only warm the cache from being optimised away. */
  warm = 0

  constructor(words: number, arena = new Arena()) {
    this.arena = arena
    this.words = words
    this.records = arena.view(arena.records)
    this.slots = arena.view(arena.slots, SLOTS_MIN)
  }

  /** Words from one record to the next. */
  get stride(): number {
    return this.words + 1
  }

  /** Bytes of records and table in use: room not yet touched is not counted. */
  get bytes(): number {
    return this.count * this.stride * 4 + this.slots.byteLength
  }

  /** Bytes a growth by `more` states would need on top, at its peak. */
  bytesToReserve(more: number): number {
    const table = this.count + more > this.slots.length * LOAD_MAX ? this.slots.byteLength : 0
    return more * this.stride * 4 + table
  }

  parentOf(index: number): number {
    return this.records[index * this.stride + this.words]!
  }

  /** Throws RangeError where the arena has no room for `more` states. */
  ensureRecords(more: number): void {
    if ((this.count + more) * this.stride > this.records.length)
      throw new RangeError(`the store of ${Math.round(this.records.byteLength / 2 ** 20)} MiB is full`)
  }

  /** Makes room for `more` states in records and index table. Throws RangeError where there is none. */
  reserve(more: number): void {
    this.ensureRecords(more)
    let length = this.slots.length
    while (this.count + more > length * LOAD_MAX) length *= 2
    if (length !== this.slots.length) this.#layOutIndex(length)
  }

  /** The slots as zeroes, `bytes` of them. Throws RangeError where the arena has no room. */
  clearSlots(bytes: number): void {
    const { slots } = this.arena
    if (bytes > slots.bytes)
      throw new RangeError(`the visited set of ${Math.round(slots.bytes / 2 ** 20)} MiB is full`)
    // What was never used is zero, and takes no memory until it is touched.
    this.#slotsUsed = Math.max(this.#slotsUsed, this.slots.length)
    this.slots = this.arena.view(slots, bytes / 4)
    this.slots.fill(0, 0, this.#slotsUsed)
  }

  /** Makes the slots the table of indices again, after compiled code has used them. */
  index(): void {
    if (this.indexed) return
    this.indexed = true
    let length = SLOTS_MIN
    while (this.count > length * LOAD_MAX) length *= 2
    this.#layOutIndex(length)
  }

  #layOutIndex(length: number): void {
    this.clearSlots(length * 4)
    this.rehash()
  }

  /** Re-packs every vector from one layout to another, when a field has outgrown its width. */
  repack(from: Layout, to: Layout): void {
    const { records } = this
    const oldStride = this.stride
    const isWider = to.words >= from.words
    this.words = to.words
    this.ensureRecords(0)
    // In place: a record never overwrites one that is still to be read.
    for (let at = 0; at < this.count; at++) {
      const index = isWider ? this.count - 1 - at : at
      const ids = from.fields.map((field) => unpack(records, index * oldStride, field))
      const parent = records[index * oldStride + from.words]!
      pack(records, index * this.stride, to, ids)
      records[index * this.stride + to.words] = parent
    }
    if (!this.indexed) return
    this.slots.fill(0)
    this.rehash()
  }

  /**
   * The index of the state whose vector is at `offset` of `vectors`, looked for from slot `place` on. A new one is
   * written down as number `count`, which the caller raises once it has noted the parent.
   */
  findOrAdd(vectors: Int32Array, offset: number, place: number): number {
    const { slots, records, words, stride, count } = this
    const mask = slots.length - 1
    let position = place
    for (let slot = slots[position]!; slot !== 0; slot = slots[position]!) {
      if (this.#equals(slot - 1, vectors, offset)) return slot - 1
      position = (position + 1) & mask
    }
    slots[position] = count + 1
    for (let word = 0; word < words; word++) records[count * stride + word] = vectors[offset + word]!
    return count
  }

  #equals(index: number, vectors: Int32Array, offset: number): boolean {
    const { records, words, stride } = this
    for (let word = 0; word < words; word++)
      if (records[index * stride + word] !== vectors[offset + word]) return false
    return true
  }

  // Hashes are taken some at a time, and their slots looked at, before any is filled: cache misses overlap.
  rehash(): void {
    const { slots, records, words, stride, count } = this
    const shift = Math.clz32(slots.length - 1)
    const mask = slots.length - 1
    const positions = new Int32Array(REHASH_BATCH)
    for (let from = 0; from < count; from += REHASH_BATCH) {
      const size = Math.min(REHASH_BATCH, count - from)
      for (let k = 0; k < size; k++) positions[k] = hash(records, (from + k) * stride, words) >>> shift
      for (let k = 0; k < size; k++) this.warm ^= slots[positions[k]!]!
      for (let k = 0; k < size; k++) {
        let position = positions[k]!
        while (slots[position] !== 0) position = (position + 1) & mask
        slots[position] = from + k + 1
      }
    }
  }
}

/** The hash of the vector at `offset`. */
export function hash(vectors: Int32Array, offset: number, words: number): number {
  let h = 0
  for (let word = 0; word < words; word++) {
    h = Math.imul(h ^ vectors[offset + word]!, 0x9e3779b1)
    h ^= h >>> 15
  }
  return Math.imul(h, 0x85ebca77)
}
