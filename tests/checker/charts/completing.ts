/** Charts for the order of actions, for final states and what they complete, and for time-outs. */
import { assign, setup } from 'xstate'
import { type FeatureChart, bare, logged, note } from './feature-chart.ts'

const order = logged.createMachine({
  id: 'order',
  context: { log: [] },
  entry: note('+root'),
  initial: 'left',
  states: {
    left: {
      entry: [note('+left'), note('+left again')],
      exit: note('-left'),
      initial: 'inner',
      on: { swap: { target: 'right', actions: [note('swap'), note('swap again')] } },
      states: { inner: { entry: note('+inner'), exit: note('-inner'), on: { in: { actions: note('in') } } } },
    },
    right: {
      type: 'parallel',
      entry: note('+right'),
      exit: note('-right'),
      on: { swap: { target: 'left', actions: note('back') } },
      states: {
        one: { entry: note('+one'), exit: note('-one'), on: { both: { actions: note('one') } } },
        two: {
          initial: { target: 'part', actions: note('initial of two') },
          entry: note('+two'),
          exit: note('-two'),
          states: { part: { on: { both: { actions: note('two') } } } },
        },
      },
    },
  },
})

const done = setup({
  types: { context: {} as { rounds: number; last: string }, events: {} as { type: string } },
}).createMachine({
  id: 'done',
  context: { rounds: 0, last: '' },
  initial: 'job',
  output: ({ context }) => ({ rounds: context.rounds }),
  states: {
    job: {
      initial: 'first',
      onDone: [
        {
          guard: ({ context }) => context.rounds < 2,
          target: 'pause',
          actions: assign({
            rounds: ({ context }) => context.rounds + 1,
            last: ({ event }) => String((event.output as { by: string } | undefined)?.by ?? 'nobody'),
          }),
        },
        { target: 'finished' },
      ],
      states: {
        first: { on: { step: 'second', skip: 'skipped' } },
        second: { on: { step: 'complete' } },
        complete: { type: 'final', output: { by: 'steps' } },
        skipped: { type: 'final' },
      },
    },
    pause: { on: { step: 'job', stop: 'finished' } },
    finished: { type: 'final' },
  },
})

const doneRegions = logged.createMachine({
  id: 'doneRegions',
  context: { log: [] },
  initial: 'both',
  states: {
    both: {
      type: 'parallel',
      onDone: { target: 'idle', actions: note('both done') },
      states: {
        one: {
          initial: 'going',
          onDone: { actions: note('one done') },
          states: { going: { on: { one: 'gone' } }, gone: { type: 'final', entry: note('gone') } },
        },
        two: {
          initial: 'going',
          states: {
            going: { on: { two: 'gone', one: { actions: note('two saw') } } },
            gone: { type: 'final' },
          },
        },
      },
    },
    idle: { on: { again: 'both' } },
  },
})

const after = setup({
  types: { context: {} as { tries: number }, events: {} as { type: 'start' | 'answer' | 'reset' } },
  delays: { patience: 500, growing: ({ context }) => 100 * context.tries },
}).createMachine({
  id: 'after',
  context: { tries: 0 },
  initial: 'idle',
  states: {
    idle: { on: { start: 'waiting' } },
    waiting: {
      initial: 'short',
      after: {
        patience: { target: 'failed' },
        1000: [{ guard: ({ context }) => context.tries > 1, target: 'idle' }],
      },
      on: { answer: 'idle' },
      states: {
        short: {
          after: {
            10: { target: 'long', actions: assign({ tries: ({ context }) => (context.tries + 1) % 4 }) },
          },
        },
        long: { after: { growing: 'short', 20: { actions: assign({ tries: 0 }) } } },
      },
    },
    failed: { on: { reset: 'idle' }, after: { 10: { target: 'failed', reenter: true } } },
  },
})

const afterAndWildcard = logged.createMachine({
  id: 'shadow',
  context: { log: [] },
  initial: 'outer',
  states: {
    outer: {
      initial: 'deaf',
      after: { 50: 'late' },
      states: {
        deaf: { on: { listen: 'open', '*': { actions: note('shadowed') } } },
        open: { on: { mute: 'deaf' } },
      },
    },
    late: { on: { '*': 'outer' } },
  },
})

export const completingCharts: readonly FeatureChart[] = [
  {
    feature: 'order of entry, exit and transition actions',
    machine: order,
    events: bare('swap', 'in', 'both'),
  },
  { feature: 'final states, output and onDone', machine: done, events: bare('step', 'skip', 'stop') },
  { feature: 'onDone of parallel states', machine: doneRegions, events: bare('one', 'two', 'again') },
  { feature: 'after', machine: after, events: bare('start', 'answer', 'reset') },
  { feature: 'after beside a wildcard', machine: afterAndWildcard, events: bare('listen', 'mute', 'reset') },
]
