/**
 * The memory under test. While an operation is executed it serves the results that are known, and at the first
 * access beyond them it suspends the operation by throwing; the search decides what comes next. Outside
 * operations it is an ordinary memory (before the start) or a read-only one (for claims).
 */
import {
  ADD,
  ALL,
  AND,
  type Access,
  COMPARE_EXCHANGE,
  EXCHANGE,
  GET,
  LOAD,
  NOTIFY,
  OR,
  PAUSE,
  SET,
  STORE,
  WAIT,
  kindName,
  outcomeOf,
  resultOf,
  valueAfter,
} from './access.ts'
import type { SharedMemory, WaitOutcome } from './shared-memory.ts'

/** Suspends an operation. It is no Error: code that tests for errors lets it pass. */
export const SUSPENDED = Symbol('the operation is suspended at an access')

/** An index that is no word, or an operand that is no whole number. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
}

/** Code made another access than when it was executed before with the same results. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError'
}

/** An access that was made before, and its result. */
export type Logged = Access & { readonly result: number }

type Mode =
  | { readonly kind: 'open'; readonly words: number[] }
  | { readonly kind: 'reading'; readonly read: (index: number) => number }
  | { readonly kind: 'executing'; readonly log: readonly Logged[] }
  | { readonly kind: 'closed' }

const CLOSED: Mode = { kind: 'closed' }

const sameAccess = (one: Access, other: Access): boolean =>
  one.kind === other.kind &&
  one.index === other.index &&
  one.value === other.value &&
  one.extra === other.extra

const print = ({ kind, index, value }: Access): string => `${kindName(kind)} of word ${index} (${value})`

export class ExplorableMemory implements SharedMemory {
  readonly length: number
  /** The access at which the operation was suspended. */
  pending: Access | undefined
  /** What the operation did wrong with the memory, also where it caught the exception. */
  fault: AccessError | ReplayError | undefined
  /** How much of the log the operation has asked for. */
  served = 0
  #mode: Mode = CLOSED

  constructor(length: number) {
    this.length = length
  }

  /** Lets `body` access the words, in place. */
  open<T>(words: number[], body: () => T): T {
    return this.#within({ kind: 'open', words }, body)
  }

  /** Lets `body` read words, by `read`, and not write. */
  reading<T>(read: (index: number) => number, body: () => T): T {
    return this.#within({ kind: 'reading', read }, body)
  }

  /** Executes an operation along a log; `pending`, `fault` and `served` say how it went. */
  executing<T>(log: readonly Logged[], body: () => T): T {
    this.pending = undefined
    this.fault = undefined
    this.served = 0
    return this.#within({ kind: 'executing', log }, body)
  }

  #within<T>(mode: Mode, body: () => T): T {
    const before = this.#mode
    this.#mode = mode
    try {
      return body()
    } finally {
      this.#mode = before
    }
  }

  #access(kind: number, index: number, value: number, extra: number): number {
    const mode = this.#mode
    if (mode.kind === 'executing') return this.#serve(mode.log, kind, index, value, extra)
    this.#check(kind, index, value)
    if (mode.kind === 'reading') {
      if (kind === LOAD || kind === GET) return mode.read(index)
      throw new TypeError(`${kindName(kind)} of word ${index} in a claim or an event, which may only read`)
    }
    if (mode.kind === 'closed')
      throw new TypeError(`${kindName(kind)} of word ${index} outside of any operation`)
    if (kind === WAIT) throw new TypeError(`wait on word ${index} before any thread runs`)
    const held = mode.words[index] ?? 0
    if (kind < WAIT) mode.words[index] = valueAfter(kind, value | 0, extra | 0, held)
    return resultOf(kind, held)
  }

  #serve(log: readonly Logged[], kind: number, index: number, value: number, extra: number): number {
    // Beyond the suspension only `finally` and `catch` run; nothing they do is kept.
    if (this.pending !== undefined || this.fault !== undefined) throw SUSPENDED
    try {
      this.#check(kind, index, value)
      this.#check(kind, index, extra)
    } catch (error) {
      if (error instanceof AccessError) this.fault = error
      throw SUSPENDED
    }
    const access = { kind, index, value: value | 0, extra: extra | 0 }
    const due = log[this.served]
    if (due === undefined) {
      this.pending = access
      throw SUSPENDED
    }
    if (!sameAccess(access, due)) {
      this.fault = new ReplayError(`${print(access)} where it made ${print(due)} before`)
      throw SUSPENDED
    }
    this.served++
    return due.result
  }

  #check(kind: number, index: number, value: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new AccessError(`${kindName(kind)} of word ${index}, and the words are 0 to ${this.length - 1}`)
    if (!Number.isSafeInteger(value))
      throw new AccessError(`${kindName(kind)} of word ${index} with ${value}, which is no whole number`)
  }

  load(index: number): number {
    return this.#access(LOAD, index, 0, 0)
  }

  store(index: number, value: number): void {
    this.#access(STORE, index, value, 0)
  }

  add(index: number, value: number): number {
    return this.#access(ADD, index, value, 0)
  }

  or(index: number, bits: number): number {
    return this.#access(OR, index, bits, 0)
  }

  and(index: number, bits: number): number {
    return this.#access(AND, index, bits, 0)
  }

  exchange(index: number, value: number): number {
    return this.#access(EXCHANGE, index, value, 0)
  }

  compareExchange(index: number, expected: number, value: number): number {
    return this.#access(COMPARE_EXCHANGE, index, value, expected)
  }

  get(index: number): number {
    return this.#access(GET, index, 0, 0)
  }

  set(index: number, value: number): void {
    this.#access(SET, index, value, 0)
  }

  // As Atomics.wait has it, a timeout that is no number is none.
  wait(index: number, value: number, timeoutMs?: number): WaitOutcome {
    const isTimed = timeoutMs !== undefined && timeoutMs < Infinity
    return outcomeOf(this.#access(WAIT, index, value, isTimed ? 1 : 0))
  }

  notify(index: number, count?: number): number {
    return this.#access(NOTIFY, index, 0, count === undefined || count >= ALL ? ALL : Math.max(0, count))
  }

  pause(): void {
    this.#access(PAUSE, 0, 0, 0)
  }
}
