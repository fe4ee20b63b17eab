/**
 * Approximate search against the exact one. With memory to spare it finds the same; with next to none it
 * finds less, and everything it finds is real.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sweep } from '../../src/checker/approximate.ts'
import type { Sweep, SweepOptions, SweepPlan } from '../../src/checker/approximate-result.ts'
import { check } from '../../src/checker/explore.ts'
import { Judge } from '../../src/checker/judge.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import type { Violation } from '../../src/checker/result.ts'
import { type Instance, instantiate } from '../../src/model/instance.ts'
import { systems } from '../../spec/index.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'
import { type Condition, type Table, asSystem, claimOf, condition, tables } from './random-system.ts'

const SEED = 53
const SYSTEMS = 200
/** Far more than any of these systems needs. */
const AMPLE = 2 ** 20

const plans: readonly SweepPlan[] = [
  { visited: 'bitstate', order: 'breadth', seed: 0 },
  { visited: 'bitstate', order: 'depth', seed: 7 },
  { visited: 'compact', order: 'breadth', seed: 7 },
  { visited: 'compact', order: 'depth', seed: 0 },
]
const named = plans.map((plan) => [Object.values(plan).join(' '), plan] as const)

/** Executes a violation as written and says what is there, by no code of the search. */
function isReal(instance: Instance, { kind, events, label }: Violation): boolean {
  const product = new Product(instance)
  const judge = new Judge(product)
  let refusedBy: string | undefined
  const last = events.reduce<Vector>((vector, event) => {
    expect(product.enabled(vector)).toContain(event)
    const step = product.step(vector, event)
    refusedBy = step.refusedBy
    return step.vector
  }, product.initial())
  if (kind === 'invariant') return judge.violatedInvariant(last) !== undefined
  if (kind === 'observer') return refusedBy === label
  return kind === 'stuck' && judge.isStuck(last)
}

const system = (all: readonly Table[], wanted: readonly Condition[]) =>
  asSystem(all, {
    bad: claimOf('always', wanted[0]!),
    worse: claimOf('always', wanted[1]!),
    shown: claimOf('sometimes', wanted[2]!),
    seen: claimOf('sometimes', wanted[3]!),
  })

const described = fc.record({
  all: tables(4, 5, true),
  wanted: fc.array(condition(4), { minLength: 4, maxLength: 4 }),
})

/** Without the claims on deadlock and observers too, or hardly any search would see the whole product. */
const scopes = [undefined, ['bad', 'worse', 'shown', 'seen'], ['shown', 'seen']] as const

describe('on random systems', () => {
  it.each(named)('with memory to spare: %s finds what the exact search finds', (_, plan) => {
    const ends = { violated: 0, whole: 0 }
    fc.assert(
      fc.property(described, fc.constantFrom(...scopes), ({ all, wanted }, only) => {
        const instance = instantiate(system(all, wanted))
        const asked = only === undefined ? {} : { only }
        const exact = check(instance, asked)
        const found = sweep(instance, { ...plan, ...asked, memoryBytes: AMPLE })
        expect(found.outcome).toBe(exact.outcome === 'violated' ? 'violated' : 'no violation found')
        if (found.violation !== undefined) {
          ends.violated++
          expect(isReal(instance, found.violation)).toBe(true)
          if (plan.order === 'breadth')
            expect(found.violation.events.length).toBe(exact.violation!.events.length)
          return
        }
        ends.whole++
        expect([found.states, found.transitions]).toEqual([exact.states, exact.transitions])
        if (plan.order === 'breadth') expect(found.depth).toBe(exact.depth)
        expect(found.unreached).toEqual(exact.unreached)
        expect(found.ended).toBeUndefined()
      }),
      { seed: SEED, numRuns: SYSTEMS },
    )
    expect(Math.min(ends.violated, ends.whole)).toBeGreaterThan(SYSTEMS / 10)
  })

  it.each(named)('with next to no memory: %s raises no false alarm', (_, plan) => {
    let missed = 0
    let violated = 0
    fc.assert(
      fc.property(
        described,
        fc.constantFrom(4, 8),
        fc.constantFrom(...scopes),
        ({ all, wanted }, bytes, only) => {
          const instance = instantiate(system(all, wanted))
          const whole = check(instance, { only: [] })
          const memoryBytes = plan.visited === 'compact' ? 4 * bytes : bytes
          const asked = only === undefined ? {} : { only }
          const found = sweep(instance, { ...plan, ...asked, memoryBytes })
          expect(found.states).toBeLessThanOrEqual(whole.states)
          expect(found.transitions).toBeLessThanOrEqual(whole.transitions)
          if (found.violation === undefined) {
            if (found.states < whole.states) missed++
            return
          }
          violated++
          expect(isReal(instance, found.violation)).toBe(true)
          expect(check(instance, asked).outcome).toBe('violated')
        },
      ),
      { seed: SEED, numRuns: SYSTEMS },
    )
    // The memory was too small, and yet violations were found in it.
    expect(Math.min(missed, violated)).toBeGreaterThan(SYSTEMS / 20)
  })
})

