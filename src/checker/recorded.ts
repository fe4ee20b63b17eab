/**
 * The recorded driver: a log chooses the next event, and the charts say whether it could happen. Components
 * come into being as the log names them, thousands of them over a few charts; local states are interned and
 * a local step is asked of xstate once, so that a long log costs look-ups.
 */
import assert from 'node:assert/strict'
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import type { GroundEvent } from '../model/event.ts'
import { Chart } from './chart.ts'
import { chartCoverage } from './coverage.ts'
import { keyOf } from './local-state.ts'

/** A state in which a component is not known yet: a chart marks it with this tag, the log resolves it. */
export const UNRESOLVED = 'unresolved'

/** One component's part in a recorded event, under the name by which its chart knows it. */
export type Part = { readonly family: string; readonly id: string; readonly event: GroundEvent }

/** A component that refused its part: the event could not have happened. */
export type Refusal = {
  readonly part: Part
  /** Its state before the event: `blocked.asleep {"cpu":"cpu0",…}`. */
  readonly state: string
  /** What the chart says such a refusal breaks (`meta.refuses`, the innermost state first), if it does. */
  readonly claim: string | undefined
}

export type RecordedCoverage = {
  readonly family: string
  readonly components: number
  /** How often the log told the state of a component that was unknown: at first, or again. */
  readonly resolved: number
  readonly localStates: number
  readonly transitions: number
  readonly transitionsNeverTaken: readonly string[]
}

const REFUSED = -1

function pathOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, inner]) => (Object.keys(inner as object).length === 0 ? key : `${key}.${pathOf(inner)}`))
    .join(' & ')
}

/** The state of a component in one line. */
export function printState({ value, context }: AnyMachineSnapshot): string {
  return `${pathOf(value)} ${JSON.stringify(context)}`
}

type Refuses = { readonly refuses?: { readonly [type: string]: string | undefined } } | undefined

function brokenClaim(snapshot: AnyMachineSnapshot, type: string): string | undefined {
  const deepestFirst = [...snapshot._nodes].sort((one, other) => other.path.length - one.path.length)
  return deepestFirst
    .map((node) => (node.meta as Refuses)?.refuses?.[type])
    .find((claim) => claim !== undefined)
}

/** The components of one chart: their local states, interned, and the steps between them. */
class FamilyTable {
  readonly chart: Chart
  readonly states = new Map<string, number>()
  readonly snapshots: AnyMachineSnapshot[] = []
  resolved = 0
  readonly #known = new Map<string, number>()
  readonly #next: Map<string, number>[] = []
  /** As `#next`, for an event object met before: a caller that reuses its objects is served faster. */
  readonly #met: WeakMap<GroundEvent, number>[] = []

  constructor(machine: AnyStateMachine) {
    this.chart = new Chart(machine)
    this.#intern(this.chart.initial(undefined))
  }

  #intern(snapshot: AnyMachineSnapshot): number {
    const key = keyOf(snapshot)
    const id = this.#known.get(key) ?? this.snapshots.length
    if (id < this.snapshots.length) return id
    this.#known.set(key, id)
    this.snapshots.push(snapshot)
    this.#next.push(new Map())
    this.#met.push(new WeakMap())
    return id
  }

  isUnresolved(state: number): boolean {
    return this.snapshots[state]!.hasTag(UNRESOLVED)
  }

  step(state: number, event: GroundEvent): number {
    const met = this.#met[state]!
    const known = met.get(event)
    if (known !== undefined) return known
    const next = this.#lookUp(state, event)
    met.set(event, next)
    return next
  }

  #lookUp(state: number, event: GroundEvent): number {
    const key = JSON.stringify(event)
    const row = this.#next[state]!
    const known = row.get(key)
    if (known !== undefined) return known
    const snapshot = this.snapshots[state]!
    const next = this.chart.accepts(snapshot, event)
      ? this.#intern(this.chart.step(snapshot, event))
      : REFUSED
    row.set(key, next)
    return next
  }
}

/** A product of components that grows with the log. The machine of a family needs no input. */
export class Recorded {
  readonly #tables: Map<string, FamilyTable>

  constructor(machines: { readonly [family: string]: AnyStateMachine }) {
    this.#tables = new Map(
      Object.entries(machines).map(([family, machine]) => [family, new FamilyTable(machine)]),
    )
  }

  #table(family: string): FamilyTable {
    const table = this.#tables.get(family)
    assert(table !== undefined, `no family is called ${family}`)
    return table
  }

  /**
   * Takes one event: every part is accepted and all move together, or nothing moves and the first refusal
   * is returned. A component may have one part only.
   */
  take(parts: readonly Part[]): Refusal | undefined {
    const next: number[] = []
    for (const part of parts) {
      const table = this.#table(part.family)
      const state = table.states.get(part.id) ?? 0
      const target = table.step(state, part.event)
      if (target === REFUSED) return this.#refusal(part, table.snapshots[state]!)
      next.push(target)
    }
    parts.forEach(({ family, id }, index) => this.#move(this.#table(family), id, next[index]!))
    return undefined
  }

  #move(table: FamilyTable, id: string, target: number): void {
    const state = table.states.get(id)
    if (state === target) return
    if (table.isUnresolved(state ?? 0) && !table.isUnresolved(target)) table.resolved++
    table.states.set(id, target)
  }

  #refusal(part: Part, snapshot: AnyMachineSnapshot): Refusal {
    return { part, state: printState(snapshot), claim: brokenClaim(snapshot, part.event.type) }
  }

  /** The state of a component; of one the log has not named, the state it would begin in. */
  stateOf(family: string, id: string): AnyMachineSnapshot {
    const table = this.#table(family)
    return table.snapshots[table.states.get(id) ?? 0]!
  }

  /** The components of a family that the log has named, in the order of their first event. */
  idsOf(family: string): string[] {
    return [...this.#table(family).states.keys()]
  }

  /** Makes a component unknown again, to be resolved by the log. */
  forget(family: string, id: string): void {
    const table = this.#table(family)
    if (table.states.has(id)) table.states.set(id, 0)
  }

  /** What the log has used of each chart. */
  coverage(): RecordedCoverage[] {
    return [...this.#tables].map(([family, { chart, states, resolved, snapshots }]) => {
      const { transitions, transitionsNeverTaken } = chartCoverage(chart, [])
      return {
        family,
        components: states.size,
        resolved,
        localStates: snapshots.length,
        transitions,
        transitionsNeverTaken,
      }
    })
  }
}
