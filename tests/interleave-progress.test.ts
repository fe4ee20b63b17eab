/**
 * Progress: kernels that are stuck or do not finish, under numbers and exhaustively, and hardware that acts
 * whenever it likes.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kernel } from '../src/interleave/execution.ts'
import { exploreSchedules } from '../src/interleave/explore-schedules.ts'
import { exploreStates } from '../src/interleave/explore-states.ts'
import { lockstep } from '../src/interleave/lockstep.ts'
import { numbers } from '../src/interleave/scheduler.ts'
import * as system from './interleave-system.ts'
import * as toys from './lockstep-toys.ts'

const locked = system.specify(system.locked)
const under = (kernel: Kernel, choices: number[]) => lockstep({ ...kernel, scheduler: numbers(choices) })

describe('a kernel that does not finish', () => {
  test('is stuck where no thread is enabled', () => {
    const make = () => new toys.KeepsTheLock().beside(locked)
    const failure = toys.failureOf(under(make(), []))
    expect(failure).toMatchObject({ kind: 'stuck', step: 1, event: undefined, schedule: [0] })
    expect(failure.text).toBe('no thread can go on: worker0 is done, worker1 waits for lock.take(worker1)')
    expect(toys.failureOf(exploreStates(make))).toEqual(failure)
    expect(toys.failureOf(exploreSchedules(make))).toEqual(failure)
  })

  test('is unfinished where its threads are done and the system is not', () => {
    const failure = toys.failureOf(under(new toys.KeepsTheLock().beside(locked), [1]))
    expect(failure).toMatchObject({ kind: 'unfinished', step: 3, schedule: [1, 0, 0] })
    expect(failure.text).toContain('every thread is done, but the system is not')
  })

  test('is unfinished where no schedule can finish any more', () => {
    const make = () => new toys.SpinsForEver().beside(locked)
    expect(under(make(), []).outcome).toBe('holds')
    const failure = toys.failureOf(exploreStates(make))
    expect(failure).toMatchObject({ kind: 'unfinished', step: 1, schedule: [1] })
    expect(failure.text).toContain('no schedule finishes from here on')
    const replayed = toys.failureOf(
      lockstep({ ...make(), scheduler: numbers(failure.schedule), stepsMax: 50 }),
    )
    expect(replayed).toMatchObject({ kind: 'unfinished', step: 51 })
    expect(replayed.text).toContain('does not finish within 50 fair steps')
    expect(exploreSchedules(make, { stepsMax: 8 }).outcome).toBe('bound')
  })

  test('in a fair livelock only is found by numbers, for another schedule escapes it', () => {
    const make = () => new toys.PoliteKernel().beside(locked)
    expect(exploreStates(make).outcome).toBe('holds')
    expect(toys.failureOf(under(make(), []))).toMatchObject({ kind: 'unfinished', step: 1000 })
    expect(under(make(), [0, 1, 0, 1]).outcome).toBe('holds')
  })
})

describe('a daemon', () => {
  test('takes its turn, starves nobody and need not finish', () => {
    const make = () => new toys.TickingKernel().beside(locked)
    const result = under(make(), [])
    const { threads, ...rest } = make()
    const without = { ...rest, threads: threads.filter(({ daemon }) => daemon !== true) }
    expect(result).toMatchObject({ outcome: 'holds', steps: 7, finished: true })
    if (result.outcome === 'holds') {
      expect(result.events.filter(({ type }) => type === 'clock.tick')).toHaveLength(3)
    }
    expect(exploreStates(make).outcome).toBe('holds')
    expect(exploreSchedules(make, { stepsMax: 7 }).outcome).toBe('bound')
    expect(toys.failureOf(under(without, [])).kind).toBe('stuck')
  })

  test('that the adversary favours delays the others only while the numbers last', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(15), { maxLength: 64 }), (chosen) => {
        expect(under(new toys.TickingKernel().beside(locked), chosen).outcome).toBe('holds')
      }),
      { numRuns: 200 },
    )
  })

  test('that goes on alone does not make a kernel finish', () => {
    class NeverTaken extends toys.TickingKernel {
      override mayTake(): boolean {
        return false
      }
    }
    const make = () => new NeverTaken().beside(locked)
    expect(toys.failureOf(under(make(), []))).toMatchObject({ kind: 'unfinished', step: 1000 })
    expect(toys.failureOf(exploreStates(make))).toMatchObject({ kind: 'unfinished', step: 0 })
  })

  test('that is blocked as well leaves the kernel stuck', () => {
    class NeverTicks extends toys.TickingKernel {
      override mayTick(): boolean {
        return false
      }
    }
    expect(toys.failureOf(under(new NeverTicks().beside(locked), []))).toMatchObject({
      kind: 'stuck',
      step: 0,
    })
  })
})
