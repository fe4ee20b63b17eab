/**
 * SPIN as a second engine on what we export: on every registered system, every mutant and random small systems
 * it must count what we count and find what we find, and its trails must replay on the charts. Skipped, with
 * the reason, where SPIN is not installed.
 */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { memory, middleware } from '../spec/index.ts'
import { check } from '../src/checker/explore.ts'
import { exportPromela } from '../src/checker/export-promela.ts'
import type { Product } from '../src/checker/product.ts'
import { replay } from '../src/checker/replay.ts'
import type { Violation } from '../src/checker/result.ts'
import { checkWithSpin } from '../src/checker/spin-check.ts'
import { TrailReader } from '../src/checker/spin-trail.ts'
import { spinMissing, verify } from '../src/checker/spin.ts'
import { Tabulation, tabulate } from '../src/checker/tabulation.ts'
import { readTrace, writeTrace } from '../src/checker/trace-file.ts'
import { type Instance, instantiate } from '../src/model/instance.ts'
import type { PinnedCount, System } from '../src/model/system.ts'
import { asSystem, claimOf, condition, tables } from './checker/random-system.ts'
import { sound, starving, stuck, throwing, unreached, unsafe, watched } from './cli-fixtures/systems.ts'

const missing = spinMissing()
if (missing !== undefined) console.warn(`our exports are not checked by SPIN: ${missing}`)

const TIMEOUT_MS = 180_000
const SEED = 17
const RANDOM_SYSTEMS = 15
vi.setConfig({ maxConcurrency: 2 })

/** Brief verifiers: gcc takes longer than the search. */
const QUICK = { optimisation: 0 } as const

const isProgress = (kind: string): boolean => kind === 'leadsTo' || kind === 'eventually'
const safetyOf = ({ claims, components }: Instance): string[] => [
  'neverStuck',
  ...claims.flatMap(({ name, claim }) => (isProgress(claim.kind) ? [] : [name])),
  ...components.flatMap(({ name, observer }) => (observer ? [name] : [])),
]

const at = (system: System, { bounds }: PinnedCount) => ({
  system,
  bounds,
  title: `${system.name} at ${JSON.stringify(bounds)}`,
})
const smallest = ({ pinned }: System): PinnedCount =>
  [...pinned].sort((one, other) => one.states - other.states)[0]!

// A C compiler takes its time over the tables: of the middleware only the smaller bounds, and no mutants.
const pinned = [
  ...memory.flatMap((system) => system.pinned.map((one) => at(system, one))),
  ...middleware.map((system) => at(system, smallest(system))),
]
const mutants = memory.flatMap((system) =>
  Object.entries(system.mutants).map(([mutant, { killedBy, bounds = {} }]) => ({
    system,
    mutant,
    killedBy,
    bounds,
    title: `${system.name}, mutant ${mutant}`,
  })),
)

/** The trace of a violation, written, read and replayed. */
function standsOnCharts(system: System, instance: Instance, product: Product, violation: Violation): boolean {
  const text = writeTrace({ instance, product, violation })
  return replay(readTrace(text, 'trace.itf.json'), system).stands === true
}

test('there are systems and mutants to compare on', () => {
  expect(pinned.length).toBeGreaterThanOrEqual(4)
  expect(mutants.length).toBeGreaterThanOrEqual(22)
})

