/**
 * All engines on registered systems, and on every mutant of those of memory: the same verdict on safety as the full
 * search has, and traces that stand.
 */
import { describe, expect, it } from 'vitest'
import { memory, middleware } from '../../spec/index.ts'
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

// An engine that reduces takes a state a hundred times as long: of the middleware those that are small.
const STATES_MAX = 4_000
const small = middleware.flatMap((system) => {
  const found = system.pinned.find(({ states }) => states <= STATES_MAX)
  return found === undefined ? [] : [{ system, bounds: found.bounds }]
})
const whole = [...memory.map((system) => ({ system, bounds: {} })), ...small].map(({ system, bounds }) => {
  const instance = instantiate(system, bounds)
  return asked(system.name, instance, [[], safetyOf(instance)])
})
// The middleware's mutants are too many for every engine, and are of the same kinds.
const mutants = memory.flatMap((system) =>
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
