/**
 * The visited set of bitstate hashing (Holzmann): a Bloom filter in which every state sets a few bits. Which
 * ones follows from the two halves of its fingerprint by enhanced double hashing (Dillinger and Manolios,
 * FMCAD 2004), which does as well as independent hash functions.
 */
import assert from 'node:assert/strict'
import { type Omission, bitstateExpected, bitstateProbability } from './omission.ts'
import type { VisitedSet } from './approximate-visited.ts'

const HASHES_MAX = 32
/** More words than a 32-bit hash can tell apart would stay empty. */
const BYTES_MAX = 2 ** 34
/** Spreads what the number of a word leaves of a hash over the number of a bit. */
const SPREAD = 0x9e3779b1

export class BitTable implements VisitedSet {
  readonly bytes: number
  /** Keeps the reads that only warm the cache from being optimised away. */
  warmed = 0
  readonly #words: Int32Array
  readonly #mask: number
  readonly #hashes: number
  #states = 0
  #bitsSet = 0

  /** `bytes` is a power of two, at least 4. Throws RangeError where there is not that much memory. */
  constructor(bytes: number, hashes: number) {
    assert(bytes >= 4 && Number.isInteger(Math.log2(bytes)), 'the bytes of a bit table are a power of two')
    assert(hashes >= 1 && hashes <= HASHES_MAX, `a state sets 1 to ${HASHES_MAX} bits`)
    if (bytes > BYTES_MAX) throw new RangeError(`it can be used up to ${BYTES_MAX} bytes`)
    this.bytes = bytes
    this.#words = new Int32Array(bytes / 4)
    this.#mask = (bytes / 4 - 1) | 0
    this.#hashes = hashes
  }

  readonly isFull = (): boolean => false

  add(first: number, second: number): boolean {
    const words = this.#words
    let place = first
    let stride = second
    let added = 0
    for (let turn = 1; turn <= this.#hashes; turn++) {
      const word = (place & this.#mask) >>> 0
      const bit = 1 << (Math.imul(place ^ second, SPREAD) >>> 27)
      const before = words[word]!
      if ((before & bit) === 0) {
        words[word] = before | bit
        added++
      }
      place = (place + stride) | 0
      stride = (stride + turn) | 0
    }
    if (added === 0) return false
    this.#bitsSet += added
    this.#states++
    return true
  }

  warm(first: number, second: number): void {
    let place = first
    let stride = second
    for (let turn = 1; turn <= this.#hashes; turn++) {
      this.warmed ^= this.#words[(place & this.#mask) >>> 0]!
      place = (place + stride) | 0
      stride = (stride + turn) | 0
    }
  }

  omission(): Omission {
    const bits = 8 * this.bytes
    const fill = this.#bitsSet / bits
    return {
      hashFactor: bits / Math.max(1, this.#states),
      fill,
      probability: bitstateProbability(fill, this.#hashes),
      expected: bitstateExpected(bits, this.#hashes, this.#states),
    }
  }
}
