/**
 * What else an approximate search promises: symmetry and reduction that are plugged in keep it right, and no
 * violation leaves it that does not stand when it is executed anew.
 */
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { sweep } from '../../src/checker/approximate.ts'
import { confirm } from '../../src/checker/approximate-path.ts'
import type { SweepOptions, SweepPlan } from '../../src/checker/approximate-result.ts'
import { Canonicaliser } from '../../src/checker/canonicaliser.ts'
import { check } from '../../src/checker/explore.ts'
import { Product } from '../../src/checker/product.ts'
import type { Violation } from '../../src/checker/result.ts'
import { Symmetry } from '../../src/checker/symmetry.ts'
import { claimsOn } from '../../src/model/claim.ts'
import { type Instance, instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { memory } from '../../spec/index.ts'
import { counter, valueIn } from './counter.ts'
import { plain, systemOf } from './system-of.ts'

const { always, sometimes } = claimsOn<object, { name: readonly string[] }>()
const NAMES = ['c0', 'c1', 'c2', 'c3']
const plans: readonly SweepPlan[] = (['breadth', 'depth'] as const).flatMap((order) => [
  { visited: 'bitstate', order, memoryBytes: 2 ** 20 },
  { visited: 'compact', order, memoryBytes: 2 ** 20, seed: 3 },
])
const named = plans.map((plan) => [Object.values(plan).join(' '), plan] as const)

/** Counters that do not know each other. */
const counters = (size: number, claims: System['claims'], stops = false) =>
  systemOf({
    claims,
    components: Object.fromEntries(
      NAMES.map((name) => [name, plain(counter({ size, event: `count ${name}`, stops }))]),
    ),
    events: Object.fromEntries(NAMES.map((name) => [`count ${name}`, {}])),
  })

const values = (state: object) => NAMES.map((name) => valueIn(state, name))
const seen = (instance: Instance, events: readonly number[]): object[] => {
  const product = new Product(instance)
  let vector = product.initial()
  return [vector, ...events.map((event) => (vector = product.step(vector, event).vector))].map((one) =>
    Object.fromEntries(product.snapshots(one).map((snapshot, index) => [NAMES[index]!, snapshot])),
  )
}

describe('with symmetry', () => {
  /** All counters are alike, and number their values in the order they come: sorted ids stand for all orders. */
  const canonicalise = (ids: Int32Array): void => void ids.sort()
  /** Tables that have all local states, so that any component may be given the id of any other's. */
  const symmetric = (instance: Instance, size: number) => {
    const product = new Product(instance)
    NAMES.forEach((_, event) => {
      let vector = product.initial()
      for (let turn = 1; turn < size; turn++) vector = product.step(vector, event).vector
    })
    return { product, canonicalise }
  }

  it.each(named)('%s visits one state of each kind', (_, plan) => {
    const size = 6
    const instance = instantiate(
      counters(size, {
        round: sometimes('every counter at 3', [], (state) => values(state).every((value) => value === 3)),
      }),
    )
    const { outcome, states, reached } = sweep(instance, { ...plan, ...symmetric(instance, size) })
    // Multisets of 4 values out of 6.
    expect([outcome, states, reached]).toEqual(['no violation found', 126, ['round']])
    expect(sweep(instance, plan).states).toBe(size ** 4)
  })

  it.each(named)('%s tells a violation on states that are', (_, plan) => {
    const isBad = (state: object) => [...values(state)].sort((a, b) => a - b).join('') === '0124'
    const instance = instantiate(
      counters(6, { good: always('never 0, 1, 2 and 4', [], (state) => !isBad(state)) }),
    )
    const { violation } = sweep(instance, { ...plan, ...symmetric(instance, 6) })
    expect(violation).toMatchObject({ kind: 'invariant', claim: 'good' })
    expect(isBad(seen(instance, violation!.events).at(-1)!)).toBe(true)
    if (plan.order === 'breadth') expect(violation!.events.length).toBe(7)
  })

  it('names the identifiers it is violated for', () => {
    const instance = instantiate({
      ...counters(4, {
        low: always('no counter gets to 3', ['name'], (state, { name }) => valueIn(state, name) < 3),
      }),
      domains: () => ({ name: NAMES }),
    })
    const { violation } = sweep(instance, { visited: 'compact', ...symmetric(instance, 4) })
    expect(violation!.events.length).toBe(3)
    const name = /low\((.*)\)/.exec(violation!.label)![1]!
    expect(valueIn(seen(instance, violation!.events).at(-1)!, name)).toBe(3)
  })
})

describe('with the symmetry of the registry', () => {
  it.each(memory.map((system) => [system.name, system] as const))('%s', (_, system) => {
    const folded = (instance: Instance, plan: SweepPlan) => {
      const product = new Product(instance)
      const canonicaliser = new Canonicaliser(new Symmetry(product))
      return sweep(instance, { ...plan, product, canonicalise: (ids) => canonicaliser.canonicalise(ids) })
    }
    const instance = instantiate(system)
    const all = plans.map((plan) => folded(instance, plan))
    expect(new Set(all.map(({ states, transitions }) => `${states} ${transitions}`)).size).toBe(1)
    expect(all[0]!.outcome).toBe('no violation found')
    expect(all[0]!.states).toBeLessThan(sweep(instance, plans[0]!).states / 1.9)
    for (const [mutant, { bounds }] of Object.entries(system.mutants)) {
      const variant = instantiate(system, bounds, mutant)
      const { violation } = sweep(variant, plans[0]!)
      expect(folded(variant, plans[0]!).violation?.events.length).toBe(violation?.events.length)
    }
  })
})

describe('with reduction', () => {
  /** One counter at a time: the first that can count, for none of them minds the others. */
  const reduce: NonNullable<SweepOptions['reduce']> = (_, words) => {
    const first = words[0]! & -words[0]!
    const isReduced = first !== words[0]
    words[0] = first
    return isReduced
  }

  it.each(named)('%s finds the deadlock in far fewer states', (_, plan) => {
    const instance = instantiate(counters(6, {}, true))
    const exact = check(instance)
    const { violation, states } = sweep(instance, { ...plan, reduce })
    expect(violation).toMatchObject({ kind: 'stuck' })
    expect(violation!.events.length).toBe(20)
    expect(states).toBe(21)
    expect(exact.states).toBe(6 ** 4)
  })

  it.each(named)(
    '%s puts nothing off for ever: every counter counts, though the first could go on alone',
    (_, plan) => {
      const claims = Object.fromEntries(
        NAMES.map((name) => [
          `${name}Counts`,
          sometimes('it gets to 5', [], (state) => valueIn(state, name) === 5),
        ]),
      )
      const instance = instantiate(counters(6, claims))
      const { unreached, states, transitions } = sweep(instance, { ...plan, reduce })
      expect(unreached).toEqual([])
      expect(states).toBe(6 ** 4)
      // One in six has no new successor by the first counter, and is expanded whole.
      expect(transitions).toBeLessThan(2 * states)
    },
  )

  it.each(['breadth', 'depth'] as const)('a reduction without the proviso would: %s', (order) => {
    const wrong: typeof reduce = (ids, words) => {
      reduce(ids, words)
      return false
    }
    const instance = instantiate(
      counters(6, { last: sometimes('the last one counts', [], (state) => valueIn(state, 'c3') === 1) }),
    )
    expect(sweep(instance, { visited: 'compact', order, reduce: wrong }).unreached).toEqual(['last'])
  })
})

describe('a violation that does not stand', () => {
  const instance = instantiate(
    counters(6, { low: always('the first stays low', [], (state) => valueIn(state, 'c0') < 3) }, true),
  )
  const real: Violation = { kind: 'invariant', claim: 'low', label: 'low', events: [0, 0, 0] }

  it('is our own bug, and not told', () => {
    expect(() => confirm(instance, real)).not.toThrow()
    const wrong: readonly Partial<Violation>[] = [
      { events: [0, 0] },
      { events: [0, 0, 1] },
      { events: [0, 0, 0, 0, 0, 0] },
      { label: 'high' },
      { kind: 'stuck' },
      { kind: 'observer', label: 'c1' },
      { kind: 'error' },
      { kind: 'progress' },
    ]
    for (const part of wrong) expect(() => confirm(instance, { ...real, ...part })).toThrow(/the path to/)
    const events = NAMES.flatMap((_, event) => Array.from({ length: 5 }, () => event))
    expect(() => confirm(instance, { ...real, kind: 'stuck', events })).not.toThrow()
  })
})

describe('a machine or claim that throws', () => {
  const throwing = (where: 'guard' | 'action') => {
    const boom = (): boolean => {
      throw new Error('boom')
    }
    const go = where === 'guard' ? { guard: boom, target: 'end' } : { actions: boom, target: 'end' }
    const machine = createMachine({
      id: 'fragile',
      initial: 'start',
      states: { start: { on: { step: 'middle' } }, middle: { on: { go } }, end: {} },
    })
    return instantiate(systemOf({ components: { one: plain(machine) }, events: { step: {}, go: {} } }))
  }

  it.each(named)('%s lays it to the state and the event, as the exact search does', (_, plan) => {
    const claims = {
      fragile: always('it does not throw', [], (state) => {
        if (valueIn(state, 'c1') === 2) throw new Error('boom')
        return true
      }),
    }
    for (const instance of [throwing('guard'), throwing('action'), instantiate(counters(3, claims))]) {
      const exact = check(instance).violation
      const { violation } = sweep(instance, plan)
      expect(violation).toMatchObject({ kind: 'error', claim: exact!.claim, label: exact!.label })
      if (plan.order === 'breadth') expect(violation!.events).toEqual(exact!.events)
    }
  })
})
