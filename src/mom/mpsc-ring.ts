/**
 * A ring of fixed slots with several producers and one consumer (after Vyukov's bounded queue and Agrona's claims).
 * A slot is claimed by a compare-and-exchange on its own word, which names its owner: a slot whose owner died is
 * skipped, and nobody waits for anybody else on the way to a slot.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Layout } from './layout.ts'
import { COMMITTED, FIRST_OWNER, FREE, GIVEN_UP, STATE_MASK, lapsAhead, slotOf, wordOf } from './mpsc-slot.ts'
import type { Presence } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'
import { type RingShape, type RingSize, layRing } from './spsc-ring.ts'

/**
 * Lays a ring. The first word of a slot is its state, the others are for the message; `tail` is a hint, and
 * `head` is for who measures. Throws RangeError for a size that is none.
 */
export function layMpscRing(layout: Layout, name: string, size: RingSize): RingShape {
  if (size.slotWords < 2)
    throw new RangeError(`a slot has a word of state and at least one more, not ${size.slotWords} words`)
  return layRing(layout, name, size)
}

/** Puts a ring that nobody uses yet at a position, as if that many messages had passed through it. */
export function startRingAt(memory: SharedMemory, shape: RingShape, position: number): void {
  memory.store(shape.tail, position)
  memory.store(shape.head, position)
  for (let ahead = 0; ahead < shape.capacity; ahead++) {
    const at = (position + ahead) | 0
    memory.store(slotOf(shape, at), wordOf(shape, at, FREE))
  }
}

/**
 * - claimed: the slot is this producer's until `commit` or `giveUp`
 * - full: the slot's last message is not released
 * - outdated: it is this producer's, but the thread was stopped for so long that all rounds passed; `giveUp` it
 */
export type ClaimOutcome = 'claimed' | 'full' | 'outdated'

/**
 * One of the ends that send. It holds one claim at most. Lock-free: a producer that is stopped or dead, at any
 * access, keeps no other from claiming.
 */
export class MpscProducer {
  protected readonly memory: SharedMemory
  protected readonly shape: RingShape
  protected readonly owned: number
  /** Of the claim that is held, or was last. */
  protected position = 0

  /** `id`: 0 to PRODUCERS_MAX - 1; no living producer of this ring has the same. */
  constructor(memory: SharedMemory, shape: RingShape, id: number) {
    this.memory = memory
    this.shape = shape
    this.owned = FIRST_OWNER + id
  }

  /** Claims the next slot. Throws PeerFault where the words are none of one ring. */
  claim(): ClaimOutcome {
    for (;;) {
      const position = this.memory.load(this.shape.tail)
      const held = this.occupy(position)
      if (this.isFree(held, position)) {
        this.position = position
        // While this slot is not released the tail gets no further than one round.
        return (this.advance(position) - position) >>> 0 <= this.shape.capacity ? 'claimed' : 'outdated'
      }
      if (this.isOfLastRound(held, position)) return 'full'
      this.help(held, position)
    }
  }

  /** Whether `claim` may find a slot now. */
  hasRoom(): boolean {
    const position = this.memory.load(this.shape.tail)
    return !this.isOfLastRound(this.memory.load(slotOf(this.shape, position)), position)
  }

  /** The first word for the message in the claimed slot. */
  get slot(): number {
    return slotOf(this.shape, this.position) + 1
  }

  /** The message in the claimed slot is sent when this store is seen. */
  commit(): void {
    this.memory.store(slotOf(this.shape, this.position), wordOf(this.shape, this.position, COMMITTED))
  }

  /** The consumer passes over the claimed slot. */
  giveUp(): void {
    this.memory.store(slotOf(this.shape, this.position), wordOf(this.shape, this.position, GIVEN_UP))
  }

  /**
   * Gives up what a dead predecessor with the same id had claimed, before anything else is claimed: the consumer
   * waits at a claim whose owner lives. Whether there was such a claim.
   */
  takeOver(): boolean {
    let found = false
    for (let index = 0; index < this.shape.capacity; index++) {
      const at = slotOf(this.shape, index)
      const held = this.memory.load(at)
      if ((held & STATE_MASK) !== this.owned) continue
      // The consumer may have read the death, and be about to skip it.
      found = this.memory.compareExchange(at, held, (held & ~STATE_MASK) | GIVEN_UP) === held || found
    }
    return found
  }

