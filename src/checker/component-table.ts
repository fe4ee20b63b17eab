/**
 * The interned local states of one component and, for each of them and each event of its alphabet, the next
 * one. A local step is computed by xstate once; afterwards it is a look-up.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ComponentInstance, EventInstance, Instance } from '../model/instance.ts'
import { IllFormedError } from '../model/instance.ts'
import { Chart, SideEffectError } from './chart.ts'
import { ContextError, freeze, keyOf } from './local-state.ts'

/** A table entry that xstate has not been asked for yet: neither whether nor where to. */
export const UNKNOWN = -2
/** A table entry for an event the component refuses in that state. */
export const REFUSED = -1

/** A table entry for an event the component accepts, of which the next state is not known yet. */
const ACCEPTED = -3

/** A machine threw while a guard or an action ran; the message says where. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
}

const message = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')

export class ComponentTable {
  readonly component: ComponentInstance
  readonly chart: Chart
  /** The events the component knows, as indices into the instance's events; a row of `next` has this order. */
  readonly alphabet: readonly number[]
  readonly snapshots: AnyMachineSnapshot[] = []
  /** The entry of `next` by which each local state was first reached; -1 for the first, which nothing led to. */
  readonly origins: number[] = [-1]
  /** Row-major: `next[state * alphabet.length + position]`. */
  next: Int32Array
  /** Row-major bit sets over all events of the instance, clear for those known to be refused. */
  accepts: Int32Array
  readonly eventWords: number
  readonly #ids = new Map<string, number>()
  readonly #events: readonly EventInstance[]
  /** For each event of the instance, where it stands in a row. */
  readonly #positions: Int32Array

  constructor(index: number, { components, events, system }: Instance, charts: Map<unknown, Chart>) {
    this.component = components[index]!
    this.#events = events
    this.alphabet = events.flatMap(({ participants }, event) => (participants.includes(index) ? [event] : []))
    this.eventWords = Math.max(1, Math.ceil(events.length / 32))
    this.#positions = new Int32Array(events.length).fill(-1)
    this.alphabet.forEach((event, position) => (this.#positions[event] = position))
    const { machine, name, input } = this.component
    try {
      const chart = charts.get(machine) ?? new Chart(machine)
      charts.set(machine, chart)
      this.chart = chart
      this.next = new Int32Array(4 * this.alphabet.length).fill(UNKNOWN)
      this.accepts = new Int32Array(4 * this.eventWords).fill(-1)
      this.intern(chart.initial(input))
    } catch (error) {
      throw new IllFormedError(`system ${system.name}: component ${name}: ${message(error)}`, {
        cause: error,
      })
    }
  }

  get size(): number {
    return this.snapshots.length
  }

  /** The id of a local state; what a new one accepts and where it goes is asked for when needed. */
  intern(snapshot: AnyMachineSnapshot): number {
    if (Object.keys(snapshot.children).length > 0) {
      throw new SideEffectError(
        `machine '${this.chart.machine.id}' spawns an actor; make it a component of its own`,
      )
    }
    const key = keyOf(snapshot)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    freeze(snapshot.context)
    const id = this.size
    this.#reserve(id + 1)
    this.snapshots.push(snapshot)
    this.#ids.set(key, id)
    return id
  }

  #reserve(size: number): void {
    if (size * this.eventWords <= this.accepts.length) return
    const accepts = new Int32Array(2 * size * this.eventWords).fill(-1)
    accepts.set(this.accepts)
    this.accepts = accepts
    const next = new Int32Array(2 * size * this.alphabet.length).fill(UNKNOWN)
    next.set(this.next)
    this.next = next
  }

  /** Whether the component accepts an event it knows; xstate is asked once. Throws EvaluationError. */
  accepted(state: number, event: number): boolean {
    const position = this.#positions[event]!
    const entry = state * this.alphabet.length + position
    if (this.next[entry] === UNKNOWN) {
      const { local, label } = this.#events[event]!
      const accepted = this.#guarded(label, () => this.chart.accepts(this.snapshots[state]!, local))
      this.next[entry] = accepted ? ACCEPTED : REFUSED
      if (!accepted) this.accepts[state * this.eventWords + (event >>> 5)]! &= ~(1 << (event & 31))
    }
    return this.next[entry] !== REFUSED
  }

  /** The next local state for the event at `position` of the alphabet, or REFUSED. Throws EvaluationError. */
  step(state: number, position: number): number {
    const entry = state * this.alphabet.length + position
    const known = this.next[entry]!
    if (known >= 0) return known
    const event = this.alphabet[position]!
    if (!this.accepted(state, event)) return REFUSED
    const { local, label } = this.#events[event]!
    const next = this.#guarded(label, () => this.intern(this.chart.step(this.snapshots[state]!, local)))
    if (this.origins.length < this.size) this.origins.push(entry)
    this.next[entry] = next
    return next
  }

  #guarded<T>(label: string, ask: () => T): T {
    try {
      return ask()
    } catch (error) {
      const where = `component ${this.component.name}, event ${label}: ${message(error)}`
      if (error instanceof ContextError || error instanceof SideEffectError)
        throw new IllFormedError(where, { cause: error })
      throw new EvaluationError(where, { cause: error })
    }
  }
}
