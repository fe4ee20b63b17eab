/**
 * What makes one approximate search differ from another: numbers drawn from a seed, for hash functions and
 * for the order of events. The same seed gives the same numbers.
 */

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

/** Draws 32-bit numbers (C. Doty-Humphrey's sfc32, of PractRand); each `stream` of a seed is its own sequence. */
export function generator(seed: number, stream: number): () => number {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = stream | 0
  let counter = 1
  const draw = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (rotate(c, 21) + sum) | 0
    return sum
  }
  // The first numbers still show the seed.
  for (let turn = 0; turn < 15; turn++) draw()
  return draw
}

/** Shuffles the first `count` entries by `state`, a 32-bit number (Fisher and Yates). */
export function shuffle(entries: Int32Array, count: number, state: number): void {
  let random = state
  for (let last = count - 1; last > 0; last--) {
    // The steps of a linear congruential generator; its high bits are the good ones.
    random = (Math.imul(random, 0x915f77f5) + 0x6d2b79f5) | 0
    const chosen = ((random >>> 16) * (last + 1)) >>> 16
    const entry = entries[chosen]!
    entries[chosen] = entries[last]!
    entries[last] = entry
  }
}
