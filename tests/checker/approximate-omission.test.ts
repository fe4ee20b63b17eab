/**
 * The visited sets that forget, and what they say of themselves: measured omissions against the published
 * formulas, in the tables alone and in whole searches.
 */
import { describe, expect, it } from 'vitest'
import { sweep } from '../../src/checker/approximate.ts'
import { breadthFirst } from '../../src/checker/approximate-breadth.ts'
import { depthFirst } from '../../src/checker/approximate-depth.ts'
import type { SweepPlan } from '../../src/checker/approximate-result.ts'
import { SweepRun } from '../../src/checker/approximate-run.ts'
import type { VisitedSet } from '../../src/checker/approximate-visited.ts'
import { BitTable } from '../../src/checker/bit-table.ts'
import { CompactTable } from '../../src/checker/compact-table.ts'
import { generator, shuffle } from '../../src/checker/diversity.ts'
import { bitstateExpected, fingerprintExpected } from '../../src/checker/omission.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { counter } from './counter.ts'
import { plain, systemOf } from './system-of.ts'

/** Counters with an event each: a grid of `size` to the power of `count` states, with many ways to each. */
const grid = (size: number, count: number): System => {
  const names = Array.from({ length: count }, (_, index) => `a${index}`)
  return systemOf({
    components: Object.fromEntries(names.map((event) => [`c ${event}`, plain(counter({ size, event }))])),
    events: Object.fromEntries(names.map((event) => [event, {}])),
  })
}

/** A visited set that also remembers exactly what it was asked, and counts what it took for old and was new. */
class Watched implements VisitedSet {
  readonly omitted = new Set<string>()
  readonly bytes: number
  readonly #set: VisitedSet
  readonly #known = new Set<string>()

  constructor(set: VisitedSet) {
    this.#set = set
    this.bytes = set.bytes
  }

