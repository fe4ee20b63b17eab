/**
 * A breadth-first search written for clearness alone: with stubborn sets or without, it collects what both must
 * agree on. The sets and the proviso are parts given to it, so that a test can put a wrong one in their place.
 */
import { keyOf } from '../../src/checker/local-state.ts'
import { labelOf } from '../../src/checker/claims.ts'
import { MemoPredicate } from '../../src/checker/predicate.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import { StubbornSets } from '../../src/checker/stubborn.ts'
import { type Lens, Reader, type ReadId } from '../../src/checker/view.ts'
import { Visibility } from '../../src/checker/visibility.ts'
import type { ClaimInstance, Instance } from '../../src/model/instance.ts'

/** More runs than claims have things to look at: a wrong reduction may never settle. */
export const RUNS_MAX = 10

/** What a search finds; by default it goes on after a violation, so that all of them are compared. */
export type Found = {
  states: number
  transitions: number
  /** How often it was begun: once more whenever a claim looked at what it had not looked at before. */
  runs: number
  /** Time spent in `reduce` during the last run. */
  reduceMs: number
  readonly stuck: Set<string>
  readonly violated: Set<string>
  readonly reached: Set<string>
  readonly refusedBy: Set<string>
}

/** How to reduce. Without `sets` nothing is. */
export type Parts = {
  readonly claims?: 'all' | 'none'
  readonly visibility?: Visibility
  readonly sets?: (product: Product, visibility: Visibility) => StubbornSets
  /** Whether to stop at the first violation: beyond that some systems have no end. */
  readonly stops?: boolean
  /** Whether a key leads somewhere new: false is a search that ignores events for ever. */
  readonly proviso?: boolean
}

class AskingReader extends Reader {
  readonly #asker: object

  constructor(product: Product, lens: Lens, asker: object) {
    super(product.instance, product.tables, lens)
    this.#asker = asker
  }

  override start(readId: ReadId): void {
    super.start(readId, this.#asker)
  }
}

type Asked = { readonly instance: ClaimInstance; readonly memo: MemoPredicate }

class Driver {
  readonly found: Found = {
    states: 0,
    transitions: 0,
    runs: 0,
    reduceMs: 0,
    stuck: new Set(),
    violated: new Set(),
    reached: new Set(),
    refusedBy: new Set(),
  }
  readonly #parts: Parts
  readonly #product: Product
  readonly #visibility: Visibility
  readonly #words: number
  #pending: Asked[]

  constructor(instance: Instance, parts: Parts) {
    this.#parts = parts
    this.#product = new Product(instance)
    this.#visibility = parts.visibility ?? new Visibility()
    this.#words = Math.max(1, Math.ceil(instance.events.length / 32))
    this.#pending = parts.claims === 'none' ? [] : instance.claims.flatMap((one) => this.#asked(one))
  }

  #asked(instance: ClaimInstance): Asked[] {
    const { claim, name, ids } = instance
    if (claim.kind !== 'always' && claim.kind !== 'sometimes') return []
    const reader = new AskingReader(this.#product, this.#visibility.lens, instance)
    return [{ instance, memo: new MemoPredicate(name, claim.holds, ids, reader) }]
  }

  run(): Found {
    let sets: StubbornSets | undefined
    do {
      sets = this.#parts.sets?.(this.#product, this.#visibility)
      this.#search(sets)
    } while (sets?.outdated === true && this.found.runs < RUNS_MAX)
    return this.found
  }

  #search(sets: StubbornSets | undefined): void {
    const { found } = this
    const states: Vector[] = [this.#product.initial()]
    const indices = new Map([[states[0]!.join(), 0]])
    found.runs++
    found.transitions = 0
    found.reduceMs = 0
    this.#ask(states[0]!)
    for (const [index, vector] of states.entries()) {
      if (this.#parts.stops === true && isViolated(found)) break
      const enabled = this.#product.enabled(vector)
      if (enabled.length === 0) found.stuck.add(this.#product.snapshots(vector).map(keyOf).join())
      const isNew = (event: number) => {
        const known = indices.get(this.#product.step(vector, event).vector.join())
        return known === undefined || known > index
      }
      const taken = sets === undefined ? enabled : this.#reduced(sets, vector, enabled, isNew)
      for (const event of taken) {
        const { vector: next, refusedBy } = this.#product.step(vector, event)
        if (refusedBy !== undefined) found.refusedBy.add(refusedBy)
        found.transitions++
        if (indices.has(next.join())) continue
        indices.set(next.join(), states.push(next) - 1)
        this.#ask(next)
      }
    }
    found.states = states.length
  }

  #reduced(
    sets: StubbornSets,
    vector: Vector,
    enabled: readonly number[],
    isNew: (event: number) => boolean,
  ): readonly number[] {
    const barred = new Int32Array(this.#words)
    for (;;) {
      const subset = new Int32Array(this.#words)
      for (const event of enabled) subset[event >>> 5]! |= 1 << (event & 31)
      const begun = performance.now()
      const smaller = sets.reduce(vector, subset, barred)
      this.found.reduceMs += performance.now() - begun
      if (!smaller) return enabled
      const isIn = (set: Int32Array, event: number) => ((set[event >>> 5]! >>> (event & 31)) & 1) !== 0
      const proper =
        this.#parts.proviso === false || enabled.some((one) => isIn(sets.keys, one) && isNew(one))
      if (proper) return enabled.filter((event) => isIn(subset, event))
      for (let word = 0; word < this.#words; word++) barred[word]! |= sets.keys[word]!
    }
  }

  #ask(vector: Vector): void {
    const answered = this.#pending.filter(({ instance, memo }) => {
      const holds = memo.holds((component) => vector[component]!)
      if (holds === (instance.claim.kind === 'always')) return false
      const answers = instance.claim.kind === 'always' ? this.found.violated : this.found.reached
      answers.add(labelOf(instance))
      return true
    })
    if (answered.length === 0) return
    this.#pending = this.#pending.filter((one) => !answered.includes(one))
    this.#visibility.retain(this.#pending.map(({ instance }) => instance))
  }
}

/** Whether an invariant failed or an observer refused. */
export const isViolated = ({ violated, refusedBy }: Found): boolean => violated.size + refusedBy.size > 0

/** Explores an instance, to its end if not told otherwise. */
export function explore(instance: Instance, parts: Parts = {}): Found {
  return new Driver(instance, parts).run()
}

/** The parts of a reduction as it is meant to be. */
export const reduction: Parts = { sets: (product, visibility) => new StubbornSets(product, visibility) }
