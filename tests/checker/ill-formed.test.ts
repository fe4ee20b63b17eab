/**
 * Systems that cannot be checked are refused, each with one sentence that names the culprit: at once where
 * it shows in the description, in the trace's last step where only the search can find it.
 */
import { describe, expect, it } from 'vitest'
import {
  type ActionFunction,
  type AnyActorRef,
  type AnyStateMachine,
  assign,
  createMachine,
  emit,
  fromPromise,
  log,
  raise,
  sendTo,
  spawnChild,
} from 'xstate'
import { check } from '../../src/checker/explore.ts'
import { each } from '../../src/model/component.ts'
import { IllFormedError, UsageError, instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { counter } from './counter.ts'
import { plain, systemOf } from './system-of.ts'

type Act = ActionFunction<never, never, never, never, never, never, never, never, never>

const machine = counter({ size: 3, event: 'tick' })
const sound: System = systemOf({ components: { c0: plain(machine) }, events: { tick: {} } })

function refusal(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was not refused')
}

// One sentence: one line, and no second full stop.
function expectOneSentence(text: string, ...culprits: readonly string[]): void {
  expect(text).not.toContain('\n')
  expect(text).not.toMatch(/\. [A-Z]/)
  for (const culprit of culprits) expect(text).toContain(culprit)
}

describe('a description', () => {
  const cases: readonly (readonly [string, System, readonly string[]])[] = [
    [
      'an event nobody knows',
      systemOf({ components: { c0: plain(machine) }, events: { tick: {}, tock: {} } }),
      ['tock'],
    ],
    [
      'an event that only an observer knows',
      systemOf({
        components: {
          c0: plain(machine),
          watch: plain(counter({ size: 2, event: 'tock' }), { observer: true }),
        },
        events: { tick: {}, tock: {} },
      }),
      ['tock'],
    ],
    [
      'an alphabet with an event outside the vocabulary',
      systemOf({
        components: { c0: plain(machine, { alphabet: { tick: [{}], tock: [{}] } }) },
        events: { tick: {} },
      }),
      ['c0', 'tock'],
    ],
    ['a field of an unknown domain', { ...sound, events: { tick: { of: 'hour' } } }, ['tick', 'of', 'hour']],
    [
      'a claim on an unknown domain',
      {
        ...sound,
        claims: { small: { kind: 'always', sentence: 'it is', forAll: ['hour'], holds: () => true } },
      },
      ['small', 'hour'],
    ],
    [
      'fairness of an event that never happens',
      { ...sound, fairness: [{ strength: 'weak', types: ['tock'], by: [] }] },
      ['tock'],
    ],
    [
      'two components with one name',
      systemOf({
        components: { 'c.one': plain(machine), c: each(['one'], () => plain(machine)) },
        events: { tick: {} },
      }),
      ['c.one'],
    ],
    ['no components', systemOf({ components: {}, events: {} }), ['components']],
    [
      'something that is no machine',
      systemOf({
        components: { c0: plain({ id: 'nothing' } as unknown as AnyStateMachine) },
        events: { tick: {} },
      }),
      ['c0'],
    ],
    [
      'a machine that invokes',
      systemOf({
        components: {
          c0: plain(
            createMachine({
              initial: 'calling',
              states: {
                calling: { invoke: { src: fromPromise(() => Promise.resolve(1)) }, on: { tick: 'calling' } },
              },
            }),
          ),
        },
        events: { tick: {} },
      }),
      ['c0', 'invoke', 'calling'],
    ],
  ]

  it.each(cases)('%s', (_, system, culprits) => {
    const error = refusal(() => instantiate(system))
    expect(error).toBeInstanceOf(IllFormedError)
    expectOneSentence(error.message, ...culprits, 'toy')
  })

  it.each([
    ['an unknown bound', {}, { hours: 2 }, undefined, ['hours']],
    ['a bound below its least value', { cpus: 1 }, { cpus: 0 }, undefined, ['cpus', '0']],
    ['a bound that is no whole number', { cpus: 1 }, { cpus: 1.5 }, undefined, ['cpus', '1.5']],
    ['a bound called as something objects have', { cpus: 1 }, { toString: 2 }, undefined, ['toString']],
    ['an unknown mutant', {}, {}, 'forgets', ['forgets']],
    ['a mutant called as something objects have', {}, {}, 'constructor', ['constructor']],
  ] as const)('%s', (_, bounds, overrides: object, mutant, culprits) => {
    const error = refusal(() => instantiate({ ...sound, bounds }, { ...overrides }, mutant))
    expect(error).toBeInstanceOf(UsageError)
    expectOneSentence(error.message, ...culprits, 'toy')
  })

  it('a mutant of an unknown component', () => {
    const forgets = { sentence: 'it forgets', replace: { c1: machine }, killedBy: 'neverStuck' }
    const error = refusal(() => instantiate({ ...sound, mutants: { forgets } }, {}, 'forgets'))
    expect(error).toBeInstanceOf(IllFormedError)
    expectOneSentence(error.message, 'forgets', 'c1')
  })
})

/** A machine that runs an action at the start, or at its first event. */
const acting = (action: unknown, when: 'start' | 'event'): AnyStateMachine =>
  createMachine({
    id: 'actor',
    initial: 'before',
    context: { list: [] },
    states: {
      before: { on: { go: 'after' }, ...(when === 'start' ? { entry: action as Act } : {}) },
      after: { ...(when === 'event' ? { entry: action as Act } : {}), on: { go: 'before' } },
    },
  } as never)

const systemWith = (one: AnyStateMachine) =>
  systemOf({ components: { worker: plain(one) }, events: { go: {} } })
const child = createMachine({})
class Point {
  readonly x = 1
}
const put = (value: unknown) => assign({ list: () => value })

const forbidden: readonly (readonly [string, unknown, string])[] = [
  ['a plain function as action', function prints() {}, 'prints'],
  ['an action that is not implemented', 'missing', 'missing'],
  ['sendTo', sendTo(({ self }: { self: AnyActorRef }) => self, { type: 'go' }), 'xstate.sendTo'],
  ['emit', emit({ type: 'go' }), 'xstate.emit'],
  ['log', log('hello'), 'xstate.log'],
  ['spawnChild', spawnChild(child), 'spawns'],
  ['spawn in assign', assign(({ spawn }) => ({ list: spawn(child) })), 'spawns'],
  ['a delayed raise', raise({ type: 'go' }, { delay: 10 }), 'delay'],
  ['a Set in context', put(new Set([1])), 'context.list is a Set'],
  ['a Map in context', put({ deep: [new Map()] }), 'context.list.deep[0] is a Map'],
  ['a Date in context', put(new Date(0)), 'context.list is a Date'],
  ['NaN in context', put([1, Number.NaN]), 'context.list[1] is NaN'],
  ['a function in context', put(() => 1), 'context.list is a function'],
  ['a class instance in context', put(new Point()), 'context.list is a Point'],
  ['a symbol in context', put(Symbol('x')), 'context.list is a symbol'],
]

describe.each(forbidden)('%s', (_, action, culprit) => {
  it('at the start is refused at once', () => {
    const error = refusal(() => check(instantiate(systemWith(acting(action, 'start')))))
    expect(error).toBeInstanceOf(IllFormedError)
    expectOneSentence(error.message, 'worker', culprit)
  })

  it('later is refused with the trace that leads to it', () => {
    const { outcome, violation } = check(instantiate(systemWith(acting(action, 'event'))))
    expect(outcome).toBe('violated')
    expect(violation).toMatchObject({ kind: 'error', claim: 'ill-formed', events: [0] })
    expectOneSentence(violation!.label, 'worker', culprit)
  })
})

describe('a machine that breaks its own rules', () => {
  const endless = (from: 'before' | 'after') =>
    createMachine({
      id: 'endless',
      initial: 'before',
      states: {
        before: { on: { go: 'after' }, ...(from === 'before' ? { always: 'after' } : {}) },
        after: { always: { target: 'before' } },
      },
    })
  const guarded = (initial: 'first' | 'second') =>
    createMachine({
      id: 'guarded',
      initial,
      states: {
        first: { on: { go: 'second' } },
        second: { on: { go: { guard: 'missing' as never, target: 'first' } } },
      },
    } as never)
  const settlesNever = createMachine({
    id: 'endless',
    initial: 'before',
    states: { before: { on: { go: 'one' } }, one: { always: 'two' }, two: { always: 'one' } },
  })

  it.each([['eventless transitions without end', endless('before'), 'Infinite loop']])(
    '%s, at the start',
    (_, one, culprit) => {
      const error = refusal(() => check(instantiate(systemWith(one))))
      expect(error).toBeInstanceOf(IllFormedError)
      expectOneSentence(error.message.replace('. This usually', ', this usually'), 'worker', culprit)
    },
  )

  it.each([
    ['eventless transitions without end', settlesNever, 'Infinite loop'],
    ['a guard that is not implemented', guarded('first'), 'missing'],
  ])('%s, later', (_, one, culprit) => {
    const { violation } = check(instantiate(systemWith(one)))
    expect(violation).toMatchObject({ kind: 'error', events: [0] })
    expectOneSentence(violation!.label.replace('. This usually', ', this usually'), 'worker', culprit)
  })

  const mutates = assign(({ context }) => {
    ;(context as { list: number[] }).list.push(1)
    return {}
  })
  const sealed = createMachine({
    id: 'sealed',
    context: { box: Object.freeze({ list: [] as number[] }) },
    on: {
      go: {
        actions: assign(({ context }) => {
          context.box.list.push(1)
          return {}
        }),
      },
    },
  })

  it.each([
    ['context', acting(mutates, 'event')],
    ['what its frozen context holds', sealed],
  ])('by changing %s in place', (_, one) => {
    const { violation } = check(instantiate(systemWith(one)), { limits: { statesMax: 100 } })
    expect(violation).toMatchObject({ kind: 'error', events: [0] })
    expectOneSentence(violation!.label, 'worker', 'not extensible')
  })

  it('by changing in place, at the start, what all its instances share', () => {
    const one = acting(mutates, 'start')
    const system = systemOf({ components: { left: plain(one), right: plain(one) }, events: { go: {} } })
    const error = refusal(() => check(instantiate(system)))
    expect(error).toBeInstanceOf(IllFormedError)
    expectOneSentence(error.message, 'not extensible')
  })
})
