/**
 * Breadth-first search of the whole product: every state once, in order of its distance from the initial
 * one. Knows how to grow (widths, arrays) and to look up successors again; what is asked of each state is
 * the business of explore.ts.
 */
import assert from 'node:assert/strict'
import { generateStepper } from './generated-stepper.ts'
import { type Layout, layoutOf, pack, unpack, widthFor } from './layout.ts'
import type { MemoPredicate } from './predicate.ts'
import type { Product, Vector } from './product.ts'
import {
  type Batch,
  OVERFLOWED,
  REPLACED,
  type Signals,
  type Stepper,
  type Workings,
  createBatch,
} from './stepper.ts'
import { Store } from './store.ts'
import { TabledStepper } from './tabled-stepper.ts'

/** An observer refused `event` in state `index`: the last step of a counterexample. */
export type Refusal = { readonly index: number; readonly event: number; readonly component: number }

/** A machine or claim threw; `event` is the step that was being taken from state `index`, where there was one. */
export class SearchError extends Error {
  override readonly name = 'SearchError'
  readonly index: number
  readonly event: number | undefined
  constructor(cause: Error, index: number, event: number | undefined) {
    super(cause.message, { cause })
    this.index = index
    this.event = event
  }
}

/** Below this many states V8 takes longer to compile generated code than that code saves. */
const COMPILE_AT = 300_000

export class Search {
  readonly product: Product
  readonly store: Store
  /** Index of the first state of each level; the last entry is the end of the level being expanded. */
  readonly levels: number[] = [0]
  transitions = 0
  /** The states without successors, in order of discovery. */
  readonly stuck: number[] = []
  refusal: Refusal | undefined
  /** Whether a refusal by this observer counts. */
  heeds: (component: number) => boolean = () => true
  #layout: Layout
  #stepper: Stepper
  readonly #batch: Batch
  readonly #signals: Signals = new Int32Array(2)
  #next = 0

  readonly #compileAt: number

