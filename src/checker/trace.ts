/**
 * A trace: the events of a run, the state of every component after each, and the verdict they lead to.
 * Made here from what a search found; written and read by trace-file.ts; re-executed by replay.ts.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { GroundEvent } from '../model/event.ts'
import type { Instance } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import type { Violation } from './result.ts'
import { EvaluationError } from './component-table.ts'
import type { Product, Vector } from './product.ts'

/** A component's state as traces keep it: plain JSON; status and history only where they say something. */
export type LocalState = {
  readonly value: unknown
  readonly context: unknown
  readonly status?: string
  readonly history?: Readonly<Record<string, readonly string[]>>
}

export type Locals = Readonly<Record<string, LocalState>>

export type Verdict = {
  readonly kind: Violation['kind']
  /** The claim's name, the observer's component name, or `error`. */
  readonly claim: string
  /** The claim with the identifiers it fails for; the error's text. */
  readonly label: string
  /** For an error: the event whose step throws, after the last state. */
  readonly event?: GroundEvent
}

export type TraceState = { readonly event: GroundEvent | undefined; readonly locals: Locals }

export type Trace = {
  readonly system: string
  /** For a system in a user's own file: that file, relative to the folder the trace is kept in. */
  readonly source: string | undefined
  readonly bounds: Bounds
  readonly mutant: string | undefined
  readonly verdict: Verdict
  /** The same run addressed by its choices: at each step the index among the enabled events, in order. */
  readonly choices: string
  /** Component names, in the system's order. */
  readonly components: readonly string[]
  /** The initial state, then the state after each event. */
  readonly states: readonly TraceState[]
  /** For a lasso: the index of the state that the last state returns to. */
  readonly loop: number | undefined
}

/** What a trace keeps of a snapshot. */
export function localOf(snapshot: AnyMachineSnapshot): LocalState {
  const history: Record<string, { id: string }[]> = snapshot.historyValue ?? {}
  const remembered = Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => node.id)] as const)
  return {
    value: snapshot.value,
    context: snapshot.context,
    ...(snapshot.status === 'active' ? {} : { status: snapshot.status }),
    ...(remembered.length === 0 ? {} : { history: Object.fromEntries(remembered) }),
  }
}

/** The state of every component, by name. */
export function localsOf(product: Product, vector: Vector): Locals {
  const snapshots = product.snapshots(vector)
  return Object.fromEntries(
    product.tables.map(({ component }, index) => [component.name, localOf(snapshots[index]!)]),
  )
}

/** What a search or a walk found, as far as a trace needs it. */
export type Found = { readonly instance: Instance; readonly product: Product; readonly violation: Violation }

function verdictOf({ instance, violation }: Found, taken: number): Verdict {
  const { kind, claim, label, events } = violation
  const throwing = taken < events.length ? instance.events[events[taken]!]!.event : undefined
  return { kind, claim, label, ...(throwing === undefined ? {} : { event: throwing }) }
}

// A guard may throw for an event that another component refuses; such an event is not enabled.
function choiceOf(product: Product, vector: Vector, event: number): number {
  const isEnabled = (other: number): boolean => {
    try {
      return product.accepts(vector, other)
    } catch (error) {
      if (error instanceof EvaluationError) return false
      throw error
    }
  }
  return Array.from({ length: event }, (_, other) => other).filter(isEnabled).length
}

/** The trace of a violation. `source` is the user's file it was found in, relative to where the trace will be kept. */
export function traceOf(found: Found, source?: string): Trace {
  const { instance, product, violation } = found
  const choices: number[] = []
  let vector = product.initial()
  const states: TraceState[] = [{ event: undefined, locals: localsOf(product, vector) }]
  for (const [index, event] of violation.events.entries()) {
    const choice = choiceOf(product, vector, event)
    try {
      vector = product.step(vector, event).vector
    } catch (error) {
      // Only the last event of an error's trace may throw; anything else is a bug of the search.
      if (violation.kind === 'error' && index === violation.events.length - 1) break
      throw error
    }
    choices.push(choice)
    states.push({ event: instance.events[event]!.event, locals: localsOf(product, vector) })
  }
  const { loopStart } = violation
  return {
    system: instance.system.name,
    source,
    bounds: instance.bounds,
    mutant: instance.mutant,
    verdict: verdictOf(found, states.length - 1),
    choices: choices.join('.'),
    components: instance.components.map(({ name }) => name),
    states,
    loop: loopStart === undefined || loopStart === states.length - 1 ? undefined : loopStart,
  }
}

/**
 * The events that an address such as `0.2.1` stands for, as indices into the instance's events. The result is
 * a sentence where a step has no such choice.
 */
export function eventsOfChoices(product: Product, address: string): readonly number[] | string {
  let vector = product.initial()
  const events: number[] = []
  for (const [step, text] of (address === '' ? [] : address.split('.')).entries()) {
    const enabled = product.enabled(vector)
    const event = /^\d+$/.test(text) ? enabled[Number(text)] : undefined
    if (event === undefined)
      return `step ${step + 1} of ${address} is '${text}', but ${enabled.length} events are enabled there`
    events.push(event)
    vector = product.step(vector, event).vector
  }
  return events
}
