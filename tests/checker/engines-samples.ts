/**
 * The systems that engines are compared on, and what is true of each: found by walking through all its states
 * with the product alone, asking every claim in every state, without any idea of how to do so fast.
 */
import fc from 'fast-check'
import { labelOf } from '../../src/checker/claims.ts'
import { Judge } from '../../src/checker/judge.ts'
import { check } from '../../src/checker/explore.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import type { Result } from '../../src/checker/result.ts'
import { Symmetry } from '../../src/checker/symmetry.ts'
import type { Claim } from '../../src/model/claim.ts'
import { type ClaimInstance, type Instance, instantiate } from '../../src/model/instance.ts'
import { type System, weak } from '../../src/model/system.ts'
import { blueprints, symmetricSystem } from './random-symmetric-system.ts'
import { type Condition, type Table, asSystem, claimOf, condition, meetsIn, tables } from './random-system.ts'
import * as overlapping from './stubborn-systems.ts'

export const NEVER_STUCK = 'neverStuck'

/** The random systems that all comparisons are about. */
export const SEED = 3
export const SYSTEMS = 200

/** Larger ones are left out: what an engine gets wrong shows in small systems too. */
const STATES_MAX = 400

/** What an engine must say to a question. */
export type Expected = {
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  /** Labels of the witnesses asked for that no state shows. */
  readonly unreached: readonly string[]
  /** Where something is violated, the least number of events to where it shows; absent where it is not known. */
  readonly distance: number | undefined
}

/** How much there is to visit. */
export type Counts = { readonly states: number; readonly transitions: number; readonly orbits?: number }

export type Sample = {
  /** Says where it comes from, so that it can be made again. */
  readonly title: string
  readonly instance: Instance
  /** Names of claims to ask together; none: all there is, is counted. */
  readonly questions: readonly (readonly string[])[]
  readonly counts: Counts
  readonly expected: (only: readonly string[]) => Expected
}

type Place = { readonly vector: Vector; readonly distance: number }

const isProgress = ({ kind }: Claim): boolean => kind === 'leadsTo' || kind === 'eventually'

/** Names of the claims on progress. */
export const progressOf = ({ claims }: Instance): string[] => [
  ...new Set(claims.flatMap(({ name, claim }) => (isProgress(claim) ? [name] : []))),
]

/** Names of what is asked of single states and events: claims, observers, deadlock. */
export function safetyOf({ claims, components }: Instance): string[] {
  const asked = claims.flatMap(({ name, claim }) => (isProgress(claim) ? [] : [name]))
  const observers = components.flatMap(({ family, observer }) => (observer ? [family] : []))
  return [...new Set([NEVER_STUCK, ...asked, ...observers])]
}

class Walk {
  readonly #product: Product
  readonly #judge: Judge
  readonly #places: Place[]
  readonly #keys = new Map<string, number>()
  /** For the name of each claim that is violated, the least number of events to where it shows. */
  readonly #distances = new Map<string, number>()
  readonly #shown = new Set<string>()
  #transitions = 0

  constructor(instance: Instance) {
    this.#product = new Product(instance)
    this.#judge = new Judge(this.#product)
    this.#places = [{ vector: this.#product.initial(), distance: 0 }]
    this.#keys.set(this.#product.initial().join(), 0)
  }

