/**
 * A channel that moves to another transport, or an end of it to another owner, while messages flow. README.md has
 * the protocol in words; the abstract channel observes all transports together.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { boundBell } from '../../src/statemachines/mom/bound-bell.ts'
import { channelUpgrade as upgrade } from '../../src/statemachines/mom/channel-upgrade.ts'
import { crashBudget } from '../../src/statemachines/mom/crash-budget.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import type { Consumer, End, Party, Producer, Ring } from '../../src/statemachines/mom/identifiers.ts'
import { movingConsumer } from '../../src/statemachines/mom/moving-consumer.ts'
import { movingProducer } from '../../src/statemachines/mom/moving-producer.ts'
import { passingTime } from '../../src/statemachines/mom/passing-time.ts'
import { pathWord } from '../../src/statemachines/mom/path-word.ts'
import { risingEpochs } from '../../src/statemachines/mom/rising-epochs.ts'
import { sender } from '../../src/statemachines/mom/sender.ts'
import { stampedRing } from '../../src/statemachines/mom/stamped-ring.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/**
 * Two rings make a transport that can be switched; two producers or consumers make an end that can pass on. A
 * batch is what a producer publishes before it reads the fence. Whoever dies, it is one of the crashes.
 */
export type ChannelUpgradeBounds = {
  messages: number
  capacity: number
  batch: number
  rings: number
  producers: number
  consumers: number
  upgrades: number
  crashes: number
}

const countTo = (last: number) => Array.from({ length: last + 1 }, (_, number) => number)

export const domains = ({ messages, rings, producers, consumers, upgrades }: ChannelUpgradeBounds) => {
  const ring: Ring[] = ids('ring', rings)
  const producer: Producer[] = ids('producer', producers)
  const consumer: Consumer[] = ids('consumer', consumers)
  return {
    message: ids('message', messages),
    ring,
    producer,
    consumer,
    owner: [...producer, ...consumer] as Party[],
    successor: [
      ...(rings > 1 ? ring : []),
      ...(producers > 1 ? producer : []),
      ...(consumers > 1 ? consumer : []),
    ] as Party[],
    mortal: [...ring.slice(1), ...producer, ...consumer] as Party[],
    ringer: [...producer, 'upgrade'] as (Party | 'upgrade')[],
    end: ['producer', 'consumer'] as End[],
    isOwner: [true, false],
    sequence: countTo(messages),
    fence: ['none', ...countTo(messages)] as (number | 'none')[],
    epoch: countTo(upgrades),
  }
}

export type ChannelUpgradeDomains = ReturnType<typeof domains>

export const components = (
  { message, ring, producer, consumer }: ChannelUpgradeDomains,
  { messages, capacity, batch, upgrades, crashes }: ChannelUpgradeBounds,
) => ({
  upgrade: component(upgrade, {
    input: { upgrades },
    alphabet: {
      'upgrade.begin': {},
      'path.fence': {},
      'bell.ring': { party: 'upgrade' },
      'end.rest': {},
      'state.export': {},
      'state.import': {},
      'upgrade.commit': {},
      'upgrade.abort': {},
      'bell.bind': {},
      'end.redirect': {},
      'consumer.park': {},
      'peer.crash': ring.map((party) => ({ party })),
    },
  }),
  path: component(pathWord, {
    alphabet: {
      'message.send': {},
      'message.late': {},
      'fence.read': {},
      'consumer.park': {},
      'upgrade.begin': ring.map((successor) => ({ successor })),
      'path.fence': {},
      'state.export': {},
      'state.import': {},
      'upgrade.commit': ring.map((successor) => ({ successor })),
      'upgrade.abort': {},
      'end.redirect': {},
    },
  }),
  ring: each(ring, (id) =>
    component(stampedRing, {
      input: { capacity },
      alphabet: {
        'message.send': { ring: id },
        'message.late': { ring: id },
        'slot.look': { ring: id },
        'message.receive': { ring: id },
        'consumer.park': { ring: id },
        'path.fence': { ring: id },
        'state.export': { ring: id },
        'state.import': { successor: id },
        'upgrade.abort': { ring: id },
        'peer.crash': { party: id },
      },
    }),
  ),
  producer: each(producer, (id) =>
    component(movingProducer, {
      input: { messages: message, batch, isFirst: id === 'producer0' },
      alphabet: {
        'message.send': { producer: id },
        'message.late': { producer: id },
        'bell.ring': { party: id },
        'fence.read': { party: id },
        'upgrade.begin': { successor: id },
        'end.rest': { party: id },
        'state.import': { successor: id },
        'end.redirect': { party: id },
        'peer.crash': { party: id },
      },
    }),
  ),
  consumer: each(consumer, (id) =>
    component(movingConsumer, {
      input: { isFirst: id === 'consumer0' },
      alphabet: {
        'slot.look': { consumer: id },
        'fence.read': { party: id },
        'message.receive': { consumer: id },
        'consumer.park': { consumer: id },
        'bell.ring': { consumer: id },
        'upgrade.begin': { successor: id },
        'end.rest': { party: id },
        'state.import': { successor: id },
        'end.redirect': { party: id },
        'peer.crash': { party: id },
      },
    }),
  ),
  bell: component(boundBell),
  budget: component(crashBudget, { input: { crashes } }),
  time: component(passingTime),
  accepted: observer(sender, { input: { messages: message }, alphabet: ['message.send'] }),
  channel: observer(fifo, { input: { capacity: messages } }),
  epochs: observer(risingEpochs),
})

