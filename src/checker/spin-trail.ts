/**
 * What SPIN's trails say, in our own words: each is re-executed on the charts, which must agree with it. A trail
 * that they do not confirm is a bug of ours or of SPIN's, and never a verdict.
 */
import assert from 'node:assert/strict'
import type { PromelaModel } from './export-promela.ts'
import type { Choice } from './export-promela-text.ts'
import { Judge, type Run } from './judge.ts'
import type { Product, Vector } from './product.ts'
import type { Violation } from './result.ts'
import type { Trail } from './spin-output.ts'

/** A witness that a trail reaches, by its label; or what it violates. */
export type Finding = { readonly witness: string } | { readonly violation: Violation }

/**
 * Re-executes events on the charts; `refusers` are the observers that refuse the last. An event that is not enabled
 * is an assertion failure.
 */
function execute(product: Product, events: readonly number[]): { vectors: Vector[]; refusers: string[] } {
  const vectors = [product.initial()]
  let refusers: string[] = []
  for (const event of events) {
    const vector = vectors.at(-1)!
    const { label } = product.instance.events[event]!
    assert(product.accepts(vector, event), `SPIN takes ${label} where the charts refuse it`)
    refusers = product.refusers(vector, event)
    vectors.push(product.step(vector, event).vector)
  }
  return { vectors, refusers }
}

const eventsOf = (choices: readonly Choice[]): number[] =>
  choices.flatMap((choice) => (choice.kind === 'event' ? [choice.event] : []))

export class TrailReader {
  readonly #judge: Judge
  readonly #model: PromelaModel

  constructor(product: Product, model: PromelaModel) {
    this.#judge = new Judge(product)
    this.#model = model
  }

  #choicesOf({ lines }: Trail): Choice[] {
    return lines.map((line) => {
      const choice = this.#model.choices.get(line)
      assert(choice !== undefined, `line ${line} of the Promela text is no choice`)
      return choice
    })
  }

  #claim(label: string) {
    const claim = this.#judge.claimLabelled(label)
    assert(claim !== undefined, `there is no claim ${label}`)
    return claim
  }

  /** What a trail of the product leads to. */
  read(trail: Trail): Finding {
    const choices = this.#choicesOf(trail)
    const last = choices.at(-1)
    const events = eventsOf(choices)
    const { product } = this.#judge
    assert(last !== undefined && last.kind !== 'event', 'a trail of SPIN ends without a report')
    assert(last.kind !== 'outside', 'SPIN reaches a state that Lockstep has not found: the engines disagree')
    if (last.kind === 'refusal') {
      const { name, family } = product.instance.components[last.component]!
      const all = [...events, last.event]
      assert(
        execute(product, all).refusers.includes(name),
        `SPIN has ${name} refuse an event that it accepts`,
      )
      return { violation: { kind: 'observer', claim: family, label: name, events: all } }
    }
    const vector = execute(product, events).vectors.at(-1)!
    if (last.kind === 'stuck') {
      assert(this.#judge.isStuck(vector), 'SPIN is stuck where the charts are not')
      return { violation: this.#judge.stuckAfter(events) }
    }
    const { label, name } = last
    const holds = this.#judge.asks(this.#claim(label), 'holds', vector)
    assert(holds === (last.kind === 'witness'), `SPIN and the charts disagree about ${label}`)
    return last.kind === 'witness'
      ? { witness: label }
      : { violation: { kind: 'invariant', claim: name, label, events } }
  }

  /** The run on which a trail of a progress claim's verifier never serves the claim. */
  readLasso({ name, label }: { readonly name: string; readonly label: string }, trail: Trail): Violation {
    const choices = this.#choicesOf(trail)
    const events = eventsOf(choices)
    const loopStart = eventsOf(choices.slice(0, trail.loopStart)).length
    const { vectors } = execute(this.#judge.product, events)
    const run: Run = { vectors, events, loop: loopStart < events.length ? loopStart : undefined }
    const objection = this.#judge.progressObjection(this.#claim(label), run)
    assert(objection === undefined, `SPIN and the charts disagree about ${label}: ${objection}`)
    return { kind: 'progress', claim: name, label, events, loopStart }
  }
}
