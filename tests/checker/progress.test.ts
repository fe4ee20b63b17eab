/**
 * Progress claims: toys whose verdict turns on the fairness assumed, and random small systems against a
 * decision by brute force. A counterexample must be a fair run of the product that never gets there.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { check } from '../../src/checker/explore.ts'
import type { Result } from '../../src/checker/result.ts'
import { Product, type Vector } from '../../src/checker/product.ts'
import { type Claim, claimsOn } from '../../src/model/claim.ts'
import { instantiate } from '../../src/model/instance.ts'
import { type Fairness, strong, weak } from '../../src/model/system.ts'
import { counter, valueIn } from './counter.ts'
import { type FairClass, canFail } from './naive-progress.ts'
import {
  type Condition,
  type Table,
  asSystem,
  condition,
  meets,
  meetsIn,
  naiveProduct,
  tables,
} from './random-system.ts'
import { plain, systemOf } from './system-of.ts'

const { leadsTo, eventually } = claimsOn<Record<string, { value: unknown }>, { who: readonly string[] }>()

const worker = createMachine({
  id: 'worker',
  initial: 'idle',
  states: {
    idle: { on: { ask: 'asking' } },
    asking: { on: { grant: 'served' } },
    served: { on: { done: 'idle' } },
  },
})
const noise = createMachine({ id: 'noise', on: { noise: {} } })
const gate = createMachine({
  id: 'gate',
  initial: 'open',
  states: { open: { on: { grant: {}, swing: 'shut' } }, shut: { on: { swing: 'open' } } },
})
const served = leadsTo(
  'who asks is served',
  [],
  (s) => s['worker']!.value === 'asking',
  (s) => s['worker']!.value === 'served',
)

function verdict(parts: Parameters<typeof systemOf>[0], fairness: readonly Fairness[] = []): Result {
  return check(instantiate(systemOf({ claims: { served }, ...parts, fairness })))
}

const noisy = {
  components: { worker: plain(worker), noise: plain(noise) },
  events: { ask: {}, grant: {}, done: {}, noise: {} },
}
const gated = {
  components: { worker: plain(worker), gate: plain(gate) },
  events: { ask: {}, grant: {}, done: {}, swing: {} },
}
const labels = ({ instance, violation }: Result) =>
  violation!.events.map((event) => instance.events[event]!.label)

describe('leadsTo', () => {
  it('fails without fairness, where something else may happen for ever', () => {
    const result = verdict(noisy)
    expect(result.violation).toMatchObject({ kind: 'progress', claim: 'served', loopStart: 1 })
    expect(labels(result)).toEqual(['ask', 'noise'])
  })

  it('holds with weak fairness of what stays enabled', () => {
    expect(verdict(noisy, [weak(['grant'])]).outcome).toBe('holds')
    expect(verdict(noisy, [weak(['noise'])]).outcome).toBe('violated')
  })

  it('needs strong fairness of what is enabled again and again', () => {
    const result = verdict(gated, [weak(['grant']), weak(['swing'])])
    expect(result.violation).toMatchObject({ kind: 'progress', claim: 'served' })
    expect(labels(result).slice(result.violation!.loopStart)).toEqual(['swing', 'swing'])
    expect(verdict(gated, [strong(['grant']), weak(['swing'])]).outcome).toBe('holds')
    // With the gate shut for ever the grant is never enabled: the swing must be fair too.
    expect(verdict(gated, [strong(['grant'])]).outcome).toBe('holds')
    const idle = { ...gated, components: { ...gated.components, noise: plain(noise) } }
    const shut = { ...idle, events: { ...gated.events, noise: {} } }
    expect(verdict(shut, [strong(['grant'])]).outcome).toBe('violated')
    expect(verdict(shut, [strong(['grant']), weak(['swing'])]).outcome).toBe('holds')
  })

  it('fails where a run may end, be it in a final state', () => {
    const quits = createMachine({
      id: 'worker',
      initial: 'idle',
      states: {
        idle: { on: { ask: 'asking' } },
        asking: { on: { grant: 'served', done: 'over' } },
        served: { on: { done: 'idle' } },
        over: { type: 'final' },
      },
    })
    const parts = { components: { worker: plain(quits) }, events: { ask: {}, grant: {}, done: {} } }
    const result = verdict(parts, [weak(['grant']), strong(['ask'])])
    expect(result.violation).toMatchObject({ kind: 'progress', events: [0, 2], loopStart: 2 })
  })

  it('asks fairness of each class that `by` makes', () => {
    const ids = ['a', 'b']
    const each = ids.map((who) => [`worker ${who}`, plain(worker, { identity: { who } })] as const)
    const events = { ask: { who: ids }, grant: { who: ids }, done: { who: ids } }
    const claims = {
      served: leadsTo(
        'who asks is served',
        [],
        (s) => s['worker a']!.value === 'asking',
        (s) => s['worker a']!.value === 'served',
      ),
    }
    const parts = { components: Object.fromEntries(each), events, claims }
    expect(verdict(parts, [weak(['grant'])]).outcome).toBe('violated')
    const whole = verdict(parts, [weak(['grant'], ['who'])])
    expect([whole.outcome, whole.instance.fairness.length]).toEqual(['holds', 2])
  })
})

describe('a long way', () => {
  const size = 20_000
  const system = (claim: Claim) =>
    systemOf({
      components: { long: plain(counter({ size, event: 'a' })) },
      events: { a: {} },
      claims: { claim },
    })

  it('to go, and round, is no reason to give up', () => {
    const never = leadsTo(
      'it gets to where it never is',
      [],
      (s) => valueIn(s, 'long') === 1,
      () => false,
    )
    const { outcome, violation } = check(instantiate(system(never)))
    expect(outcome).toBe('violated')
    expect(violation!.events.length - violation!.loopStart!).toBe(size)
  })

  it('is travelled for a claim that holds', () => {
    const round = eventually('it gets to the end', [], (s) => valueIn(s, 'long') === size - 1)
    expect(check(instantiate(system(round))).outcome).toBe('holds')
  })
})

type Case = {
  all: Table[]
  from: Condition
  to: Condition
  classes: FairClass[]
  kind: 'leadsTo' | 'eventually'
}
const EVENTS = 4
const PLACES_MAX = 10
const SEED = 77

const cases: fc.Arbitrary<Case> = fc
  .record({
    all: tables(2, EVENTS),
    from: condition(2),
    to: condition(2),
    classes: fc.array(
      fc.record({
        strength: fc.constantFrom('weak', 'strong'),
        events: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      }),
      { maxLength: 3 },
    ),
    kind: fc.constantFrom('leadsTo', 'eventually'),
  })
  .filter(({ all }) => naiveProduct(all).places.length <= PLACES_MAX)

function resultOf({ all, from, to, classes, kind }: Case): Result {
  const on = (wanted: Condition) => (state: Record<string, { value: unknown }>) => meetsIn(state, wanted)
  const claim =
    kind === 'leadsTo' ? leadsTo('it leads', [], on(from), on(to)) : eventually('it comes', [], on(to))
  const known = new Set(all.flatMap(({ alphabet }) => alphabet))
  const fairness = classes.flatMap(({ strength, events }) => {
    const types = events.filter((event) => known.has(event)).map((event) => `e${event}`)
    return types.length === 0 ? [] : [{ strength, types, by: [] }]
  })
  return check(instantiate(asSystem(all, { claim }, { fairness })), { only: ['claim'] })
}

/** The places along a run, the first included. */
function placesAlong({ instance, violation }: Result): number[][] {
  const product = new Product(instance)
  const place = (vector: Vector) =>
    product.snapshots(vector).map(({ value }) => Number(String(value).slice(1)))
  const vectors = [product.initial()]
  for (const event of violation!.events) {
    expect(product.enabled(vectors.at(-1)!)).toContain(event)
    vectors.push(product.step(vectors.at(-1)!, event).vector)
  }
  return vectors.map(place)
}

