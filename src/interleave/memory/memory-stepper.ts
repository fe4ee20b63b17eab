/**
 * What can happen in a state, and what it leads to: the semantics of accesses, sleeping, pausing and crashing,
 * over integers. It is the inner loop of every search.
 */
import assert from 'node:assert/strict'
import {
  BROKEN,
  CRASHED,
  DONE,
  NOTIFY,
  NOT_EQUAL,
  OK,
  PARKED,
  PAUSE,
  TIMED_OUT,
  WAIT,
  isPlain,
  resultOf,
  valueAfter,
  writes,
} from './access.ts'
import type { LocalStates } from './local-states.ts'
import { PAUSES_SHIFT, PLACE, WOKEN, WaitQueues } from './wait-queues.ts'
import type { MemoryInstance } from './memory-instance.ts'

/** What a thread can do: its access; or, while it is parked, time out or wake for nothing; or crash. */
export const ACCESS = 0
export const TIMEOUT = 1
export const SPURIOUS = 2
export const CRASH = 3

/** A move is the index of a thread and what it does, in the lowest two bits. */
export const threadOf = (move: number): number => move >> 2
export const variantOf = (move: number): number => move & 3

// The count of crashes is in the lowest byte.
const SPURIOUS_SHIFT = 8
const TIMEOUTS_SHIFT = 16

export class MemoryStepper {
  readonly instance: MemoryInstance
  /** The moves of the state last asked about, in order of threads; the first `moveCount` entries. */
  readonly moves: Int32Array
  moveCount = 0
  /** Every thread but the daemons has ended, or will never start. */
  isFinished = false
  /** No thread can make an access. */
  isQuiet = false
  /** Nothing but crashes and wakings for nothing can happen, on which nobody may rely. */
  isStuck = false
  /** The edge of the local state along which the last move went. */
  edge = 0
  /** Whether what threads are told about pauses is kept: only of those that pause, as it multiplies states. */
  readonly #pauses: boolean[]
  readonly #tables: readonly LocalStates[]
  readonly #count: number
  readonly #queues: WaitQueues
  readonly #startsAfter: Int32Array
  readonly #startsHaving: readonly number[]

