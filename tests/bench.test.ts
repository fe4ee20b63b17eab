/**
 * What the benchmark makes of its figures: ratios on costs made up by hand, the modes that a checker's options
 * call for, and a run that ends with what ran. No time is judged.
 */
import { describe, expect, it, test } from 'vitest'
import { type Case, casesOf, smallCases } from '../bench/cases.ts'
import { type Comparison, type Cost, bytesPerState, disagreements, verdictOf } from '../bench/cost.ts'
import { type Setting, SPIN_MODES, ourModes, settingsReadBy } from '../bench/modes.ts'
import { measure } from '../bench/ours.ts'
import { compare } from '../bench/peers.ts'
import { printComparison, printSmall, printVerdicts } from '../bench/report.ts'
import { spinMissing } from '../src/checker/spin.ts'
import { peterson } from '../bench/systems/peterson.ts'
import { promelaOf } from '../bench/cases.ts'

const TIMEOUT_MS = 120_000
const missing = spinMissing()

const subject: Case = {
  system: peterson,
  promela: promelaOf(peterson),
  bounds: { processes: 3 },
  states: 356,
  transitions: 810,
}

const cost = (contender: string, rest: Partial<Cost>): Cost => ({
  contender,
  side: contender.startsWith('ours') ? 'ours' : 'SPIN',
  states: 356,
  transitions: 810,
  depth: 14,
  secondsBefore: 1,
  secondsSearch: 1,
  cpuSecondsSearch: 1,
  storeBytes: 3_560,
  peakBytes: 35_600,
  exact: true,
  ...rest,
})

const comparison: Comparison = {
  subject,
  costs: [
    cost('ours, full search', { secondsSearch: 2 }),
    cost('ours', { secondsSearch: 0.5, states: 89, transitions: 200, exact: false }),
    cost('SPIN', { secondsSearch: 4, secondsBefore: 2, storeBytes: 35_600 }),
    cost('SPIN COLLAPSE', { secondsSearch: 8, secondsBefore: 2, storeBytes: 17_800 }),
    cost('SPIN reduction', { secondsSearch: 3, secondsBefore: 4, states: 178, exact: false }),
  ],
}

describe('a verdict', () => {
  it('compares our default with the fastest of SPIN, and rates and bytes where all states are visited', () => {
    const { ours, best, ...ratios } = verdictOf(comparison)!
    expect([ours.contender, best.contender]).toEqual(['ours', 'SPIN reduction'])
    expect(ratios).toEqual({
      search: 6,
      withoutCompiling: 2,
      // SPIN without reduction takes 6 s with gcc, with it 7 s.
      whole: 4,
      rate: 2,
      bytesCollapse: 5,
      bytesBest: 2,
    })
  })

  it('is given for the full search where there is no other, and not at all without SPIN', () => {
    const [full, ours, ...spin] = comparison.costs
    expect(verdictOf({ subject, costs: [full!, ...spin] })?.ours.contender).toBe('ours, full search')
    expect(verdictOf({ subject, costs: [full!, ours!] })).toBeUndefined()
  })

  it('holds full searches to the pinned counts, and others to none', () => {
    expect(disagreements(comparison)).toEqual([])
    const wrong = comparison.costs.map((one) => (one.contender === 'SPIN' ? { ...one, states: 355 } : one))
    expect(disagreements({ subject, costs: wrong })).toEqual([
      'peterson {"processes":3}: SPIN counts 355 states and 810 transitions; pinned are 356 and 810',
    ])
  })

  it('is printed with its ratios', () => {
    const text = printComparison(comparison)
    expect(text).toMatch(/^peterson processes=3\n/)
    expect(text).toMatch(
      /^SPIN +356 +810 +2\.00 +4\.00 +1\.00 +6\.00 +89 +2\.00x +1\.00x +4\.00x +8\.00x +100\.0/m,
    )
    expect(text).toContain(
      'best of SPIN: SPIN reduction, search 3.00 s, 7.00 s with spin and gcc; ours: search 0.50 s',
    )
    expect(text).toContain('equal counts: yes (SPIN and the pinned counts)\n')
    expect(printVerdicts([comparison])).toMatch(
      /^peterson processes=3 +SPIN reduction +356 +6\.00x +2\.00x +4\.00x/m,
    )
  })
})

describe('modes', () => {
  const settings = (...known: (keyof Setting)[]) => ourModes(new Set(known)).map(({ setting }) => setting)

  it('are one where the checker knows no option, and differ in what it knows', () => {
    expect(settings()).toEqual([{ reduction: false, workers: 1 }])
    expect(settings('workers').map(({ workers }) => workers)).toEqual([1, 2])
    expect(settings('reduction').map(({ reduction }) => reduction)).toEqual([
      false,
      { symmetry: true, partialOrder: false },
      undefined,
    ])
    expect(settings('reduction', 'workers')).toHaveLength(4)
  })

  it('are found out by what a check reads', () => {
    expect(settingsReadBy(() => undefined)).toEqual(new Set())
    expect(settingsReadBy((options) => (options as Setting).workers)).toEqual(new Set(['workers']))
    expect(settingsReadBy((options) => ({ ...options }))).toEqual(new Set(['reduction', 'workers']))
  })
})

test('cases grow with the size asked for, and small ones are measured apart', async () => {
  const [quick, full] = [await casesOf('quick'), await casesOf('full')]
  expect(full.length).toBeGreaterThan(quick.length)
  expect(new Set(quick.map(({ system }) => system.name)).size).toBeGreaterThanOrEqual(4)
  expect(quick.every(({ states }) => states <= 200_000)).toBe(true)
  const small = await smallCases()
  expect(small.length).toBeGreaterThanOrEqual(8)
  const { report } = measure(
    { system: peterson, bounds: { processes: 3 } },
    { claims: 'all', setting: { reduction: false } },
  )
  expect(report.outcome).toBe('holds')
  const run = { system: 'peterson', bounds: {}, states: 356, outcome: 'holds', cpuMilliseconds: 9 }
  const text = printSmall([
    { ...run, milliseconds: 40, millisecondsLeast: 39 },
    { ...run, milliseconds: 51, millisecondsLeast: 39 },
  ])
  expect(text).toContain('decided in under 50 ms: 1 of 2\n')
})

// Skipped where SPIN is not installed: `missing` says what is.
describe.skipIf(missing !== undefined)('SPIN and ours', () => {
  test('are run in every mode and count the same', { timeout: TIMEOUT_MS }, () => {
    const found = compare(subject, 1, ourModes(new Set()), SPIN_MODES)
    expect(found.costs.map(({ contender }) => contender)).toEqual([
      'ours, full search',
      'SPIN',
      'SPIN breadth first',
      'SPIN COLLAPSE',
      'SPIN reduction',
      'SPIN reduction, COLLAPSE',
    ])
    expect(disagreements(found)).toEqual([])
    // A state of three processes takes at least the bytes that tell 356 states apart.
    for (const one of found.costs) expect(bytesPerState(one)).toBeGreaterThan(2)
  })
})
