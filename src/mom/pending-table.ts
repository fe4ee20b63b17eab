/**
 * A client's table of requests that have no outcome yet. A request is named by a slot and its generation; the
 * name stays owed until its answer has come, even if nobody waits for it any more, and is not used before.
 */

const GENERATION_BITS = 5
/** Generations of a slot before they begin again: one bit each of the mask of owed ones. */
export const GENERATIONS = 1 << GENERATION_BITS

/** The name of a request: a whole number of at least 0. */
export type CallName = number

type Slot = { generation: number; isHeld: boolean; owed: number }

const slotOf = (name: CallName): number => name >>> GENERATION_BITS
const generationOf = (name: CallName): number => name & (GENERATIONS - 1)

export class PendingTable {
  protected readonly slots: Slot[]
  /** Generations in use, fewer than there could be where a search is to see them wrap. */
  protected readonly generations: number
  /** Names whose answers have not come. */
  owed = 0

  constructor(slots: number, generations: number = GENERATIONS) {
    this.slots = Array.from({ length: slots }, () => ({ generation: 0, isHeld: false, owed: 0 }))
    this.generations = generations
  }

  /** A name that no request and no answer under way has; undefined where there is none now. */
  take(): CallName | undefined {
    for (const [index, slot] of this.slots.entries()) {
      const next = (slot.generation + 1) % this.generations
      if (slot.isHeld || !this.mayReuse(slot, next)) continue
      slot.generation = next
      slot.isHeld = true
      slot.owed |= 1 << next
      this.owed++
      return (index << GENERATION_BITS) | next
    }
    return undefined
  }

  /** Whether the name could be one of this table whose answer is to come; anything else a peer has made up. */
  isOwed(name: CallName): boolean {
    const slot = this.slots[slotOf(name)]
    return name >= 0 && slot !== undefined && (slot.owed & (1 << generationOf(name))) !== 0
  }

  /** Its answer has come: the name may be used again. */
  settle(name: CallName): void {
    this.slots[slotOf(name)]!.owed &= ~(1 << generationOf(name))
    this.owed--
  }

  /** Whether the request still waits for its outcome. */
  isPending(name: CallName): boolean {
    const slot = this.slots[slotOf(name)]
    return slot !== undefined && slot.isHeld && slot.generation === generationOf(name)
  }

  /** It has its outcome. */
  release(name: CallName): void {
    this.slots[slotOf(name)]!.isHeld = false
  }

  /** A request that waits for its outcome; undefined where there is none. */
  anyPending(): CallName | undefined {
    const index = this.slots.findIndex(({ isHeld }) => isHeld)
    return index < 0 ? undefined : (index << GENERATION_BITS) | this.slots[index]!.generation
  }

  /** No answer will come any more. */
  giveUp(): void {
    for (const slot of this.slots) slot.owed = 0
    this.owed = 0
  }

  protected mayReuse(slot: Slot, generation: number): boolean {
    return (slot.owed & (1 << generation)) === 0
  }
}
