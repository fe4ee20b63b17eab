/**
 * Breadth-first search of the whole product: every state once, in order of its distance from the initial
 * one. Knows how to grow (widths, arrays) and to look up successors again; what is asked of each state is
 * the business of explore.ts.
 */
import { CompiledStepper } from './compiled-stepper.ts'
import { type Layout, layoutOf, pack, unpack, widthFor } from './layout.ts'
import type { MemoPredicate } from './predicate.ts'
import type { Product, Vector } from './product.ts'
import { type Batch, OVERFLOWED, type Signals, type Stepper, type Workings, createBatch } from './stepper.ts'
import { Pipeline } from './pipeline.ts'
import { type Reducers, ReducedStepper } from './reduced-stepper.ts'
import { attempt } from './search-error.ts'
import { Store } from './store.ts'
import { TabledStepper } from './tabled-stepper.ts'

/** An observer refused `event` in state `index`: the last step of a counterexample. */
export type Refusal = { readonly index: number; readonly event: number; readonly component: number }

/** Below this many states generating code takes longer than that code saves. */
const COMPILE_AT = 4_000

/** With fewer states to expand, handing them to other threads takes longer than expanding them. */
const WIDE_ENOUGH = 4_096

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
  readonly #signals: Signals
  #next = 0
  /** How many threads expand states besides the one that commits them. */
  threads = 0
  #pipeline: Pipeline | undefined
  #loaded: CompiledStepper | undefined
  /** Up to this state none are handed to other threads. */
  #inlineEnd = 0
  readonly #compileAt: number
  readonly #reducers: Reducers | undefined

  /** From `compileAt` states on the search is compiled, and threads are used; tests set it, users need not. */
  constructor(product: Product, compileAt = COMPILE_AT, reducers?: Reducers) {
    this.product = product
    this.#compileAt = compileAt
    this.#reducers = reducers
    this.#batch = createBatch(product.instance.events.length)
    this.#layout = this.#fittingLayout()
    this.store = new Store(this.#layout.words)
    this.#signals = this.store.arena.view(this.store.arena.control, 1)
    this.#stepper = this.#createStepper()
    pack(this.store.records, 0, this.#layout, product.initial())
    this.store.count = 1
    this.store.rehash()
  }

  /** Whether compiled code runs, as in all but small searches. */
  get compiled(): boolean {
    return !this.store.indexed
  }
  /** Puts for a state the one that stands for all its renamings, in a search that keeps one of each. */
  get canonicalise(): Reducers['canonicalise'] {
    return this.#reducers?.canonicalise
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
    return unpack(this.store.records, index * this.store.stride, this.#layout.fields[component]!)
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
    const level = this.levels.at(-1)!
    let end = level > this.#next ? level : store.count
    if (level <= this.#next) this.levels.push(end)
    if (stepper instanceof CompiledStepper && this.#isWideEnough) {
      if (this.#next >= this.#inlineEnd) {
        this.#advanceTask(stepper, end)
        return { from, to: store.count }
      }
      end = Math.min(end, this.#inlineEnd)
    }
    stepper.reset()
    const start = this.#next
    this.#next = stepper.expand(start, end)
    const overflowed = this.#signals[OVERFLOWED] !== 0
    if (!stepper.commit()) {
      this.#next = start
      this.#widen()
      return { from, to: from }
    }
    this.transitions += stepper.size()
    if (overflowed) this.#widen()
    else if (from < this.#compileAt && store.count >= this.#compileAt) this.#stepper = this.#createStepper()
    return { from, to: store.count }
  }

  get #isWideEnough(): boolean {
    const least = Math.min(WIDE_ENOUGH, this.#compileAt)
    const isWide = this.#pipeline?.isBusy === true || this.store.count - this.#next >= least
    return this.threads > 0 && isWide
  }

  // Keeps other threads expanding ahead, and commits what they have made of the first states of the queue.
  #advanceTask(stepper: CompiledStepper, levelEnd: number): void {
    const pipeline = (this.#pipeline ??= new Pipeline(this.store.arena, this.threads))
    if (this.#loaded !== stepper) {
      stepper.beforeRebuild = () => pipeline.drain()
      pipeline.load((this.#loaded = stepper))
    }
    const successors = Math.max(1, this.transitions / Math.max(1, this.#next))
    pipeline.fill(this.#next, levelEnd, this.store.count, successors)
    const task = pipeline.take()
    if (task === undefined || !stepper.commitFrom(task.entries, task.size)) return this.#widen()
    this.transitions += task.successors
    this.stuck.push(...task.stuck)
    this.#next = task.reached
    // What the task has left over is expanded here: there xstate may be asked.
    this.#inlineEnd = task.end
  }

  /** Ends the threads, if there are any. */
  close(): void {
    this.#pipeline?.stop()
    this.#pipeline = undefined
    this.#loaded = undefined
  }

  /** Calls `visit` with every edge of a finished search, or of its first `end` states, state by state. */
  edges(visit: (source: number, event: number, target: number) => void, end = this.store.count): void {
    const { events, sources, targets } = this.#batch
    this.#index()
    for (let next = 0; next < end;) {
      this.#stepper.reset()
      next = this.#stepper.expand(next, end)
      this.#stepper.commit()
      const size = this.#stepper.size()
      for (let k = 0; k < size; k++) visit(sources[k]!, events[k]!, targets[k]!)
    }
  }

  /** Whether a predicate holds in state `index`. Throws SearchError where it throws. */
  asks(predicate: MemoPredicate, index: number): boolean {
    return attempt(index, undefined, () => predicate.holds((component) => this.idAt(index, component)))
  }

  // Look-ups by index need the table of indices. A step that threw may have left its signal; the states looked
  // at were expanded before it.
  #index(): void {
    this.#signals.fill(0)
    if (this.store.indexed) return
    this.store.index()
    this.#stepper = new TabledStepper(this.#workings())
  }

  #fittingLayout(): Layout {
    return layoutOf(this.product.tables.map(({ size }) => widthFor(size)))
  }

  #createStepper(): Stepper {
    const workings = this.#workings()
    const isSmall = this.store.count < this.#compileAt
    if (this.#reducers !== undefined && (isSmall || this.#reducers.stubborn !== undefined))
      return new ReducedStepper(workings, this.#reducers)
    const compiled = isSmall ? undefined : CompiledStepper.create(workings, this.#reducers?.canonicalise)
    if (compiled === undefined) this.store.index()
    return compiled ?? new TabledStepper(workings)
  }

  #workings(): Workings {
    const { tables } = this.product
    const callbacks: Workings['callbacks'] = {
      tabulate: (component, state, position, from, event) => {
        const table = tables[component]!
        const next = attempt(from, event, () => table.step(state, position))
        if (!this.#stepper.fits(component, table.size)) this.#signals[OVERFLOWED] = 1
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
    return {
      product: this.product,
      layout: this.#layout,
      store: this.store,
      batch: this.#batch,
      signals: this.#signals,
      callbacks,
    }
  }

  // A component has more local states than its field can tell apart: re-pack everything and go on.
  #widen(): void {
    this.#pipeline?.drain()
    const layout = this.#fittingLayout()
    this.store.repack(this.#layout, layout)
    this.#layout = layout
    this.#signals.fill(0)
    this.#stepper = this.#createStepper()
  }
}