  constructor(instance: MemoryInstance) {
    this.instance = instance
    this.#tables = instance.tables
    this.#count = instance.tables.length
    this.#queues = new WaitQueues(instance)
    this.moves = new Int32Array(4 * this.#count)
    this.#pauses = this.#tables.map(({ pauses }) => pauses)
    const threads = this.#tables.map(({ thread }) => thread)
    this.#startsAfter = Int32Array.from(
      threads.map(({ starts }) => (starts === undefined ? -1 : instance.indexOf({ name: starts.after }))),
    )
    this.#startsHaving = threads.map(({ starts }) =>
      starts?.having === 'crashed' ? CRASHED : starts?.having === 'done' ? DONE : -1,
    )
  }

  /** Whether a thread has turned out to pause since this stepper was made: its states are then too few. */
  get isOutdated(): boolean {
    return this.#tables.some(({ pauses }, thread) => pauses && !this.#pauses[thread])
  }

  /** What a thread is about to do: a kind of access, or DONE, CRASHED, BROKEN. */
  kindOf(state: Int32Array, thread: number): number {
    return this.#tables[thread]!.kind[state[this.instance.layout.locals + thread]!]!
  }

  hasStarted(state: Int32Array, thread: number): boolean {
    const after = this.#startsAfter[thread]!
    if (after < 0) return true
    const kind = this.kindOf(state, after)
    const having = this.#startsHaving[thread]!
    return having === -1 ? kind === DONE || kind === CRASHED : kind === having
  }

  isParked(state: Int32Array, thread: number): boolean {
    return this.#queues.isParked(state, thread)
  }

  /** Finds the moves of a state; they are in `moves`. */
  find(state: Int32Array): void {
    const { counts } = this.instance.layout
    const { crashesMax } = this.instance.options
    const mayCrash = (state[counts]! & 0xff) < crashesMax
    this.moveCount = 0
    this.isFinished = true
    this.isQuiet = true
    this.isStuck = true
    for (let thread = 0; thread < this.#count; thread++) {
      const kind = this.kindOf(state, thread)
      if (kind === DONE || kind === CRASHED || !this.hasStarted(state, thread)) continue
      const { daemon, mayCrash: isMortal } = this.#tables[thread]!.thread
      if (daemon !== true) this.isFinished = false
      this.#findOf(state, thread, kind)
      if (mayCrash && isMortal === true) this.moves[this.moveCount++] = (thread << 2) | CRASH
    }
  }

  #findOf(state: Int32Array, thread: number, kind: number): void {
    const { locals, modes, counts } = this.instance.layout
    const mode = state[modes + thread]!
    const place = mode & PLACE
    if (place === 0 || place === WOKEN) {
      if (kind === PAUSE && mode >> PAUSES_SHIFT === 0) return
      this.moves[this.moveCount++] = (thread << 2) | ACCESS
      this.isQuiet = false
      this.isStuck = false
      return
    }
    const { timeoutsMax, spuriousWakesMax } = this.instance.options
    const count = state[counts]!
    const isTimed = this.#tables[thread]!.extra[state[locals + thread]!] === 1
    if (isTimed && count >> TIMEOUTS_SHIFT < timeoutsMax) {
      this.moves[this.moveCount++] = (thread << 2) | TIMEOUT
      this.isStuck = false
    }
    if (((count >> SPURIOUS_SHIFT) & 0xff) < spuriousWakesMax)
      this.moves[this.moveCount++] = (thread << 2) | SPURIOUS
  }

  /** The thread of a pair that races in the state whose moves were found last, and the other one, or -1. */
  findRace(state: Int32Array): readonly [number, number] | undefined {
    for (let at = 0; at < this.moveCount; at++) {
      const move = this.moves[at]!
      if (variantOf(move) !== ACCESS || !isPlain(this.kindOf(state, threadOf(move)))) continue
      for (let other = 0; other < this.moveCount; other++) {
        const second = this.moves[other]!
        if (other === at || variantOf(second) !== ACCESS) continue
        if (this.#conflict(state, threadOf(move), threadOf(second))) return [threadOf(move), threadOf(second)]
      }
    }
    return undefined
  }

  #conflict(state: Int32Array, one: number, other: number): boolean {
    const { locals, modes } = this.instance.layout
    const first = this.#tables[one]!
    const second = this.#tables[other]!
    const firstLocal = state[locals + one]!
    const secondLocal = state[locals + other]!
    const index = first.index[firstLocal]!
    const kind = second.kind[secondLocal]!
    const isWoken = (state[modes + other]! & PLACE) === WOKEN
    if (kind >= NOTIFY || isWoken || second.index[secondLocal] !== index) return false
    const held = this.instance.lines.read(state, index)
    return (
      writes(first.kind[firstLocal]!, first.extra[firstLocal]!, held) ||
      writes(kind, second.extra[secondLocal]!, held)
    )
  }

  /** Writes the state that a move leads to; false where the thread's code breaks the rules after it. */
  take(source: Int32Array, move: number, target: Int32Array): boolean {
    const { locals, modes, counts } = this.instance.layout
    const isCounted = this.instance.options.timeoutsMax !== Infinity
    const thread = threadOf(move)
    const table = this.#tables[thread]!
    const local = source[locals + thread]!
    target.set(source)
    const variant = variantOf(move)
    if (variant !== ACCESS) this.#queues.leave(target, thread, table.index[local]!)
    if (variant === ACCESS) this.edge = this.#access(source, thread, table, local, target)
    else if (variant === CRASH) this.edge = table.crash(local)
    else this.edge = table.edge(local, variant === TIMEOUT ? TIMED_OUT : OK)
    if (variant === CRASH) target[counts]!++
    else if (variant === SPURIOUS) target[counts]! += 1 << SPURIOUS_SHIFT
    else if (variant === TIMEOUT && isCounted) target[counts]! += 1 << TIMEOUTS_SHIFT
    const next = table.target[this.edge]!
    target[locals + thread] = next
    const kind = table.kind[next]!
    if (kind === DONE || kind === CRASHED) target[modes + thread] = 0
    return kind !== BROKEN
  }

  #access(source: Int32Array, thread: number, table: LocalStates, local: number, target: Int32Array): number {
    const kind = table.kind[local]!
    const index = table.index[local]!
    const extra = table.extra[local]!
    if (kind === WAIT) return this.#wait(source, thread, table, local, target)
    if (kind === NOTIFY) return table.edge(local, this.#queues.notify(target, index, extra))
    if (kind === PAUSE) {
      target[this.instance.layout.modes + thread]! -= 1 << PAUSES_SHIFT
      return table.edge(local, 0)
    }
    const { lines } = this.instance
    const held = lines.read(source, index)
    const value = valueAfter(kind, table.value[local]!, extra, held)
    if (value !== held) {
      lines.write(target, index, value)
      this.#allowPauses(target, thread)
    }
    return table.edge(local, resultOf(kind, held))
  }

  // A store of what a word holds already changes nothing for a thread that spins, and does not count.
  #allowPauses(target: Int32Array, writer: number): void {
    const { modes } = this.instance.layout
    const all = (this.instance.options.idlePausesMax + 1) << PAUSES_SHIFT
    for (let thread = 0; thread < this.#count; thread++) {
      if (thread === writer || !this.#pauses[thread]) continue
      const kind = this.kindOf(target, thread)
      if (kind !== DONE && kind !== CRASHED) target[modes + thread] = (target[modes + thread]! & PLACE) | all
    }
  }

  #wait(source: Int32Array, thread: number, table: LocalStates, local: number, target: Int32Array): number {
    const { modes } = this.instance.layout
    const index = table.index[local]!
    if ((source[modes + thread]! & PLACE) === WOKEN) {
      target[modes + thread]! &= ~PLACE
      return table.edge(local, OK)
    }
    if (this.instance.lines.read(source, index) !== table.value[local]) return table.edge(local, NOT_EQUAL)
    this.#queues.enter(target, thread, index)
    return table.parking(local, PARKED)
  }

  /** Why `take` returned false, by the thread that moved; or of the initial state, any thread. */
  problem(state: Int32Array, thread: number) {
    const problem = this.#tables[thread]!.problems.get(state[this.instance.layout.locals + thread]!)
    assert(problem !== undefined, `thread ${thread} of ${this.instance.program.name} is not broken`)
    return problem
  }
}
