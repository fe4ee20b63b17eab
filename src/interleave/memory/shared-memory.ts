/**
 * The memory that code between threads is written against: words of 32 bits, atomic and plain accesses, wait
 * and notify. In production it is Atomics (atomics-memory.ts); under test every access is a step of a search.
 */

/** What `wait` came back with, as Atomics.wait says it. */
export type WaitOutcome = 'ok' | 'not-equal' | 'timed-out'

/**
 * Words by their index. Atomic accesses are sequentially consistent, as all of Atomics is. `get` and `set` are
 * plain: they may be used only where no other thread can reach the word at the same time, which the search
 * checks (a program without such races behaves as if every access were in one order).
 */
export type SharedMemory = {
  /** Words, each an Int32. */
  readonly length: number
  load(index: number): number
  store(index: number, value: number): void
  /** These five return what the word held before. */
  add(index: number, value: number): number
  or(index: number, bits: number): number
  and(index: number, bits: number): number
  exchange(index: number, value: number): number
  compareExchange(index: number, expected: number, value: number): number
  /** A plain read. */
  get(index: number): number
  /** A plain write. */
  set(index: number, value: number): void
  /** Sleeps while the word holds `value`; milliseconds, for ever where none are given. */
  wait(index: number, value: number, timeoutMs?: number): WaitOutcome
  /** Wakes at most `count` sleepers on the word, all where none is given; how many there were. */
  notify(index: number, count?: number): number
  /** Says that the thread spins: nothing changes for it until another thread writes. */
  pause(): void
}
