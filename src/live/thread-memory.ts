/**
 * The memory of the threads of one process: Atomics on a SharedArrayBuffer, and a way to wait that leaves the
 * event loop free. Atomics.waitAsync does not keep Node alive (nodejs #44729), so a timer does.
 */
import { AtomicsMemory } from '../interleave/memory/atomics-memory.ts'
import type { WaitOutcome } from '../interleave/memory/shared-memory.ts'
import type { AwaitableMemory, MemoryPlace } from './awaitable.ts'

/** What Atomics.waitAsync returns; it is later than the library this project is compiled against. */
type AsyncWait =
  | { readonly async: false; readonly value: 'not-equal' | 'timed-out' }
  | { readonly async: true; readonly value: Promise<'ok' | 'timed-out'> }

declare global {
  interface Atomics {
    waitAsync(words: Int32Array, index: number, value: number, timeoutMs?: number): AsyncWait
  }
}

const LONG_MS = 2 ** 30

export class ThreadMemory extends AtomicsMemory implements AwaitableMemory {
  readonly place: MemoryPlace

  constructor(buffer: SharedArrayBuffer) {
    super(new Int32Array(buffer))
    this.place = { buffer }
  }

  static create(words: number): ThreadMemory {
    return new ThreadMemory(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT))
  }

  async waitAsync(index: number, value: number, timeoutMs?: number): Promise<WaitOutcome> {
    const wait = Atomics.waitAsync(this.words, index, value, timeoutMs)
    if (!wait.async) return wait.value
    const alive = setInterval(() => {}, LONG_MS)
    try {
      return await wait.value
    } finally {
      clearInterval(alive)
    }
  }
}
