/**
 * Who holds an end: nobody, a living owner, or one that has closed it or died. Owners write their own word; that
 * one has died only its host can know, which says so in the owner's place and rings.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Doorbell } from './doorbell.ts'

const STATES = ['absent', 'attached', 'closed', 'dead'] as const

/** - closed: the owner has left in order, everything it sent is published; - dead: it was cut off anywhere. */
export type PresenceState = (typeof STATES)[number]

const ABSENT = 0
const ATTACHED = 1
const CLOSED = 2
const DEAD = 3
const STATE_MASK = 3
const INCARNATION_SHIFT = 2

/** The presence of the owner of one end, in one word: how many owners there have been, and the last one's state. */
export class Presence {
  protected readonly memory: SharedMemory
  protected readonly word: number

  constructor(memory: SharedMemory, word: number) {
    this.memory = memory
    this.word = word
  }

  /**
   * Becomes the owner, the first or a successor, and returns the number of this incarnation, from 1 on;
   * undefined where a living owner holds the end.
   */
  attach(): number | undefined {
    const seen = this.memory.load(this.word)
    if ((seen & STATE_MASK) === ATTACHED) return undefined
    const incarnation = (seen >>> INCARNATION_SHIFT) + 1
    const taken = (incarnation << INCARNATION_SHIFT) | ATTACHED
    return this.memory.compareExchange(this.word, seen, taken) === seen ? incarnation : undefined
  }

  /** The owner leaves, after it has published its last. Its peers must be rung. */
  close(incarnation: number): void {
    this.end(incarnation, CLOSED)
  }

  /** The owner leaves the end to a successor; to its peers that is as if the first owner had not come yet. */
  leave(incarnation: number): void {
    this.end(incarnation, ABSENT)
  }

  /**
   * For the host that saw the owner die, once nothing of the owner can run any more: marks it and then wakes those
   * who may sleep for it. Whether it was that owner that held the end: a late notice does not hit a successor.
   */
  declareDead(incarnation: number, sleepers: readonly Doorbell[]): boolean {
    const living = (incarnation << INCARNATION_SHIFT) | ATTACHED
    const dead = (incarnation << INCARNATION_SHIFT) | DEAD
    const isHis = this.memory.compareExchange(this.word, living, dead) === living
    // Also where it had closed: it may have taken a flag down, and died before it notified.
    for (const bell of sleepers) bell.wake()
    return isHis
  }

  // Whoever ends twice, or after a successor has come, changes nothing.
  protected end(incarnation: number, state: number): void {
    const living = (incarnation << INCARNATION_SHIFT) | ATTACHED
    this.memory.compareExchange(this.word, living, (incarnation << INCARNATION_SHIFT) | state)
  }

  /** The state now. Of an owner that is gone, what it published before must be looked at after this. */
  state(): PresenceState {
    return STATES[this.memory.load(this.word) & STATE_MASK]!
  }

  /** The number of the last owner, for its host; 0 where there has been none. */
  incarnation(): number {
    return this.memory.load(this.word) >>> INCARNATION_SHIFT
  }
}
