/**
 * All engines on random small systems: the same verdict for every claim, the same deadlocks, counts as
 * promised, traces that stand.
 */
import { describe, expect, it } from 'vitest'
import { Product } from '../../src/checker/product.ts'
import { Search } from '../../src/checker/search.ts'
import { spinMissing } from '../../src/checker/spin.ts'
import { faultsOf } from './engines-comparison.ts'
import {
  NEVER_STUCK,
  type Sample,
  SEED,
  SYSTEMS,
  byFullSearch,
  progressOf,
  samples,
} from './engines-samples.ts'
import {
  type Engine,
  engines,
  exact,
  full,
  partialOrder,
  spin,
  symmetricEngines,
  symmetry,
} from './engines-table.ts'

const SPIN_SYSTEMS = 10
const PROGRESS_SYSTEMS = 60

const all = samples(SEED, SYSTEMS)
const symmetric = all.filter(({ instance }) => instance.system.symmetric.length > 0)

async function faultsAmong(some: readonly Sample[], engine: Engine): Promise<string[]> {
  const texts: string[] = []
  for (const sample of some) texts.push(...(await faultsOf(sample, engine)).map(({ text }) => text))
  return texts
}

const spinLacking = spinMissing()
if (spinLacking !== undefined) console.warn(`random systems are not compared with SPIN: ${spinLacking}`)

describe('random systems', () => {
  it('have every answer there is, often', () => {
    expect(all.length).toBe(SYSTEMS)
    const questions = all.flatMap((sample) => sample.questions.map((only) => ({ only, sample })))
    const answers = questions.map(({ only, sample }) => ({ only, ...sample.expected(only) }))
    const often = SYSTEMS / 10
    for (const outcome of ['holds', 'unreached', 'violated'])
      expect(answers.filter((answer) => answer.outcome === outcome).length).toBeGreaterThan(often)
    expect(
      answers.filter(({ only, outcome }) => only[0] === NEVER_STUCK && outcome === 'violated').length,
    ).toBeGreaterThan(often)
    expect(answers.filter(({ distance = 0 }) => distance > 2).length).toBeGreaterThan(often)
    expect(all.filter(({ counts }) => counts.states > 50).length).toBeGreaterThan(often)
    expect(symmetric.filter(({ counts }) => counts.orbits! < counts.states).length).toBeGreaterThan(often)
  })

  it.each(engines)('have one verdict and its proof: $name', async (engine) => {
    expect(await faultsAmong(all, engine)).toEqual([])
  })

  it.each(symmetricEngines)('have one verdict where workers are interchangeable: $name', async (engine) => {
    expect(await faultsAmong(symmetric, engine)).toEqual([])
  })

  it('are made smaller by the reductions, many of them', async () => {
    const visited = async (some: readonly Sample[], engine: Engine): Promise<number[]> => {
      const states: number[] = []
      for (const { instance } of some) states.push((await engine.run(instance, [])).states)
      return states
    }
    const shrunk = async (some: readonly Sample[], engine: Engine, than: Engine): Promise<number> => {
      const before = await visited(some, than)
      return (await visited(some, engine)).filter((states, index) => states < before[index]!).length
    }
    const ordered = exact('partial order', 'fewer states', { reduction: partialOrder })
    const renamed = exact('symmetry', 'orbits', { reduction: symmetry })
    const both = exact('both', 'fewer orbits', { reduction: {} })
    expect(await shrunk(all, ordered, full)).toBeGreaterThan(SYSTEMS / 10)
    expect(await shrunk(symmetric, renamed, full)).toBeGreaterThan(symmetric.length / 2)
    expect(await shrunk(symmetric, both, renamed)).toBeGreaterThan(0)
  })

  it('are searched by compiled code, where there is any', () => {
    const searches = all.map(({ instance }) => new Search(new Product(instance), 0))
    expect(searches.every(({ compiled }) => compiled)).toBe(true)
  })

  it('have the same answers on progress, with a reduction or without', async () => {
    const some = all.filter(({ instance }) => progressOf(instance).length > 0).slice(0, PROGRESS_SYSTEMS)
    const asked = some.map(({ title, instance }) => byFullSearch(title, instance, [progressOf(instance)]))
    const answers = asked.map(({ expected, questions: [only] }) => expected(only!).outcome)
    expect(answers.filter((answer) => answer === 'violated').length).toBeGreaterThan(some.length / 5)
    expect(answers.filter((answer) => answer === 'holds').length).toBeGreaterThan(some.length / 5)
    for (const engine of [...engines, ...symmetricEngines].filter(({ progress }) => progress))
      expect(await faultsAmong(asked, engine)).toEqual([])
  })

  it.skipIf(spinLacking !== undefined)('have the verdict that SPIN has', async () => {
    // SPIN is slow to start: one question each, of the kinds in turn.
    const asked = all.slice(0, SPIN_SYSTEMS).map((sample, index): Sample => {
      const some = sample.questions.slice(1)
      return { ...sample, questions: [some[index % some.length]!] }
    })
    expect(await faultsAmong(asked, spin)).toEqual([])
  })
})
