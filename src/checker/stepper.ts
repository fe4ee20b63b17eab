/**
 * The inner loop of the search, as an interface: `expand` writes the successors of a run of states to a
 * batch, `commit` finds or stores them. In a batch the table slots are read before they are needed, so that
 * cache misses overlap.
 */
import type { Layout } from './layout.ts'
import type { Product } from './product.ts'
import type { Store } from './store.ts'

/** Successors a batch holds before it is committed. */
export const BATCH = 512
/** The same of a batch that another thread fills. */
export const BATCH_MAX = 2048

/** What a stepper asks the search for, off the fast path. */
export type Callbacks = {
  /** Tabulates a local step; `position` is that of `event` in the component's row. May throw. */
  readonly tabulate: (
    component: number,
    state: number,
    position: number,
    from: number,
    event: number,
  ) => number
  /** Whether every participant that may refuse the event accepts it, given all local state ids. May throw. */
  readonly permits: (event: number, ids: Int32Array, from: number) => boolean
  /** No event is enabled in a state. */
  readonly stuck: (index: number) => void
  /** An observer refuses an event. */
  readonly refused: (index: number, event: number, component: number) => void
}

/** Set by `tabulate`, looked at after each state: an array, so that the loop need not call out. */
export type Signals = Int32Array
/** A local state has outgrown its field: the batch of this state must be dropped. */
export const OVERFLOWED = 0

/** The successors of a run of states. */
export type Batch = {
  readonly events: Int32Array
  readonly sources: Int32Array
  readonly targets: Int32Array
  /** The events by which the states that `commit` stored were reached, in their order. */
  readonly fresh: Int32Array
}

/** An empty batch with room for all successors of the state that fills it. */
export function createBatch(eventCount: number): Batch {
  const array = () => new Int32Array(BATCH_MAX + eventCount)
  return { events: array(), sources: array(), targets: array(), fresh: array() }
}

/** What a stepper works on. The arrays of tables and store are replaced as they grow; `bind` follows. */
export type Workings = {
  readonly product: Product
  readonly layout: Layout
  readonly store: Store
  readonly batch: Batch
  readonly signals: Signals
  readonly callbacks: Callbacks
}

/**
 * The inner loop of the search. There is a tabled and a compiled one, with the same results in the same order, and
 * one for reduced graphs.
 */
export type Stepper = {
  /** Expands states from `from` until `end` or a full batch; returns the first state not expanded. */
  readonly expand: (from: number, end: number) => number
  /**
   * Finds or stores the batch; afterwards `fresh` has the events that led to new states, and unless the stepper
   * is compiled `targets` the index of each successor. False where a renaming has outgrown its field: then
   * nothing was stored, and the batch must be expanded again by a stepper with more room.
   */
  readonly commit: () => boolean
  /** Forgets the batch. */
  readonly reset: () => void
  readonly size: () => number
  /** Whether a component's table may have `size` local states; with more, a new stepper is needed. */
  readonly fits: (component: number, size: number) => boolean
}
