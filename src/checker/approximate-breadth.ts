/**
 * Breadth first with a visited set that forgets: states wait in the frontier, which may lie in a file, and the
 * log tells how each was reached. States are expanded some at a time, so that cache misses overlap.
 */
import assert from 'node:assert/strict'
import type { SweepRun } from './approximate-run.ts'
import { Frontier } from './frontier.ts'
import { FrontierLog } from './frontier-log.ts'

/** Successors looked up at a time, those of the last state not counted. */
const BATCH = 512

/** Runs a search to its end: no state left, a violation, or a limit. */
export function breadthFirst(
  run: SweepRun,
  frontier = new Frontier(run.width, run.options.frontier),
  log = new FrontierLog(run.options.frontier),
): void {
  try {
    run.guarded(() => {
      const search = new BreadthFirst(run, frontier, log)
      while (!run.isOver && search.advance());
    })
  } finally {
    run.spilledBytes = frontier.spilledBytes + log.spilledBytes
    frontier.close()
    log.close()
  }
}

class BreadthFirst {
  readonly #run: SweepRun
  readonly #frontier: Frontier
  readonly #log: FrontierLog
  /** The states of the batch, and for each of its successors the state it follows. */
  readonly #ids: Int32Array
  readonly #events: Int32Array
  readonly #firsts: Int32Array
  readonly #seconds: Int32Array
  readonly #sources: Int32Array
  readonly #next: Int32Array
  #size = 0
  /** States taken from the frontier: the number of the next one. */
  #expanded = 0
  #levelEnd = 1
  /** The number of the batch's first state. */
  #numberOfFirst = 0
  #refusal: { readonly number: number; readonly event: number; readonly component: number } | undefined

  constructor(run: SweepRun, frontier: Frontier, log: FrontierLog) {
    const room = BATCH + run.product.instance.events.length
    this.#run = run
    this.#frontier = frontier
    this.#log = log
    this.#ids = new Int32Array(BATCH * run.width)
    this.#events = new Int32Array(room)
    this.#firsts = new Int32Array(room)
    this.#seconds = new Int32Array(room)
    this.#sources = new Int32Array(room)
    this.#next = new Int32Array(run.width)
    run.pathTo = (state) => log.pathTo(state)
    log.append(0, -1)
    frontier.push(run.begin(), 0)
  }

  /** Expands one batch of one level. Returns false where no state is left. */
  advance(): boolean {
    const run = this.#run
    if (this.#expanded === this.#levelEnd) {
      const isDone = this.#frontier.size === 0
      assert(isDone === (this.#expanded === run.states), 'the frontier holds what was found and not expanded')
      if (isDone) return false
      this.#levelEnd = run.states
      run.depth++
    }
    if (run.depth === run.depthMax) {
      run.ended ??= `${run.depthMax} events from the initial state (--depth)`
      return true
    }
    this.#fill()
    if (!run.isOver) this.#commit()
    const refusal = this.#refusal
    if (refusal !== undefined) run.refused(refusal.component, refusal.number, refusal.event)
    run.look(this.#frontier.size)
    return true
  }

  #fill(): void {
    const run = this.#run
    const { moves, width } = run
    // Whether a reduced state must be expanded whole is known only once its successors are looked up.
    const slotsMax = run.options.reduce === undefined ? BATCH : 1
    this.#size = 0
    this.#numberOfFirst = this.#expanded
    for (let slot = 0; slot < slotsMax && this.#size < BATCH && this.#expanded < this.#levelEnd; slot++) {
      const number = this.#expanded++
      this.#frontier.shift(this.#ids, slot * width)
      moves.fingerprint(this.#ids, slot * width)
      this.#append(slot, number, false)
      if (run.isOver) return
    }
  }

  // Appends the successors of the state in a slot to the batch.
  #append(slot: number, number: number, whole: boolean): void {
    const run = this.#run
    const { moves, width } = run
    const count = run.expand(this.#ids, slot * width, number, whole)
    for (let k = 0; k < count; k++) {
      this.#events[this.#size] = moves.events[k]!
      this.#firsts[this.#size] = moves.firsts[k]!
      this.#seconds[this.#size] = moves.seconds[k]!
      this.#sources[this.#size] = slot
      this.#size++
    }
    if (count > 0) run.transitions += count
    if (moves.refusedEvent >= 0)
      this.#refusal ??= { number, event: moves.refusedEvent, component: moves.refusedBy }
  }

  #commit(): void {
    const run = this.#run
    const { visited } = run
    const isReduced = run.options.reduce !== undefined && run.moves.isReduced
    const before = run.states
    for (let k = 0; k < this.#size; k++) visited.warm(this.#firsts[k]!, this.#seconds[k]!)
    for (let k = 0; k < this.#size && !run.isOver; k++) this.#visit(k)
    // The proviso: a state whose reduced successors are all old is expanded whole, so that nothing is put off for ever.
    if (!isReduced || run.states > before || run.isOver) return
    run.moves.fingerprint(this.#ids, 0)
    run.transitions -= this.#size
    this.#size = 0
    this.#append(0, this.#expanded - 1, true)
    for (let k = 0; k < this.#size && !run.isOver; k++) this.#visit(k)
  }

  // Looks up a successor, and keeps it where it is new.
  #visit(k: number): void {
    const run = this.#run
    if (!run.visited.add(this.#firsts[k]!, this.#seconds[k]!)) return
    const number = run.states++
    const slot = this.#sources[k]!
    const event = this.#events[k]!
    run.moves.successor(this.#ids, slot * run.width, event, this.#next, 0)
    this.#frontier.push(this.#next, 0)
    this.#log.append(this.#numberOfFirst + slot, event)
    run.ask(event, this.#next, 0, number)
    if (run.visited.isFull()) run.ended ??= 'the table of fingerprints is full (--memory)'
  }
}
