/**
 * Every state of a program over shared memory, breadth first, so that a failure has a shortest run. Each state is
 * judged: races, claims, deadlock; each step: the code's own faults, the specification; and in the end whether
 * an end can be reached from everywhere.
 */
import { BROKEN } from './access.ts'
import { AccessError } from './explorable-memory.ts'
import { Follower } from './follower.ts'
import type { MemoryExploration, MemoryFailure, MemoryVerdict } from './memory-failure.ts'
import { MemoryInstance, MemoryProgramError } from './memory-instance.ts'
import type { MemoryProgram } from './memory-program.ts'
import { printThreads, runAlong, stateAfter } from './memory-run.ts'
import { CRASH, MemoryStepper, SPURIOUS, threadOf, variantOf } from './memory-stepper.ts'
import type { Problem } from './re-execution.ts'
import { ProgressGraph } from './reaching-ends.ts'
import { type BrokenClaim, StateClaims } from './state-claims.ts'
import { judgeState } from './state-faults.ts'
import { StateSet } from './state-set.ts'

export type MemoryLimits = {
  /** Default: 2,000,000. */
  readonly statesMax?: number
  /** Called now and then. A text that it returns ends the search: it is the bound that was reached. */
  readonly onProgress?: (progress: MemoryProgress) => string | undefined | void
}

export type MemoryProgress = {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** States found and not yet looked at. */
  readonly queue: number
}

const STATES_MAX = 2_000_000
const PROGRESS_EVERY = 8_192

/** Explores every state of a program. Throws MemoryProgramError where the program makes no sense. */
export function exploreMemory(program: MemoryProgram, limits: MemoryLimits = {}): MemoryExploration {
  const counts = { states: 0, transitions: 0, depth: 0, witnesses: [] }
  const instance = makeInstance(program)
  if (!(instance instanceof MemoryInstance)) return { outcome: 'failed', failure: instance, ...counts }
  return exploreFrom(instance, [], limits)
}

/** Explores every state that can be reached after the moves given. */
export function exploreFrom(
  instance: MemoryInstance,
  prefix: readonly number[],
  limits: MemoryLimits,
): MemoryExploration {
  for (;;) {
    const search = new MemorySearch(instance, prefix, limits)
    const verdict = search.run()
    if (verdict !== undefined) return { ...verdict, ...search.counts() }
  }
}

/** The program's instance, or how it fails before any step. */
export function makeInstance(program: MemoryProgram): MemoryInstance | MemoryFailure {
  try {
    return new MemoryInstance(program)
  } catch (error) {
    if (error instanceof MemoryProgramError) throw error
    const kind = error instanceof AccessError ? 'access' : 'threw'
    const message = error instanceof Error ? error.message : String(error)
    const text = `the initial state cannot be made: ${message}`
    return { kind, text, threads: [], schedule: [], steps: [], states: [], cause: error }
  }
}

class MemorySearch {
  readonly #instance: MemoryInstance
  readonly #limits: MemoryLimits
  readonly #prefix: readonly number[]
  readonly #stepper: MemoryStepper
  readonly #follower: Follower
  readonly #claims: StateClaims
  readonly #set: StateSet
  readonly #graph: ProgressGraph | undefined
  readonly #source: Int32Array
  readonly #target: Int32Array
  #transitions = 0
  #depth = 0

  constructor(instance: MemoryInstance, prefix: readonly number[], limits: MemoryLimits) {
    const { width } = instance.layout
    this.#instance = instance
    this.#limits = limits
    this.#prefix = prefix
    this.#stepper = new MemoryStepper(instance)
    this.#follower = new Follower(instance)
    this.#claims = new StateClaims(this.#stepper)
    this.#set = new StateSet(width)
    this.#graph = instance.options.progress ? new ProgressGraph() : undefined
    this.#source = new Int32Array(width)
    this.#target = new Int32Array(width)
  }

  counts(): Pick<MemoryExploration, 'states' | 'transitions' | 'depth' | 'witnesses'> {
    return {
      states: this.#set.count,
      transitions: this.#transitions,
      depth: this.#depth,
      witnesses: [...this.#claims.reached],
    }
  }

  /** The verdict; nothing where a thread has turned out to pause, and the search must begin again. */
  run(): MemoryVerdict | undefined {
    const { statesMax = STATES_MAX, onProgress } = this.#limits
    const initial = stateAfter(this.#stepper, this.#follower, this.#prefix)
    this.#set.add(initial, 0, 0)
    const broken = this.#instance.tables.findIndex(
      (_, thread) => this.#stepper.kindOf(initial, thread) === BROKEN,
    )
    if (broken >= 0) return this.#fail(this.#stepper.problem(initial, broken), [], [broken])
    let levelEnd = 1
    for (let index = 0; index < this.#set.count; index++) {
      if (index === levelEnd) {
        this.#depth++
        levelEnd = this.#set.count
      }
      const failed = this.#expand(index)
      if (this.#stepper.isOutdated) return undefined
      if (failed !== undefined) return failed
      if (this.#set.count > statesMax) return { outcome: 'bound', bound: `${statesMax} states` }
      if (index % PROGRESS_EVERY !== 0) continue
      const queue = this.#set.count - index - 1
      const bound = onProgress?.({ ...this.counts(), queue })
      if (typeof bound === 'string') return { outcome: 'bound', bound }
    }
    return this.#judgeWhole()
  }

  #expand(index: number): MemoryVerdict | undefined {
    const stepper = this.#stepper
    const source = this.#source
    const target = this.#target
    this.#set.copyTo(index, source)
    stepper.find(source)
    const fault = judgeState(stepper, this.#claims, source)
    if (fault !== undefined) return this.#fail(fault, this.#set.movesTo(index), fault.threads)
    this.#graph?.addState(stepper.isFinished)
    for (let at = 0; at < stepper.moveCount; at++) {
      const move = stepper.moves[at]!
      const thread = threadOf(move)
      const isSound = stepper.take(source, move, target)
      const problem = isSound
        ? this.#follower.follow(thread, stepper.edge, source, target)
        : stepper.problem(target, thread)
      if (problem !== undefined) return this.#fail(problem, [...this.#set.movesTo(index), move], [thread])
      this.#transitions++
      const added = this.#set.add(target, index, move)
      const variant = variantOf(move)
      if (variant !== CRASH && variant !== SPURIOUS) this.#graph?.addTarget(added < 0 ? -1 - added : added)
    }
    return undefined
  }

  #judgeWhole(): MemoryVerdict {
    const doomed = this.#graph?.findDoomed()
    if (doomed !== undefined) {
      const count = `${doomed.count} of ${this.#set.count} states`
      const problem: Problem = { kind: 'livelock', text: `no end can be reached from here on (${count})` }
      return this.#fail(problem, this.#set.movesTo(doomed.first), [])
    }
    const missing = this.#claims.missing()
    return missing === undefined ? { outcome: 'holds' } : this.#fail(missing, [], [])
  }

  #fail(problem: BrokenClaim, moves: readonly number[], threads: readonly number[]): MemoryVerdict {
    const run = runAlong(this.#stepper, this.#follower, [...this.#prefix, ...moves])
    const isOfAll = problem.kind === 'deadlock' || (problem.kind === 'livelock' && threads.length === 0)
    const text = isOfAll ? `${problem.text}: ${printThreads(run.states.at(-1)!)}` : problem.text
    const names = threads.map((thread) => this.#instance.tables[thread]!.thread.name)
    return { outcome: 'failed', failure: { ...problem, text, threads: names, ...run } }
  }
}
