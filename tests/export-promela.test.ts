/**
 * What an export is made of: claims as decision diagrams that say what the claims say, identifiers that never
 * meet, arrays that SPIN takes at any size, and what SPIN writes read back.
 */
import { describe, expect, it } from 'vitest'
import { claimsOn } from '../src/model/claim.ts'
import { type Instance, instantiate } from '../src/model/instance.ts'
import { systems } from '../spec/index.ts'
import { TRUE, UNTABLED, diagramOf, doneDiagram, evaluate } from '../src/checker/claim-diagram.ts'
import { identifier, identifiers } from '../src/checker/export-identifiers.ts'
import { exportPromela } from '../src/checker/export-promela.ts'
import { declareArrays } from '../src/checker/export-promela-tables.ts'
import { stateNames } from '../src/checker/export-tla-tables.ts'
import { Judge } from '../src/checker/judge.ts'
import { SpinError, SpinLimitError, spinMissing, verify } from '../src/checker/spin.ts'
import { lineByStep, parseTrail, parseVerdict } from '../src/checker/spin-output.ts'
import { Tabulation, tabulate } from '../src/checker/tabulation.ts'
import * as fixtures from './cli-fixtures/systems.ts'

const TIMEOUT_MS = 60_000

function tabled(instance: Instance): Tabulation {
  const tabulation = tabulate(instance)
  if (!(tabulation instanceof Tabulation)) throw new Error('it cannot be tabled')
  return tabulation
}

describe('a claim as a diagram', () => {
  it(
    'says in every reachable state what the claim says',
    () => {
      for (const system of systems) {
        const { bounds } = [...system.pinned].sort((one, other) => one.states - other.states)[0]!
        const tabulation = tabled(instantiate(system, bounds))
        const judge = new Judge(tabulation.product)
        const asked = tabulation.instance.claims.flatMap((claim) =>
          'holds' in claim.claim
            ? [{ claim, diagram: diagramOf(tabulation, claim.claim.holds, claim.ids) }]
            : [],
        )
        let wrong = 0
        let untrue = 0
        tabulation.vectors((vector) => {
          for (const { claim, diagram } of asked) {
            const holds = judge.asks(claim, 'holds', vector)
            if ((evaluate(diagram, vector) === TRUE) !== holds) wrong++
            if (!holds) untrue++
          }
        })
        expect([system.name, wrong]).toEqual([system.name, 0])
        // Witnesses are false in most states.
        expect(untrue).toBeGreaterThan(0)
      }
    },
    TIMEOUT_MS,
  )

  it('is asked of combinations that no run reaches, and leaves open where it throws', () => {
    const tabulation = tabled(instantiate(fixtures.sound))
    const { always } = claimsOn<never, Record<string, never>>()
    type Workers = {
      workers: { count: (test: (one: { matches: (value: string) => boolean }) => boolean) => number }
    }
    const working = (state: unknown) => (state as Workers).workers.count((one) => one.matches('working'))
    const atMost = (limit: number, otherwise: () => boolean) =>
      diagramOf(
        tabulation,
        (
          always('', [], (state) => (working(state) <= limit ? true : otherwise())) as never as {
            holds: never
          }
        ).holds,
        {},
      )
    const both = tabulation.product.tables.map(({ component }) => (component.family === 'workers' ? 1 : 0))
    expect(
      evaluate(
        atMost(1, () => false),
        both,
      ),
    ).not.toBe(TRUE)
    expect(
      evaluate(
        atMost(2, () => false),
        both,
      ),
    ).toBe(TRUE)
    const throwing = atMost(1, () => {
      throw new Error('nobody should get here')
    })
    expect(evaluate(throwing, both)).toBe(UNTABLED)
    expect(evaluate(throwing, tabulation.product.initial())).toBe(TRUE)
  })

  it('of charts that never end is never done', () => {
    expect(doneDiagram(tabled(instantiate(fixtures.sound))).nodes).toEqual([])
  })
})

