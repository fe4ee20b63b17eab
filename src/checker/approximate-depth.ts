/**
 * Depth first with a visited set that forgets: only the path to the state at hand is kept. A state first
 * reached at the depth limit is not left, and not looked at again when a shorter way reaches it: what lies
 * behind it may be missed, so a search that met the limit says so.
 */
import type { SweepRun } from './approximate-run.ts'

/** Deeper than any path worth reading; the stack of so many states still fits in memory. */
const DEPTH_MAX = 2 ** 24
const LOOK_EVERY = 1 << 10
/** Words of a level besides its state: where its moves begin, the next to take, how it was expanded. */
const LEVEL = 3
/** Words of a move: the event, and the fingerprint of the state it leads to. */
const MOVE = 3

const REDUCED = 1
const FRUITFUL = 2

/** Runs a search to its end: no state left, a violation, or a limit. */
export function depthFirst(run: SweepRun): void {
  run.guarded(() => {
    const search = new DepthFirst(run)
    while (!run.isOver && search.advance());
  })
}

const grown = (array: Int32Array, length: number): Int32Array => {
  if (length <= array.length) return array
  const larger = new Int32Array(2 * length)
  larger.set(array)
  return larger
}

class DepthFirst {
  readonly #run: SweepRun
  readonly #depthMax: number
  /** The states on the path, and how each is expanded. */
  #ids: Int32Array
  #levels: Int32Array = new Int32Array(64 * LEVEL)
  /** For each level, the event that led to it. */
  #path: Int32Array = new Int32Array(64)
  /** The moves of all levels, those of the deepest last. */
  #moves: Int32Array = new Int32Array(64 * MOVE)
  #end = 0
  #level = 0

  constructor(run: SweepRun) {
    this.#run = run
    this.#depthMax = Math.min(run.depthMax, DEPTH_MAX)
    this.#ids = new Int32Array(64 * run.width)
    run.pathTo = () => [...this.#path.subarray(1, this.#level + 1)]
    this.#ids.set(run.begin())
    if (!run.isOver) this.#enter()
  }

  /** Takes some moves. Returns false where no state is left. */
  advance(): boolean {
    for (let turn = 0; turn < LOOK_EVERY && this.#level >= 0 && !this.#run.isOver; turn++) this.#take()
    this.#run.look(this.#level + 1)
    return this.#level >= 0
  }

  // Takes the next move of the deepest level, or leaves it where there is none.
  #take(): void {
    const run = this.#run
    const at = LEVEL * this.#level
    const cursor = this.#levels[at + 1]!
    if (cursor === this.#end) {
      this.#leave(at)
      return
    }
    this.#levels[at + 1] = cursor + 1
    const first = this.#moves[MOVE * cursor + 1]!
    const second = this.#moves[MOVE * cursor + 2]!
    if (!run.visited.add(first, second)) return
    this.#levels[at + 2]! |= FRUITFUL
    run.states++
    const event = this.#moves[MOVE * cursor]!
    const from = this.#level * run.width
    const to = from + run.width
    this.#ids = grown(this.#ids, to + run.width)
    run.moves.successor(this.#ids, from, event, this.#ids, to)
    this.#level++
    this.#path = grown(this.#path, this.#level + 1)
    this.#path[this.#level] = event
    if (this.#level > run.depth) run.depth = this.#level
    run.ask(event, this.#ids, to, this.#level)
    if (run.visited.isFull()) run.ended ??= 'the table of fingerprints is full (--memory)'
    if (run.isOver) return
    run.moves.first = first
    run.moves.second = second
    this.#enter()
  }

  // Finds the moves of the deepest level, of which the fingerprint was taken.
  #enter(): void {
    this.#levels = grown(this.#levels, LEVEL * (this.#level + 1))
    this.#levels[LEVEL * this.#level] = this.#end
    this.#levels[LEVEL * this.#level + 1] = this.#end
    this.#levels[LEVEL * this.#level + 2] = 0
    if (this.#level >= this.#depthMax) {
      this.#truncated = true
      return
    }
    this.#expand(false)
  }
  #truncated = false

  #expand(whole: boolean): void {
    const run = this.#run
    const { moves } = run
    const count = run.expand(this.#ids, this.#level * run.width, this.#level, whole)
    if (count < 0) return
    if (moves.refusedEvent >= 0) run.refused(moves.refusedBy, this.#level, moves.refusedEvent)
    run.transitions += count
    this.#moves = grown(this.#moves, MOVE * (this.#end + count))
    for (let k = 0; k < count; k++) {
      const at = MOVE * this.#end++
      run.visited.warm(moves.firsts[k]!, moves.seconds[k]!)
      this.#moves[at] = moves.events[k]!
      this.#moves[at + 1] = moves.firsts[k]!
      this.#moves[at + 2] = moves.seconds[k]!
    }
    if (moves.isReduced) this.#levels[LEVEL * this.#level + 2]! |= REDUCED
  }

  // The proviso: a state whose reduced successors were all old is expanded whole before it is left.
  #leave(at: number): void {
    const run = this.#run
    const begin = this.#levels[at]!
    if (this.#levels[at + 2] === REDUCED) {
      run.transitions -= this.#end - begin
      this.#end = begin
      this.#levels[at + 1] = begin
      this.#levels[at + 2] = 0
      run.moves.fingerprint(this.#ids, this.#level * run.width)
      this.#expand(true)
      return
    }
    this.#end = begin
    this.#level--
    if (this.#level < 0 && this.#truncated)
      run.ended ??= `${this.#depthMax} events from the initial state (--depth)`
  }
}