  add(first: number, second: number): boolean {
    const isNew = this.#set.add(first, second)
    const key = `${first} ${second}`
    if (isNew) this.#known.add(key)
    else if (!this.#known.has(key)) this.omitted.add(key)
    return isNew
  }

  readonly warm = (first: number, second: number): void => this.#set.warm(first, second)
  readonly isFull = (): boolean => this.#set.isFull()
  readonly omission = () => this.#set.omission()
}

describe('a bit table', () => {
  it.each([
    [1, 20_000],
    [2, 40_000],
    [3, 25_000],
    [3, 60_000],
    [4, 120_000],
    [8, 30_000],
  ])('with %i bits a state omits as many of %i as the formula says', (hashes, count) => {
    const draw = generator(hashes, count)
    const table = new BitTable(2 ** 15, hashes)
    let omitted = 0
    for (let state = 0; state < count; state++) if (!table.add(draw(), draw())) omitted++
    const { expected, fill, hashFactor } = table.omission()
    expect(expected).toBeCloseTo(bitstateExpected(2 ** 18, hashes, count - omitted))
    expect(hashFactor).toBeCloseTo(2 ** 18 / (count - omitted))
    expect(omitted).toBeGreaterThan(20)
    expect(omitted / expected).toBeGreaterThan(0.75)
    expect(omitted / expected).toBeLessThan(1.33)
    expect(fill).toBeLessThan(1)
  })

  it('never takes an old state for a new one, and fills up in the end', () => {
    const draw = generator(1, 1)
    const states = Array.from({ length: 3000 }, () => [draw(), draw()] as const)
    for (const bytes of [4, 8, 1024, 2 ** 16]) {
      const table = new BitTable(bytes, 3)
      for (const [first, second] of states) table.add(first, second)
      expect(states.some(([first, second]) => table.add(first, second))).toBe(false)
      const { fill, probability } = table.omission()
      if (bytes <= 8) expect([fill, probability]).toEqual([1, 1])
      else expect(probability).toBeCloseTo(fill ** 3)
    }
  })
})

describe('a table of fingerprints', () => {
  it('of no size is refused', () => {
    const instance = instantiate(grid(2, 1))
    const refused = (visited: SweepPlan['visited'], memoryBytes: number) => () =>
      sweep(instance, { visited, memoryBytes })
    expect(refused('compact', 15)).toThrow('a visited set takes at least 16 bytes, not 15')
    expect(refused('bitstate', 3)).toThrow('a visited set takes at least 4 bytes, not 3')
    expect(refused('bitstate', 0)).toThrow('a visited set takes at least 4 bytes, not 0')
  })

  it('omits as many states as have the fingerprint of another', () => {
    const draw = generator(2, 2)
    const table = new CompactTable(2 ** 20)
    const count = 30_000
    let omitted = 0
    // Fingerprints of 22 bits, where 64 would never meet.
    for (let state = 0; state < count; state++) if (!table.add(draw() >>> 10, 77)) omitted++
    const expected = fingerprintExpected(22, count)
    expect(omitted / expected).toBeGreaterThan(0.75)
    expect(omitted / expected).toBeLessThan(1.33)
    expect(table.omission().expected).toBeCloseTo(fingerprintExpected(64, count - omitted), 20)
  })

  it('never takes an old state for a new one, up to its last slot', () => {
    const draw = generator(3, 3)
    const table = new CompactTable(2 ** 12)
    const states: (readonly [number, number])[] = [[0, 0]]
    table.add(0, 0)
    while (!table.isFull()) {
      const state = [draw(), draw()] as const
      expect(table.add(...state)).toBe(true)
      states.push(state)
    }
    expect(states.length).toBe(512 - 32)
    expect(states.some(([first, second]) => table.add(first, second))).toBe(false)
  })
})

describe('in a search', () => {
  const size = 30
  const instance = instantiate(grid(size, 3))

  it.each([
    ['breadth', 3, 2 ** 14],
    ['breadth', 3, 2 ** 12],
    ['breadth', 2, 2 ** 13],
    ['depth', 3, 2 ** 14],
    ['depth', 4, 2 ** 13],
  ] as const)(
    '%s first with %i bits a state in %i bytes: as many omissions as it expects',
    (order, hashes, bytes) => {
      let omitted = 0
      let expected = 0
      let missed = 0
      for (const seed of [1, 2, 3, 4, 5]) {
        const visited = new Watched(new BitTable(bytes, hashes))
        const run = new SweepRun(instance, { visited: 'bitstate', order, seed, hashes }, visited)
        if (order === 'breadth') breadthFirst(run)
        else depthFirst(run)
        const { states, omission } = run.result()
        expect(states).toBeLessThan(size ** 3)
        omitted += visited.omitted.size
        expected += omission.expected
        missed += size ** 3 - states
      }
      expect(omitted).toBeGreaterThan(50)
      expect(omitted / expected).toBeGreaterThan(0.5)
      expect(omitted / expected).toBeLessThan(2)
      // What lies behind an omitted state only is missed too.
      expect(missed).toBeGreaterThanOrEqual(omitted)
    },
  )

  it('more memory, or the right number of bits, omits less', () => {
    const statesOf = (plan: Partial<SweepPlan>) =>
      sweep(instance, { visited: 'bitstate', seed: 9, ...plan }).states
    const byMemory = [2 ** 8, 2 ** 10, 2 ** 12, 2 ** 14, 2 ** 20].map((memoryBytes) =>
      statesOf({ memoryBytes }),
    )
    expect(byMemory).toEqual([...byMemory].sort((a, b) => a - b))
    expect(new Set(byMemory).size).toBe(5)
    expect(byMemory.at(-1)).toBe(size ** 3)
    const [one, three] = [1, 3].map((hashes) => statesOf({ memoryBytes: 2 ** 16, hashes }))
    expect(three).toBeGreaterThan(one!)
  })

  it('a table that now and then forgets to set its bits is noticed', () => {
    class Forgetful extends BitTable {
      #turn = 0
      override add(first: number, second: number): boolean {
        return ++this.#turn % 1000 === 0 || super.add(first, second)
      }
    }
    const run = new SweepRun(instance, { visited: 'bitstate' }, new Forgetful(2 ** 20, 3))
    breadthFirst(run)
    expect(run.result().states).toBeGreaterThan(size ** 3)
  })

  it('a table that sets fewer bits than it says is noticed: it omits more than it expects', () => {
    const visited = new Watched(new BitTable(2 ** 14, 1))
    const run = new SweepRun(instance, { visited: 'bitstate' }, visited)
    breadthFirst(run)
    const { states } = run.result()
    expect(visited.omitted.size).toBeGreaterThan(2 * bitstateExpected(2 ** 17, 3, states))
  })
})

describe('what a seed draws', () => {
  it('is the same twice and another for another seed or stream', () => {
    const numbers = (seed: number, stream: number) => {
      const draw = generator(seed, stream)
      return Array.from({ length: 100 }, draw)
    }
    expect(numbers(5, 1)).toEqual(numbers(5, 1))
    const all = [numbers(5, 1), numbers(5, 2), numbers(6, 1), numbers(5 + 2 ** 32, 1)].flat()
    expect(new Set(all).size).toBe(all.length)
  })

  it('puts every entry in every place about as often', () => {
    const turns = 24_000
    const draw = generator(4, 4)
    const counts = new Map<string, number>()
    for (let turn = 0; turn < turns; turn++) {
      const entries = Int32Array.from([0, 1, 2, 3, 9])
      shuffle(entries, 4, draw())
      counts.set(entries.join(), (counts.get(entries.join()) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    for (const count of counts.values()) expect(Math.abs(count - turns / 24)).toBeLessThan(200)
  })
})
