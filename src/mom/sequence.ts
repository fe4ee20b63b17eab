/**
 * Numbers that tell stale knowledge (ghOSt, Humphries et al. 2021): a source counts its events in one word, messages
 * carry the count, and a decision is committed only while the count it rests on is the current one.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { PeerFault } from './peer-fault.ts'

/**
 * What is to be known of a source: the number of its last event and the state it is in since, in one word, so that
 * they are read together. The lowest bit of the source's own word says that a commit is being applied; in messages
 * and in what is known it is 0. Numbers run freely through the 28 bits above the state.
 */
export type Status = number

const HELD = 1
const STATE_SHIFT = 1
const NUMBER_SHIFT = 4

/** States have three bits. */
export const STATES = 8
const STATE_MASK = STATES - 1

/** The state of a source, from 0 to STATES - 1, whatever it means to both sides. */
export const stateOf = (status: Status): number => (status >> STATE_SHIFT) & STATE_MASK

/** How many events have happened from one status to the other; negative where it is the other way round. */
export const eventsBetween = (from: Status, to: Status): number => {
  const number = -1 << NUMBER_SHIFT
  return ((to & number) - (from & number)) >> NUMBER_SHIFT
}

export const isNewer = (status: Status, known: Status): boolean => eventsBetween(known, status) > 0

/** The status after one more event. */
export const statusAfter = (status: Status, state: number): Status =>
  ((((status >> NUMBER_SHIFT) + 1) << NUMBER_SHIFT) | ((state & STATE_MASK) << STATE_SHIFT)) & ~HELD

/** The side on which events happen. It is the only one that counts; who commits holds it up for a moment. */
export class StatusSource {
  protected readonly memory: SharedMemory
  protected readonly word: number
  protected current: Status

  /** A successor goes on where the last owner of the word was. */
  constructor(memory: SharedMemory, word: number) {
    this.memory = memory
    this.word = word
    this.current = memory.load(word) & ~HELD
  }

  /** The last status; the message of an event carries it, and must be sent after `raise`. */
  get status(): Status {
    return this.current
  }

  /**
   * An event happens, and with it the source is in another state. False while a commit is being applied: it has not
   * happened, and may when that is done. Throws PeerFault where others have counted.
   */
  raise(state: number): boolean {
    const next = statusAfter(this.current, state)
    const seen = this.memory.compareExchange(this.word, this.current, next)
    if (seen === this.current) {
      this.current = next
      return true
    }
    if (seen === (this.current | HELD)) return false
    throw new PeerFault(`the status word holds ${seen}, and its source is at ${this.current}`)
  }
}

/**
 * - matched: nothing has happened since, and nothing happens until `finish`
 * - stale: something has; read on and decide again
 * - busy: nothing has, and another commit is being applied
 */
export type CommitOutcome = 'matched' | 'stale' | 'busy'

/** The side that decides, as far as it looks at the source's word. */
export class StatusReader {
  protected readonly memory: SharedMemory
  protected readonly word: number

  constructor(memory: SharedMemory, word: number) {
    this.memory = memory
    this.word = word
  }

  /** What there is to know now, instead of all messages up to there. */
  read(): Status {
    return this.memory.load(this.word) & ~HELD
  }

  /** Whether there is more to know, also where its message was lost. Throws PeerFault where there is less. */
  hasNews(known: Status): boolean {
    const status = this.read()
    const events = eventsBetween(known, status)
    if (events >= 0) return events > 0
    throw new PeerFault(`the source is at ${status}, and has told of ${known} before`)
  }

  /** Compares what a decision rests on with what is, and holds the source where they are equal: one step. */
  commit(known: Status): CommitOutcome {
    const seen = this.memory.compareExchange(this.word, known, known | HELD)
    if (seen === known) return 'matched'
    return seen === (known | HELD) ? 'busy' : 'stale'
  }

  /** The decision is carried out: the source may go on. */
  finish(known: Status): void {
    this.memory.store(this.word, known)
  }

  /** For the host of one that died after `commit`, once nothing of it can run any more: lets the source go on. */
  release(): void {
    this.memory.and(this.word, ~HELD)
  }
}

/**
 * - next: the event after the last one known
 * - known: it was known already
 * - gap: one before it was lost; what is known has not changed, and the source must be read anew
 */
export type Novelty = 'next' | 'known' | 'gap'

/** What the side that decides knows of one source. */
export class GapDetector {
  protected last: Status

  constructor(known: Status) {
    this.last = known
  }

  /** The status that a decision rests on. */
  get known(): Status {
    return this.last
  }

  /** Learns from a message. Throws PeerFault for a status that no message has. */
  learn(status: Status): Novelty {
    if ((status & HELD) !== 0)
      throw new PeerFault(`a message says status ${status}, which only the source's word is`)
    const novelty = this.judge(status)
    if (novelty === 'next') this.last = status
    return novelty
  }

  /** Takes over what was read of the source itself. */
  resynchronise(status: Status): void {
    this.last = status
  }

  protected judge(status: Status): Novelty {
    const events = eventsBetween(this.last, status)
    if (events === 1) return 'next'
    return events <= 0 ? 'known' : 'gap'
  }
}
