/**
 * Every state of a kernel beside its charts, breadth first, so that a failure has a shortest schedule. A state
 * is reached again by re-executing its schedule, for generators cannot be copied. Afterwards, from every
 * state a finished one must be reachable; a fair livelock that another schedule escapes is left to `numbers`.
 */
import type { Execution, Kernel } from './execution.ts'
import { type Passed, type Verdict, confirm, reExecute } from './exploration.ts'

/** A kernel whose states can be matched. */
export type FingerprintedKernel = Kernel & Required<Pick<Kernel, 'fingerprint'>>

export type StateExploration = Verdict & {
  readonly states: number
  /** Steps from one state to another; re-execution is not counted. */
  readonly steps: number
}

export type StateLimits = {
  readonly statesMax?: number
  /** Called after each state whose steps have all been taken; `queue` counts those still to come. */
  readonly onProgress?: (progress: {
    readonly states: number
    readonly steps: number
    readonly queue: number
  }) => void
}

type State = {
  readonly key: string
  readonly signature: string
  readonly enabled: number
  readonly finished: boolean
  /** The state it was first reached from, and by which choice; undefined for the initial one. */
  readonly from: { readonly parent: number; readonly choice: number } | undefined
  readonly predecessors: number[]
}

const STATES_MAX = 100_000

/** Explores every state of the kernel that `make` builds afresh. */
export function exploreStates(make: () => FingerprintedKernel, limits: StateLimits = {}): StateExploration {
  return new StateSearch(make, limits).run()
}

class StateSearch {
  readonly #make: () => FingerprintedKernel
  readonly #statesMax: number
  readonly #onProgress: StateLimits['onProgress']
  readonly #states: State[] = []
  readonly #byKey = new Map<string, number>()
  #steps = 0

  constructor(make: () => FingerprintedKernel, { statesMax = STATES_MAX, onProgress }: StateLimits) {
    this.#make = make
    this.#statesMax = statesMax
    this.#onProgress = onProgress
  }

  run(): StateExploration {
    return { ...this.#search(), states: this.#states.length, steps: this.#steps }
  }

  #search(): Verdict {
    const root = reExecute(this.#make, [])
    if (root.failure !== undefined) return { outcome: 'failed', failure: root.failure }
    this.#intern(root, undefined)
    for (let index = 0; index < this.#states.length; index++) {
      for (let choice = 0; choice < this.#states[index]!.enabled; choice++) {
        const execution = this.#arrive(index)
        if (execution.failure === undefined) {
          execution.step(choice)
          this.#steps++
        }
        if (execution.failure !== undefined) return { outcome: 'failed', failure: execution.failure }
        const target = this.#intern(execution, { parent: index, choice })
        if (target === undefined) return { outcome: 'bound', bound: `${this.#statesMax} states` }
        this.#states[target]!.predecessors.push(index)
      }
      const states = this.#states.length
      this.#onProgress?.({ states, steps: this.#steps, queue: states - index - 1 })
    }
    return this.#judgeProgress()
  }

  /** A fresh kernel brought to a known state by its first schedule. */
  #arrive(index: number): Execution {
    const passed: Passed[] = []
    let state = this.#states[index]!
    while (state.from !== undefined) {
      const { parent, choice } = state.from
      state = this.#states[parent]!
      passed.push({ signature: state.signature, choice })
    }
    const execution = reExecute(this.#make, passed.reverse())
    confirm(execution, this.#states[index]!.key, () => execution.key())
    return execution
  }

  /** The index of the state the execution is in, or undefined where a new one would exceed the limit. */
  #intern(execution: Execution, from: State['from']): number | undefined {
    const key = execution.key()
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#states.length === this.#statesMax) return undefined
    const { finished, offers } = execution
    const signature = execution.signature()
    this.#byKey.set(key, this.#states.length)
    return this.#states.push({ key, signature, enabled: offers.length, finished, from, predecessors: [] }) - 1
  }

  // Backwards from the finished states: what is not met can never finish again.
  #judgeProgress(): Verdict {
    const states = this.#states
    const queue = states.flatMap(({ finished }, index) => (finished ? [index] : []))
    const finishing = new Set(queue)
    for (const index of queue) {
      for (const predecessor of states[index]!.predecessors) {
        if (finishing.has(predecessor)) continue
        finishing.add(predecessor)
        queue.push(predecessor)
      }
    }
    const doomed = states.findIndex((_, index) => !finishing.has(index))
    if (doomed < 0) return { outcome: 'holds' }
    const execution = this.#arrive(doomed)
    const count = `${states.length - finishing.size} of ${states.length} states`
    if (execution.failure === undefined) {
      execution.fail('unfinished', `no schedule finishes from here on (${count}): ${execution.signature()}`)
    }
    return { outcome: 'failed', failure: execution.failure! }
  }
}
