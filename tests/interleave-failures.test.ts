/**
 * Failures that are about the kernel's own code: it diverges, throws, is not deterministic, or breaks the
 * contract between a thread and its runner; and how a failure reads.
 */
import { describe, expect, test } from 'vitest'
import type { Abstraction, Kernel } from '../src/interleave/execution.ts'
import { exploreSchedules } from '../src/interleave/explore-schedules.ts'
import { exploreStates } from '../src/interleave/explore-states.ts'
import { printFailure } from '../src/interleave/failure.ts'
import { lockstep } from '../src/interleave/lockstep.ts'
import { createRunner } from '../src/interleave/runner.ts'
import { numbers } from '../src/interleave/scheduler.ts'
import type { Specification } from '../src/interleave/specification.ts'
import type { NamedThread, Thread } from '../src/interleave/thread.ts'
import * as system from './interleave-system.ts'
import * as toys from './lockstep-toys.ts'

const locked: Specification = system.specify(system.locked)
const fair = (kernel: Kernel) => lockstep({ ...kernel, scheduler: numbers([]) })

/** Forgets that worker1 holds the lock it took. */
class LosesWorker1 extends toys.LockKernel {
  override *take(self: system.WorkerId): Thread<system.ToyEvent> {
    yield* super.take(self)
    if (self === 'worker1') this.holder = null
  }
}

class Throws extends toys.LockKernel {
  override *drop(self: system.WorkerId): Thread<system.ToyEvent> {
    yield* super.drop(self)
    if (self === 'worker1') throw new RangeError('no such worker')
  }
}

describe('a kernel that diverges', () => {
  test('is told where: component, field, expected, got', () => {
    const failure = toys.failureOf(fair(new LosesWorker1().beside(locked)))
    expect(failure).toMatchObject({
      kind: 'diverged',
      step: 3,
      event: { type: 'lock.take', worker: 'worker1' },
    })
    expect(failure.text).toBe(
      'after lock.take(worker1) of thread worker1 the kernel is not where the charts are: ' +
        'lock context.holder: expected "worker1", got null',
    )
    expect(toys.failureOf(exploreStates(() => new LosesWorker1().beside(locked)))).toMatchObject({
      step: 1,
      schedule: [1],
    })
  })

  test('at the very start does so at step 0', () => {
    const kernel = new toys.LockKernel()
    kernel.places['worker1'] = 'critical'
    const failure = toys.failureOf(fair(kernel.beside(locked)))
    expect(failure).toMatchObject({ kind: 'diverged', step: 0, schedule: [], events: [] })
    expect(failure.text).toContain('worker.worker1 value: expected "idle", got "critical"')
  })
})

describe('what throws is a failure', () => {
  test('in a thread', () => {
    const failure = toys.failureOf(fair(new Throws().beside(locked)))
    expect(failure).toMatchObject({ kind: 'threw', step: 4, text: 'thread worker1 threw: no such worker' })
    expect(failure.cause).toBeInstanceOf(RangeError)
  })

  test('in a guard, laid to the step after which it throws', () => {
    class ThrowsInGuard extends toys.LockKernel {
      override mayTake(): boolean {
        if (this.holder !== null) throw new Error('the lock is held')
        return true
      }
    }
    const failure = toys.failureOf(fair(new ThrowsInGuard().beside(locked)))
    expect(failure).toMatchObject({ kind: 'threw', step: 1, text: 'thread worker1 threw: the lock is held' })
  })

  test('in the abstraction and in the specification', () => {
    const blind = () => {
      throw new Error('nothing to see')
    }
    const kernel = new toys.LockKernel().beside(locked)
    expect(toys.failureOf(fair({ ...kernel, abstraction: blind }))).toMatchObject({ kind: 'threw', step: 0 })
    const start = () => ({ ...locked.start(), accepts: blind, states: () => locked.start().states() })
    const failure = toys.failureOf(fair({ ...kernel, specification: { ...locked, start } }))
    expect(failure).toMatchObject({ kind: 'threw', step: 1, text: 'the specification threw: nothing to see' })
  })

  test('and so is a yield that announces nothing', () => {
    const run = function* (): Thread {
      yield {} as never
    }
    const failure = toys.failureOf(
      fair({ ...new toys.LockKernel().beside(locked), threads: [{ name: 'odd', run }] }),
    )
    expect(failure).toMatchObject({
      kind: 'threw',
      text: 'thread odd yields something that announces no event',
    })
  })
})

