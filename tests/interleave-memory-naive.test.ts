/** The search against the naive enumeration of all schedules, on random programs: the same ends, races, deadlocks. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'
import type { MemoryClaim, MemoryThread } from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { type NaiveAccess, type NaiveThread, asFunction, exploreNaively } from './naive-memory.ts'

const WORDS = 3
const EXECUTIONS_MAX = 4_000

/** An access, made only if the result before it was odd, so that what follows depends on what was read. */
type Planned = NaiveAccess & { readonly conditional: boolean }

const threadOf = (plan: readonly Planned[]): NaiveThread =>
  function* run() {
    const results: (number | string)[] = []
    for (const { conditional, ...access } of plan) {
      const last = results.at(-1) ?? 1
      if (conditional && (last === 'ok' || Number(last) % 2 === 0)) continue
      results.push(yield access)
    }
    return results.join('/')
  }

type Cell = { readonly memory: SharedMemory; result: string }

const memoryThreadOf = (naive: NaiveThread, index: number, isSplit: boolean): MemoryThread<Cell> => {
  const run = asFunction(naive)
  return {
    name: `thread${index}`,
    self: (memory) => ({ memory, result: '' }),
    operation: (self) => {
      // Splitting off an operation that makes no access must change nothing.
      if (isSplit && self.result === '') {
        self.result = 'begun'
        return 'again'
      }
      self.result = run(self.memory)
      return 'done'
    },
  }
}

function explored(threads: readonly NaiveThread[], isSplit: boolean) {
  const memoryThreads = threads.map((naive, index) => memoryThreadOf(naive, index, isSplit))
  const ends = new Set<string>()
  const seen: MemoryClaim = {
    kind: 'always',
    sentence: 'ends are listed',
    holds: (view) => {
      if (memoryThreads.every((thread) => view.status(thread) === 'done')) {
        const words = Array.from({ length: WORDS }, (_, index) => view.word(index))
        ends.add(`${words.join()} ${memoryThreads.map((thread) => view.self(thread).result).join()}`)
      }
      return true
    },
  }
  const program = { name: 'random', title: 'Random', words: WORDS, threads: memoryThreads, claims: { seen } }
  return { result: exploreMemory(program), ends }
}

const accesses = (kinds: readonly NaiveAccess['kind'][]): fc.Arbitrary<Planned> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    index: fc.nat(WORDS - 1),
    value: fc.integer({ min: 0, max: 2 }),
    expected: fc.nat(1),
    conditional: fc.boolean(),
  })

const programs = (kinds: readonly NaiveAccess['kind'][], lengths: readonly number[]) =>
  fc.tuple(...lengths.map((maxLength) => fc.array(accesses(kinds), { minLength: 1, maxLength })))

const ATOMIC = ['load', 'store', 'add', 'exchange', 'compareExchange'] as const

function agree(
  lengths: readonly number[],
  kinds: readonly NaiveAccess['kind'][],
  seed: number,
  numRuns: number,
) {
  const met = { holds: 0, race: 0, deadlock: 0, ends: 0 }
  const property = fc.property(programs(kinds, lengths), fc.boolean(), (plans, isSplit) => {
    const threads = plans.map(threadOf)
    const naive = exploreNaively(WORDS, threads, EXECUTIONS_MAX)
    fc.pre(naive !== undefined)
    const { result, ends } = explored(threads, isSplit)
    const nearest = Math.min(naive.race, naive.deadlock)
    if (nearest === Infinity) {
      expect(result.outcome).toBe('holds')
      expect([...ends].sort()).toEqual([...naive.ends].sort())
      met.holds++
      met.ends = Math.max(met.ends, ends.size)
      return
    }
    if (result.outcome !== 'failed') expect.fail(`the search ends with ${result.outcome}`)
    const { kind, steps } = result.failure
    expect(steps.length).toBe(nearest)
    const nearestKinds = (['race', 'deadlock'] as const).filter((other) => naive[other] === nearest)
    expect(nearestKinds).toContain(kind)
    met[kind as 'race' | 'deadlock']++
  })
  fc.assert(property, { seed, numRuns, maxSkipsPerRun: 100 })
  return met
}

describe('the search and the naive enumeration agree', () => {
  it('on atomic accesses of two and three threads', () => {
    const two = agree([5, 5], ATOMIC, 1, 300)
    expect(two.holds).toBe(300)
    expect(two.ends).toBeGreaterThan(4)
    expect(agree([3, 3, 2], ATOMIC, 2, 150).holds).toBe(150)
  })

  it('on waiting and waking', () => {
    const met = agree([3, 3, 2], [...ATOMIC, 'wait', 'wait', 'notify', 'notify'], 3, 300)
    expect(met.deadlock).toBeGreaterThan(30)
    expect(met.holds).toBeGreaterThan(30)
  })

  it('on plain accesses', () => {
    const met = agree([4, 4], ['load', 'store', 'add', 'get', 'set', 'wait', 'notify'], 4, 300)
    expect(met.race).toBeGreaterThan(30)
    expect(met.holds).toBeGreaterThan(30)
  })
})
