/**
 * Random runs of a program that is too large to explore: half of them choose each step evenly, half give the
 * threads random priorities that change at a few random steps, which finds bugs that need few preemptions
 * (Burckhardt et al. 2010, "A randomized scheduler with probabilistic guarantees of finding bugs").
 */
import { makeInstance } from './explore-memory.ts'
import { JudgedRun } from './judged-run.ts'
import type { MemoryFailure } from './memory-failure.ts'
import { MemoryInstance } from './memory-instance.ts'
import type { MemoryProgram } from './memory-program.ts'
import { ACCESS, threadOf, variantOf } from './memory-stepper.ts'

export type MemoryWalkOptions = {
  readonly runs: number
  readonly seed: number
  /** Where a run is cut off. Default: 10,000. */
  readonly stepsMax?: number
}

export type MemoryWalk = {
  /** Sound: in these runs; nothing is said of others, nor of progress. */
  readonly outcome: 'sound' | 'failed'
  readonly failure?: MemoryFailure
  /** Runs made, the failed one included, and those cut off before nothing could happen any more. */
  readonly runs: number
  readonly cut: number
  readonly steps: number
  /** Claims of kind `sometimes` that were true of some state. */
  readonly witnesses: readonly string[]
}

const STEPS_MAX = 10_000
/** Changes of priority in a run. */
const CHANGES = 3
/** Steps in a row after which a thread that others may be waiting for gives way. */
const STAY_MAX = 200

/** Runs a program along random schedules; the same seed gives the same runs. */
export function walkMemory(program: MemoryProgram, options: MemoryWalkOptions): MemoryWalk {
  const instance = makeInstance(program)
  if (!(instance instanceof MemoryInstance))
    return { outcome: 'failed', failure: instance, runs: 0, cut: 0, steps: 0, witnesses: [] }
  for (;;) {
    const walk = walkOnce(instance, options)
    if (walk !== undefined) return walk
  }
}

function walkOnce(instance: MemoryInstance, options: MemoryWalkOptions): MemoryWalk | undefined {
  const { runs, seed, stepsMax = STEPS_MAX } = options
  const random = numbersFrom(seed)
  const judged = new JudgedRun(instance)
  let cut = 0
  let steps = 0
  for (let run = 1; run <= runs; run++) {
    const choose = run % 2 === 1 ? evenly(judged, random) : byPriority(judged, random, stepsMax)
    judged.restart()
    while (!judged.hasFailed && judged.stepper.moveCount > 0 && judged.moves.length < stepsMax) {
      judged.take(choose())
      if (judged.stepper.isOutdated) return undefined
    }
    steps += judged.moves.length
    const failure = judged.failure()
    const counts = { steps, witnesses: [...judged.claims.reached] }
    if (failure !== undefined) return { outcome: 'failed', failure, runs: run, cut, ...counts }
    if (judged.stepper.moveCount > 0) cut++
  }
  return { outcome: 'sound', runs, cut, steps, witnesses: [...judged.claims.reached] }
}

type Random = (below: number) => number

// Xorshift (Marsaglia 2003); zero would stay zero.
function numbersFrom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x2545f491 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const evenly =
  ({ stepper }: JudgedRun, random: Random) =>
  (): number =>
    stepper.moves[random(stepper.moveCount)]!

function byPriority({ stepper, moves }: JudgedRun, random: Random, stepsMax: number): () => number {
  const threads = stepper.instance.tables.length
  const priorities = Array.from({ length: threads }, () => 1 + random(1_000_000))
  const changes = new Set(Array.from({ length: CHANGES }, () => random(Math.min(stepsMax, 50 * threads))))
  let last = -1
  let stayed = 0
  return () => {
    if (last >= 0 && (changes.has(moves.length) || stayed > STAY_MAX)) {
      priorities[last] = -moves.length
      stayed = 0
    }
    let best = stepper.moves[random(stepper.moveCount)]!
    // What no thread decides (a crash, a timeout, waking for nothing) comes now and then only.
    if (variantOf(best) !== ACCESS && random(8) !== 0) best = stepper.moves[0]!
    if (variantOf(best) === ACCESS) {
      for (let at = 0; at < stepper.moveCount; at++) {
        const move = stepper.moves[at]!
        const isHigher = priorities[threadOf(move)]! > priorities[threadOf(best)]!
        if (variantOf(move) === ACCESS && isHigher) best = move
      }
    }
    stayed = threadOf(best) === last ? stayed + 1 : 0
    last = threadOf(best)
    return best
  }
}