describe('a kernel with another source of choice than the schedule', () => {
  let executions = 0
  class Forgetful extends toys.LockKernel {
    readonly execution = executions++;
    override *work(self: system.WorkerId): Thread<system.ToyEvent> {
      yield { event: { type: 'lock.spin', worker: self } }
      if (this.execution % 2 === 1) yield { event: { type: 'lock.spin', worker: self } }
      yield* this.take(self)
      yield* this.drop(self)
    }
  }

  test.each([
    ['schedules', exploreSchedules],
    ['states', exploreStates],
  ] as const)('is found when %s are explored', (_, explore) => {
    executions = 0
    const failure = toys.failureOf(explore(() => new Forgetful(3).beside(system.specify(system.locked, 3))))
    expect(failure.kind).toBe('nondeterministic')
    expect(failure.text).toMatch(/before: .*(worker\d) offers lock.take.*; now: .*\1 offers lock.spin/)
  })

  test('is found where only what it announces nowhere changes', () => {
    let made = 0
    const make = () => {
      const stamp = made++
      return { ...new toys.LockKernel().beside(locked), fingerprint: () => stamp }
    }
    expect(toys.failureOf(exploreStates(make)).kind).toBe('nondeterministic')
  })

  test('is found where it fails at a step that went well before', () => {
    class ThrowsInTake extends toys.UnlockedKernel {
      override *take(self: system.WorkerId): Thread<system.ToyEvent> {
        yield* super.take(self)
        if (self === 'worker1') throw new Error('out of luck')
      }
    }
    const unlocked = system.specify(system.unlocked)
    let made = 0
    const make = () => (made++ === 0 ? new toys.UnlockedKernel() : new ThrowsInTake()).beside(unlocked)
    const failure = toys.failureOf(exploreSchedules(make))
    expect(failure).toMatchObject({ kind: 'nondeterministic', schedule: [0, 0] })
    expect(failure.text).toContain('now: thread worker1 threw: out of luck')
  })
})

describe('a broken promise of the harness is an assertion', () => {
  const kernel = () => new toys.LockKernel().beside(locked)
  const idle: NamedThread = { name: 'idle', run: function* () {} }

  test.each<[string, Abstraction]>([
    ['names disk; the components are', { disk: { value: 'idle' } }],
    ['covers no component', {}],
    ['says nothing of lock', { lock: {} }],
    ['lock has contents; it takes value and context', { lock: { contents: 1 } as object }],
    ['lock context is a Set; it must be plain JSON', { lock: { context: new Set() } }],
  ])('the abstraction %s', (text, abstraction) => {
    expect(() => fair({ ...kernel(), abstraction: () => abstraction })).toThrow(text)
  })

  test('threads have names of their own, and one is no daemon', () => {
    expect(() => fair({ ...kernel(), threads: [idle, idle] })).toThrow('two threads are named idle')
    expect(() => createRunner([{ ...idle, daemon: true }])).toThrow('a thread that is not a daemon')
  })

  test('a thread changes nothing before its first yield', () => {
    class TooEarly extends toys.LockKernel {
      override *work(self: system.WorkerId): Thread<system.ToyEvent> {
        this.holder = self
        yield* super.work(self)
      }
    }
    expect(() => fair(new TooEarly().beside(locked))).toThrow('changes shared state before its first yield')
  })

  test('a choice is a whole number, and one of those enabled', () => {
    expect(() => numbers([0, -1])).toThrow('not -1')
    expect(() => numbers([0.5])).toThrow('not 0.5')
    const runner = createRunner(new toys.LockKernel().threads())
    expect(() => runner.step(2)).toThrow('choice 2 is none of the 2 enabled threads')
  })

  test('states are matched on a fingerprint of plain JSON', () => {
    expect(() => exploreStates(() => ({ ...kernel(), fingerprint: () => new Map() }))).toThrow(
      'the fingerprint is a Map',
    )
    expect(() => exploreStates(() => ({ ...kernel(), fingerprint: () => ({ at: NaN }) }))).toThrow('NaN')
  })
})

describe('the runner', () => {
  test('lists enabled threads longest-waiting first, and all announcements in order', () => {
    const kernel = new toys.LockKernel(3)
    const runner = createRunner(kernel.threads())
    const enabled = () => runner.enabled().map(({ thread }) => thread)
    expect(enabled()).toEqual(['worker0', 'worker1', 'worker2'])
    expect(runner.step(1)).toEqual({ thread: 'worker1', event: { type: 'lock.take', worker: 'worker1' } })
    expect(enabled()).toEqual(['worker1'])
    expect(runner.announced().map(({ thread, enabled: is }) => [thread, is])).toEqual([
      ['worker0', false],
      ['worker1', true],
      ['worker2', false],
    ])
    runner.step(0)
    expect(enabled()).toEqual(['worker0', 'worker2'])
    expect(runner.announced()[1]).toEqual({
      thread: 'worker1',
      daemon: false,
      event: undefined,
      enabled: false,
    })
    expect(runner.status()).toBe('running')
    for (let step = 0; step < 4; step++) runner.step(0)
    expect(runner.status()).toBe('finished')
  })
})

test('a failure reads as what went wrong, the steps, and the schedule', () => {
  expect(printFailure(toys.failureOf(fair(new Throws().beside(locked))))).toBe(
    [
      'threw at step 4: thread worker1 threw: no such worker',
      '  1  worker0  lock.take(worker0)',
      '  2  worker0  lock.drop(worker0)',
      '  3  worker1  lock.take(worker1)',
      '  4  worker1  lock.drop(worker1)',
      'schedule: 0.0.0.0',
    ].join('\n'),
  )
})
