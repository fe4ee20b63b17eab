/**
 * What lockstep needs to know of a specification. The checker's interned product provides it; nothing here
 * knows charts, so code under test never meets the machine that judges it.
 */
import type { GroundEvent } from '../model/event.ts'

/** One component's state: xstate's `value` and `context`. */
export type LocalState = { readonly value: unknown; readonly context: unknown }

/** The state of each component by its full name, such as `tlb.cpu0`. */
export type States = { readonly [component: string]: LocalState }

/** The system that judges; immutable, so that many runs share its tables. */
export type Specification = {
  /** The event in one line, as failures cite it. */
  label(event: GroundEvent): string
  /** A run at the initial state. */
  start(): SpecificationRun
}

/** One run of the system. */
export type SpecificationRun = {
  /** Whether the event is in the system's vocabulary at its bounds. */
  knows(event: GroundEvent): boolean
  /** Whether every component that knows the event accepts it here; false for an event the system does not know. */
  accepts(event: GroundEvent): boolean
  /** The components that refuse an event the system knows; observers never block, so they are not among them. */
  refusing(event: GroundEvent): readonly string[]
  /** Takes an accepted event; returns the name of an observer that refused it, if one did. */
  step(event: GroundEvent): string | undefined
  states(): States
  /** Text that is equal for equal global states. */
  key(): string
}