describe('on the systems of the registry', () => {
  it.each(systems.map((one) => [one.name, one] as const))('%s: every state at its bounds', (_, one) => {
    const instance = instantiate(one)
    const exact = check(instance)
    for (const plan of plans) {
      const { outcome, states, transitions, reached, claimsLeftOut } = sweep(instance, {
        ...plan,
        memoryBytes: 2 ** 24,
        hashes: 5,
      })
      expect([outcome, states, transitions]).toEqual(['no violation found', exact.states, exact.transitions])
      expect(reached.length).toBe(instance.claims.filter(({ claim }) => claim.kind === 'sometimes').length)
      const progress = instance.claims.filter(({ claim }) => /leadsTo|eventually/.test(claim.kind))
      expect(claimsLeftOut).toEqual([...new Set(progress.map(({ name }) => name))])
    }
  })

  it.each(systems.map((one) => [one.name, one] as const))('%s: its mutants are killed', (_, one) => {
    for (const [name, { bounds }] of Object.entries(one.mutants)) {
      const instance = instantiate(one, bounds, name)
      const exact = check(instance)
      if (exact.violation?.kind === 'progress' || exact.outcome !== 'violated') continue
      const { violation } = sweep(instance, { visited: 'bitstate' })
      expect(violation).toMatchObject({ kind: exact.violation!.kind, claim: exact.violation!.claim })
      expect(violation!.events.length).toBe(exact.violation!.events.length)
    }
  })
})

describe('one plan', () => {
  const instance = instantiate(tlbShootdown)
  const told = (plan: SweepOptions) => {
    const { states, transitions, depth, omission, reached, product } = sweep(instance, plan)
    // Local states are numbered in the order they are met: the order of the search shows in them.
    const met = product.tables.map(({ snapshots }) =>
      JSON.stringify(snapshots.map(({ value, context }) => [value, context])),
    )
    return { states, transitions, depth, omission, reached, met }
  }
  const tight = { visited: 'bitstate', memoryBytes: 2 ** 12 } as const

  it.each(['breadth', 'depth'] as const)('gives one result, twice: %s', (order) => {
    expect(told({ ...tight, order, seed: 5 })).toEqual(told({ ...tight, order, seed: 5 }))
  })

  it.each(['breadth', 'depth'] as const)('differs from that of another seed: %s', (order) => {
    const all = [0, 1, 2, 3].map((seed) => told({ ...tight, order, seed }))
    expect(new Set(all.map(({ met }) => met.join())).size).toBe(4)
    expect(new Set(all.map(({ states }) => states)).size).toBeGreaterThan(2)
  })
})

describe('a limit', () => {
  const instance = instantiate(tlbShootdown)
  const ended = (options: Partial<SweepPlan>): Sweep => sweep(instance, { visited: 'compact', ...options })

  it.each(['breadth', 'depth'] as const)('on states, time or depth is told: %s', (order) => {
    const states = ended({ order, statesMax: 3000 })
    expect(states.ended).toBe('3000 states (--max-states)')
    expect(states.states).toBeGreaterThanOrEqual(3000)
    expect(states.states).toBeLessThan(23_268)
    expect(ended({ order, secondsMax: 0, memoryBytes: AMPLE }).ended).toBe('0 seconds (--max-seconds)')
    const near = ended({ order, depthMax: 5 })
    expect(near.ended).toBe('5 events from the initial state (--depth)')
    expect(near.depth).toBe(5)
    expect(near.states).toBeLessThan(states.states)
  })

  it.each(['breadth', 'depth'] as const)('on memory is told by a table of fingerprints: %s', (order) => {
    const { ended: end, states, omission } = ended({ order, memoryBytes: 2 ** 14 })
    expect(end).toBe('the table of fingerprints is full (--memory)')
    expect(states).toBe(2 ** 11 - 2 ** 7)
    expect(omission.fill).toBe(15 / 16)
  })

  it('beyond the farthest state is none', () => {
    expect(ended({ depthMax: 23 }).ended).toBe('23 events from the initial state (--depth)')
    expect(ended({ depthMax: 24 })).toMatchObject({ ended: undefined, states: 23_268, depth: 23 })
  })
})
