/**
 * Two ends of a ring that sleep when they can do nothing and ring for each other, on memory whose stores are
 * delayed. README.md has the protocol in words; the abstract channel observes it.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { delayedFlag } from '../../src/statemachines/mom/delayed-flag.ts'
import { delayedIndex } from '../../src/statemachines/mom/delayed-index.ts'
import { doorbellEnd } from '../../src/statemachines/mom/doorbell-end.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import type { End } from '../../src/statemachines/mom/identifiers.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** `spurious` is how often each end may wake for no reason. */
export type DoorbellBounds = { messages: number; capacity: number; batch: number; spurious: number }

export const domains = ({ messages }: DoorbellBounds) => ({
  message: ids('message', messages),
  end: ['producer', 'consumer'] as End[],
  word: ['index' as const, 'flag' as const],
  armed: [true, false],
  count: Array.from({ length: messages + 1 }, (_, count) => count),
})

export type DoorbellDomains = ReturnType<typeof domains>

const other = (end: End): End => (end === 'producer' ? 'consumer' : 'producer')

export const components = ({ end }: DoorbellDomains, bounds: DoorbellBounds) => ({
  end: each(end, (id) =>
    component(doorbellEnd, {
      input: { end: id, ...bounds },
      identity: { end: id },
      alphabet: {
        ...(id === 'producer' ? { 'message.send': {} } : { 'message.receive': {} }),
        'store.fence': {},
        'index.read': {},
        'flag.read': {},
        'flag.take': {},
        'thread.notify': [{ end: id }, { end: other(id) }],
        'flag.arm': {},
        'flag.disarm': {},
        'thread.park': {},
        'thread.stay': {},
        'thread.wake': {},
      },
    }),
  ),
  index: each(end, (id) =>
    component(delayedIndex, {
      alphabet: {
        ...(id === 'producer' ? { 'message.send': {} } : { 'message.receive': {} }),
        'store.drain': { end: id, word: 'index' },
        'store.fence': { end: id },
        'index.read': { end: other(id) },
      },
    }),
  ),
  flag: each(end, (id) =>
    component(delayedFlag, {
      alphabet: {
        'flag.arm': { end: id },
        'flag.disarm': { end: id },
        'store.drain': { end: id, word: 'flag' },
        'store.fence': { end: id },
        'flag.read': { end: other(id) },
        'flag.take': { end: other(id) },
        'thread.park': { end: id },
        'thread.stay': { end: id },
      },
    }),
  ),
  channel: observer(fifo, { input: bounds }),
})

export type DoorbellState = StateOf<typeof components>

const END = { end: 'end' } as const

export const doorbell = defineSystem({
  name: 'doorbell',
  title: 'Spin, arm, look again, park, ring: two ends of a ring that sleep and wake each other',
  bounds: { messages: 4, capacity: 3, batch: 2, spurious: 1 },
  boundsMin: { spurious: 0 },
  domains,
  components,
  events: {
    'message.send': { message: 'message' },
    'message.receive': { message: 'message' },
    'store.drain': { end: 'end', word: 'word' },
    'store.fence': END,
    'index.read': { end: 'end', value: 'count' },
    'flag.read': { end: 'end', armed: 'armed' },
    'flag.take': { end: 'end', armed: 'armed' },
    'thread.notify': END,
    'flag.arm': END,
    'flag.disarm': END,
    'thread.park': END,
    'thread.stay': END,
    'thread.wake': END,
  },
  fairness: [
    weak(['message.send']),
    weak(['message.receive']),
    weak(['store.drain'], ['end', 'word']),
    weak(['store.fence'], ['end']),
    weak(['index.read'], ['end']),
    weak(['flag.read'], ['end']),
    weak(['flag.take'], ['end']),
    weak(['thread.notify'], ['end']),
    weak(['flag.disarm'], ['end']),
    weak(['thread.park', 'thread.stay'], ['end']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { messages: 4, capacity: 3, batch: 2, spurious: 1 }, states: 18205, transitions: 44186 },
    { bounds: { messages: 3, capacity: 1, batch: 1, spurious: 1 }, states: 5566, transitions: 13427 },
  ],
})
