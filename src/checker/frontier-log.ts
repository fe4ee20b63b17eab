/**
 * How a breadth-first search reached each state: the number of the state before it and the event, in order of
 * discovery. It is written in one direction and read back in the other, only when there is a path to tell, so
 * all but its end may lie in a file.
 */
import assert from 'node:assert/strict'
import type { FrontierOptions } from './approximate-result.ts'
import { ChunkFile, type Disk } from './frontier-file.ts'
import { chunkBytesOf } from './frontier.ts'

const MEMORY_BYTES = 256 * 2 ** 20
/** Words of a record: the state before and the event. */
const RECORD = 2

export class FrontierLog {
  readonly #perChunk: number
  readonly #chunksMax: number
  readonly #file: ChunkFile
  /** Full chunks in order; a number is a place in the file. */
  readonly #full: (Int32Array | number)[] = []
  #spilled = 0
  #tail: Int32Array
  #size = 0

  constructor(options: FrontierOptions = {}, disk?: Disk) {
    this.#perChunk = Math.max(1, Math.floor(chunkBytesOf(options) / (4 * RECORD)))
    const chunkBytes = 4 * RECORD * this.#perChunk
    this.#chunksMax = (options.memoryBytes ?? MEMORY_BYTES) / chunkBytes
    this.#file = new ChunkFile(options.folder, chunkBytes, disk)
    this.#tail = new Int32Array(RECORD * this.#perChunk)
  }

  /** Bytes written to the file. */
  get spilledBytes(): number {
    return this.#file.written
  }

  /** Notes the next state, numbered from 0. The initial state is its own parent, by event -1. */
  append(parent: number, event: number): void {
    const at = this.#size % this.#perChunk
    if (at === 0 && this.#size > 0) this.#extend()
    this.#tail[RECORD * at] = parent
    this.#tail[RECORD * at + 1] = event
    this.#size++
  }

  /** The events from the initial state to state `number`. The log cannot be used afterwards. Throws SpillError. */
  pathTo(number: number): number[] {
    assert(number < this.#size, 'a path leads to a state that was noted')
    const events: number[] = []
    let chunk = this.#tail
    let from = this.#size - 1 - ((this.#size - 1) % this.#perChunk)
    for (let state = number; state > 0;) {
      while (state < from) {
        chunk = this.#previous(chunk, state)
        from -= this.#perChunk
      }
      const at = RECORD * (state - from)
      assert(chunk[at]! < state, 'a state is found after the one it was found from')
      events.push(chunk[at + 1]!)
      state = chunk[at]!
    }
    return events.reverse()
  }

  close(): void {
    this.#file.close()
  }

  // What is needed last is written first.
  #extend(): void {
    this.#full.push(this.#tail)
    if (this.#full.length - this.#spilled <= this.#chunksMax) {
      this.#tail = new Int32Array(this.#tail.length)
      return
    }
    const oldest = this.#full[this.#spilled] as Int32Array
    this.#full[this.#spilled++] = this.#file.write(oldest)
    this.#tail = oldest
  }

  // Skips the chunks that `state` does not lie in without reading them.
  #previous(spare: Int32Array, state: number): Int32Array {
    const index = this.#full.length - 1
    const previous = this.#full.pop()!
    if (typeof previous !== 'number') return previous
    if (Math.floor(state / this.#perChunk) === index) this.#file.read(previous, spare)
    return spare
  }
}