  /** False where there are too many states. */
  run(): boolean {
    for (const { vector, distance } of this.#places) {
      if (this.#places.length > STATES_MAX) return false
      if (this.#judge.isStuck(vector)) this.#note(NEVER_STUCK, distance)
      for (const claim of this.#product.instance.claims) this.#ask(claim, vector, distance)
      for (const event of this.#product.enabled(vector)) this.#take(vector, distance + 1, event)
    }
    return true
  }

  get counts(): Counts {
    return { states: this.#places.length, transitions: this.#transitions, orbits: this.#orbits() }
  }

  expected(only: readonly string[]): Expected {
    const near = only.flatMap((name) => this.#distances.get(name) ?? [])
    if (near.length > 0) return { outcome: 'violated', unreached: [], distance: Math.min(...near) }
    const witnesses = this.#product.instance.claims.filter(
      ({ name, claim }) => claim.kind === 'sometimes' && only.includes(name),
    )
    const unreached = witnesses.map(labelOf).filter((label) => !this.#shown.has(label))
    return { outcome: unreached.length === 0 ? 'holds' : 'unreached', unreached, distance: undefined }
  }

  #ask(claim: ClaimInstance, vector: Vector, distance: number): void {
    const { kind } = claim.claim
    if (kind !== 'always' && kind !== 'sometimes') return
    const holds = this.#judge.asks(claim, 'holds', vector)
    if (kind === 'always' && !holds) this.#note(claim.name, distance)
    if (kind === 'sometimes' && holds) this.#shown.add(labelOf(claim))
  }

  #take(vector: Vector, distance: number, event: number): void {
    const { instance, tables: parts } = this.#product
    this.#transitions++
    for (const component of instance.events[event]!.participants) {
      const { observer, family } = instance.components[component]!
      if (observer && !parts[component]!.accepted(vector[component]!, event)) this.#note(family, distance)
    }
    const next = this.#product.step(vector, event).vector
    const key = next.join()
    if (this.#keys.has(key)) return
    this.#keys.set(key, this.#places.length)
    this.#places.push({ vector: next, distance })
  }

  #note(name: string, distance: number): void {
    if (distance < (this.#distances.get(name) ?? Number.POSITIVE_INFINITY))
      this.#distances.set(name, distance)
  }

  // States that swaps of neighbours lead to are of one orbit.
  #orbits(): number {
    if (this.#product.instance.system.symmetric.length === 0) return this.#places.length
    const symmetry = new Symmetry(this.#product)
    const seen = new Set<number>()
    return this.#places.filter((_, first) => {
      if (seen.has(first)) return false
      const waiting = [first]
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (seen.has(at)) continue
        seen.add(at)
        for (let swap = 0; swap < symmetry.group.generators; swap++)
          waiting.push(this.#keys.get(symmetry.image(swap, this.#places[at]!.vector).join())!)
      }
      return true
    }).length
  }
}

function sampleOf(title: string, instance: Instance): Sample | undefined {
  const walk = new Walk(instance)
  if (!walk.run()) return undefined
  const safety = safetyOf(instance)
  // Alone, so that one answer does not hide another.
  const questions = [[], ...safety.map((name) => [name]), safety]
  return { title, instance, questions, counts: walk.counts, expected: (only) => walk.expected(only) }
}

/** A system with the full search for the truth: what is too large to walk through, and progress. */
export function byFullSearch(
  title: string,
  instance: Instance,
  questions: readonly (readonly string[])[],
): Sample {
  const results = new Map<string, Result>()
  const result = (only: readonly string[]): Result => {
    const found = results.get(only.join()) ?? check(instance, { only, reduction: false })
    results.set(only.join(), found)
    return found
  }
  const expected = (only: readonly string[]): Expected => {
    const { outcome, unreached, violation } = result(only)
    return {
      outcome,
      unreached,
      distance: violation?.kind === 'progress' ? undefined : violation?.events.length,
    }
  }
  const counts = {
    get states() {
      return result([]).states
    },
    get transitions() {
      return result([]).transitions
    },
  }
  return { title, instance, questions, counts, expected }
}

const asked = fc.tuple(tables(4, 5, true), condition(4), condition(4), condition(4))

/** Plain tables: an invariant, a witness and a promise; each event that a component knows is fair. */
function tabled([all, bad, wanted, other]: [Table[], Condition, Condition, Condition]): System {
  const promise: Claim = {
    kind: 'leadsTo',
    sentence: 'as the tables have it',
    forAll: [],
    from: (state: never) => meetsIn(state, other),
    to: (state: never) => meetsIn(state, wanted),
  }
  const claims = { bad: claimOf('always', bad), wanted: claimOf('sometimes', wanted), promise }
  const system = asSystem(all, claims)
  return { ...system, fairness: Object.keys(system.events).map((type) => weak([type])) }
}

/** Random systems of three kinds in turn: plain tables, interchangeable workers, and twice much that commutes. */
export function samples(seed: number, count: number): Sample[] {
  const commuting = overlapping.sample.map(overlapping.instanceOf)
  const kinds = [
    asked.map((one) => instantiate(tabled(one))),
    commuting,
    blueprints.map((one) => instantiate(symmetricSystem(one))),
    commuting,
  ]
  const each = Math.ceil(count / kinds.length)
  const drawn = kinds.map((arbitrary, kind) => {
    const found: Sample[] = []
    // Half of them may be too large.
    for (const [index, instance] of fc
      .sample(arbitrary, { seed: seed + kind, numRuns: 2 * each })
      .entries()) {
      if (found.length === each) break
      const sample = sampleOf(`system ${index} of kind ${kind}`, instance)
      if (sample !== undefined) found.push(sample)
    }
    return found
  })
  const inTurn = Array.from({ length: each }, (_, index) =>
    drawn.flatMap((found) => found.slice(index, index + 1)),
  )
  return inTurn.flat().slice(0, count)
}
