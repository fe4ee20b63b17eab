/** What the words of a topic mean in the words of its chart, whose positions wrap sooner. */
import { ABSENT, JOINING, type TopicRing, messagesAfter } from '../src/mom/topic.ts'

const HALVES = [undefined, 'first', 'second'] as const

export class TopicWords {
  readonly ring: TopicRing
  readonly #start: number
  readonly #modulus: number

  constructor(ring: TopicRing, { start, messages }: { readonly start: number; readonly messages: number }) {
    this.ring = ring
    this.#start = start
    // As in the chart, which begins at the last position.
    this.#modulus = ring.capacity * 2 * (messages + 1)
  }

  positionOf(word: number): number {
    const published = messagesAfter(word & ~1, this.#start)
    return (this.#modulus - 1 + published + this.#modulus) % this.#modulus
  }

  cursorOf(record: number): string | number {
    if ((record & 1) === 1) return this.positionOf(record)
    if (record === ABSENT) return 'absent'
    return record === JOINING ? 'joining' : 'cut'
  }

  /** The subscriber whose record a word is. */
  subscriberOf(index: number): string | undefined {
    const id = this.ring.records.indexOf(index)
    return id < 0 ? undefined : `subscriber${id}`
  }

  /** The slot that a word is of, and the half of the content unless it is the slot's own word. */
  placeOf(index: number): { readonly slot: string; readonly half: (typeof HALVES)[number] } {
    const offset = index - this.ring.slots
    return {
      slot: `slot${Math.floor(offset / this.ring.slotWords)}`,
      half: HALVES[offset % this.ring.slotWords],
    }
  }

  /** Whether a publisher that waits must wait for a subscriber with this cursor. */
  isAwaited(cursor: string | number, published: number): boolean {
    if (cursor === 'joining') return true
    const read = (Number(cursor) + 1) % this.#modulus
    return typeof cursor === 'number' && published - read >= this.ring.capacity
  }

  /** Whether a look at a slot's word finds that the message at a position is not there yet. */
  isEarly(word: number, position: number): boolean {
    const ahead = messagesAfter(word & ~1, position)
    return ahead < 0 || (ahead === 0 && (word & 1) === 0)
  }
}
