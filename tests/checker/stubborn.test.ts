/**
 * Stubborn sets against the whole product: the same deadlocks, the same answers to every claim, never more
 * states. Wrong sets must be told from right ones by the same comparison.
 */
import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { goBackN } from '../../bench/systems/go-back-n.ts'
import { peterson } from '../../bench/systems/peterson.ts'
import { frameAllocator } from '../../spec/frame-allocator/system.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'
import type { Chart } from '../../src/checker/chart.ts'
import { Independence } from '../../src/checker/independence.ts'
import { StubbornSets } from '../../src/checker/stubborn.ts'
import { Visibility } from '../../src/checker/visibility.ts'
import { type Instance, instantiate } from '../../src/model/instance.ts'
import type { Bounds, System } from '../../src/model/system.ts'
import { meets, naiveProduct } from './random-system.ts'
import { type Found, type Parts, RUNS_MAX, explore, isViolated, reduction } from './stubborn-driver.ts'
import { type Sample, instanceOf, sample } from './stubborn-systems.ts'

const SEED = 7
const SYSTEMS = 400

const verdictOf = ({ stuck, violated, reached, refusedBy }: Found) =>
  [stuck, violated, reached, refusedBy].map((names) => [...names].sort())

const agrees = (one: Found, other: Found) => isDeepStrictEqual(verdictOf(one), verdictOf(other))

/** Two events in either order, between which alone the invariant fails: one of them must not hide the other. */
const square: Sample = {
  tables: [
    {
      alphabet: [0, 1],
      observer: false,
      next: [
        [1, 2],
        [null, 3],
        [3, null],
        [null, null],
      ],
    },
  ],
  invariants: [[2]],
  witnesses: [],
}

const samples = [square, ...fc.sample(sample, { seed: SEED, numRuns: SYSTEMS })].map((one) => ({
  ...one,
  full: explore(instanceOf(one)),
}))

describe('random systems', () => {
  it('are searched by the driver as the naive product has them', () => {
    for (const one of samples) {
      const naive = naiveProduct(one.tables)
      const { full } = one
      const met = (condition: Sample['invariants'][number]) =>
        naive.places.some((place) => meets(place, condition))
      expect(full.states).toBe(naive.places.length)
      expect(full.stuck.size).toBe(naive.stuck.length)
      expect(full.violated.size).toBe(one.invariants.filter(met).length)
      expect(full.reached.size).toBe(one.witnesses.filter(met).length)
      expect(full.refusedBy.size > 0).toBe(naive.refusalDistance !== undefined)
    }
  })

  it('have the same deadlocks and answers when reduced, in fewer states', () => {
    let states = 0
    let reducedStates = 0
    const seen = { stuck: 0, violated: 0, reached: 0, refusedBy: 0 }
    for (const { full, ...one } of samples) {
      const reduced = explore(instanceOf(one), reduction)
      expect(verdictOf(reduced)).toEqual(verdictOf(full))
      expect(reduced.states).toBeLessThanOrEqual(full.states)
      expect(reduced.transitions).toBeLessThanOrEqual(full.transitions)
      expect(reduced.runs).toBeLessThan(RUNS_MAX)
      states += full.states
      reducedStates += reduced.states
      for (const kind of ['stuck', 'violated', 'reached', 'refusedBy'] as const) {
        if (full[kind].size > 0) seen[kind]++
      }
    }
    expect(reducedStates).toBeLessThan(0.9 * states)
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(SYSTEMS / 20)
  })

  it('have the same deadlocks without claims, proviso or keys, in far fewer states', () => {
    let states = 0
    let reducedStates = 0
    for (const { full, ...one } of samples) {
      const reduced = explore(instanceOf(one), { ...reduction, claims: 'none', proviso: false })
      expect(reduced.stuck).toEqual(full.stuck)
      states += full.states
      reducedStates += reduced.states
    }
    expect(reducedStates).toBeLessThan(0.7 * states)
  })
})

const setsOf =
  (
    Wrong: new (index: number, instance: Instance, charts: Map<unknown, Chart>) => Independence,
  ): Parts['sets'] =>
  (product, visibility) => {
    const charts = new Map<unknown, Chart>()
    const parts = product.instance.components.map((_, index) => new Wrong(index, product.instance, charts))
    return new StubbornSets(product, visibility, parts)
  }

/** Forgets what conflicts with an event at one component. */
class ForgetsAComponent extends Independence {
  override conflicting(...asked: Parameters<Independence['conflicting']>): Uint8Array {
    const found = super.conflicting(...asked)
    return this.table.component.name === 'c0' ? found.fill(0) : found
  }
}

/** Takes events for independent that leave each other enabled, whatever order does to the state. */
class ForgetsTheDiamond extends Independence {
  override conflicting(state: number, position: number): Uint8Array {
    return Uint8Array.from(this.table.alphabet, (_, other) => {
      const next = this.next(state, other)
      return next >= 0 && this.next(next, position) < 0 ? 1 : 0
    })
  }
}