  /** From `compileAt` states on the search runs generated code; tests set it, users need not. */
  constructor(product: Product, compileAt = COMPILE_AT) {
    this.product = product
    this.#compileAt = compileAt
    this.#batch = createBatch(product.instance.events.length)
    this.#layout = this.#fittingLayout()
    this.store = new Store(this.#layout.words)
    this.#stepper = this.#createStepper()
    this.#insertInitial()
  }

  get layout(): Layout {
    return this.#layout
  }

  /** The first state not expanded yet. */
  get next(): number {
    return this.#next
  }

  /** The events by which the states of the last `advance` were reached, in their order. */
  get freshEvents(): Int32Array {
    return this.#batch.fresh
  }

  get done(): boolean {
    return this.#next >= this.store.count
  }

  get depth(): number {
    return Math.max(0, this.levels.length - 2)
  }

  /** The local state id of a component in state `index`. */
  idAt(index: number, component: number): number {
    return unpack(this.store.vectors, index * this.#layout.words, this.#layout.fields[component]!)
  }

  vectorAt(index: number): Vector {
    return this.#layout.fields.map((_, component) => this.idAt(index, component))
  }

  /**
   * Expands one batch of states in order. Returns the range of new states. Throws SearchError where a machine
   * throws, RangeError out of memory.
   */
  advance(): { readonly from: number; readonly to: number } {
    const { store } = this
    const from = store.count
    const stepper = this.#stepper
    stepper.reset()
    const level = this.levels.at(-1)!
    const end = level > this.#next ? level : store.count
    if (level <= this.#next) this.levels.push(end)
    this.#next = stepper.expand(this.#next, end)
    const overflowed = this.#signals[OVERFLOWED] !== 0
    if (store.reserve(stepper.size())) stepper.bind()
    stepper.commit()
    this.transitions += stepper.size()
    if (overflowed) this.#widen()
    else if (from < this.#compileAt && store.count >= this.#compileAt) this.#stepper = this.#createStepper()
    return { from, to: store.count }
  }

  /** Calls `visit` with each successor of a state of a finished search. */
  successors(index: number, visit: (event: number, target: number) => void): void {
    // A step that threw may have left its signals; the states looked at here were expanded before it.
    this.#signals.fill(0)
    this.#stepper.reset()
    this.#stepper.expand(index, index + 1)
    this.#stepper.commit()
    const { events, targets } = this.#batch
    const size = this.#stepper.size()
    for (let k = 0; k < size; k++) visit(events[k]!, targets[k]!)
  }

  /** Calls `visit` with every edge of a finished search, state by state, in the order of `successors`. */
  edges(visit: (source: number, event: number, target: number) => void): void {
    const { events, sources, targets } = this.#batch
    this.#signals.fill(0)
    for (let next = 0; next < this.store.count;) {
      this.#stepper.reset()
      next = this.#stepper.expand(next, this.store.count)
      this.#stepper.commit()
      const size = this.#stepper.size()
      for (let k = 0; k < size; k++) visit(sources[k]!, events[k]!, targets[k]!)
    }
  }

  /** Whether a predicate holds in state `index`. Throws SearchError where it throws. */
  asks(predicate: MemoPredicate, index: number): boolean {
    return attempt(index, undefined, () => predicate.holds((component) => this.idAt(index, component)))
  }

  /** The indices from the initial state to `index` along first discoveries: a shortest path. */
  pathTo(index: number): number[] {
    const path = [index]
    while (path[0]! > 0) path.unshift(this.store.parents[path[0]!]!)
    return path
  }

  /** The events that lead along a path of state indices, each the first in order that does. */
  eventsAlong(path: readonly number[]): number[] {
    return path.slice(1).map((target, step) => {
      let found: number | undefined
      this.successors(path[step]!, (event, reached) => {
        if (reached === target) found ??= event
      })
      assert(found !== undefined, `no event leads from state ${path[step]} to ${target}`)
      return found
    })
  }

  #insertInitial(): void {
    const { store } = this
    pack(store.vectors, 0, this.#layout, this.product.initial())
    store.count = 1
    store.rehash()
  }

  #fittingLayout(): Layout {
    return layoutOf(this.product.tables.map(({ size }) => widthFor(size)))
  }

  #createStepper(): Stepper {
    const { tables } = this.product
    const callbacks: Workings['callbacks'] = {
      tabulate: (component, state, position, from, event) => {
        const table = tables[component]!
        const rows = table.next
        const next = attempt(from, event, () => table.step(state, position))
        if (widthFor(table.size) > this.#layout.fields[component]!.width) this.#signals[OVERFLOWED] = 1
        if (table.next !== rows) {
          this.#stepper.bind()
          this.#signals[REPLACED] = 1
        }
        return next
      },
      permits: (event, ids, from) =>
        attempt(from, undefined, () =>
          this.product.instance.events[event]!.participants.every(
            (component) =>
              tables[component]!.component.observer || tables[component]!.accepted(ids[component]!, event),
          ),
        ),
      stuck: (index) => {
        if (index >= this.#next) this.stuck.push(index)
      },
      refused: (index, event, component) => {
        if (this.heeds(component)) this.refusal ??= { index, event, component }
      },
    }
    const workings = {
      product: this.product,
      layout: this.#layout,
      store: this.store,
      batch: this.#batch,
      signals: this.#signals,
      callbacks,
    }
    return this.store.count < this.#compileAt ? new TabledStepper(workings) : generateStepper(workings)
  }

  // A component has more local states than its field can tell apart: re-pack everything and go on.
  #widen(): void {
    const layout = this.#fittingLayout()
    this.store.repack(this.#layout, layout)
    this.#layout = layout
    this.#signals.fill(0)
    this.#stepper = this.#createStepper()
  }
}

/** What a machine or claim throws is laid to the state it was asked in, and to the step being taken, if any. */
export function attempt<T>(from: number, event: number | undefined, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw error instanceof Error ? new SearchError(error, from, event) : error
  }
}
