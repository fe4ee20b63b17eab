/**
 * What the steps of a program mean to its specification, and whether the specification allows them: the judge's
 * state is part of the explored state. Both are tabled by the edge a thread takes, so code is asked once.
 */
import type { GroundEvent } from '../../model/event.ts'
import { describe } from './access.ts'
import { ENDS } from './local-states.ts'
import type { MemoryInstance } from './memory-instance.ts'
import type { MemoryStep } from './memory-step.ts'
import { PairTable } from './pair-table.ts'
import type { Problem } from './re-execution.ts'

const UNKNOWN = -1
/** The event looks at words, so that the edge does not say which it is. */
const READS_WORDS = -2

/** A thread's step: which thread, from where to where, and the edge of its local state. */
export type Taken = {
  readonly thread: number
  readonly edge: number
  readonly source: Int32Array
  readonly target: Int32Array
}

/** The thread of a step, its access by name, and whether its operation ends. */
export function factsOf(
  instance: MemoryInstance,
  { thread, edge, source }: Taken,
): Pick<MemoryStep, 'thread' | 'access' | 'ends'> {
  const table = instance.tables[thread]!
  const local = source[instance.layout.locals + thread]!
  const ends = ENDS[table.ends[edge]!]!
  const access = describe(table.accessOf(local), instance.location, table.result[edge])
  return {
    thread: table.thread.name,
    ...(ends === 'crashed' ? {} : { access }),
    ...(ends === 'no' ? {} : { ends }),
  }
}

export class Follower {
  readonly #instance: MemoryInstance
  readonly #lists: (readonly GroundEvent[])[] = [[]]
  readonly #byText = new Map<string, number>([['[]', 0]])
  /** By thread and edge: the index of the list of events, or one of the two above. */
  readonly #known: number[][]
  readonly #judged = new PairTable()
  readonly #next: number[] = []
  readonly #refusals = new Map<number, string>()

  constructor(instance: MemoryInstance) {
    this.#instance = instance
    this.#known = instance.tables.map(() => [])
  }

  /** Lets the specification follow a step, in `target`; what is wrong with it where it cannot. */
  follow(thread: number, edge: number, source: Int32Array, target: Int32Array): Problem | undefined {
    const known = this.#known[thread]![edge] ?? UNKNOWN
    if (known === 0) return undefined
    let list = known
    if (known < 0) {
      try {
        list = this.#ask({ thread, edge, source, target }, known)
      } catch (error) {
        const { name } = this.#instance.tables[thread]!.thread
        const message = error instanceof Error ? error.message : String(error)
        return { kind: 'threw', text: `event of thread ${name} threw: ${message}`, cause: error }
      }
    }
    return this.#judge(thread, list, target)
  }

  /** The events of a step that was taken. */
  eventsOf(taken: Taken): readonly GroundEvent[] {
    return this.#lists[this.#ask(taken, this.#known[taken.thread]![taken.edge] ?? UNKNOWN)]!
  }

  #ask(taken: Taken, known: number): number {
    if (known >= 0) return known
    const { thread, edge, target } = taken
    const code = this.#instance.tables[thread]!.thread
    if (code.event === undefined) return (this.#known[thread]![edge] = 0)
    let readsWords = known === READS_WORDS
    const read = (index: number): number => {
      readsWords = true
      return this.#instance.lines.read(target, index)
    }
    const { memory } = this.#instance
    const step = this.#step(taken, (index) => memory.load(index))
    const events = memory.reading(read, () => code.event?.(step))
    const list = this.#intern(events === undefined ? [] : Array.isArray(events) ? events : [events])
    this.#known[thread]![edge] = readsWords ? READS_WORDS : list
    return list
  }

  #intern(events: readonly GroundEvent[]): number {
    const text = JSON.stringify(events)
    const list = this.#byText.get(text) ?? this.#lists.length
    if (list === this.#lists.length) this.#lists.push(events)
    this.#byText.set(text, list)
    return list
  }

  #step(taken: Taken, word: (index: number) => number): MemoryStep {
    const table = this.#instance.tables[taken.thread]!
    const local = taken.source[this.#instance.layout.locals + taken.thread]!
    const next = table.target[taken.edge]!
    return {
      ...factsOf(this.#instance, taken),
      earlier: table.logOf(local).map((made) => describe(made, this.#instance.location, made.result)),
      before: table.data[local]!,
      after: table.data[next]!,
      word,
    }
  }

  #judge(thread: number, list: number, target: Int32Array): Problem | undefined {
    const judge = this.#instance.program.follows?.judge
    if (judge === undefined || list === 0) return undefined
    const field = this.#instance.layout.judge
    const before = target[field]!
    let known = this.#judged.find(before, list)
    if (known < 0) {
      known = this.#judged.add(before, list)
      let state = before
      for (const event of this.#lists[list]!) {
        const judgement = judge.step(state, event)
        if ('refused' in judgement) {
          this.#refusals.set(known, judgement.refused)
          break
        }
        state = judgement.next
      }
      this.#next.push(state)
    }
    target[field] = this.#next[known]!
    const refusal = this.#refusals.get(known)
    if (refusal === undefined) return undefined
    const { name } = this.#instance.tables[thread]!.thread
    return { kind: 'refused', text: `at a step of thread ${name}: ${refusal}` }
  }
}
