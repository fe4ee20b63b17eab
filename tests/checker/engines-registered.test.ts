/**
 * All engines on every registered system and every mutant of one: the same verdict on safety as the full search
 * has, and traces that stand.
 */
import { describe, expect, it } from 'vitest'
import { systems } from '../../spec/index.ts'
import { type Instance, instantiate } from '../../src/model/instance.ts'
import { faultsOf } from './engines-comparison.ts'
import { type Sample, byFullSearch, progressOf, safetyOf } from './engines-samples.ts'
import { compact, engines, full, symmetricEngines } from './engines-table.ts'

const TIMEOUT_MS = 120_000

const others = [...engines, ...symmetricEngines].filter(
  ({ name, progress }) => (progress && name !== full.name) || name === compact.name,
)

const asked = (title: string, instance: Instance, questions: Sample['questions']) => ({
  title,
  sample: byFullSearch(title, instance, questions),
})

const whole = systems.map((system) => {
  const instance = instantiate(system)
  return asked(system.name, instance, [[], safetyOf(instance)])
})
const mutants = systems.flatMap((system) =>
  Object.entries(system.mutants).map(([mutant, { bounds, killedBy }]) => {
    const instance = instantiate(system, bounds, mutant)
    const isPromise = progressOf(instance).includes(killedBy)
    return asked(`${system.name} with ${mutant}`, instance, [isPromise ? safetyOf(instance) : [killedBy]])
  }),
)

describe('a registered system has the same verdict with all engines', () => {
  it.each([...whole, ...mutants])(
    '$title',
    async ({ sample }) => {
      for (const engine of others) expect(await faultsOf(sample, engine)).toEqual([])
    },
    TIMEOUT_MS,
  )
})
