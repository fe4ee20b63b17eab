/**
 * The sleepers of each word, first in, first out, inside a state vector: a thread's mode holds its place in the
 * queue of the word it waits on, so that equal queues are equal states whatever led to them.
 */
import { ALL } from './access.ts'
import type { MemoryInstance } from './memory-instance.ts'

// A mode: the place in the queue (0: not asleep), and the pauses that the thread may still get past.
export const PLACE = 0xff
/** The place of a thread that was notified and has not gone on yet. */
export const WOKEN = 0xff
export const PAUSES_SHIFT = 8

export class WaitQueues {
  readonly #instance: MemoryInstance
  readonly #modes: number
  readonly #locals: number
  readonly #count: number

  constructor(instance: MemoryInstance) {
    this.#instance = instance
    this.#modes = instance.layout.modes
    this.#locals = instance.layout.locals
    this.#count = instance.tables.length
  }

  isParked(state: Int32Array, thread: number): boolean {
    const place = state[this.#modes + thread]! & PLACE
    return place !== 0 && place !== WOKEN
  }

  #waitsOn(state: Int32Array, thread: number, index: number): boolean {
    if (!this.isParked(state, thread)) return false
    return this.#instance.tables[thread]!.index[state[this.#locals + thread]!] === index
  }

  /** The thread falls asleep behind the others. */
  enter(state: Int32Array, thread: number, index: number): void {
    let place = 1
    for (let other = 0; other < this.#count; other++) {
      if (this.#waitsOn(state, other, index)) place++
    }
    state[this.#modes + thread]! |= place
  }

  /** Wakes the first `count` of a word's queue, and returns how many there were to wake. */
  notify(state: Int32Array, index: number, count: number): number {
    let woken = 0
    for (let thread = 0; thread < this.#count; thread++) {
      if (!this.#waitsOn(state, thread, index)) continue
      const place = state[this.#modes + thread]! & PLACE
      if (place <= count) {
        woken++
        state[this.#modes + thread]! |= WOKEN
      } else if (count !== ALL) {
        state[this.#modes + thread]! -= count
      }
    }
    return woken
  }

  /** The thread is asleep no more; those behind it close up. */
  leave(state: Int32Array, thread: number, index: number): void {
    const place = state[this.#modes + thread]! & PLACE
    state[this.#modes + thread]! &= ~PLACE
    if (place === 0 || place === WOKEN) return
    for (let other = 0; other < this.#count; other++) {
      if (this.#waitsOn(state, other, index) && (state[this.#modes + other]! & PLACE) > place)
        state[this.#modes + other]!--
    }
  }
}