export type ChannelUpgradeState = StateOf<typeof components>

const PATH = { ring: 'ring', epoch: 'epoch' } as const
const PLACE = { ...PATH, sequence: 'sequence' } as const

export const channelUpgrade = defineSystem({
  name: 'channel-upgrade',
  title: 'A channel that moves to another transport or another owner while messages flow',
  bounds: {
    messages: 2,
    capacity: 2,
    batch: 2,
    rings: 2,
    producers: 2,
    consumers: 2,
    upgrades: 1,
    crashes: 1,
  },
  boundsMin: { crashes: 0, upgrades: 0 },
  domains,
  components,
  events: {
    'message.send': { producer: 'producer', ...PLACE, message: 'message' },
    'message.late': { producer: 'producer', ...PLACE, message: 'message' },
    'bell.ring': { party: 'ringer', consumer: 'consumer' },
    'fence.read': { party: 'owner', epoch: 'epoch', fence: 'fence' },
    'slot.look': { consumer: 'consumer', ...PLACE },
    'message.receive': { consumer: 'consumer', ...PLACE, message: 'message' },
    'consumer.park': { consumer: 'consumer', ...PLACE },
    'upgrade.begin': { successor: 'successor' },
    'path.fence': PLACE,
    'end.rest': { party: 'owner' },
    'state.export': { end: 'end', ...PLACE },
    'state.import': { successor: 'successor', ...PLACE },
    'upgrade.commit': { successor: 'successor' },
    'upgrade.abort': { ring: 'ring', sequence: 'sequence' },
    'bell.bind': { consumer: 'consumer' },
    'end.redirect': { party: 'owner', ...PATH, isOwner: 'isOwner' },
    'peer.crash': { party: 'mortal' },
    'time.pass': {},
  },
  fairness: [
    weak(['message.send', 'message.late'], ['producer']),
    weak(['bell.ring'], ['party']),
    weak(['fence.read'], ['party']),
    weak(['slot.look'], ['consumer']),
    weak(['message.receive'], ['consumer']),
    weak(['path.fence', 'state.export', 'state.import', 'upgrade.commit', 'upgrade.abort', 'bell.bind']),
    weak(['end.rest'], ['party']),
    weak(['end.redirect'], ['party']),
  ],
  claims,
  mutants,
  pinned: [
    {
      bounds: {
        messages: 2,
        capacity: 2,
        batch: 2,
        rings: 2,
        producers: 2,
        consumers: 2,
        upgrades: 1,
        crashes: 1,
      },
      states: 20336,
      transitions: 81061,
    },
    {
      bounds: {
        messages: 3,
        capacity: 2,
        batch: 2,
        rings: 2,
        producers: 1,
        consumers: 1,
        upgrades: 2,
        crashes: 0,
      },
      states: 29363,
      transitions: 100603,
    },
  ],
})
