/**
 * A ring whose producer or consumer may die at any access, and be followed by a successor or mourned by the
 * survivor. README.md has the protocol in words.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { bell } from '../../src/statemachines/mom/bell.ts'
import { crashBudget } from '../../src/statemachines/mom/crash-budget.ts'
import { deathHost } from '../../src/statemachines/mom/death-host.ts'
import { deathWord } from '../../src/statemachines/mom/death-word.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import { mortalConsumer } from '../../src/statemachines/mom/mortal-consumer.ts'
import { mortalProducer } from '../../src/statemachines/mom/mortal-producer.ts'
import { publishedRing } from '../../src/statemachines/mom/published-ring.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Crashes are those of both ends together, and so are the successors that may come. */
export type PeerCrashBounds = { messages: number; capacity: number; crashes: number; successors: number }

export const domains = ({ messages }: PeerCrashBounds) => ({
  end: ['producer' as const, 'consumer' as const],
  message: ids('message', messages),
  position: Array.from({ length: messages + 1 }, (_, index) => index),
  verdict: ['alive' as const, 'dead' as const],
})

export type PeerCrashDomains = ReturnType<typeof domains>

const OTHER = { producer: 'consumer', consumer: 'producer' } as const

/** What both ends know of, by whose it is: their own reads and sleep, the other's bell and death. */
const alphabetOf = (end: 'producer' | 'consumer') => {
  const own = { end }
  return {
    'tail.read': own,
    'head.read': own,
    'bell.ring': { bell: OTHER[end] },
    'bell.read': own,
    'death.read': { end: OTHER[end] },
    'thread.park': own,
    'thread.wake': own,
    'death.report': own,
    'peer.crash': own,
    'successor.attach': own,
  }
}

export const components = (
  { end }: PeerCrashDomains,
  { messages, capacity, crashes, successors }: PeerCrashBounds,
) => ({
  ring: component(publishedRing, { input: { capacity } }),
  producer: component(mortalProducer, {
    input: { capacity, messages },
    alphabet: {
      ...alphabetOf('producer'),
      'slot.write': {},
      'message.send': {},
      'ring.leave': {},
    },
  }),
  consumer: component(mortalConsumer, {
    alphabet: { ...alphabetOf('consumer'), 'slot.read': {}, 'message.receive': {} },
  }),
  bell: each(end, (id) =>
    component(bell, {
      alphabet: {
        'bell.read': { end: id },
        'bell.ring': { bell: id },
        'death.ring': { end: OTHER[id] },
        'thread.park': { end: id },
        'thread.wake': { end: id },
        'peer.crash': { end: id },
      },
    }),
  ),
  death: each(end, (id) =>
    component(deathWord, { alphabet: { 'death.announce': { end: id }, 'death.read': { end: id } } }),
  ),
  host: component(deathHost, { input: { successors } }),
  budget: component(crashBudget, { input: { crashes } }),
  channel: observer(fifo, { input: { capacity }, alphabet: ['message.send', 'message.receive'] }),
})

export type PeerCrashState = StateOf<typeof components>

const END = { end: 'end' } as const
const SLOT = { position: 'position', message: 'message' } as const

export const peerCrash = defineSystem({
  name: 'peer-crash',
  title: 'A ring whose ends may die at any access: nothing accepted is lost, and the survivor learns of it',
  bounds: { messages: 3, capacity: 2, crashes: 1, successors: 1 },
  boundsMin: { crashes: 0, successors: 0 },
  domains,
  components,
  events: {
    'tail.read': { ...END, position: 'position' },
    'head.read': { ...END, position: 'position' },
    'slot.write': SLOT,
    'message.send': SLOT,
    'slot.read': SLOT,
    'message.receive': SLOT,
    'bell.ring': { bell: 'end' },
    'bell.read': END,
    'thread.park': END,
    'thread.wake': END,
    'death.read': { ...END, verdict: 'verdict' },
    'death.report': END,
    'ring.leave': {},
    'peer.crash': END,
    'successor.attach': END,
    'death.announce': END,
    'death.ring': END,
    'ring.free': {},
  },
  fairness: [
    weak(['tail.read'], ['end']),
    weak(['head.read'], ['end']),
    weak(['slot.write']),
    weak(['message.send']),
    weak(['slot.read']),
    weak(['message.receive']),
    weak(['bell.ring'], ['bell']),
    weak(['bell.read'], ['end']),
    weak(['thread.park'], ['end']),
    weak(['thread.wake'], ['end']),
    weak(['death.read'], ['end']),
    weak(['death.report'], ['end']),
    weak(['ring.leave']),
    weak(['death.announce', 'successor.attach'], ['end']),
    weak(['death.ring'], ['end']),
    weak(['ring.free']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { messages: 3, capacity: 2, crashes: 1, successors: 1 }, states: 5611, transitions: 12141 },
    { bounds: { messages: 3, capacity: 2, crashes: 2, successors: 2 }, states: 15834, transitions: 37969 },
  ],
})
