/**
 * The local states of one thread, interned: its data when its operation began and the results of the
 * operation's accesses so far. Production code is executed once for each result met in a local state, from the
 * start of the operation; after that a step of the thread is a look-up.
 */
import { type Access, BROKEN, CRASHED, DONE, PAUSE } from './access.ts'
import type { ExplorableMemory, Logged } from './explorable-memory.ts'
import type { MemoryThread, OperationOutcome } from './memory-program.ts'
import { PairTable } from './pair-table.ts'
import { type Executed, type Problem, ReExecution } from './re-execution.ts'
import type { ThreadData } from './thread-data.ts'

/** Whether an operation ends with a step. */
export const ENDS = ['no', 'again', 'done', 'crashed'] as const

/** Operations in a row that may end without an access. */
const SILENT_MAX = 1_000
const NO_ACCESS: Access = { kind: DONE, index: 0, value: 0, extra: 0 }

export class LocalStates {
  readonly thread: MemoryThread
  /** By local state: the access that is due, in parts, or DONE, CRASHED, BROKEN as its kind. */
  readonly kind: number[] = []
  readonly index: number[] = []
  readonly value: number[] = []
  readonly extra: number[] = []
  /** By local state: the thread's data when its operation began. */
  readonly data: object[] = []
  /** By edge: the local state it leads to, and whether an operation ends with it (an index in `ENDS`). */
  readonly target: number[] = []
  readonly ends: number[] = []
  /** By edge: the result of the access. */
  readonly result: number[] = []
  readonly problems = new Map<number, Problem>()
  readonly initial: number
  /** Whether the thread is known to pause. */
  pauses = false
  readonly #code: ReExecution
  readonly #logs: (readonly Logged[])[] = []
  readonly #edges = new PairTable()
  readonly #boundaries = new Map<string, number>()
  readonly #crashed = new Map<object, number>()

  /** Throws where the data that was made has a part that is no data. */
  constructor(thread: MemoryThread, made: object, memory: ExplorableMemory, copies: ThreadData) {
    this.thread = thread
    this.#code = new ReExecution(thread, made, memory, copies)
    this.initial = this.#boundary(this.#code.intern(made))
  }

  /** The edge from a local state by the result of its access. */
  edge(local: number, result: number): number {
    const known = this.#edges.find(local, result)
    return known >= 0 ? known : this.#addEdge(local, result)
  }

  /** The edge along which the thread sleeps instead: it stays where it is. */
  parking(local: number, parked: number): number {
    const known = this.#edges.find(local, parked)
    if (known >= 0) return known
    this.#edges.add(local, parked)
    return this.#push(local, parked, 'no')
  }

  /** The edge along which the thread crashes. */
  crash(local: number): number {
    const known = this.#edges.find(-1 - local, 0)
    if (known >= 0) return known
    this.#edges.add(-1 - local, 0)
    const data = this.data[local]!
    const crashed = this.#crashed.get(data) ?? this.#addLocal({ ...NO_ACCESS, kind: CRASHED }, data, [])
    this.#crashed.set(data, crashed)
    return this.#push(crashed, 0, 'crashed')
  }

  accessOf(local: number): Access {
    return {
      kind: this.kind[local]!,
      index: this.index[local]!,
      value: this.value[local]!,
      extra: this.extra[local]!,
    }
  }

  /** The accesses of the operation so far. */
  logOf(local: number): readonly Logged[] {
    return this.#logs[local]!
  }

  #addEdge(local: number, result: number): number {
    const log = [...this.#logs[local]!, { ...this.accessOf(local), result }]
    const data = this.data[local]!
    const executed = this.#code.execute(data, log)
    this.#edges.add(local, result)
    if (!('outcome' in executed)) return this.#push(this.#suspended(executed, data, log), result, 'no')
    const target = this.#ended(executed)
    return this.#push(target, result, this.kind[target] === DONE ? 'done' : 'again')
  }

  #push(target: number, result: number, ends: (typeof ENDS)[number]): number {
    this.ends.push(ENDS.indexOf(ends))
    this.result.push(result)
    return this.target.push(target) - 1
  }

  #suspended(executed: Exclude<Executed, { outcome: string }>, data: object, log: readonly Logged[]): number {
    if ('problem' in executed) return this.#broken(executed.problem, data)
    return this.#addLocal(executed.pending, data, log)
  }

  #ended({ outcome, data }: { readonly outcome: OperationOutcome; readonly data: object }): number {
    return outcome === 'again' ? this.#boundary(data) : this.#addOnce(data, 'done', DONE)
  }

  #addOnce(data: object, prefix: string, kind: number): number {
    const key = `${prefix} ${this.#code.keyOf(data)}`
    const local = this.#boundaries.get(key) ?? this.#addLocal({ ...NO_ACCESS, kind }, data, [])
    this.#boundaries.set(key, local)
    return local
  }

  /** The local state in which an operation begins; operations that make no access are passed over. */
  #boundary(first: object): number {
    const key = this.#code.keyOf(first)
    const known = this.#boundaries.get(key)
    if (known !== undefined) return known
    let data = first
    const passed = new Set<object>()
    for (;;) {
      const executed = this.#code.execute(data, [])
      if (!('outcome' in executed) || executed.outcome === 'done') {
        const local = 'outcome' in executed ? this.#ended(executed) : this.#suspended(executed, data, [])
        this.#boundaries.set(key, local)
        return local
      }
      passed.add(data)
      data = executed.data
      if (passed.has(data) || passed.size > SILENT_MAX) {
        const text = `thread ${this.thread.name} goes on for ever without an access: its operation returns 'again'`
        return this.#broken({ kind: 'livelock', text }, data)
      }
    }
  }

  #addLocal({ kind, index, value, extra }: Access, data: object, log: readonly Logged[]): number {
    if (kind === PAUSE) this.pauses = true
    this.index.push(index)
    this.value.push(value)
    this.extra.push(extra)
    this.data.push(data)
    this.#logs.push(log)
    return this.kind.push(kind) - 1
  }

  #broken(problem: Problem, data: object): number {
    const local = this.#addLocal({ ...NO_ACCESS, kind: BROKEN }, data, [])
    this.problems.set(local, problem)
    return local
  }
}
