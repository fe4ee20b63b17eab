/**
 * Charts for what happens after a transition and before the next event: eventless transitions, raised
 * events, and the order in which parallel regions come to rest.
 */
import { assign, enqueueActions, raise, setup } from 'xstate'
import { type FeatureChart, bare, logged, note } from './feature-chart.ts'

const chain = logged.createMachine({
  id: 'chain',
  context: { log: [] },
  initial: 'idle',
  states: {
    idle: { on: { go: 'first', quick: 'third' } },
    first: { entry: note('+first'), always: { target: 'second', actions: note('1>2') } },
    second: { entry: note('+second'), always: [{ target: 'third' }] },
    third: { exit: note('-third'), always: { target: 'rest', reenter: true } },
    rest: { on: { back: { target: 'idle', actions: 'forget' } } },
  },
})

const guardedAlways = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'add' | 'drop' | 'pass' } },
  guards: { atLeast: ({ context }, least: number) => context.count >= least },
}).createMachine({
  id: 'guardedAlways',
  context: { count: 0 },
  initial: 'low',
  on: {
    add: {
      guard: ({ context }) => context.count < 6,
      actions: assign({ count: ({ context }) => context.count + 1 }),
    },
  },
  states: {
    low: { always: { guard: { type: 'atLeast', params: 2 }, target: 'middle' } },
    middle: {
      always: [
        { guard: { type: 'atLeast', params: 6 }, target: 'low', actions: assign({ count: 0 }) },
        { guard: { type: 'atLeast', params: 4 }, target: 'high' },
      ],
      on: { drop: { target: 'low', actions: assign({ count: ({ context }) => context.count - 2 }) } },
    },
    high: { on: { drop: { target: 'middle', actions: assign({ count: 3 }) }, pass: 'middle' } },
  },
})

const raised = logged.createMachine({
  id: 'raised',
  context: { log: [] },
  initial: 'idle',
  states: {
    idle: {
      on: {
        pair: { actions: [raise({ type: 'first' }), note('between'), raise({ type: 'second' })] },
        enter: 'entering',
        lost: { actions: raise({ type: 'nobody.hears' }) },
        first: { actions: note('first') },
        second: { actions: [note('second'), raise({ type: 'third' })] },
        third: { actions: note('third') },
      },
    },
    entering: {
      entry: [raise({ type: 'entered' }), raise({ type: 'entered' }), note('+entering')],
      exit: [note('-entering'), raise({ type: 'first' })],
      always: { guard: { type: 'hasNoted', params: 'once' }, target: 'idle', actions: note('always first') },
      on: { entered: { actions: note('once') } },
    },
  },
})

const raisedInRegions = logged.createMachine({
  id: 'regions',
  context: { log: [] },
  type: 'parallel',
  states: {
    sender: {
      initial: 'calm',
      states: {
        calm: { on: { ring: { target: 'rung', actions: raise({ type: 'bell' }) } } },
        rung: { entry: note('rung'), on: { bell: { target: 'calm', actions: note('echo') }, quiet: 'calm' } },
      },
    },
    listener: {
      initial: 'asleep',
      states: {
        asleep: {
          on: { bell: { target: 'awake', actions: raise({ type: 'bell' }) }, ring: { actions: note('?') } },
        },
        awake: { entry: note('awake'), on: { quiet: 'asleep', ring: { actions: raise({ type: 'quiet' }) } } },
      },
    },
  },
})

// Which region was entered last is no part of value, context or history, and yet decides who settles first.
const region = (event: string) =>
  ({
    initial: 'out',
    states: {
      out: { on: { [event]: 'in' } },
      in: { on: { [event]: 'out' }, always: { guard: 'isForgotten', actions: note(event) } },
    },
  }) as const
const alwaysInRegions = logged.createMachine({
  id: 'alwaysInRegions',
  context: { log: ['nothing yet'] },
  type: 'parallel',
  on: { forget: { actions: 'forget' } },
  states: { one: region('one'), two: region('two'), three: region('three') },
})

type Counted = { readonly count: number; readonly log: readonly string[] }
const counted = setup({
  types: { context: {} as Counted, events: {} as { type: 'bump' | 'clear' | 'overflow' } },
  guards: {
    isFull: ({ context }, most: number) => context.count >= most,
    isCalm: ({ context }) => context.count < 2,
  },
  actions: {
    mark: assign(({ context }, label: string) => ({ log: [...context.log, label].slice(-3) })),
  },
})
const enqueued = counted.createMachine({
  id: 'enqueued',
  context: { count: 0, log: [] },
  initial: 'ready',
  states: {
    ready: {
      on: {
        bump: {
          actions: [
            { type: 'mark', params: 'before' },
            enqueueActions(({ enqueue, check, context }) => {
              enqueue({ type: 'mark', params: `from ${context.count}` })
              if (check({ type: 'isFull', params: 3 })) {
                enqueue.raise({ type: 'overflow' })
                return
              }
              enqueue.assign({ count: ({ context: later }) => later.count + 1 })
              enqueue.assign(({ context: later }) => ({ count: Math.min(later.count, 3) }))
              // The check sees the count from before the assignments, which run later.
              if (check('isCalm')) enqueue({ type: 'mark', params: 'was calm' })
            }),
          ],
        },
        overflow: { target: 'full', actions: assign({ count: 0 }) },
      },
    },
    full: {
      entry: [{ type: 'mark', params: 'full' }],
      on: {
        clear: { target: 'ready', actions: enqueueActions(({ enqueue }) => enqueue.assign({ log: [] })) },
      },
    },
  },
})

export const settlingCharts: readonly FeatureChart[] = [
  { feature: 'always, in chains', machine: chain, events: bare('go', 'quick', 'back') },
  { feature: 'always, guarded', machine: guardedAlways, events: bare('add', 'drop', 'pass') },
  {
    feature: 'raise, in order',
    machine: raised,
    events: bare('pair', 'enter', 'lost', 'first', 'second', 'entered'),
  },
  { feature: 'raise between regions', machine: raisedInRegions, events: bare('ring', 'bell', 'quiet') },
  {
    feature: 'always in parallel regions, by order of entry',
    machine: alwaysInRegions,
    events: bare('one', 'two', 'three', 'forget'),
  },
  { feature: 'enqueueActions', machine: enqueued, events: bare('bump', 'clear') },
]
