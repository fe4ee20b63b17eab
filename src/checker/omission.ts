/**
 * How likely a visited set that forgets was to take a new state for an old one. Bitstate: G. Holzmann, "An
 * analysis of bitstate hashing" (FMSD 13, 1998); P. Dillinger and P. Manolios, "Bloom filters in probabilistic
 * verification" (FMCAD 2004). Fingerprints: P. Wolper and D. Leroy, "Reliable hashing without collision
 * detection" (CAV 1993); U. Stern and D. Dill, "Improved probabilistic verification" (CHARME 1995).
 */

/** What a visited set says of itself. Omissions are of states arrived at; what lies behind one is not counted. */
export type Omission = {
  /** Bits of memory for each state visited: Holzmann's hash factor. */
  readonly hashFactor: number
  /** The share of the bits that are set (bitstate), or of the slots that are taken (compact). */
  readonly fill: number
  /** The probability that a state arrived at for the first time, at the end, was taken for an old one. */
  readonly probability: number
  /** How many states arrived at were taken for old ones, in expectation, over the whole search. */
  readonly expected: number
}

/** Steps of the numerical integral: its error is far below that of the model. */
const INTERVALS = 1024
/** With fewer bits than this share left to tell states apart, the estimate is a lower bound. */
const SATURATED = 2 ** -20

/** The probability that `hashes` bits chosen at random are all set, where a share `fill` of them is. */
export const bitstateProbability = (fill: number, hashes: number): number => fill ** hashes

/** The share of `bits` bits that are set once `states` states have set `hashes` each. */
export const bitstateFill = (bits: number, hashes: number, states: number): number =>
  -Math.expm1((-hashes * states) / bits)

/**
 * How many new states were taken for old ones while `states` others were found to be new. An omitted state
 * sets no bit that is not set, so fill depends on all that arrived; at omission probability p, p / (1 - p)
 * were omitted for each one found: the sum of Dillinger and Manolios, taken over those found.
 */
export function bitstateExpected(bits: number, hashes: number, states: number): number {
  const rate = (arrived: number) => {
    const probability = bitstateProbability(bitstateFill(bits, hashes, arrived), hashes)
    return probability / Math.max(1 - probability, SATURATED)
  }
  // The midpoint method, for the omitted as a function of the found.
  const width = states / INTERVALS
  let omitted = 0
  for (let interval = 0; interval < INTERVALS; interval++) {
    const found = interval * width
    const half = omitted + (rate(found + omitted) * width) / 2
    omitted += rate(found + width / 2 + half) * width
  }
  return omitted
}

/** The probability that a new state has the fingerprint, of `width` bits, of one of `states` others. */
export const fingerprintProbability = (width: number, states: number): number => states / 2 ** width

/** How many of `states` states have the fingerprint of an earlier one, in expectation: n (n - 1) / 2^(width + 1). */
export const fingerprintExpected = (width: number, states: number): number =>
  (states * Math.max(0, states - 1)) / 2 ** (width + 1)
