/**
 * Runs a schedule again and says where it first violates one safety claim: what shortening a counterexample
 * judges its candidates by.
 */
import { EvaluationError } from './component-table.ts'
import { labelOf } from './claims.ts'
import type { Judge } from './judge.ts'
import type { Vector } from './product.ts'
import type { Violation } from './result.ts'

/** The claim that a run must violate, for whatever identifiers. */
export type Wanted = { readonly kind: 'invariant' | 'observer' | 'stuck'; readonly claim: string }

/** The events of a run up to a violation of the claim wanted, with the identifiers it fails for. */
export type Ending = Pick<Violation, 'claim' | 'label' | 'events'>

export class Rerun {
  readonly judge: Judge
  readonly wanted: Wanted
  /** The observers that are the claim, as indices of components. */
  readonly #observers: readonly number[]

  constructor(judge: Judge, wanted: Wanted) {
    this.judge = judge
    this.wanted = wanted
    const { components } = judge.product.instance
    this.#observers = components.flatMap(({ observer, family }, index) =>
      wanted.kind === 'observer' && observer && family === wanted.claim ? [index] : [],
    )
  }

  /** Where the run violates the claim, if it is a run and does. */
  strictly(events: readonly number[]): Ending | undefined {
    const ending = this.leniently(events)
    const isPrefix = ending?.events.every((event, step) => event === events[step]) ?? false
    return isPrefix ? ending : undefined
  }

  /** The same, passing over events that are not enabled. A run on which a machine throws violates nothing. */
  leniently(schedule: readonly number[]): Ending | undefined {
    try {
      return this.#run(schedule)
    } catch (error) {
      if (error instanceof EvaluationError) return undefined
      throw error
    }
  }

  /** The states along a run of enabled events, the initial one first. */
  vectorsAlong(events: readonly number[]): Vector[] {
    const { product } = this.judge
    const vectors = [product.initial()]
    for (const event of events) vectors.push(product.step(vectors.at(-1)!, event).vector)
    return vectors
  }

  /** What a state violates of the claim: an invariant's label, or that of being stuck. Throws EvaluationError. */
  labelAt(vector: Vector): string | undefined {
    const { kind, claim } = this.wanted
    if (kind === 'observer') return undefined
    if (kind === 'stuck') return this.judge.isStuck(vector) ? claim : undefined
    const violated = this.judge.product.instance.claims.find(
      (one) => one.name === claim && one.claim.kind === 'always' && !this.judge.asks(one, 'holds', vector),
    )
    return violated && labelOf(violated)
  }

  /** What an event violates of the claim in a state: the name of an observer that refuses it. */
  labelOfEvent(vector: Vector, event: number): string | undefined {
    const { tables, instance } = this.judge.product
    const refusing = this.#observers.find(
      (index) =>
        instance.events[event]!.participants.includes(index) &&
        !tables[index]!.accepted(vector[index]!, event),
    )
    return refusing === undefined ? undefined : instance.components[refusing]!.name
  }

  #run(schedule: readonly number[]): Ending | undefined {
    const { product } = this.judge
    const events: number[] = []
    const end = (label: string): Ending => ({ claim: this.wanted.claim, label, events })
    const isInvariant = this.wanted.kind === 'invariant'
    let vector = product.initial()
    for (const event of schedule) {
      const label = isInvariant ? this.labelAt(vector) : undefined
      if (label !== undefined) return end(label)
      if (!product.accepts(vector, event)) continue
      const refusing = this.labelOfEvent(vector, event)
      vector = product.step(vector, event).vector
      events.push(event)
      if (refusing !== undefined) return end(refusing)
    }
    const label = this.labelAt(vector)
    return label === undefined ? undefined : end(label)
  }
}
