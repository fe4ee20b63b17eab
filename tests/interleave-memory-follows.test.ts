/** Threads over shared memory in lockstep with a specification: charts as the judge of every interleaving. */
import { describe, expect, it } from 'vitest'
import { memoryJudge } from '../properties/memory-judge.ts'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'
import type { MemoryJudge, MemoryProgram, MemoryThread } from '../src/interleave/memory/memory-program.ts'
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import { printMemoryFailure } from '../src/interleave/memory/print-memory.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import type { System } from '../src/model/system.ts'
import { locked, watched } from './interleave-system.ts'

const LOCK = 0

type Self = { readonly memory: SharedMemory; holds: boolean; taken: number }
type Meaning = (step: MemoryStep<Self>) => GroundEvent | readonly GroundEvent[] | undefined
type Take = (memory: SharedMemory) => boolean

const atomically: Take = (memory) => memory.exchange(LOCK, 1) === 0
const inTwoSteps: Take = (memory) => {
  if (memory.load(LOCK) === 1) return false
  memory.store(LOCK, 1)
  return true
}

/** One operation takes the lock, the next one drops it; `events` says what these are to the charts. */
const worker = (index: number, take: Take, event: Meaning): MemoryThread<Self> => ({
  name: `worker${index}`,
  self: (memory) => ({ memory, holds: false, taken: 0 }),
  operation: (self) => {
    if (self.holds) {
      self.memory.store(LOCK, 0)
      self.holds = false
      return 'done'
    }
    self.holds = take(self.memory)
    if (self.holds) self.taken++
    else self.memory.pause()
    return 'again'
  },
  event,
})

const byData = ({ thread, before, after }: MemoryStep<Self>) => {
  if (before.holds === after.holds) return undefined
  return { type: after.holds ? 'lock.take' : 'lock.drop', worker: thread }
}

const program = (system: System, take: Take, event: Meaning = byData): MemoryProgram => ({
  name: 'lock',
  title: 'A lock',
  words: 1,
  location: () => 'lock',
  threads: [worker(0, take, event), worker(1, take, event)],
  follows: {
    judge: memoryJudge(system, { workers: 2 }),
    finished: (states) =>
      states['worker.worker0']?.value === 'done' && states['worker.worker1']?.value === 'done',
  },
})

describe('a program in lockstep', () => {
  it('holds where the specification allows every event and ends where it should', () => {
    expect(exploreMemory(program(locked, atomically)).outcome).toBe('holds')
  })

  it('fails where the charts refuse an event, by the shortest run, with the events in it', () => {
    const result = exploreMemory(program(locked, inTwoSteps))
    if (result.outcome !== 'failed') expect.fail('two workers hold the lock')
    const { kind, text, steps } = result.failure
    expect(kind).toBe('refused')
    expect(text).toBe('at a step of thread worker1: lock refuses lock.take(worker1)')
    expect(steps.flatMap(({ events }) => events)).toEqual([
      { type: 'lock.take', worker: 'worker0' },
      { type: 'lock.take', worker: 'worker1' },
    ])
    expect(printMemoryFailure(result.failure)).toContain('store lock 1   lock.take(worker1)')
  })

  it('fails where an observer refuses an event', () => {
    const result = exploreMemory(program(watched, atomically))
    expect(result.outcome === 'failed' && result.failure.text).toBe(
      'at a step of thread worker1: the observer oneTake refuses lock.take(worker1)',
    )
  })

  it('fails on an event that the specification does not know, and on an end that it does not', () => {
    const unknown = exploreMemory(
      program(locked, atomically, () => ({ type: 'lock.break', worker: 'worker0' })),
    )
    expect(unknown.outcome === 'failed' && unknown.failure.text).toContain(
      'lock.break(worker0) is no event of locked',
    )
    const silent = exploreMemory(program(locked, atomically, () => undefined))
    expect(silent.outcome === 'failed' && silent.failure).toMatchObject({
      kind: 'refused',
      text: 'the run has ended, and the specification is not where it should be then',
    })
  })

  it('asks again where the event depends on words', () => {
    const judge: MemoryJudge = {
      initial: 0,
      step: (state, { flag }) => (flag === 1 ? { refused: 'the judge refuses look(1)' } : { next: state }),
      states: () => ({}),
    }
    const raises: MemoryThread<Self> = {
      ...worker(0, atomically, () => undefined),
      operation: ({ memory }) => (memory.store(0, 1), 'done'),
    }
    // The same access with the same result; only the other thread's word differs.
    const looks: MemoryThread<Self> = {
      ...worker(1, atomically, (step) => ({ type: 'look', flag: step.word(0) })),
      operation: ({ memory }) => (memory.load(1), 'done'),
    }
    const result = exploreMemory({
      name: 'look',
      title: 'Look',
      words: 2,
      threads: [raises, looks],
      follows: { judge },
    })
    expect(result.outcome === 'failed' && result.failure).toMatchObject({
      kind: 'refused',
      text: 'at a step of thread worker1: the judge refuses look(1)',
      schedule: [0, 0],
    })
  })

  it('takes several events of one step in their order', () => {
    const both = (step: MemoryStep<Self>) => {
      const event = byData(step)
      return event === undefined ? undefined : [event, { type: 'clock.tick' }]
    }
    expect(exploreMemory(program(locked, atomically, both)).outcome).toBe('holds')
    const backwards = (step: MemoryStep<Self>) => {
      const event = byData(step)
      return event?.type === 'lock.drop' ? [event, { ...event, type: 'lock.take' }] : event
    }
    const result = exploreMemory(program(locked, atomically, backwards))
    expect(result.outcome === 'failed' && result.failure.text).toContain('refuses lock.take(worker0)')
  })

  it('lets claims look at the components', () => {
    const seen = new Set<unknown>()
    const claims = {
      look: {
        kind: 'always',
        sentence: 'a holder is known',
        holds: (view) => {
          seen.add((view.specification()['lock']!.context as { holder: unknown }).holder)
          return true
        },
      },
    } satisfies MemoryProgram['claims']
    expect(exploreMemory({ ...program(locked, atomically), claims }).outcome).toBe('holds')
    expect(seen).toEqual(new Set([null, 'worker0', 'worker1']))
  })
})
