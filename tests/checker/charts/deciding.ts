/** Charts for how a transition is chosen: guards with parameters, fallbacks, combinators, wildcards. */
import { and, assign, not, or, setup, stateIn } from 'xstate'
import { type FeatureChart, bare, logged, note } from './feature-chart.ts'

type Amount =
  { type: 'pay'; amount: number; by: string } | { type: 'refund'; amount: number } | { type: 'spend' }
const params = setup({
  types: {
    context: {} as { balance: number; limit: number },
    events: {} as Amount,
    input: {} as { limit: number },
  },
  guards: {
    isAtLeast: ({ context }, least: number) => context.balance >= least,
    fits: ({ context }, { amount }: { amount: number }) => context.balance + amount <= context.limit,
    isOwner: ({ event }) => event.type === 'pay' && event.by === 'owner',
  },
  actions: {
    add: assign(({ context }, { amount }: { amount: number }) => ({ balance: context.balance + amount })),
    empty: assign({ balance: 0 }),
  },
}).createMachine({
  id: 'params',
  context: ({ input }) => ({ balance: 0, limit: input.limit }),
  initial: 'open',
  states: {
    open: {
      on: {
        pay: [
          {
            guard: { type: 'fits', params: ({ event }) => ({ amount: event.amount }) },
            actions: { type: 'add', params: ({ event }) => ({ amount: event.amount }) },
          },
          { guard: 'isOwner', target: 'closed' },
        ],
        refund: {
          guard: {
            type: 'isAtLeast',
            params: ({ context, event }) => Math.max(event.amount, context.limit - 3),
          },
          actions: { type: 'add', params: ({ event }) => ({ amount: -event.amount }) },
        },
        spend: { guard: { type: 'isAtLeast', params: 2 }, actions: 'empty' },
      },
    },
    closed: { on: { spend: { target: 'open', actions: 'empty' } } },
  },
})

const fallbacks = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'next' | 'skip' } },
  guards: { is: ({ context }, count: number) => context.count === count },
  actions: { count: assign({ count: ({ context }) => (context.count + 1) % 7 }) },
}).createMachine({
  id: 'fallbacks',
  context: { count: 0 },
  initial: 'start',
  on: { skip: [{ guard: { type: 'is', params: 6 }, target: '.start' }, { actions: 'count' }] },
  states: {
    start: {
      on: {
        next: [
          { guard: { type: 'is', params: 0 }, target: 'zero', actions: 'count' },
          { guard: { type: 'is', params: 3 }, target: 'three' },
          { guard: { type: 'is', params: 3 }, target: 'zero' },
          { guard: { type: 'is', params: 5 } },
          { actions: 'count' },
        ],
      },
    },
    zero: { on: { next: { target: 'start', guard: ({ context }) => context.count % 2 === 1 } } },
    three: { on: { next: [{ guard: { type: 'is', params: 4 }, target: 'start' }] } },
  },
})

const combinators = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'tick' | 'one' | 'two' | 'three' } },
  guards: {
    isEven: ({ context }) => context.count % 2 === 0,
    isSmall: ({ context }, max: number) => context.count < max,
    isOddAndSmall: and([not('isEven'), ({ context }) => context.count < 4]),
    isEither: or(['isOddAndSmall', and(['isEven', not('isOddAndSmall')])]),
  },
}).createMachine({
  id: 'combinators',
  context: { count: 0 },
  initial: 'a',
  on: { tick: { actions: assign({ count: ({ context }) => (context.count + 1) % 8 }) } },
  states: {
    a: {
      on: {
        one: { guard: and(['isEven', { type: 'isSmall', params: 5 }]), target: 'b' },
        two: { guard: 'isOddAndSmall', target: 'c' },
      },
    },
    b: { on: { one: { guard: not(or(['isEven', { type: 'isSmall', params: 3 }])), target: 'c' }, two: 'a' } },
    c: { on: { three: { guard: and(['isEither', not(not('isEven'))]), target: 'a' } } },
  },
})

const looking = logged.createMachine({
  id: 'looking',
  context: { log: [] },
  type: 'parallel',
  states: {
    door: {
      initial: 'shut',
      states: {
        shut: { on: { open: { guard: stateIn({ lock: 'unlocked' }), target: 'wide' } } },
        wide: { id: 'wide', on: { shut: 'shut' } },
      },
    },
    lock: {
      initial: 'locked',
      states: {
        locked: { on: { turn: { guard: not(stateIn('#wide')), target: 'unlocked' } } },
        unlocked: {
          on: { turn: { guard: and([stateIn({ door: 'shut' }), stateIn('#lamp.off')]), target: 'locked' } },
        },
      },
    },
    lamp: {
      id: 'lamp',
      initial: 'off',
      states: {
        off: {
          always: {
            guard: stateIn({ door: 'wide', lock: 'unlocked' }),
            target: 'on',
            actions: note('light'),
          },
        },
        on: { on: { shut: 'off', turn: { guard: or([stateIn('#wide')]), actions: note('no') } } },
      },
    },
  },
})

const wildcards = logged.createMachine({
  id: 'wildcards',
  context: { log: [] },
  initial: 'all',
  on: { 'key.*': { actions: note('root key') }, end: '.all' },
  states: {
    all: { on: { 'key.up': 'keys', '*': { actions: note('any') } } },
    keys: {
      on: {
        'key.*': [
          { guard: { type: 'hasNoted', params: 'any' }, actions: [note('a key'), note('after any')] },
          { target: 'none', actions: note('key') },
        ],
        'key.down.*': { target: 'all', actions: note('down') },
      },
    },
    none: { on: { 'key.up': { guard: { type: 'hasNoted', params: 'root key' }, target: 'all' } } },
  },
})

export const decidingCharts: readonly FeatureChart[] = [
  {
    feature: 'guards and actions with params',
    machine: params,
    input: { limit: 5 },
    events: { pay: { amount: [1, 2, 3], by: ['owner', 'guest'] }, refund: { amount: [1, 2] }, spend: {} },
  },
  { feature: 'guarded alternatives with a fallback', machine: fallbacks, events: bare('next', 'skip') },
  {
    feature: 'and, or, not, nested and named',
    machine: combinators,
    events: bare('tick', 'one', 'two', 'three'),
  },
  { feature: 'stateIn', machine: looking, events: bare('open', 'shut', 'turn') },
  {
    feature: 'wildcards',
    machine: wildcards,
    events: bare('key', 'key.up', 'key.down', 'key.down.long', 'keyboard', 'end', 'other'),
  },
]
