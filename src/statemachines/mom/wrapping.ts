/** Numbers that wrap, as 32-bit words do: what comes after, and which of two is ahead. */

/** The number after `number`, or `count` after it. */
export const after = (number: number, modulus: number, count = 1): number => (number + count) % modulus

/**
 * How far `number` is ahead of `other`, negative where it is behind: the signed difference, `(a - b) | 0` on
 * 32-bit words. It is right as long as the two are less than half the modulus apart.
 */
export const ahead = (number: number, other: number, modulus: number): number =>
  ((number - other + modulus + modulus / 2) % modulus) - modulus / 2
