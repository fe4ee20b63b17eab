/** Charts for history states: shallow, deep, their default target, and history of parallel regions. */
import { type FeatureChart, bare, logged, note } from './feature-chart.ts'

const shallow = logged.createMachine({
  id: 'shallow',
  context: { log: [] },
  initial: 'player',
  states: {
    player: {
      initial: 'paused',
      on: { off: 'off', reopen: '.remembered' },
      states: {
        paused: { on: { play: 'playing' } },
        playing: {
          initial: 'slow',
          entry: note('playing'),
          states: { slow: { on: { faster: 'fast' } }, fast: { on: { slower: 'slow' } } },
          on: { pause: 'paused' },
        },
        remembered: { type: 'history', history: 'shallow' },
      },
    },
    off: { on: { on: '#shallow.player.remembered', fresh: 'player' } },
  },
})

const deep = logged.createMachine({
  id: 'deep',
  context: { log: [] },
  initial: 'player',
  states: {
    player: {
      initial: 'paused',
      on: { off: 'off' },
      states: {
        paused: { on: { play: 'playing' } },
        playing: {
          initial: 'slow',
          states: {
            slow: { on: { faster: 'fast' } },
            fast: { entry: note('fast'), on: { slower: 'slow', pause: '#deep.player.paused' } },
            again: { type: 'history' },
          },
        },
        remembered: { type: 'history', history: 'deep' },
      },
    },
    off: {
      on: {
        on: { target: '#deep.player.remembered', actions: note('on') },
        last: '#deep.player.playing.again',
      },
    },
  },
})

const defaultTarget = logged.createMachine({
  id: 'default',
  context: { log: [] },
  initial: 'off',
  states: {
    off: { on: { on: '#default.player.remembered' } },
    player: {
      initial: 'first',
      on: { off: 'off' },
      states: {
        first: { on: { next: 'second' } },
        second: { entry: note('second'), on: { next: 'third' } },
        third: { on: { next: 'first' } },
        remembered: { type: 'history', target: 'second' },
      },
    },
  },
})

const parallelHistory = logged.createMachine({
  id: 'both',
  context: { log: [] },
  initial: 'work',
  states: {
    work: {
      type: 'parallel',
      on: { break: 'rest' },
      states: {
        one: {
          initial: 'near',
          states: {
            near: { on: { step: 'far' } },
            far: {
              initial: 'low',
              on: { step: 'near' },
              states: { low: { entry: note('low'), on: { climb: 'high' } }, high: {} },
            },
          },
        },
        two: { initial: 'near', states: { near: { on: { turn: 'far' } }, far: { on: { turn: 'near' } } } },
        deepest: { type: 'history', history: 'deep' },
        upmost: { type: 'history', history: 'shallow' },
      },
    },
    rest: { on: { resume: '#both.work.deepest', restart: '#both.work.upmost', fresh: 'work' } },
  },
})

export const historyCharts: readonly FeatureChart[] = [
  {
    feature: 'shallow history',
    machine: shallow,
    events: bare('off', 'on', 'reopen', 'play', 'pause', 'faster', 'slower', 'fresh'),
  },
  {
    feature: 'deep history',
    machine: deep,
    events: bare('off', 'on', 'last', 'play', 'pause', 'faster', 'slower'),
  },
  { feature: 'history with a default target', machine: defaultTarget, events: bare('off', 'on', 'next') },
  {
    feature: 'history of parallel regions',
    machine: parallelHistory,
    events: bare('break', 'resume', 'restart', 'fresh', 'step', 'climb', 'turn'),
  },
]
