/**
 * The memory of several processes: one file mapped by all, Atomics on the mapping, and futexes of the system, for
 * Atomics.wait takes no memory but SharedArrayBuffer's. The atomic instructions are the same on both.
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { AtomicsMemory } from '../interleave/memory/atomics-memory.ts'
import type { WaitOutcome } from '../interleave/memory/shared-memory.ts'
import type { AwaitableMemory, MemoryPlace } from './awaitable.ts'
import { createMemoryFile, futexWait, futexWaitAsync, futexWake, map, sealSize } from './linux.ts'

const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT
/** A sleep in the system cannot be ended by ending the thread, so it is made of short ones. */
const SLICE_MS = 200
const ALL = 2 ** 31 - 1

/** A file that is not what it was said to be. */
export class MappingError extends Error {
  override readonly name = 'MappingError'
}

/**
 * Stays mapped until the process ends. Throws UnsupportedError where the system has no such memory. A thread that
 * waits with a promise uses a thread of libuv's pool meanwhile (UV_THREADPOOL_SIZE, four as a rule).
 */
export class MappedMemory extends AtomicsMemory implements AwaitableMemory {
  readonly place: MemoryPlace
  readonly #address: number

  private constructor(file: number, words: number, path: string) {
    const { buffer, address } = map(file, words * WORD_BYTES)
    super(new Int32Array(buffer))
    this.place = { path, words }
    this.#address = address
  }

  /**
   * A new memory of zeros, whose size nobody can change and which is gone with the last process that has it.
   * Processes of the same user open it by `place.path` for as long as this one lives.
   */
  static create(words: number): MappedMemory {
    const file = createMemoryFile('lockstep')
    ftruncateSync(file, words * WORD_BYTES)
    sealSize(file)
    // The descriptor stays open: the path goes through it.
    return new MappedMemory(file, words, `/proc/${process.pid}/fd/${file}`)
  }

  /** Attaches to a memory. Throws MappingError where the file is too short, and the errors of opening a file. */
  static open(path: string, words: number): MappedMemory {
    const file = openSync(path, 'r+')
    try {
      const { size } = fstatSync(file)
      if (size < words * WORD_BYTES)
        throw new MappingError(`${path} has ${size} bytes, and the memory ${words * WORD_BYTES}`)
      return new MappedMemory(file, words, path)
    } finally {
      closeSync(file)
    }
  }

  override wait(index: number, value: number, timeoutMs = Infinity): WaitOutcome {
    const end = performance.now() + timeoutMs
    for (;;) {
      const left = end - performance.now()
      const outcome = futexWait(this.#at(index), value, Math.min(Math.max(left, 0), SLICE_MS))
      if (outcome !== 'timed-out' || left <= SLICE_MS) return outcome
    }
  }

  async waitAsync(index: number, value: number, timeoutMs = Infinity): Promise<WaitOutcome> {
    const end = performance.now() + timeoutMs
    for (;;) {
      if (this.load(index) !== value) return 'not-equal'
      const start = performance.now()
      const slice = Math.min(end - start, SLICE_MS)
      if (slice <= 0) return 'timed-out'
      await futexWaitAsync(this.#at(index), value, slice)
      // It does not say why it came back: before its time, somebody woke it.
      if (performance.now() - start < slice) return 'ok'
    }
  }

  override notify(index: number, count = ALL): number {
    return futexWake(this.#at(index), Math.min(count, ALL))
  }

  // The kernel must never be given an address outside.
  #at(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new RangeError(`no word has the index ${index}`)
    return this.#address + index * WORD_BYTES
  }
}
