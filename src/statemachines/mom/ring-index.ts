/**
 * Arithmetic of free-running ring indices: they wrap at a modulus of their own, which is a multiple of the
 * capacity and larger than it, so that full and empty differ and slots keep their order at the wrap.
 */
import type { Slot } from './identifiers.ts'

/** The capacity of a ring, and where its indices wrap. */
export type RingSize = { capacity: number; modulus: number }

/** How far `index` is ahead of `behind`. */
export const distance = (index: number, behind: number, { modulus }: RingSize): number =>
  (index - behind + modulus) % modulus

/** The index `steps` after `index`. */
export const after = (index: number, steps: number, { modulus }: RingSize): number =>
  (index + steps + modulus) % modulus

/** The slot an index names. */
export const slotAt = (index: number, { capacity }: RingSize): Slot => `slot${index % capacity}`
