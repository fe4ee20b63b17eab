/**
 * The first word of a slot in a ring of several producers: which position it is for and what has become of it, so
 * that one compare-and-exchange asks for both. The position is there by its round: how often the ring was filled.
 */
import type { RingShape } from './spsc-ring.ts'

/** The states, in the lowest byte. From FIRST_OWNER up to GIVEN_UP it is claimed, by producer state - FIRST_OWNER. */
export const FREE = 0
export const COMMITTED = 1
export const FIRST_OWNER = 2
/** It was claimed and holds no message: its owner changed its mind, or died and has a successor. */
export const GIVEN_UP = 0xff
export const STATE_MASK = 0xff
const STATE_BITS = 8

/** Owners that the word can name. */
export const PRODUCERS_MAX = GIVEN_UP - FIRST_OWNER

/** The first word of the slot of a position. */
export const slotOf = ({ slots, slotWords, capacity }: RingShape, position: number): number =>
  slots + Math.imul(position & (capacity - 1), slotWords)

/** The word for a position in a state. The round is modulo 2^24, or less where positions have fewer rounds. */
export const wordOf = ({ capacity }: RingShape, position: number, state: number): number =>
  ((position >>> (31 - Math.clz32(capacity))) << STATE_BITS) | state

/** How many rounds a slot's word is ahead of the position; negative where it is behind. The sign survives a wrap. */
export function lapsAhead(shape: RingShape, word: number, position: number): number {
  const distance = (word & ~STATE_MASK) - wordOf(shape, position, FREE)
  // A ring of more than 256 slots has rounds of less than 24 bits.
  const unused = Math.max(0, 31 - Math.clz32(shape.capacity) - STATE_BITS)
  return (distance << unused) >> (unused + STATE_BITS)
}
