/**
 * Shortening counterexamples: what comes out is a run of the system that violates the same claim, is never
 * longer, and is a shortest one where the searches around it are large enough.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/checker/explore.ts'
import { Judge } from '../../src/checker/judge.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import type { Violation } from '../../src/checker/result.ts'
import { type ShortenOptions, shorten } from '../../src/checker/shorten.ts'
import { walk } from '../../src/checker/walk.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { frameAllocator } from '../../spec/frame-allocator/system.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'
import * as toys from '../cli-fixtures/systems.ts'
import {
  type Condition,
  type NaiveProduct,
  type Table,
  asSystem,
  claimOf,
  condition,
  meets,
  naiveProduct,
  tables,
} from './random-system.ts'

const SEED = 17
/** Delta debugging alone, then with the searches around the run, then with all. */
const ALONE: ShortenOptions = { statesMax: 0, aroundMax: 0 }
const AROUND: ShortenOptions = { statesMax: 0 }
const ALL: ShortenOptions = {}

const judgeOf = (system: System, mutant?: string): Judge =>
  new Judge(new Product(instantiate(system, {}, mutant)))

/** Choices of a walk: the same for the same seed. */
function choicesOf(seed: number, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 0x915f77f5) + 0x6d2b79f5) | 0
    return state >>> 16
  })
}

/** A long run to a violation, found by walking at random. */
function wander(judge: Judge, kind: Violation['kind'], claim: string): Violation {
  for (let seed = 0; seed < 400; seed++) {
    const { violation } = walk(judge, choicesOf(seed, 300))
    if (violation?.kind === kind && violation.claim === claim) return violation
  }
  throw new Error(`no walk violates ${claim}`)
}

/** The states along a run, every event of which must be enabled. */
function vectorsAlong({ product }: Judge, events: readonly number[]): Vector[] {
  const vectors = [product.initial()]
  for (const event of events) {
    expect(product.enabled(vectors.at(-1)!)).toContain(event)
    vectors.push(product.step(vectors.at(-1)!, event).vector)
  }
  return vectors
}

function expectViolation(judge: Judge, { kind, claim, label, events }: Violation): void {
  const vectors = vectorsAlong(judge, events)
  const last = vectors.at(-1)!
  const { tables, instance } = judge.product
  if (kind === 'observer') {
    const index = instance.components.findIndex(({ name, family }) => name === label && family === claim)
    expect(tables[index]!.accepted(vectors.at(-2)![index]!, events.at(-1)!)).toBe(false)
  } else if (kind === 'stuck') expect(judge.isStuck(last)).toBe(true)
  else {
    const violated = judge.claimLabelled(label)!
    expect(violated.name).toBe(claim)
    expect(judge.asks(violated, 'holds', last)).toBe(false)
  }
}

