/** The memory of real threads: Atomics and one Int32Array over a SharedArrayBuffer, one line for each access. */
import type { SharedMemory, WaitOutcome } from './shared-memory.ts'

/** Some tens of cycles, as the pause of a processor takes. */
const PAUSE_TURNS = 32

/**
 * A SharedArrayBuffer as a `SharedMemory`. `wait` blocks the thread that calls it: a main thread that serves
 * an event loop waits otherwise.
 */
export class AtomicsMemory implements SharedMemory {
  readonly words: Int32Array
  /** What pausing counts, so that it is not optimised away. */
  private turns = 0

  constructor(words: Int32Array) {
    this.words = words
  }

  get length(): number {
    return this.words.length
  }

  load(index: number): number {
    return Atomics.load(this.words, index)
  }

  store(index: number, value: number): void {
    Atomics.store(this.words, index, value)
  }

  add(index: number, value: number): number {
    return Atomics.add(this.words, index, value)
  }

  or(index: number, bits: number): number {
    return Atomics.or(this.words, index, bits)
  }

  and(index: number, bits: number): number {
    return Atomics.and(this.words, index, bits)
  }

  exchange(index: number, value: number): number {
    return Atomics.exchange(this.words, index, value)
  }

  compareExchange(index: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.words, index, expected, value)
  }

  // An index outside is a broken promise of the caller and reads as 0, as `| 0` makes of undefined.
  get(index: number): number {
    return this.words[index]! | 0
  }

  set(index: number, value: number): void {
    this.words[index] = value
  }

  wait(index: number, value: number, timeoutMs?: number): WaitOutcome {
    return Atomics.wait(this.words, index, value, timeoutMs)
  }

  notify(index: number, count?: number): number {
    return Atomics.notify(this.words, index, count)
  }

  // Node 20 has no Atomics.pause. To read any shared word here would take its line from whoever writes it, and to
  // go on at once would read the word that is waited for too often; so a few turns that touch nothing shared.
  pause(): void {
    for (let turn = 0; turn < PAUSE_TURNS; turn++) this.turns = (this.turns + turn) | 0
  }
}
