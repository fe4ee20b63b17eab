/**
 * What one component allows to be left out of a stubborn set, read off its local steps. It keeps tables of
 * its own, because it asks about local states the search need never visit: those would spoil the coverage
 * and the widths of the search, and what throws there must not become an error.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { Instance } from '../model/instance.ts'
import type { Chart } from './chart.ts'
import { ComponentTable, REFUSED } from './component-table.ts'
import { keyOf } from './local-state.ts'

/** A local step that is not known: it throws, leads beyond the horizon, or is a refusal by an observer. */
export const UNSURE = -2

// A copy: an imported constant is looked up at every use, and this one is in the innermost loops.
const NOWHERE = REFUSED

/** Local states of a component that are looked at; a search that visits others is not reduced there. */
const HORIZON = 1024
/** Local states a single question may walk through; farther ones count as if anything could happen there. */
const WALK_MAX = 128

/** Whether a local step found on a walk must not happen outside the stubborn set. */
type Fault = (from: number, position: number, to: number) => boolean

/**
 * The local steps of one component. Local states have numbers of this table's own; an event is given by its
 * position in the component's alphabet. A set of events is a byte for each position.
 */
export class Independence {
  readonly table: ComponentTable
  readonly #byKey = new Map<string, number>()
  readonly #thrown = new Set<number>()
  #explored = 0

  constructor(index: number, instance: Instance, charts: Map<unknown, Chart>) {
    this.table = new ComponentTable(index, instance, charts)
  }

  /** The number of a local state of the search, or UNSURE where it is beyond the horizon. */
  numberOf(snapshot: AnyMachineSnapshot): number {
    const key = keyOf(snapshot)
    for (;;) {
      for (let state = this.#byKey.size; state < this.table.size; state++) {
        this.#byKey.set(keyOf(this.table.snapshots[state]!), state)
      }
      const known = this.#byKey.get(key)
      if (known !== undefined) return known
      if (this.#explored >= this.table.size) return UNSURE
      const state = this.#explored++
      this.table.alphabet.forEach((_, position) => this.next(state, position))
    }
  }

  /** The next local state, REFUSED, or UNSURE. An observer that refuses goes wrong: where to is UNSURE. */
  next(state: number, position: number): number {
    const { table } = this
    const entry = state * table.alphabet.length + position
    const known = table.next[entry]!
    const next = known >= 0 || known === NOWHERE ? known : this.#ask(state, position, entry)
    return next === NOWHERE && table.component.observer ? UNSURE : next
  }

  #ask(state: number, position: number, entry: number): number {
    if (this.#thrown.has(entry) || this.table.size >= HORIZON) return UNSURE
    try {
      return this.table.step(state, position)
    } catch {
      // Whether it is an error is for the search to say, should it ever come to this step.
      this.#thrown.add(entry)
      return UNSURE
    }
  }

  /**
   * For an event the component accepts here: events such that, while none of them happens, it goes on
   * accepting the event, and the event commutes with all the component does. Found by walking: from each
   * local state reached, each event must form a diamond with the given one, or it becomes one of the set; so
   * does one that leads to a state the caller shuns.
   */
  conflicting(
    state: number,
    position: number,
    isShunned: (state: number) => boolean = () => false,
  ): Uint8Array {
    const avoided = new Uint8Array(this.table.alphabet.length)
    // The event itself is in the stubborn set, so it does not happen on such a walk.
    avoided[position] = 1
    return this.#avoiding(state, avoided, (from, other, to) => {
      const before = this.next(from, position)
      const after = this.next(to, position)
      return before < 0 || after < 0 || this.next(before, other) !== after || isShunned(to)
    })
  }

  /** For an event the component refuses here: events of which one must happen before it can be accepted. */
  enabling(state: number, position: number): Uint8Array {
    const avoided = new Uint8Array(this.table.alphabet.length)
    return this.#avoiding(state, avoided, (_from, _other, to) => this.next(to, position) !== NOWHERE)
  }

  /** The local states to which the component can go while no event of `avoided` happens, this one included. */
  reached(state: number, avoided: Uint8Array): readonly number[] {
    return this.#walk(state, avoided, () => false) ?? []
  }

  #avoiding(state: number, avoided: Uint8Array, fault: Fault): Uint8Array {
    while (this.#walk(state, avoided, fault) === undefined);
    return avoided
  }

  // Adds each event at fault to `avoided`. Returns the states walked through, or undefined where an event
  // turned out to be at fault after it was used: some of them may be out of reach now.
  #walk(state: number, avoided: Uint8Array, fault: Fault): number[] | undefined {
    const states = [state]
    const seen = new Set(states)
    const used = new Uint8Array(avoided.length)
    for (const from of states) {
      for (let position = 0; position < avoided.length; position++) {
        if (avoided[position] !== 0) continue
        const to = this.next(from, position)
        if (to === NOWHERE || (seen.has(to) && !fault(from, position, to))) continue
        if (to === UNSURE || states.length >= WALK_MAX || fault(from, position, to)) {
          avoided[position] = 1
          if (used[position] !== 0) return undefined
          continue
        }
        used[position] = 1
        seen.add(to)
        states.push(to)
      }
    }
    return states
  }
}
