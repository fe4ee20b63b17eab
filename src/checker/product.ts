/**
 * The interned product: the tables of all components, and one global step at a time on vectors of local
 * state ids. Every driver but the exhaustive one (random, recorded, lockstep, replay) steps here; the
 * exhaustive one steps many states at once, from the same tables (stepper.ts).
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { GroundEvent } from '../model/event.ts'
import type { Instance } from '../model/instance.ts'
import type { Chart } from './chart.ts'
import { ComponentTable, REFUSED } from './component-table.ts'
import { canonical } from './local-state.ts'

/** A global state: the local state id of each component. */
export type Vector = readonly number[]

/** What became of a step: the next state, and the observer that refused the event, if one did. */
export type Step = { readonly vector: Vector; readonly refusedBy: string | undefined }

export class Product {
  readonly instance: Instance
  readonly tables: readonly ComponentTable[]
  /** For each event, where it stands in each participant's row. */
  readonly positions: readonly (readonly number[])[]
  readonly #byKey: Map<string, number>

  constructor(instance: Instance) {
    this.instance = instance
    const charts = new Map<unknown, Chart>()
    this.tables = instance.components.map((_, index) => new ComponentTable(index, instance, charts))
    this.positions = instance.events.map(({ participants }, event) =>
      participants.map((component) => this.tables[component]!.alphabet.indexOf(event)),
    )
    this.#byKey = new Map(instance.events.map(({ event }, index) => [canonical(event), index]))
  }

  initial(): Vector {
    return this.tables.map(() => 0)
  }

  /** The index of a ground event, or undefined where the system does not know it at this bound. */
  indexOf(event: GroundEvent): number | undefined {
    return this.#byKey.get(canonical(event))
  }

  accepts(vector: Vector, event: number): boolean {
    return this.instance.events[event]!.participants.every((index) => {
      const table = this.tables[index]!
      return table.component.observer || table.accepted(vector[index]!, event)
    })
  }

  /** The components that refuse an event here; observers never block, so they are not among them. */
  refusing(vector: Vector, event: number): string[] {
    return this.instance.events[event]!.participants.flatMap((index) => {
      const { component } = this.tables[index]!
      return component.observer || this.tables[index]!.accepted(vector[index]!, event) ? [] : [component.name]
    })
  }

  /** The observers that refuse an event here: it is a violation of each of them. */
  refusers(vector: Vector, event: number): string[] {
    return this.instance.events[event]!.participants.flatMap((index) => {
      const { component } = this.tables[index]!
      return component.observer && !this.tables[index]!.accepted(vector[index]!, event)
        ? [component.name]
        : []
    })
  }

  /** The enabled events in ascending order: the same order at every run. */
  enabled(vector: Vector): number[] {
    return this.instance.events.flatMap((_, event) => (this.accepts(vector, event) ? [event] : []))
  }

  /** Takes an enabled event. An observer that refuses it stays where it is and is named. */
  step(vector: Vector, event: number): Step {
    const next = [...vector]
    let refusedBy: string | undefined
    this.instance.events[event]!.participants.forEach((component, slot) => {
      const table = this.tables[component]!
      const state = table.step(vector[component]!, this.positions[event]![slot]!)
      if (state !== REFUSED) next[component] = state
      else refusedBy ??= table.component.name
    })
    return { vector: next, refusedBy }
  }

  snapshots(vector: Vector): AnyMachineSnapshot[] {
    return this.tables.map((table, index) => table.snapshots[vector[index]!]!)
  }
}