  /** Claims the slot of a position if it is free for it; what its word was. */
  protected occupy(position: number): number {
    const free = wordOf(this.shape, position, FREE)
    return this.memory.compareExchange(slotOf(this.shape, position), free, free | this.owned)
  }

  /** Moves the tail past a position that is taken, for whoever took it; what the tail was. */
  protected advance(position: number): number {
    return this.memory.compareExchange(this.shape.tail, position, (position + 1) | 0)
  }

  protected isFree(held: number, position: number): boolean {
    return held === wordOf(this.shape, position, FREE)
  }

  protected isOfLastRound(held: number, position: number): boolean {
    return lapsAhead(this.shape, held, position) === -1 && (held & STATE_MASK) !== FREE
  }

  // The position is taken, and whoever took it may be stopped before it moves the tail.
  protected help(held: number, position: number): void {
    const laps = lapsAhead(this.shape, held, position)
    const isOld = laps < 0
    const tail = isOld ? this.memory.load(this.shape.tail) : this.advance(position)
    // Only what is skipped before the tail has passed it is a round ahead of the tail, and no more than one.
    if (tail === position && (isOld || laps > 1))
      throw new PeerFault(`the tail is at ${position}, and the slot there is ${laps} rounds ahead`)
  }
}

/** The end that receives: it takes the slots in the order of their positions. */
export class MpscConsumer {
  protected readonly memory: SharedMemory
  protected readonly shape: RingShape
  /** The producers by their ids. */
  protected readonly owners: readonly Presence[]
  protected head: number

  /** A successor goes on at the first slot that was not released. Throws PeerFault where no run has such words. */
  constructor(memory: SharedMemory, shape: RingShape, owners: readonly Presence[]) {
    this.memory = memory
    this.shape = shape
    this.owners = owners
    this.head = this.find()
  }

  /**
   * Whether there is a message. Slots that were given up, or whose owners are gone, are released on the way,
   * which `position` shows. Throws PeerFault.
   */
  available(): boolean {
    for (;;) {
      const held = this.memory.load(slotOf(this.shape, this.head))
      const state = held & STATE_MASK
      if (lapsAhead(this.shape, held, this.head) !== 0)
        throw new PeerFault(`slot word ${held} is of another round than position ${this.head}`)
      if (state === FREE) return false
      if (this.isCommitted(state)) return true
      if (state === GIVEN_UP) this.release()
      else if (!this.isGone(state - FIRST_OWNER)) return false
      else this.skip(held)
    }
  }

  /** The first word of the message that is available. */
  get slot(): number {
    return slotOf(this.shape, this.head) + 1
  }

  /** Gives the slot at this position back to the producers. */
  release(): void {
    this.memory.store(slotOf(this.shape, this.head), this.released())
    this.head = (this.head + 1) | 0
  }

  /** Slots released so far, modulo 2^32. */
  get position(): number {
    return this.head
  }

  protected isCommitted(state: number): boolean {
    return state === COMMITTED
  }

  // The word was read before: a claim that a successor makes is not taken for its predecessor's.
  protected isGone(id: number): boolean {
    const owner = this.owners[id]
    if (owner === undefined)
      throw new PeerFault(`position ${this.head} is claimed by ${id}, who is no producer`)
    return owner.state() !== 'attached'
  }

  /** Frees the slot, unless its owner has committed it before it died, or a successor has given it up. */
  protected skip(held: number): void {
    const at = slotOf(this.shape, this.head)
    if (this.memory.compareExchange(at, held, this.released()) === held) this.head = (this.head + 1) | 0
  }

  protected released(): number {
    return wordOf(this.shape, (this.head + this.shape.capacity) | 0, FREE)
  }

  // Behind the first that was not released all are a round ahead; the tail may be one short of the consumer.
  protected find(): number {
    const tail = this.memory.load(this.shape.tail)
    for (let ahead = -this.shape.capacity; ahead <= 1; ahead++) {
      const position = (tail + ahead) | 0
      if (lapsAhead(this.shape, this.memory.load(slotOf(this.shape, position)), position) === 0)
        return position
    }
    throw new PeerFault(`no slot of the ring is of the round of its tail, ${tail}`)
  }
}
