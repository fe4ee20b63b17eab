/**
 * Accesses as the search tables them: a kind by number, a word, and two operands. What a kind reads and writes is
 * said here once, for the search, for the race rule and for traces.
 */
import type { AccessKind, MemoryAccess } from './memory-step.ts'

/** The kinds of access, and after them what a thread can be instead of about to make one. */
export const LOAD = 0
export const STORE = 1
export const ADD = 2
export const OR = 3
export const AND = 4
export const EXCHANGE = 5
export const COMPARE_EXCHANGE = 6
export const GET = 7
export const SET = 8
export const WAIT = 9
export const NOTIFY = 10
export const PAUSE = 11
export const DONE = 12
export const CRASHED = 13
/** Its code did what it must not; the search ends there. */
export const BROKEN = 14

const KINDS: readonly AccessKind[] = [
  'load',
  'store',
  'add',
  'or',
  'and',
  'exchange',
  'compareExchange',
  'get',
  'set',
  'wait',
  'notify',
  'pause',
]

/** The results of `wait`, and that it parks. */
export const OK = 0
export const NOT_EQUAL = 1
export const TIMED_OUT = 2
export const PARKED = 3

const OUTCOMES = ['ok', 'not-equal', 'timed-out', 'parked'] as const

/** `notify` without a count wakes all. */
export const ALL = 0x7fffffff

/** An access. `extra` is what compareExchange expects, how many notify wakes, and 1 where a wait has a timeout. */
export type Access = {
  readonly kind: number
  readonly index: number
  readonly value: number
  readonly extra: number
}

export const kindName = (kind: number): AccessKind => KINDS[kind]!

/** A plain access, which may race. */
export const isPlain = (kind: number): boolean => kind === GET || kind === SET

/** Whether the access writes a word that holds `held`. */
export function writes(kind: number, extra: number, held: number): boolean {
  if (kind === COMPARE_EXCHANGE) return held === extra
  return (kind >= STORE && kind <= EXCHANGE) || kind === SET
}

/** What a word that holds `held` holds after the access. */
export function valueAfter(kind: number, value: number, extra: number, held: number): number {
  switch (kind) {
    case STORE:
    case SET:
    case EXCHANGE:
      return value
    case ADD:
      return (held + value) | 0
    case OR:
      return held | value
    case AND:
      return held & value
    case COMPARE_EXCHANGE:
      return held === extra ? value : held
    default:
      return held
  }
}

/** Whether the access gives what the word held. */
const reads = (kind: number): boolean => kind !== STORE && kind !== SET && kind <= GET

/** An access as runs record it; without `result` where it is not made yet. */
export function describe(
  { kind, index, value, extra }: Access,
  location: (index: number) => string,
  result?: number,
): MemoryAccess {
  const hasValue = (kind >= STORE && kind <= COMPARE_EXCHANGE) || kind === SET || kind === WAIT
  const hasResult = result !== undefined && (reads(kind) || kind === NOTIFY || kind === WAIT)
  return {
    kind: kindName(kind),
    ...(kind === PAUSE ? {} : { index, location: location(index) }),
    ...(kind === COMPARE_EXCHANGE ? { expected: extra } : {}),
    ...(hasValue ? { value } : {}),
    ...(kind === NOTIFY && extra !== ALL ? { count: extra } : {}),
    ...(kind === WAIT && extra === 1 ? { timed: true } : {}),
    ...(hasResult ? { result: kind === WAIT ? OUTCOMES[result]! : result } : {}),
  }
}

/** The result as the thread's code sees it, and as a step returns it. */
export const resultOf = (kind: number, held: number): number => (reads(kind) ? held : 0)

/** What `wait` returns for a tabled result. */
export const outcomeOf = (result: number): 'ok' | 'not-equal' | 'timed-out' =>
  OUTCOMES[result] as 'ok' | 'not-equal' | 'timed-out'
