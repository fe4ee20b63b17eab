/**
 * Store buffering: on real hardware plain accesses let both threads read 0, which no order of their accesses
 * explains, and atomic ones never do. The explorable memory says the same: a race, and unreachable.
 */
import { availableParallelism } from 'node:os'
import { describe, expect, it, test } from 'vitest'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'
import {
  type MemoryProgram,
  type MemoryThread,
  type MemoryView,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { Layout } from '../src/mom/layout.ts'
import { type Accesses, layLitmus, storeThenLoad } from './litmus-threads.ts'
import { resultsOf, startSide } from './mom-stress-run.ts'

const PLAIN_ROUNDS_MAX = 2_000_000
const ATOMIC_ROUNDS = 50_000

async function onHardware(accesses: Accesses, rounds: number, stopsAtBothZero: boolean) {
  const layout = new Layout()
  const places = layLitmus(layout)
  const memory = ThreadMemory.create(layout.length)
  const data = { accesses, rounds, places, stopsAtBothZero }
  const threads = [0, 1].map((thread) => startSide('litmus', memory, { ...data, thread }))
  const [one, other] = (await resultsOf(layout, memory, threads)) as { rounds: number; bothZero: number }[]
  expect(one).toEqual(other)
  return one!
}

/** Where the hardware is known to buffer stores, and both threads can run at once. */
const buffers = process.arch === 'x64' && availableParallelism() >= 2

describe('store buffering between two worker threads', () => {
  // Skipped where threads only take turns, or nothing is known of the processor: inconclusive there.
  test.skipIf(!buffers)('with plain accesses both read 0, sooner or later', async () => {
    const { bothZero } = await onHardware('plain', PLAIN_ROUNDS_MAX, true)
    expect(bothZero).toBe(1)
  })

  it('with atomic accesses both never read 0', async () => {
    const { rounds, bothZero } = await onHardware('atomic', ATOMIC_ROUNDS, false)
    expect({ rounds, bothZero }).toEqual({ rounds: ATOMIC_ROUNDS, bothZero: 0 })
  })
})

type Self = { readonly memory: SharedMemory; read: number | undefined }

function programOf(accesses: Accesses): MemoryProgram {
  const thread = (index: number): MemoryThread<Self> =>
    memoryThread({
      name: `thread${index}`,
      self: (memory): Self => ({ memory, read: undefined }),
      operation(self) {
        self.read = storeThenLoad(self.memory, accesses, index, 1 - index)
        return 'done'
      },
    })
  const threads = [thread(0), thread(1)]
  const read = (view: MemoryView): string => threads.map((one) => view.self(one).read ?? '-').join(' ')
  const outcome = (wanted: string) => ({
    kind: 'sometimes' as const,
    sentence: `they read ${wanted}`,
    holds: (view: MemoryView) => read(view) === wanted,
  })
  return {
    name: 'store-buffering',
    title: 'each thread writes its own word and reads the other',
    words: 2,
    threads,
    claims: {
      notBothZero: {
        kind: 'always',
        sentence: 'they do not both read 0',
        holds: (view) => read(view) !== '0 0',
      },
      firstReadsZero: outcome('0 1'),
      secondReadsZero: outcome('1 0'),
      bothReadOne: outcome('1 1'),
    },
  }
}

describe('store buffering in the explorable memory', () => {
  it('has the three outcomes that an order explains, and not the fourth, with atomic accesses', () => {
    const found = exploreMemory(programOf('atomic'))
    expect(found.outcome).toBe('holds')
    expect(found.witnesses.toSorted()).toEqual(['bothReadOne', 'firstReadsZero', 'secondReadsZero'])
  })

  it.each<Accesses>(['plain', 'plain write, atomic read'])('is a race with %s', (accesses) => {
    const found = exploreMemory(programOf(accesses))
    expect(found).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'race', threads: expect.arrayContaining(['thread0', 'thread1']) },
    })
  })
})
