/** The claims of a program, judged in one state of a search at a time. */
import { CRASHED, DONE } from './access.ts'
import type { MemoryInstance } from './memory-instance.ts'
import type { MemoryClaim, MemoryThread, MemoryView, ThreadStatus } from './memory-program.ts'
import type { MemoryStepper } from './memory-stepper.ts'
import type { Problem } from './re-execution.ts'

/** A claim that is false, or that could not be judged. */
export type BrokenClaim = Problem & { readonly claim?: string }

type Named = readonly [name: string, claim: MemoryClaim]

export class StateClaims {
  /** The claims of kind `sometimes` that were true already. */
  readonly reached = new Set<string>()
  /** Whether a state was an end. */
  hasEnded = false
  readonly #instance: MemoryInstance
  readonly #stepper: MemoryStepper
  readonly #view: MemoryView
  readonly #always: readonly Named[]
  readonly #atEnd: readonly Named[]
  #unreached: readonly Named[]
  #state: Int32Array
  #isEnd = false

  constructor(stepper: MemoryStepper) {
    const { instance } = stepper
    this.#stepper = stepper
    this.#instance = instance
    this.#state = instance.initial()
    const claims = Object.entries(instance.program.claims ?? {})
    this.#always = claims.filter(([, { kind }]) => kind === 'always')
    this.#atEnd = claims.filter(([, { kind }]) => kind === 'atEnd')
    this.#unreached = claims.filter(([, { kind }]) => kind === 'sometimes')
    this.#view = {
      word: (index) => instance.memory.load(index),
      self: <Self extends object>(thread: MemoryThread<Self>): Self => {
        const index = instance.indexOf(thread)
        return instance.tables[index]!.data[this.#state[instance.layout.locals + index]!] as Self
      },
      status: (thread) => statusOf(stepper, this.#state, instance.indexOf(thread)),
      specification: () => instance.program.follows?.judge.states(this.#state[instance.layout.judge]!) ?? {},
    }
  }

  /** Judges the state whose moves the stepper found last. */
  judge(state: Int32Array): BrokenClaim | undefined {
    const isEnd = this.#stepper.isFinished && this.#stepper.isQuiet
    this.hasEnded ||= isEnd
    const isAsked = this.#always.length + this.#unreached.length > 0 || isEnd
    if (!isAsked) return undefined
    this.#state = state
    this.#isEnd = isEnd
    return this.#instance.memory.reading(this.#read, this.#judgeNow)
  }

  // Made once: a closure a state would cost more than most claims.
  readonly #read = (index: number): number => this.#instance.lines.read(this.#state, index)
  readonly #judgeNow = (): BrokenClaim | undefined => {
    const { follows } = this.#instance.program
    const isEnd = this.#isEnd
    for (const [claim, { kind, sentence, holds }] of this.#due(isEnd)) {
      try {
        const isTrue = holds(this.#view)
        if (kind !== 'sometimes' && !isTrue)
          return { kind: 'claim', claim, text: `it is false that ${sentence} (${claim})` }
        if (kind === 'sometimes' && isTrue) this.#reach(claim)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { kind: 'threw', claim, text: `the claim ${claim} threw: ${message}`, cause: error }
      }
    }
    if (!isEnd || (follows?.finished?.(this.#view.specification()) ?? true)) return undefined
    return {
      kind: 'refused',
      text: 'the run has ended, and the specification is not where it should be then',
    }
  }

  #due(isEnd: boolean): readonly Named[] {
    if (!isEnd && this.#unreached.length === 0) return this.#always
    return [...this.#unreached, ...this.#always, ...(isEnd ? this.#atEnd : [])]
  }

  #reach(claim: string): void {
    this.reached.add(claim)
    this.#unreached = this.#unreached.filter(([name]) => name !== claim)
  }

  /** What a search that has seen every state misses. */
  missing(): BrokenClaim | undefined {
    const [first] = this.#unreached
    if (first !== undefined) {
      const [claim, { sentence }] = first
      return { kind: 'unreached', claim, text: `no state is one in which ${sentence} (${claim})` }
    }
    const [unjudged] = this.#atEnd
    if (unjudged === undefined || this.hasEnded) return undefined
    const [claim, { sentence }] = unjudged
    return {
      kind: 'unreached',
      claim,
      text: `no run comes to rest, so nothing is said by: ${sentence} (${claim})`,
    }
  }
}

/** What a thread is about in a state. */
export function statusOf(stepper: MemoryStepper, state: Int32Array, thread: number): ThreadStatus {
  const kind = stepper.kindOf(state, thread)
  if (kind === DONE) return 'done'
  if (kind === CRASHED) return 'crashed'
  if (!stepper.hasStarted(state, thread)) return 'unstarted'
  return stepper.isParked(state, thread) ? 'parked' : 'running'
}