/** Looks for what conflicts in the local state at hand, and not in those the component may go to. */
class ForgetsTheWalk extends Independence {
  override conflicting(state: number, position: number): Uint8Array {
    const before = this.next(state, position)
    return Uint8Array.from(this.table.alphabet, (_, other) => {
      const next = this.next(state, other)
      if (next === -1) return 0
      return next < 0 || before < 0 || this.next(next, position) !== this.next(before, other) ? 1 : 0
    })
  }
}

/** Lets a key become visible by what is left out. */
class ForgetsWhatIsShunned extends Independence {
  override conflicting(state: number, position: number): Uint8Array {
    return super.conflicting(state, position)
  }
}

/** Believes that what is refused stays so. */
class ForgetsWhatEnables extends Independence {
  override enabling(state: number, position: number): Uint8Array {
    return super.enabling(state, position).fill(0)
  }
}

/** Takes the refusal of an observer for a step like any other. */
class ForgetsObservers extends Independence {
  override next(state: number, position: number): number {
    const next = super.next(state, position)
    return next === -2 && this.table.component.observer ? state : next
  }
}

class Blind extends Visibility {
  override label(): string {
    return ''
  }
}

const wrong: readonly { readonly name: string; readonly parts: () => Parts }[] = [
  { name: 'the proviso dropped', parts: () => ({ ...reduction, proviso: false }) },
  { name: 'visibility dropped', parts: () => ({ ...reduction, visibility: new Blind() }) },
  { name: 'a component forgotten', parts: () => ({ sets: setsOf(ForgetsAComponent)! }) },
  { name: 'order of events forgotten', parts: () => ({ sets: setsOf(ForgetsTheDiamond)! }) },
  { name: 'later local states forgotten', parts: () => ({ sets: setsOf(ForgetsTheWalk)! }) },
  { name: 'later visibility forgotten', parts: () => ({ sets: setsOf(ForgetsWhatIsShunned)! }) },
  { name: 'enabling events forgotten', parts: () => ({ sets: setsOf(ForgetsWhatEnables)! }) },
  { name: 'refusals of observers forgotten', parts: () => ({ sets: setsOf(ForgetsObservers)! }) },
]

describe('a reduction with', () => {
  test.each(wrong)('$name is told from the right one', ({ parts }) => {
    const caught = samples.some(({ full, ...one }) => !agrees(full, explore(instanceOf(one), parts())))
    expect(caught).toBe(true)
  })
})

const registered: readonly (readonly [System, Bounds])[] = [
  [tlbShootdown, { cpus: 2, pages: 1, tables: 0, frames: 1 }],
  [tlbShootdown, { cpus: 2, pages: 1, tables: 1, frames: 1 }],
  [frameAllocator, { cpus: 2, pages: 2, frames: 1 }],
  [peterson, { processes: 3 }],
  [goBackN, { window: 2, payloads: 2, dataCapacity: 2, acknowledgementCapacity: 2 }],
]

const titled = registered.map(([system, bounds]) => ({
  title: `${system.name} at ${Object.values(bounds).join(' ')}`,
  system,
  bounds,
}))
const mutated = titled.flatMap((one) => Object.keys(one.system.mutants).map((mutant) => ({ ...one, mutant })))

describe('reduced,', () => {
  test.each(titled)('$title has the same deadlocks and answers', ({ system, bounds }) => {
    const full = explore(instantiate(system, bounds))
    const reduced = explore(instantiate(system, bounds), reduction)
    expect(full.reached.size).toBeGreaterThan(0)
    expect(verdictOf(reduced)).toEqual(verdictOf(full))
    expect(reduced.states).toBeLessThanOrEqual(full.states)
    expect(reduced.transitions).toBeLessThan(full.transitions)
    expect(reduced.runs).toBeLessThan(RUNS_MAX)
  })

  // What follows a violation may have no end, so both stop there, each at its own.
  test.each(mutated)(
    '$title with mutant $mutant is violated or not as before',
    ({ system, bounds, mutant }) => {
      const full = explore(instantiate(system, bounds, mutant), { stops: true })
      const reduced = explore(instantiate(system, bounds, mutant), { ...reduction, stops: true })
      expect(isViolated(reduced)).toBe(isViolated(full))
      if (!isViolated(full)) expect(verdictOf(reduced)).toEqual(verdictOf(full))
    },
  )

  it('most mutants are violated here', () => {
    const violated = mutated.filter(({ system, bounds, mutant }) =>
      isViolated(explore(instantiate(system, bounds, mutant), { stops: true })),
    )
    expect(violated.length).toBeGreaterThan(mutated.length / 2)
  })
})
