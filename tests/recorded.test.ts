/**
 * The recorded driver on toys: an event is one step of all its parts or of none, what is unknown is resolved
 * and may be forgotten, and its interned steps are those of xstate's own `transition()`.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign, getInitialSnapshot, setup, transition } from 'xstate'
import { type Part, Recorded } from '../src/checker/recorded.ts'
import type { Cpu } from '../src/statemachines/identifiers.ts'
import { type Event, scheduledThread } from '../src/statemachines/kernel/scheduled-thread.ts'

type LockEvent = { type: 'lock.take'; owner: string } | { type: 'lock.drop'; owner: string }
const lock = setup({
  types: { context: {} as { owner: string }, events: {} as LockEvent },
  guards: { isOwner: ({ context }, params: { owner: string }) => context.owner === params.owner },
  actions: { own: assign({ owner: (_, params: { owner: string }) => params.owner }) },
}).createMachine({
  id: 'lock',
  context: { owner: 'nobody' },
  initial: 'unknown',
  states: {
    unknown: {
      tags: 'unresolved',
      on: {
        'lock.take': {
          target: 'taken',
          actions: { type: 'own', params: ({ event }) => ({ owner: event.owner }) },
        },
        'lock.drop': 'free',
      },
    },
    free: {
      on: {
        'lock.take': {
          target: 'taken',
          actions: { type: 'own', params: ({ event }) => ({ owner: event.owner }) },
        },
      },
    },
    taken: {
      meta: { refuses: { 'lock.take': 'mutualExclusion' } },
      on: {
        'lock.drop': {
          target: 'free',
          guard: { type: 'isOwner', params: ({ event }) => ({ owner: event.owner }) },
        },
      },
    },
  },
})
const worker = setup({
  types: { events: {} as { type: 'worker.enter' } | { type: 'worker.leave' } },
}).createMachine({
  id: 'worker',
  initial: 'outside',
  states: { outside: { on: { 'worker.enter': 'inside' } }, inside: { on: { 'worker.leave': 'outside' } } },
})

const enter = (id: string, of = 'lock0'): Part[] => [
  { family: 'worker', id, event: { type: 'worker.enter' } },
  { family: 'lock', id: of, event: { type: 'lock.take', owner: id } },
]

describe('the recorded driver', () => {
  test('takes an event with all its parts or with none', () => {
    const driver = new Recorded({ lock, worker })
    expect(driver.take(enter('worker0'))).toBeUndefined()
    expect(driver.take(enter('worker1'))).toMatchObject({
      part: { family: 'lock', id: 'lock0' },
      state: 'taken {"owner":"worker0"}',
      claim: 'mutualExclusion',
    })
    expect(driver.stateOf('worker', 'worker1').value).toBe('outside')
    expect(driver.idsOf('worker')).toEqual(['worker0'])
  })

  test('a refusal that the chart says nothing about names no claim', () => {
    const driver = new Recorded({ lock, worker })
    const refusal = driver.take([{ family: 'worker', id: 'worker0', event: { type: 'worker.leave' } }])
    expect(refusal).toMatchObject({ claim: undefined, state: 'outside {}' })
  })

  test('counts what the log resolved, and forgets', () => {
    const driver = new Recorded({ lock, worker })
    driver.take(enter('worker0'))
    driver.forget('lock', 'lock0')
    expect(driver.stateOf('lock', 'lock0').value).toBe('unknown')
    expect(driver.take(enter('worker1'))).toBeUndefined()
    expect(driver.coverage().find(({ family }) => family === 'lock')).toMatchObject({
      components: 1,
      resolved: 2,
    })
  })

  test('says which transitions a log never took', () => {
    const driver = new Recorded({ lock, worker })
    driver.take(enter('worker0'))
    const [ofLock, ofWorker] = driver.coverage()
    expect(ofLock).toMatchObject({ transitions: 4 })
    expect(ofLock?.transitionsNeverTaken).toEqual([
      'lock.unknown: lock.drop -> free',
      'lock.free: lock.take -> taken',
      'lock.taken: lock.drop [isOwner] -> free',
    ])
    expect(ofWorker?.transitionsNeverTaken).toEqual(['worker.inside: worker.leave -> outside'])
  })
})

const cpus: Cpu[] = ['cpu0', 'cpu1']
const onCpu = [
  'fork',
  'start',
  'waking',
  'wake',
  'dispatch',
  'preempt',
  'yield',
  'block',
  'die',
  'exit',
  'observe',
  'hide',
] as const
const events: Event[] = [
  { type: 'thread.create' },
  ...onCpu.flatMap((name) => cpus.map((cpu): Event => ({ type: `thread.${name}`, cpu }))),
  ...cpus.flatMap((from) => cpus.map((to): Event => ({ type: 'thread.migrate', from, to }))),
]

test('interned steps are those of transition(), and a refused event is one that selects none', () => {
  const take = (driver: Recorded, event: Event) => driver.take([{ family: 'thread', id: 'thread1', event }])
  const driver = new Recorded({ thread: scheduledThread })
  const walks = fc.array(fc.nat(30), { minLength: 10, maxLength: 60 })
  fc.assert(
    fc.property(walks, (walk) => {
      let state = getInitialSnapshot(scheduledThread)
      driver.forget('thread', 'thread1')
      for (const choice of walk) {
        const [accepted, refused] = [true, false].map((yes) =>
          events.filter((event) => scheduledThread.getTransitionData(state, event).length > 0 === yes),
        ) as [Event[], Event[]]
        for (const event of refused) expect(take(driver, event)?.part.event).toBe(event)
        const event = accepted[choice % accepted.length]!
        expect(take(driver, event)).toBeUndefined()
        state = transition(scheduledThread, state, event)[0]
        const { value, context } = driver.stateOf('thread', 'thread1')
        expect({ value, context }).toEqual({ value: state.value, context: state.context })
      }
    }),
    { seed: 5, numRuns: 200 },
  )
  expect(driver.coverage()[0]?.transitionsNeverTaken).toEqual([])
})