describe('names', () => {
  it('are identifiers, all different, and no words of TLA+', () => {
    expect(identifier('tlb.fill(cpu0, page1)')).toBe('tlb_fill_cpu0_page1')
    expect(identifier('0 idle__')).toBe('x_0_idle')
    expect(identifier('WF_vars')).toBe('x_WF_vars')
    expect(identifiers(['a.b', 'a b', 'a_b', 'Next'], ['Next'])).toEqual(['a_b', 'a_b_2', 'a_b_3', 'Next_2'])
  })

  it('of local states are different, without quotes', () => {
    for (const system of systems) {
      for (const { snapshots } of tabled(instantiate(system)).product.tables) {
        const names = stateNames(snapshots)
        expect(new Set(names).size).toBe(snapshots.length)
        expect(names.join('')).not.toMatch(/["\\]/)
      }
    }
  })
})

describe('the text', () => {
  const missing = spinMissing()
  const why = missing === undefined ? '' : ` (skipped: ${missing})`

  it('has a choice for each event and each claim, on the lines it says', () => {
    const tabulation = tabled(instantiate(fixtures.watched))
    const { text, choices } = exportPromela(tabulation)
    const lines = text.split('\n')
    const kinds = [...choices.values()].map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'event')).toHaveLength(tabulation.instance.events.length)
    expect(kinds).toContain('refusal')
    for (const [line, choice] of choices) {
      expect(lines[line - 1]).toMatch(
        choice.kind === 'event' ? `:: EVENT_${choice.event}` : /:: d_step .*reported/,
      )
    }
  })

  it.skipIf(missing !== undefined)(
    `keeps arrays of any size in pieces that SPIN takes${why}`,
    async () => {
      const values = Array.from({ length: 40_000 }, (_, index) => (index + 1) % 40_000)
      const model = [
        ...declareArrays([{ name: 'next', values }]),
        'c_state "int at" "Global" "0"',
        'active proctype product() {',
        'end:',
        '  do :: d_step { c_expr { next[now.at] >= 0 } -> c_code { now.at = next[now.at]; } } od',
        '}',
      ].join('\n')
      const { states, transitions } = await verify(model, {
        search: 'all',
        statesExpected: 40_000,
        optimisation: 0,
      })
      expect([states, transitions]).toEqual([40_000, 40_001])
    },
    TIMEOUT_MS,
  )

  it.skipIf(missing !== undefined)(
    `that SPIN refuses, and memory that does not suffice, are told apart${why}`,
    async () => {
      const options = { search: 'all', statesExpected: 100, optimisation: 0 } as const
      await expect(verify('active proctype p() { x = 1 }', options)).rejects.toThrow(SpinError)
      const large = 'int x; active proctype p() { end: do :: x < 3000000 -> x++ od }'
      await expect(verify(large, { ...options, bytesMax: 8 * 2 ** 20 })).rejects.toThrow(SpinLimitError)
    },
    TIMEOUT_MS,
  )
})

describe('what SPIN writes', () => {
  it('is read: the lines of steps, and where a cycle starts', () => {
    const states = [
      'proctype product',
      '\tstate  21 -(tr   3)-> state  21  [id   2 tp   2] [D-e-G] model.pml:19 => D_STEP19',
      '\tstate  21 -(tr   4)-> state  21  [id   5 tp   2] [D-e-G] model.pml:19 => D_STEP23',
    ].join('\n')
    const lines = lineByStep(states)
    expect([...lines]).toEqual([
      [2, 19],
      [5, 23],
    ])
    expect(parseTrail('-4:-4:-4\n1:0:2\n2:0:5\n', lines)).toEqual({ lines: [19, 23], loopStart: undefined })
    expect(parseTrail('-2:3:-2\n-4:-4:-4\n1:0:77\n2:1:2\n-1:-1:-1\n3:0:77\n4:2:5\n', lines)).toEqual({
      lines: [19, 23],
      loopStart: 1,
    })
  })

  it('is refused where a count is missing or not exact', () => {
    expect(() => parseVerdict('')).toThrow(/does not say how many states/)
    expect(() => parseVerdict(' 1.2345e+08 states, stored')).toThrow(/does not print .* exactly/)
  })
})
