/**
 * The search against the naive product on random small systems: the same counts, the same deadlocks, the
 * same shortest distance to whatever goes wrong, the same witnesses.
 */
import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { check } from '../../src/checker/explore.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import { Search } from '../../src/checker/search.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import {
  type Condition,
  type Table,
  asSystem,
  claimOf,
  condition,
  meets,
  naiveProduct,
  tables,
} from './random-system.ts'

const SEED = 31
const SYSTEMS = 300

/** From the first state on the code is generated, from the tenth, or never. */
const compileAt = fc.constantFrom(0, 10, Number.POSITIVE_INFINITY)

/** Explores all there is, asking nothing. */
function searched(system: System, from: number): Search {
  const search = new Search(new Product(instantiate(system)), from)
  while (!search.done) search.advance()
  return search
}

const placeOf = (product: Product, vector: Vector): number[] =>
  product.snapshots(vector).map(({ value }) => Number(String(value).slice(1)))

/** The place at the end of a run, every step of which must be enabled. */
function placeAfter(system: System, events: readonly number[]): number[] {
  const product = new Product(instantiate(system))
  const last = events.reduce<Vector>((vector, event) => {
    expect(product.enabled(vector)).toContain(event)
    return product.step(vector, event).vector
  }, product.initial())
  return placeOf(product, last)
}

const indexOfLeast = (distances: readonly number[], places: readonly number[]): number | undefined =>
  places.length === 0 ? undefined : Math.min(...places.map((place) => distances[place]!))

it('finds the states, transitions and deadlocks of the naive product', () => {
  let largest = 0
  fc.assert(
    fc.property(
      tables(4, 5, true),
      fc.constantFrom(0, 30),
      compileAt,
      (all: Table[], bystanders, generated) => {
        const naive = naiveProduct(all)
        const search = searched(asSystem(all, {}, {}, bystanders), generated)
        const found = Array.from({ length: search.store.count }, (_, index) =>
          placeOf(search.product, search.vectorAt(index)).slice(0, all.length),
        )
        expect(isDeepStrictEqual(found, naive.places)).toBe(true)
        expect(search.transitions).toBe(naive.edges.flat().length)
        expect(search.stuck).toEqual(naive.stuck)
        expect(search.depth).toBe(Math.max(...naive.distances))
        const { refusal } = search
        expect(refusal && naive.distances[refusal.index]! + 1).toBe(naive.refusalDistance)
        largest = Math.max(largest, naive.places.length)
      },
    ),
    { seed: SEED, numRuns: SYSTEMS },
  )
  expect(largest).toBeGreaterThan(100)
})

it('finds a shortest way to a violated invariant', () => {
  let violated = 0
  fc.assert(
    fc.property(tables(4, 5), condition(4), condition(4), (all, one, other) => {
      const naive = naiveProduct(all)
      const bad = naive.places.flatMap((place, index) =>
        meets(place, one) || meets(place, other) ? [index] : [],
      )
      const system = asSystem(all, { one: claimOf('always', one), other: claimOf('always', other) })
      const { outcome, violation, states } = check(instantiate(system), { only: ['one', 'other'] })
      expect(violation?.events.length).toBe(indexOfLeast(naive.distances, bad))
      if (violation === undefined) {
        expect([outcome, states]).toEqual(['holds', naive.places.length])
        return
      }
      violated++
      expect([outcome, violation.kind]).toEqual(['violated', 'invariant'])
      const wanted = violation.claim === 'one' ? one : other
      expect(meets(placeAfter(system, violation.events), wanted)).toBe(true)
    }),
    { seed: SEED, numRuns: SYSTEMS },
  )
  expect(violated).toBeGreaterThan(SYSTEMS / 10)
  expect(violated).toBeLessThan(SYSTEMS)
})

it('finds a shortest way to a deadlock', () => {
  let deadlocked = 0
  fc.assert(
    fc.property(tables(3, 5), (all) => {
      const naive = naiveProduct(all)
      const system = asSystem(all)
      const { violation } = check(instantiate(system))
      expect(violation?.events.length).toBe(indexOfLeast(naive.distances, naive.stuck))
      if (violation === undefined) return
      deadlocked++
      expect(violation).toMatchObject({ kind: 'stuck', claim: 'neverStuck' })
      const last = placeAfter(system, violation.events)
      expect(naive.stuck.map((index) => naive.places[index])).toContainEqual(last)
    }),
    { seed: SEED, numRuns: SYSTEMS },
  )
  expect(deadlocked).toBeGreaterThan(SYSTEMS / 20)
  expect(deadlocked).toBeLessThan(SYSTEMS)
})

it('finds a shortest way to a refusal of an observer', () => {
  let refused = 0
  fc.assert(
    fc.property(tables(3, 5, true), (all) => {
      const naive = naiveProduct(all)
      const names = all.map((_, index) => `c${index}`)
      const { violation } = check(instantiate(asSystem(all)), { only: names })
      expect(violation?.events.length).toBe(naive.refusalDistance)
      if (violation === undefined) return
      refused++
      expect(violation.kind).toBe('observer')
      expect(all[names.indexOf(violation.claim)]!.observer).toBe(true)
    }),
    { seed: SEED, numRuns: SYSTEMS },
  )
  expect(refused).toBeGreaterThan(SYSTEMS / 10)
})

it('remembers claims: witnesses as without a memo, in far fewer evaluations than states', () => {
  let evaluations = 0
  let states = 0
  fc.assert(
    fc.property(
      tables(4, 6),
      fc.array(condition(4), { minLength: 6, maxLength: 6 }),
      fc.constantFrom(0, 30),
      (all, wanted, bystanders) => {
        const naive = naiveProduct(all)
        const witness = (one: Condition) => claimOf('sometimes', one, () => evaluations++)
        const claims = Object.fromEntries(wanted.map((one, index) => [`w${index}`, witness(one)]))
        const names = Object.keys(claims)
        const missing = names.filter(
          (_, index) => !naive.places.some((place) => meets(place, wanted[index]!)),
        )
        const result = check(instantiate(asSystem(all, claims, {}, bystanders)), {
          only: names,
        })
        expect(result.unreached).toEqual(missing)
        expect(result.outcome).toBe(missing.length > 0 ? 'unreached' : 'holds')
        states += result.states * names.length
      },
    ),
    { seed: SEED, numRuns: SYSTEMS },
  )
  expect(evaluations).toBeLessThan(states / 2)
})
