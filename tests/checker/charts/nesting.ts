/**
 * Charts for the shape of states: hierarchy, parallel regions, and transitions that do or do not leave the
 * state they belong to.
 */
import { setup } from 'xstate'
import { type FeatureChart, bare, logged, note } from './feature-chart.ts'

const hierarchy = logged.createMachine({
  id: 'hierarchy',
  context: { log: [] },
  initial: 'outside',
  on: { reset: '.outside' },
  states: {
    outside: { on: { enter: 'inside', dive: '#deepest', up: { actions: note('up outside') } } },
    inside: {
      initial: 'shallow',
      on: { up: 'outside', over: { actions: note('over inside') } },
      states: {
        shallow: { on: { down: 'deep', over: { actions: note('over shallow') } } },
        deep: {
          initial: 'first',
          on: { up: 'shallow' },
          states: {
            first: { on: { down: 'second' } },
            second: { id: 'deepest', on: { up: '#hierarchy.inside.deep.first', down: '#hierarchy.inside' } },
          },
        },
      },
    },
  },
})

const parallel = logged.createMachine({
  id: 'parallel',
  context: { log: [] },
  type: 'parallel',
  on: { restart: { target: '#parallel', reenter: true, actions: note('restart') } },
  states: {
    left: {
      initial: 'on',
      states: {
        on: { on: { flip: { target: 'off', actions: note('left off') } } },
        off: { on: { flip: { target: 'on', actions: note('left on') }, left: 'on' } },
      },
    },
    middle: {
      initial: 'on',
      states: { on: { on: { middle: 'off' } }, off: { on: { flip: 'on', middle: 'on' } } },
    },
    right: {
      type: 'parallel',
      states: {
        upper: {
          initial: 'on',
          states: {
            on: { on: { flip: { target: 'off', actions: note('upper off') } } },
            off: { on: { right: 'on' } },
          },
        },
        lower: {
          initial: 'on',
          states: {
            on: { on: { right: { target: 'off', actions: note('lower off') } } },
            off: { on: { flip: 'on' } },
          },
        },
      },
    },
  },
})

const targets = logged.createMachine({
  id: 'targets',
  context: { log: [] },
  initial: 'waiting',
  states: {
    waiting: {
      on: {
        start: 'working',
        jump: {
          target: ['#targets.working.head.busy', '#targets.working.tail.stopped'],
          actions: note('jump'),
        },
      },
    },
    working: {
      type: 'parallel',
      entry: note('enter working'),
      on: {
        both: { target: ['.head.busy', '.tail.busy'] },
        stop: 'waiting',
      },
      states: {
        head: {
          initial: 'idle',
          states: { idle: { on: { go: 'busy' } }, busy: { entry: note('head busy'), on: { go: 'idle' } } },
        },
        tail: {
          initial: 'idle',
          states: {
            idle: { on: { go: 'busy' } },
            busy: { entry: note('tail busy'), on: { halt: 'stopped' } },
            stopped: { exit: note('tail starts'), on: { go: 'idle' } },
          },
        },
      },
    },
  },
})

const internalAndExternal = logged.createMachine({
  id: 'transitions',
  context: { log: [] },
  initial: 'parent',
  states: {
    parent: {
      initial: 'first',
      entry: note('+parent'),
      exit: note('-parent'),
      on: {
        stay: { actions: note('stay') },
        internal: { target: '.second', actions: note('internal') },
        external: { target: '.second', reenter: true, actions: note('external') },
        self: { target: 'parent', actions: note('self') },
        reenter: { target: 'parent', reenter: true, actions: note('reenter') },
        leave: 'other',
      },
      states: {
        first: { entry: note('+first'), exit: note('-first'), on: { swap: 'second' } },
        second: {
          entry: note('+second'),
          exit: note('-second'),
          on: { swap: 'first', self: { target: 'second' }, again: { target: 'second', reenter: true } },
        },
      },
    },
    other: { on: { back: 'parent' } },
  },
})

const inert = logged.createMachine({
  id: 'inert',
  context: { log: [] },
  initial: 'open',
  on: { '*': { actions: note('root') }, knock: { actions: note('knock') } },
  states: {
    open: { on: { close: 'closed', knock: {} } },
    closed: { on: { open: 'open', knock: undefined, close: {} } },
  },
})

const tags = setup({
  types: { events: {} as { type: string }, tags: {} as 'bright' | 'warm' },
}).createMachine({
  id: 'tags',
  type: 'parallel',
  states: {
    lamp: {
      initial: 'off',
      states: { off: { on: { lamp: 'on' } }, on: { tags: ['bright', 'warm'], on: { lamp: 'off' } } },
    },
    stove: {
      initial: 'off',
      states: { off: { on: { stove: 'on' } }, on: { tags: 'warm', on: { stove: 'off' } } },
    },
  },
})

export const nestingCharts: readonly FeatureChart[] = [
  { feature: 'hierarchy', machine: hierarchy, events: bare('enter', 'dive', 'up', 'down', 'over', 'reset') },
  { feature: 'parallel', machine: parallel, events: bare('flip', 'left', 'middle', 'right', 'restart') },
  {
    feature: 'several targets in parallel regions',
    machine: targets,
    events: bare('start', 'jump', 'both', 'stop', 'go', 'halt'),
  },
  {
    feature: 'internal, external and reentering transitions',
    machine: internalAndExternal,
    events: bare('stay', 'internal', 'external', 'self', 'reenter', 'leave', 'swap', 'again', 'back'),
  },
  {
    feature: 'inert and forbidden transitions',
    machine: inert,
    events: bare('knock', 'open', 'close', 'ring'),
  },
  { feature: 'tags', machine: tags, events: bare('lamp', 'stove') },
]
