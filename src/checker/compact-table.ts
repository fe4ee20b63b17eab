/**
 * The visited set of hash compaction (Wolper and Leroy): of each state its fingerprint alone, 64 bits, in an
 * open-addressing table of fixed size. Two states with one fingerprint are taken for one.
 */
import assert from 'node:assert/strict'
import { type Omission, fingerprintExpected, fingerprintProbability } from './omission.ts'
import type { VisitedSet } from './approximate-visited.ts'

const FINGERPRINT_BITS = 64
const SLOT_BYTES = 8
/** Beyond this share of slots taken, looking for a free one takes too long. */
const FILL_MAX = 15 / 16
/** Slots are numbered by half a fingerprint. */
const BYTES_MAX = 2 ** 35

export class CompactTable implements VisitedSet {
  readonly bytes: number
  /** Keeps the reads that only warm the cache from being optimised away. */
  warmed = 0
  /** Two words a slot; both 0 where it is free. */
  readonly #words: Int32Array
  readonly #mask: number
  readonly #statesMax: number
  #states = 0

  /** `bytes` is a power of two, at least 16. Throws RangeError where there is not that much memory. */
  constructor(bytes: number) {
    assert(bytes >= 16 && Number.isInteger(Math.log2(bytes)), 'the bytes of a table are a power of two')
    if (bytes > BYTES_MAX) throw new RangeError(`it can be used up to ${BYTES_MAX} bytes`)
    const slots = bytes / SLOT_BYTES
    this.bytes = bytes
    this.#words = new Int32Array(2 * slots)
    this.#mask = (slots - 1) | 0
    this.#statesMax = Math.floor(slots * FILL_MAX)
  }

  readonly isFull = (): boolean => this.#states >= this.#statesMax

  add(first: number, second: number): boolean {
    const words = this.#words
    // Both halves 0 would read as a free slot.
    const half = first === 0 && second === 0 ? 1 : second
    for (let slot = (first & this.#mask) >>> 0; ; slot = ((slot + 1) & this.#mask) >>> 0) {
      const one = words[2 * slot]!
      const other = words[2 * slot + 1]!
      if (one === first && other === half) return false
      if (one !== 0 || other !== 0) continue
      words[2 * slot] = first
      words[2 * slot + 1] = half
      this.#states++
      return true
    }
  }

  warm(first: number, _second: number): void {
    this.warmed ^= this.#words[2 * ((first & this.#mask) >>> 0)]!
  }

  omission(): Omission {
    const states = this.#states
    return {
      hashFactor: (8 * this.bytes) / Math.max(1, states),
      fill: (states * SLOT_BYTES) / this.bytes,
      probability: fingerprintProbability(FINGERPRINT_BITS, states),
      expected: fingerprintExpected(FINGERPRINT_BITS, states),
    }
  }
}
