/**
 * The global state as claims see it: components by name, families by identifier. The reader records which
 * components a predicate looks at, which is what lets its results be memoised.
 */
import type { AnyMachineSnapshot } from 'xstate'
import assert from 'node:assert/strict'
import type { FamilyView } from '../model/component.ts'
import type { Instance } from '../model/instance.ts'
import type { ComponentTable } from './component-table.ts'

/** The local state id of a component in the state at hand. */
export type ReadId = (component: number) => number

type State = Readonly<Record<string, AnyMachineSnapshot | FamilyView<AnyMachineSnapshot>>>

/** What predicates are shown in place of a component's snapshot; `asker` is whatever `start` was told of. */
export type Lens = (snapshot: AnyMachineSnapshot, component: number, asker: object) => AnyMachineSnapshot

const CLEAR: Lens = (snapshot) => snapshot
const NOBODY = {}

/** Reads global states for predicates and notes, in order, the components they asked for. */
export class Reader {
  readonly state: State
  /** Components read since the last `start`, each once, in the order first read. */
  reads: number[] = []
  /** Changes whenever some predicate was seen to read a component it had not read before. */
  growth = 0
  readonly #tables: readonly ComponentTable[]
  readonly #lens: Lens
  #readId: ReadId = () => 0
  #asker: object = NOBODY

  constructor(instance: Instance, tables: readonly ComponentTable[], lens: Lens = CLEAR) {
    this.#tables = tables
    this.#lens = lens
    const state = {}
    for (const [name, part] of Object.entries(instance.parts)) {
      const members = instance.components.flatMap(({ family }, index) => (family === name ? [index] : []))
      const get = part.kind === 'component' ? () => this.#read(members[0]!) : undefined
      Object.defineProperty(
        state,
        name,
        get ? { get, enumerable: true } : { value: this.#family(instance, members), enumerable: true },
      )
    }
    this.state = Object.freeze(state)
  }

  start(readId: ReadId, asker: object = NOBODY): void {
    this.reads = []
    this.#readId = readId
    this.#asker = asker
  }

  #read(component: number): AnyMachineSnapshot {
    if (!this.reads.includes(component)) this.reads.push(component)
    const snapshot = this.#tables[component]!.snapshots[this.#readId(component)]!
    return this.#lens(snapshot, component, this.#asker)
  }

  #family(instance: Instance, members: readonly number[]): FamilyView<AnyMachineSnapshot> {
    const ids = members.map((index) => instance.components[index]!.id!)
    const at = (id: string) => {
      const slot = ids.indexOf(id)
      assert(slot >= 0, `no member is called ${id}; there are ${ids.join(', ')}`)
      return this.#read(members[slot]!)
    }
    return {
      ids,
      at,
      every: (holds) => ids.every((id) => holds(at(id), id)),
      some: (holds) => ids.some((id) => holds(at(id), id)),
      count: (holds) => ids.filter((id) => holds(at(id), id)).length,
    }
  }
}
