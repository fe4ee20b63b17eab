/**
 * What the middleware's benchmark makes of its figures: ratios on results made up by hand, the ring with Atomics
 * written out, and short runs of each kind of transport that end with what ran. No time is judged.
 */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it, test } from 'vitest'
import { CRing, gccMissing } from '../bench/mom/c-ring.ts'
import { directText } from '../bench/mom/direct-ring.ts'
import { bestOfC, costOf, goalsOf, median, ratioOf } from '../bench/mom/goals.ts'
import { type Result, inTurns } from '../bench/mom/rounds.ts'
import { arrayWords, memoryWords, objectFields } from '../bench/mom/straight-line.ts'
import { type Subject, costs, nameOf, ratesOf, trips } from '../bench/mom/subjects.ts'
import { goalsTable, tableOf } from '../bench/mom/tables.ts'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'

const rate: Subject = { kind: 'rate', transport: 'ring', words: 4, batch: 64, where: 'threads' }
const result = (rest: Partial<Subject>, ...nanoseconds: number[]): Result => ({
  subject: { ...rate, ...rest },
  nanoseconds,
})

const port = { transport: 'MessagePort', posts: 'objects', batch: 1 } as const
const made: readonly Result[] = [
  result({ transport: 'C', waiting: 'spinning' }, 4, 6, 4),
  result({ transport: 'C', waiting: 'spinning with pause' }, 8, 9, 10),
  result({}, 8, 8, 8),
  result({ transport: 'ring, direct' }, 8, 7, 4),
  result({ transport: 'channel', batch: 1 }, 50, 60, 40),
  result({ transport: 'channel of several senders', batch: 1, senders: 2 }, 200, 100, 200),
  result(port, 1000, 700, 900),
]

describe('figures', () => {
  it('are medians of ratios within a round, and the least of processor time', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
    expect(costOf(made[0]!)).toBe(4)
    expect(ratioOf(made[2]!, made[0]!)).toBe(0.5)
    const cpu = [result({ kind: 'cpu' }, 9, 5), result({ kind: 'cpu' }, 30, 10)] as const
    expect(costOf(cpu[0])).toBe(5)
    expect(ratioOf(...cpu)).toBe(2)
  })

  it("compare with the fastest of C's ways to wait, and parked with parked", () => {
    expect(bestOfC(made, rate)).toBe(made[0])
    const trip = { kind: 'trip', batch: 1 } as const
    const spinning = result({ ...trip, transport: 'C', waiting: 'spinning' }, 1)
    const parked = result({ ...trip, transport: 'C', waiting: 'parked' }, 9)
    const ours: Subject = { ...rate, ...trip, transport: 'channel', waiting: 'parked' }
    expect(bestOfC([spinning, parked], ours)).toBe(parked)
    expect(bestOfC([spinning, parked], { ...ours, waiting: 'spinning' })).toBe(spinning)
    expect(bestOfC([], ours)).toBeUndefined()
  })

  it('meet goals or miss them', () => {
    const goals = goalsOf(made)
    expect(goals.map(({ ratio, isMet }) => [ratio, isMet])).toEqual([
      [0.5, false],
      [112.5, true],
      [0.25, false],
      [0.875, false],
    ])
    expect(goalsTable(goals)).toMatch(/^rate of the ring, 16 B: 100 times MessagePort's +113 +met$/m)
    expect(goalsOf([made[2]!])[0]).toMatchObject({ ratio: undefined, isMet: false })
  })

  it('are printed with their spread and both ratios', () => {
    const table = tableOf('16 B, one way', made)
    expect(table).toMatch(/^ring, batches of 64 +125 +125 to 125 +0\.500 +113$/m)
    expect(table).toMatch(/^MessagePort, objects, one by one +1\.11 +1\.00 to 1\.43 +- +1\.00$/m)
  })
})

test('every line of a table has a name of its own', () => {
  for (const subjects of [ratesOf(4), ratesOf(16), trips(), costs().filter(({ words }) => words === 4)]) {
    const names = subjects.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
  }
})

describe('messages in straight-line code', () => {
  it.each([4, 16])('of %i words are right only where every word is', (words) => {
    const array = new Int32Array(20)
    const memory = new AtomicsMemory(array)
    memoryWords<AtomicsMemory>(words).put(memory, 2, 7)
    const code = arrayWords<Int32Array>(words)
    expect([code.isRight(array, 2, 7), code.isRight(array, 2, 8)]).toEqual([true, false])
    expect(memoryWords<AtomicsMemory>(words).isRight(memory, 2, 7)).toBe(true)
    array[2 + words - 1]! ^= 1
    expect(code.isRight(array, 2, 7)).toBe(false)
    const object = {}
    const fields = objectFields(words)
    fields.put(object, -1)
    expect([fields.isRight(object, -1), fields.isRight(object, 0)]).toEqual([true, false])
  })
})

test('the ring with Atomics written out has no access of an injected memory left', () => {
  const source = readFileSync('src/mom/spsc-ring.ts', 'utf8')
  const text = directText(source)
  expect(text.match(/Atomics\.(?:load|store)\(/g)).toHaveLength(
    source.match(/memory\.(?:load|store)\(/g)!.length,
  )
  expect(() => directText(`${source}\nmemory.exchange(0, 1)`)).toThrow('memory.exchange is not written out')
})

const missing = gccMissing()
const EFFORT = { rounds: 1, milliseconds: 2 }

// Skipped where gcc is not installed: `missing` says so.
describe.skipIf(missing !== undefined)('the ring in C', () => {
  const c = missing === undefined ? new CRing() : undefined
  afterAll(() => c?.dispose())

  it.each<Partial<Subject>>([
    { words: 16 },
    { batch: 1, waiting: 'spinning with pause' },
    { kind: 'cpu', words: 16 },
    { kind: 'trip', batch: 1, waiting: 'spinning, then parked' },
    { kind: 'trip', batch: 1, waiting: 'parked' },
  ])('exchanges and checks messages: %o', async (rest) => {
    expect(await c!.measure({ ...rate, transport: 'C', ...rest }, 3_000)).toBeGreaterThan(0)
  })
})

describe('contenders', () => {
  it.each<readonly [string, readonly Partial<Subject>[]]>([
    [
      'the ring',
      [{}, { transport: 'ring, direct' }, { transport: 'ring, typed', words: 16 }, { kind: 'cpu' }],
    ],
    [
      'channels',
      [{ transport: 'channel' }, { transport: 'channel of several senders', senders: 2, batch: 1 }],
    ],
    ['round trips', [{ kind: 'trip', batch: 1, transport: 'channel', waiting: 'parked' }]],
    ['MessagePort', [port, { ...port, batch: 64, posts: 'one typed array' }, { ...port, kind: 'trip' }]],
    ['sockets', [{ transport: 'Unix socket' }, { transport: 'Unix socket', kind: 'trip', batch: 1 }]],
    ['ringbuf.js', [{ transport: 'ringbuf.js' }, { transport: 'ringbuf.js', kind: 'trip', batch: 1 }]],
  ])('run to their end with every message right: %s', async (_, rests) => {
    const subjects = rests.map((rest): Subject => ({ ...rate, ...rest }))
    const said: string[] = []
    const results = await inTurns(subjects, EFFORT, undefined, (text) => said.push(text))
    expect(results.map(({ subject }) => subject)).toEqual(subjects)
    for (const { nanoseconds } of results) expect(nanoseconds).toEqual([expect.any(Number)])
    expect(said.at(-1)).toBe('round 1 of 1')
  })
})
