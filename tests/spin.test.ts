/**
 * A second engine on the same systems: SPIN's counts of states and transitions must be ours, and where a
 * mutant is wrong both must say so. Skipped, with the reason, where SPIN is not installed.
 */
import { describe, expect, test } from 'vitest'
import { macroOf, macrosOf, promelaOf } from '../bench/cases.ts'
import { runSpin } from '../bench/spin.ts'
import { goBackN } from '../bench/systems/go-back-n.ts'
import { peterson } from '../bench/systems/peterson.ts'
import { check } from '../src/checker/explore.ts'
import { spinMissing } from '../src/checker/spin.ts'
import { instantiate } from '../src/model/instance.ts'
import type { Bounds, System } from '../src/model/system.ts'

const missing = spinMissing()
if (missing !== undefined) console.warn(`SPIN is not compared with: ${missing}`)

const TIMEOUT_MS = 60_000

const small = (window: number, capacity: number): Bounds => ({
  window,
  payloads: 2,
  dataCapacity: capacity,
  acknowledgementCapacity: capacity,
})

const subjects: readonly (readonly [string, Bounds, System])[] = [
  ['peterson', { processes: 3 }, peterson],
  ['peterson', { processes: 4 }, peterson],
  ['peterson', { processes: 5 }, peterson],
  ['go-back-n', small(1, 3), goBackN],
  ['go-back-n', small(2, 2), goBackN],
]

const mutants: readonly (readonly [string, string, System])[] = [
  ['peterson', 'ignoresOthers', peterson],
  ['peterson', 'overtakesItself', peterson],
  ['go-back-n', 'acceptsAnyFrame', goBackN],
  ['go-back-n', 'windowOfModulus', goBackN],
]

describe.skipIf(missing !== undefined)('SPIN', { timeout: TIMEOUT_MS }, () => {
  test.each(subjects)('counts the states and transitions of %s that we count, at %o', (_, bounds, system) => {
    const ours = check(instantiate(system, bounds), { reduction: false })
    const spin = runSpin(promelaOf(system), {
      defines: macrosOf(bounds),
      reduction: false,
      breadthFirst: true,
    })
    expect(ours.outcome).toBe('holds')
    expect(spin.errors).toBe(0)
    expect({ states: ours.states, transitions: ours.transitions, depth: ours.depth }).toEqual({
      states: spin.states,
      transitions: spin.transitions - 1,
      depth: spin.depth,
    })
  })

  test.each(mutants)('finds the error of a mutant of %s where we do: %s', (_, mutant, system) => {
    const defines = { ...macrosOf(system.bounds), [macroOf(mutant)]: true as const }
    const spin = runSpin(promelaOf(system), { defines, reduction: false })
    const ours = check(instantiate(system, {}, mutant), { reduction: false })
    expect(spin.errors).toBe(1)
    expect(ours.violation?.claim).toBe(system.mutants[mutant]!.killedBy)
  })

  test('is not believed where its search was cut short', () => {
    const options = { defines: macrosOf({ processes: 4 }), reduction: false, depthMax: 100 }
    expect(() => runSpin(promelaOf(peterson), options)).toThrow(
      /cut short: the depth-first stack is too small/,
    )
  })

  test('is not believed where its text refuses the bound', () => {
    const options = { defines: macrosOf({ processes: 9 }), reduction: false }
    expect(() => runSpin(promelaOf(peterson), options)).toThrow(/PROCESSES must be 3 to 6/)
  })
})
