/**
 * Lockstep on toy kernels whose schedules and states are counted by hand, under every scheduler; and one
 * kernel for each way to fail.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kernel } from '../src/interleave/execution.ts'
import { exploreSchedules } from '../src/interleave/explore-schedules.ts'
import { exploreStates } from '../src/interleave/explore-states.ts'
import { lockstep } from '../src/interleave/lockstep.ts'
import { numbers, recorded } from '../src/interleave/scheduler.ts'
import type { Thread } from '../src/interleave/thread.ts'
import * as system from './interleave-system.ts'
import * as toys from './lockstep-toys.ts'

const locked = system.specify(system.locked)
const under = (kernel: Kernel, choices: number[]) => lockstep({ ...kernel, scheduler: numbers(choices) })
const choices = () => fc.array(fc.nat(15), { maxLength: 64 })

describe('a correct kernel', () => {
  const make = () => new toys.LockKernel().beside(locked)

  test('holds under any numbers, and its reduced schedule gives the same execution', () => {
    fc.assert(
      fc.property(choices(), (chosen) => {
        const result = under(make(), chosen)
        expect(result).toMatchObject({ outcome: 'holds', steps: 4, finished: true })
        if (result.outcome === 'holds') expect(under(make(), [...result.schedule])).toEqual(result)
      }),
      { numRuns: 200 },
    )
  })

  test('without numbers is round robin', () => {
    const result = under(new toys.UnlockedKernel(3).beside(system.specify(system.unlocked, 3)), [])
    const takes = ['worker0', 'worker1', 'worker2'].map((worker) => ({ type: 'lock.take', worker }))
    const drops = ['worker0', 'worker1', 'worker2'].map((worker) => ({ type: 'lock.drop', worker }))
    expect(result).toMatchObject({
      outcome: 'holds',
      schedule: [0, 0, 0, 0, 0, 0],
      events: [...takes, ...drops],
    })
  })

  // Two steps each: (2n)! / 2^n schedules, whose prefixes are counted along the lattice; 3^n states.
  test.each([
    { workers: 1, schedules: 1, prefixes: 2, states: 3, steps: 2 },
    { workers: 2, schedules: 6, prefixes: 18, states: 9, steps: 12 },
    { workers: 3, schedules: 90, prefixes: 270, states: 27, steps: 54 },
  ])('$workers independent workers have $schedules schedules and $states states', (expected) => {
    const specification = system.specify(system.unlocked, expected.workers)
    const kernel = () => new toys.UnlockedKernel(expected.workers).beside(specification)
    const { schedules, prefixes, states, steps } = expected
    expect(exploreSchedules(kernel)).toEqual({ outcome: 'holds', schedules, steps: prefixes })
    expect(exploreStates(kernel)).toEqual({ outcome: 'holds', states, steps })
  })

  // The lock serialises: n! schedules; a state is the set of those done and the one inside, if any.
  test.each([
    { workers: 2, schedules: 2, states: 4 + 4 },
    { workers: 3, schedules: 6, states: 8 + 12 },
    { workers: 4, schedules: 24, states: 16 + 32 },
  ])(
    '$workers workers with a lock have $schedules schedules and $states states',
    ({ workers, schedules, states }) => {
      const specification = system.specify(system.locked, workers)
      const kernel = () => new toys.LockKernel(workers).beside(specification)
      expect(exploreSchedules(kernel)).toMatchObject({ outcome: 'holds', schedules })
      expect(exploreStates(kernel)).toMatchObject({ outcome: 'holds', states })
    },
  )

  test('reports progress while it is explored', () => {
    const seen: number[] = []
    exploreStates(make, { onProgress: ({ states, queue }) => seen.push(states - queue) })
    exploreSchedules(make, { onProgress: ({ schedules }) => seen.push(schedules) })
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2])
  })
})

describe('limits end with an honest bound', () => {
  const make = () => new toys.UnlockedKernel().beside(system.specify(system.unlocked))

  test('on schedules, and not where the limit is exactly enough', () => {
    expect(exploreSchedules(make, { schedulesMax: 5 })).toMatchObject({
      outcome: 'bound',
      bound: '5 schedules',
    })
    expect(exploreSchedules(make, { schedulesMax: 6 })).toMatchObject({ outcome: 'holds', schedules: 6 })
  })

  test('on the length of schedules', () => {
    const cut = exploreSchedules(make, { stepsMax: 3 })
    expect(cut).toMatchObject({
      outcome: 'bound',
      bound: '6 schedules cut at 3 steps',
      schedules: 6,
      steps: 12,
    })
  })

  test('on states', () => {
    expect(exploreStates(make, { statesMax: 8 })).toMatchObject({
      outcome: 'bound',
      bound: '8 states',
      states: 8,
    })
    expect(exploreStates(make, { statesMax: 9 })).toMatchObject({ outcome: 'holds', states: 9 })
  })
})

describe('a step the system forbids', () => {
  test('is refused by name, with a short schedule', () => {
    const make = () => new toys.ForgetsTheLock().beside(locked)
    const failure = toys.failureOf(under(make(), []))
    expect(failure).toMatchObject({
      kind: 'refused',
      step: 2,
      event: { type: 'lock.take', worker: 'worker1' },
      text: 'the system refuses lock.take(worker1) of thread worker1: refused by lock',
      schedule: [0, 0],
    })
    expect(toys.failureOf(exploreStates(make))).toEqual(failure)
    expect(toys.failureOf(exploreSchedules(make)).kind).toBe('refused')
  })

  test('that a schedule must bring about is found by every scheduler that looks, and replays', () => {
    const make = () => new toys.Worker0ForgetsTheLock().beside(locked)
    expect(under(make(), []).outcome).toBe('holds')
    const failure = toys.failureOf(exploreStates(make))
    expect(failure).toMatchObject({ kind: 'refused', step: 2, schedule: [1, 0] })
    expect(toys.failureOf(exploreSchedules(make))).toEqual(failure)
    expect(toys.failureOf(under(make(), [...failure.schedule]))).toEqual(failure)
    expect(toys.failureOf(lockstep({ ...make(), scheduler: recorded(failure.events) }))).toEqual(failure)
    const details = fc.check(
      fc.property(choices(), (chosen) => under(make(), chosen).outcome === 'holds'),
      { seed: 1 },
    )
    const [shrunk] = details.counterexample!
    expect(shrunk).toHaveLength(1)
    expect(toys.failureOf(under(make(), shrunk))).toEqual(failure)
  })

  test('is refused where the vocabulary lacks it', () => {
    class NamesNobody extends toys.LockKernel {
      override *work(): Thread<system.ToyEvent> {
        yield { event: { type: 'lock.take', worker: 'worker9' } }
      }
    }
    expect(toys.failureOf(under(new NamesNobody().beside(locked), []))).toMatchObject({
      kind: 'refused',
      step: 1,
      text: 'the system refuses lock.take(worker9) of thread worker0: it is not in its vocabulary',
    })
  })

  test('is refused by an observer too', () => {
    const failure = toys.failureOf(under(new toys.LockKernel().beside(system.specify(system.watched)), []))
    expect(failure).toMatchObject({
      kind: 'refused',
      step: 3,
      text: expect.stringContaining('the observer oneTake refuses lock.take'),
    })
  })
})

describe('a recorded schedule', () => {
  const take = (worker: string) => ({ type: 'lock.take', worker })
  const drop = (worker: string) => ({ type: 'lock.drop', worker })
  const follow = (events: { type: string; worker: string }[]) =>
    lockstep({ ...new toys.LockKernel().beside(locked), scheduler: recorded(events) })

  test("is followed, whatever the order of an event's fields", () => {
    const events = [
      { worker: 'worker1', type: 'lock.take' },
      drop('worker1'),
      take('worker0'),
      drop('worker0'),
    ]
    expect(follow(events)).toEqual({
      outcome: 'holds',
      steps: 4,
      events,
      schedule: [1, 0, 0, 0],
      finished: true,
    })
  })

  test('may end before the kernel does', () => {
    expect(follow([take('worker1')])).toMatchObject({ outcome: 'holds', steps: 1, finished: false })
    expect(follow([])).toMatchObject({ outcome: 'holds', steps: 0, finished: false })
  })

  test('that cannot be followed says at which step, and what the threads offer', () => {
    expect(toys.failureOf(follow([take('worker1'), take('worker0')]))).toMatchObject({
      kind: 'unfollowed',
      step: 2,
      event: take('worker0'),
      events: [take('worker1')],
      text:
        'no thread offers lock.take(worker0): ' +
        'worker0 waits for lock.take(worker0), worker1 offers lock.drop(worker1)',
    })
  })

  test('that goes on after the kernel has finished cannot be followed', () => {
    const all = [take('worker0'), drop('worker0'), take('worker1'), drop('worker1')]
    const failure = toys.failureOf(follow([...all, take('worker0')]))
    expect(failure).toMatchObject({ kind: 'unfollowed', step: 5 })
    expect(failure.text).toContain('worker0 is done, worker1 is done')
  })
})