describe.skipIf(missing !== undefined).concurrent('SPIN on what we export', { timeout: TIMEOUT_MS }, () => {
  test.each(pinned)('counts, holds and reaches the same: $title', async ({ system, bounds }) => {
    const instance = instantiate(system, bounds)
    const only = safetyOf(instance)
    const ours = check(instance, { only, reduction: false })
    const spin = await checkWithSpin(instance, { ...QUICK, only })
    expect(check(instance, { only }).outcome).toBe(ours.outcome)
    expect(spin).toMatchObject({
      outcome: ours.outcome,
      states: ours.states,
      transitions: ours.transitions,
      unreached: ours.unreached,
    })
    expect([...spin.claimsChecked].sort()).toEqual([...ours.claimsChecked].sort())
  })

  test.each(mutants)('finds the same, as near: $title', async ({ system, mutant, killedBy, bounds }) => {
    const instance = instantiate(system, bounds, mutant)
    const ours = check(instance, { only: [killedBy], reduction: false })
    const { outcome, violations, product } = await checkWithSpin(instance, { ...QUICK, only: [killedBy] })
    const violation = violations[0]!
    expect([outcome, violation.claim, violation.kind]).toEqual(['violated', killedBy, ours.violation?.kind])
    // Breadth first a run is shortest; a cycle is found depth first.
    if (violation.kind !== 'progress') expect(violation.events.length).toBe(ours.violation?.events.length)
    expect(standsOnCharts(system, instance, product!, violation)).toBe(true)
  })

  test.each(memory)('agrees that progress is made under fairness: $name', async (system) => {
    const names = Object.entries(system.claims).flatMap(([name, { kind }]) =>
      isProgress(kind) ? [name] : [],
    )
    const instance = instantiate(system, smallest(system).bounds)
    const spin = await checkWithSpin(instance, { optimisation: 1, only: names })
    expect(spin.leftOut).toEqual([])
    expect(spin.outcome).toBe(check(instance, { only: names }).outcome)
    expect(spin.claimsChecked).toEqual(names)
  })

  test.each([stuck, watched, starving, unreached, unsafe, throwing])(
    'says of the fixture $name what we say',
    async (system) => {
      const instance = instantiate(system)
      const ours = check(instance)
      const { outcome, violations, unreached: missed } = await checkWithSpin(instance, QUICK)
      expect([outcome, missed]).toEqual([ours.outcome, ours.unreached])
      const found = violations.map(({ kind, claim }) => ({ kind, claim }))
      const { violation } = ours
      expect(found).toEqual(violation === undefined ? [] : [{ kind: violation.kind, claim: violation.claim }])
    },
  )

  const cases = fc.sample(fc.tuple(tables(4, 5, true), condition(4), condition(4), fc.nat(2)), {
    seed: SEED,
    numRuns: RANDOM_SYSTEMS,
  })
  test.each(cases.map((one, index) => [index, one] as const))(
    'says of random system %i what we say',
    async (_, one) => {
      const [all, always, sometimes, choice] = one
      const claims = { always: claimOf('always', always), sometimes: claimOf('sometimes', sometimes) }
      const instance = instantiate(asSystem(all, claims))
      const observers = instance.components.flatMap(({ name, observer }) => (observer ? [name] : []))
      // One question a system, so that one answer does not hide the others.
      const only = [['always', 'sometimes'], observers, ['neverStuck']][choice]!
      const ours = check(instance, { only, reduction: false })
      const spin = await checkWithSpin(instance, { ...QUICK, only })
      expect([spin.outcome, spin.unreached]).toEqual([ours.outcome, ours.unreached])
      expect(spin.violations[0]?.events.length).toBe(ours.violation?.events.length)
      if (ours.violation === undefined)
        expect([spin.states, spin.transitions]).toEqual([ours.states, ours.transitions])
    },
  )
})

describe.skipIf(missing !== undefined)('a disagreement', { timeout: TIMEOUT_MS }, () => {
  const tabled = (system: System): Tabulation => {
    const tabulation = tabulate(instantiate(system))
    if (!(tabulation instanceof Tabulation)) throw new Error('the fixture is small')
    return tabulation
  }

  test('shows where an event is missing in the text', async () => {
    const tabulation = tabled(sound)
    const text = exportPromela(tabulation).text.replaceAll('  :: EVENT_1\n', '')
    const spin = await verify(text, { ...QUICK, search: 'all', statesExpected: tabulation.states })
    expect(spin.states).toBeLessThan(tabulation.states)
  })

  test('shows where a run leaves the tables', async () => {
    const tabulation = tabled(unsafe)
    const model = exportPromela(tabulation, () => false)
    const spin = await verify(model.text, { ...QUICK, search: 'all', statesExpected: tabulation.states })
    const reader = new TrailReader(tabulation.product, model)
    expect(tabulation.violation?.claim).toBe('oneAtATime')
    expect(spin.trails.length).toBe(1)
    expect(() => reader.read(spin.trails[0]!)).toThrow(/the engines disagree/)
  })

  test('shows where a trail is of another system', async () => {
    const tabulation = tabled(unsafe)
    const model = exportPromela(tabulation)
    const spin = await verify(model.text, { ...QUICK, search: 'first', statesExpected: tabulation.states })
    const reader = new TrailReader(tabled(sound).product, model)
    expect(() => reader.read(spin.trails[0]!)).toThrow(/SPIN takes .* where the charts refuse it/)
  })
})