// The run, judged by the definition: it asks, is never served from then on, and its loop is fair or it ends.
function expectFairFailure(one: Case, result: Result): void {
  const { from, to, classes, kind, all } = one
  const naive = naiveProduct(all)
  const places = placesAlong(result)
  const { loopStart = -1, events } = result.violation!
  const served = places.map((place) => meets(place, to))
  const asked = places.findLastIndex((place, index) =>
    kind === 'leadsTo' ? meets(place, from) : index === 0,
  )
  expect(served.slice(Math.min(asked, loopStart)).some(Boolean)).toBe(false)
  expect(asked).toBeGreaterThanOrEqual(0)
  const edgesAt = (place: readonly number[]) =>
    naive.edges[naive.places.findIndex((other) => other.join() === place.join())]!
  if (loopStart === events.length) {
    expect(edgesAt(places.at(-1)!)).toEqual([])
    return
  }
  expect(places.at(-1)).toEqual(places[loopStart])
  const taken = new Set(events.slice(loopStart).map((event) => result.instance.events[event]!.event.type))
  for (const { strength, events: members } of classes) {
    if (members.some((event) => taken.has(`e${event}`))) continue
    const enabled = places
      .slice(loopStart, -1)
      .map((place) => edgesAt(place).some(({ event }) => members.includes(event)))
    expect(strength === 'weak' ? enabled.every(Boolean) : enabled.some(Boolean)).toBe(false)
  }
}

it('agrees with brute force on random systems, and its lassos are fair runs', () => {
  const verdicts = { holds: 0, ends: 0, loops: 0 }
  fc.assert(
    fc.property(cases, (one) => {
      const naive = naiveProduct(one.all)
      const on = (wanted: Condition) => naive.places.map((place) => meets(place, wanted))
      const from = one.kind === 'leadsTo' ? on(one.from) : naive.places.map((_, index) => index === 0)
      const result = resultOf(one)
      expect(result.outcome).toBe(canFail(naive, from, on(one.to), one.classes) ? 'violated' : 'holds')
      if (result.violation === undefined) {
        verdicts.holds++
        return
      }
      expect(result.violation.kind).toBe('progress')
      verdicts[result.violation.loopStart === result.violation.events.length ? 'ends' : 'loops']++
      expectFairFailure(one, result)
    }),
    { seed: SEED, numRuns: 600 },
  )
  for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(20)
})