describe('random systems', () => {
  type Case = { all: Table[]; wanted: Condition; kind: 'invariant' | 'stuck' | 'observer' }
  const cases: fc.Arbitrary<Case> = fc.record({
    all: tables(4, 5, true),
    wanted: condition(3),
    kind: fc.constantFrom('invariant', 'stuck', 'observer'),
  })

  function systemFor({ all, wanted, kind }: Case): { system: System; naive: NaiveProduct } {
    // Where observers are not the question they are left out, for a walk stops at the first violation.
    const kept = kind === 'observer' ? all : all.filter(({ observer }) => !observer)
    const never = {
      kind: 'neverStuck',
      sentence: 'as it is',
      forAll: [],
      final: () => kind !== 'stuck',
    } as const
    const claims = { ...(kind === 'invariant' ? { wanted: claimOf('always', wanted) } : {}), never }
    return { system: asSystem(kept, claims), naive: naiveProduct(kept) }
  }

  function leastDistance({ wanted, kind }: Case, naive: NaiveProduct): number {
    if (kind === 'observer') return naive.refusalDistance!
    const ends =
      kind === 'stuck'
        ? naive.stuck
        : naive.places.flatMap((place, index) => (meets(place, wanted) ? [index] : []))
    return Math.min(...ends.map((place) => naive.distances[place]!))
  }

  it.each([
    ['delta debugging alone', ALONE, false],
    ['and around the run', AROUND, false],
    ['and from the initial state', ALL, true],
  ] as const)('%s: a run that violates, never longer', (_, options, isShortest) => {
    let shortened = 0
    fc.assert(
      fc.property(cases, fc.nat(), (one, seed) => {
        const { system, naive } = systemFor(one)
        const judge = judgeOf(system)
        const { violation } = walk(judge, choicesOf(seed, 60))
        if (violation === undefined) return
        const result = shorten(judge, violation, options)
        expect([result.kind, result.claim]).toEqual([violation.kind, violation.claim])
        expectViolation(judge, result)
        expect(result.events.length).toBeLessThanOrEqual(violation.events.length)
        if (isShortest && one.kind !== 'observer')
          expect(result.events.length).toBe(leastDistance(one, naive))
        if (result.events.length < violation.events.length) shortened++
      }),
      { seed: SEED, numRuns: 300 },
    )
    expect(shortened).toBeGreaterThan(20)
  })

  it('leaves no event out of which the rest would still violate', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (one, seed) => {
        const judge = judgeOf(systemFor(one).system)
        const { violation } = walk(judge, choicesOf(seed, 60))
        if (violation === undefined) return
        const { events, ...found } = shorten(judge, violation, ALONE)
        for (const position of events.keys()) {
          const rest = events.filter((__, other) => other !== position)
          expect(() => shorten(judge, { ...found, events: rest }, { ...ALONE, stepsMax: 0 })).toThrow(
            RangeError,
          )
        }
      }),
      { seed: SEED, numRuns: 150 },
    )
  })
})

describe('toys', () => {
  const cases = [
    ['unsafe', toys.unsafe, 'invariant', 'oneAtATime'],
    ['watched', toys.watched, 'observer', 'drops'],
    ['stuck', toys.stuck, 'stuck', 'neverStuck'],
  ] as const
  it.each(cases)('%s: the shortest there is', (_, system, kind, claim) => {
    const judge = judgeOf(system)
    const result = shorten(judge, wander(judge, kind, claim))
    expectViolation(judge, result)
    expect(result.events).toHaveLength(check(instantiate(system)).violation!.events.length)
  })

  it('a violation in the initial state has no events', () => {
    const broken = claimOf('always', [0])
    const judge = judgeOf(asSystem([{ alphabet: [0], observer: false, next: [[0]] }], { broken }))
    const violation: Violation = { kind: 'invariant', claim: 'broken', label: 'broken', events: [0, 0] }
    expect(shorten(judge, violation).events).toEqual([])
  })

  it('violations of progress and errors stay as they are', () => {
    const { violation } = check(instantiate(toys.starving))
    expect(violation?.kind).toBe('progress')
    expect(shorten(judgeOf(toys.starving), violation!)).toBe(violation)
  })

  it('a run that violates nothing is refused', () => {
    const nothing: Violation = { kind: 'invariant', claim: 'oneAtATime', label: 'oneAtATime', events: [0] }
    expect(() => shorten(judgeOf(toys.sound), nothing)).toThrow(
      'the events are no run to a violation of oneAtATime',
    )
  })
})

describe('mutants', () => {
  const cases = [
    ['freesBeforeAcknowledgements', tlbShootdown],
    ['acknowledgesBeforeFlushing', tlbShootdown],
    ['leavesTheEntry', tlbShootdown],
    ['releasesBeforeFlushing', frameAllocator],
    ['sharesWritable', frameAllocator],
    ['freesWhileShared', frameAllocator],
  ] as const
  it.each(cases)('%s: from a walk of many steps to a shortest run or near', (mutant, system) => {
    const { killedBy } = system.mutants[mutant]!
    const judge = judgeOf(system, mutant)
    const long = wander(judge, 'invariant', killedBy)
    const { violation } = check(instantiate(system, {}, mutant), { only: [killedBy] })
    const all = shorten(judge, long)
    expectViolation(judge, all)
    expect(all.events).toHaveLength(violation!.events.length)
    const around = shorten(judge, long, AROUND)
    expectViolation(judge, around)
    expect(around.events.length).toBeLessThanOrEqual(2 * violation!.events.length)
  })
})
