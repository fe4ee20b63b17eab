/**
 * What an engine gets wrong with a system: each question asked alone and compared with the truth, each trace
 * executed anew. A mutant of an engine must be caught by this, and by nothing made for it.
 */
import { Judge, type Run } from '../../src/checker/judge.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import type { Violation } from '../../src/checker/result.ts'
import type { Instance } from '../../src/model/instance.ts'
import type { Answer, Engine } from './engines-table.ts'
import { NEVER_STUCK, type Sample } from './engines-samples.ts'

/** What a disagreement is about; `broken`: the engine noticed by itself that something is wrong with it. */
export type Fault = { readonly about: 'verdict' | 'count' | 'trace' | 'broken'; readonly text: string }

/** Executes a violation on tables of its own; says why it is none, or nothing where it is one. */
export function objectionTo(instance: Instance, violation: Violation): string | undefined {
  const product = new Product(instance)
  const { kind, claim, label, events, loopStart } = violation
  const vectors: Vector[] = [product.initial()]
  for (const [step, event] of events.entries()) {
    if (!product.accepts(vectors.at(-1)!, event)) return `event ${step} of its trace is not enabled`
    vectors.push(product.step(vectors.at(-1)!, event).vector)
  }
  const judge = new Judge(product)
  const last = vectors.at(-1)!
  if (kind === 'invariant') {
    const violated = instance.claims.find(({ name }) => name === claim) && judge.claimLabelled(label)
    const isFalse = violated?.name === claim && !judge.asks(violated, 'holds', last)
    return isFalse ? undefined : `${label} holds where its trace ends`
  }
  if (kind === 'observer') {
    const observer = instance.components.findIndex(({ name }) => name === label)
    const before = vectors.at(-2)
    const isRefused =
      before !== undefined &&
      instance.components[observer]?.observer === true &&
      instance.components[observer].family === claim &&
      instance.events[events.at(-1)!]!.participants.includes(observer) &&
      !product.tables[observer]!.accepted(before[observer]!, events.at(-1)!)
    return isRefused ? undefined : `${label} does not refuse the last event`
  }
  if (kind === 'stuck') return judge.isStuck(last) ? undefined : 'its trace does not end in a deadlock'
  if (kind !== 'progress') return `it is an error: ${label}`
  return judge.progressObjection(judge.claimLabelled(label)!, lasso(vectors, events, loopStart))
}

// A loop of no events is a run that ends.
const lasso = (vectors: readonly Vector[], events: readonly number[], loopStart = events.length): Run => ({
  vectors,
  events,
  loop: loopStart < events.length ? loopStart : undefined,
})

const KINDS = {
  always: 'invariant',
  neverStuck: 'stuck',
  leadsTo: 'progress',
  eventually: 'progress',
} as const

function kindOf(instance: Instance, name: string): Violation['kind'] | undefined {
  if (name === NEVER_STUCK) return 'stuck'
  const kind = instance.claims.find((claim) => claim.name === name)?.claim.kind
  if (kind === undefined) return 'observer'
  return kind === 'sometimes' ? undefined : KINDS[kind]
}

const sorted = (names: readonly string[]): string => [...names].sort((a, b) => a.localeCompare(b)).join(', ')

class Comparison {
  readonly faults: Fault[] = []
  readonly #sample: Sample
  readonly #engine: Engine

  constructor(sample: Sample, engine: Engine) {
    this.#sample = sample
    this.#engine = engine
  }

  async run(): Promise<readonly Fault[]> {
    for (const only of this.#sample.questions) {
      const answer = await this.#answer(only)
      if (answer === undefined) continue
      this.#compareVerdict(answer, only)
      if (only.length === 0) this.#compareCounts(answer)
    }
    return this.faults
  }

  async #answer(only: readonly string[]): Promise<Answer | undefined> {
    try {
      return await this.#engine.run(this.#sample.instance, only)
    } catch (error) {
      this.#note('broken', only, String(error))
      return undefined
    }
  }

  #note(about: Fault['about'], only: readonly string[], text: string): void {
    const { title } = this.#sample
    this.faults.push({ about, text: `${title}, ${this.#engine.name}, asked [${sorted(only)}]: ${text}` })
  }

  #expect(about: Fault['about'], only: readonly string[], what: string, found: unknown, expected: unknown) {
    if (found !== expected) this.#note(about, only, `${what} ${String(found)}, not ${String(expected)}`)
  }

  #compareCounts({ states, transitions }: Answer): void {
    const { visits } = this.#engine
    const { counts } = this.#sample
    const orbits = counts.orbits ?? states
    if (visits === 'states') this.#expect('count', [], 'states', states, counts.states)
    if (visits === 'states') this.#expect('count', [], 'transitions', transitions, counts.transitions)
    if (visits === 'orbits') this.#expect('count', [], 'states', states, orbits)
    const most = visits === 'fewer orbits' ? orbits : counts.states
    if (states > most) this.#note('count', [], `${states} states, more than ${most}`)
  }

  #compareVerdict({ outcome, violation, unreached }: Answer, only: readonly string[]): void {
    const { visits, shortest } = this.#engine
    if (violation !== undefined) this.#confirm(violation, only)
    // What it does not visit it may miss.
    if (visits === 'some states' && outcome !== 'violated') return
    const expected = this.#sample.expected(only)
    this.#expect('verdict', only, 'says', outcome, expected.outcome)
    if (outcome !== 'violated')
      this.#expect('verdict', only, 'unreached', sorted(unreached), sorted(expected.unreached))
    if (shortest && expected.distance !== undefined)
      this.#expect('trace', only, 'events', violation?.events.length, expected.distance)
  }

  #confirm(violation: Violation, only: readonly string[]): void {
    const { instance } = this.#sample
    const { claim, kind } = violation
    if (!only.includes(claim)) this.#note('verdict', only, `${claim} is violated, which was not asked`)
    this.#expect('verdict', only, 'violated as', kind, kindOf(instance, claim))
    const objection = objectionTo(instance, violation)
    if (objection !== undefined) this.#note('trace', only, objection)
  }
}

/** What an engine gets wrong with a system. */
export const faultsOf = (sample: Sample, engine: Engine): Promise<readonly Fault[]> =>
  new Comparison(sample, engine).run()
