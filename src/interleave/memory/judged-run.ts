/**
 * One run of a program, a step at a time, every state judged: what replays and random walks share. Whoever
 * drives it chooses among the moves of the state it is in.
 */
import { BROKEN } from './access.ts'
import { Follower } from './follower.ts'
import type { MemoryFailure } from './memory-failure.ts'
import type { MemoryInstance } from './memory-instance.ts'
import { type MemoryRun, printThreads, runAlong } from './memory-run.ts'
import { MemoryStepper, threadOf } from './memory-stepper.ts'
import { StateClaims } from './state-claims.ts'
import { type StateFault, judgeState } from './state-faults.ts'

export class JudgedRun {
  readonly stepper: MemoryStepper
  readonly claims: StateClaims
  readonly moves: number[] = []
  readonly #follower: Follower
  #fault: StateFault | undefined
  #state: Int32Array
  #spare: Int32Array

  constructor(instance: MemoryInstance) {
    this.stepper = new MemoryStepper(instance)
    this.claims = new StateClaims(this.stepper)
    this.#follower = new Follower(instance)
    this.#state = instance.initial()
    this.#spare = this.#state.slice()
    this.restart()
  }

  /** Back to the initial state. */
  restart(): void {
    const { instance } = this.stepper
    this.moves.length = 0
    this.#state = instance.initial()
    this.#fault = undefined
    const broken = instance.tables.findIndex(
      (_, thread) => this.stepper.kindOf(this.#state, thread) === BROKEN,
    )
    if (broken < 0) this.#judge()
    else this.#fault = { ...this.stepper.problem(this.#state, broken), threads: [broken] }
  }

  get hasFailed(): boolean {
    return this.#fault !== undefined
  }

  /** Takes one of the stepper's moves. */
  take(move: number): void {
    const thread = threadOf(move)
    const { stepper } = this
    this.moves.push(move)
    const isSound = stepper.take(this.#state, move, this.#spare)
    const problem = isSound
      ? this.#follower.follow(thread, stepper.edge, this.#state, this.#spare)
      : stepper.problem(this.#spare, thread)
    const before = this.#state
    this.#state = this.#spare
    this.#spare = before
    if (problem === undefined) this.#judge()
    else this.#fault = { ...problem, threads: [thread] }
  }

  #judge(): void {
    this.stepper.find(this.#state)
    this.#fault = judgeState(this.stepper, this.claims, this.#state)
  }

  run(): MemoryRun {
    return runAlong(this.stepper, this.#follower, this.moves)
  }

  failure(): MemoryFailure | undefined {
    if (this.#fault === undefined) return undefined
    const { threads, text, kind, ...fault } = this.#fault
    const run = this.run()
    const names = threads.map((thread) => this.stepper.instance.tables[thread]!.thread.name)
    const last = run.states.at(-1)!
    return {
      ...fault,
      kind,
      text: kind === 'deadlock' ? `${text}: ${printThreads(last)}` : text,
      threads: names,
      ...run,
    }
  }
}
