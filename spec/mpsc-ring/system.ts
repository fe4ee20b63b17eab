/**
 * A ring with several producers and one consumer: a slot is claimed, filled, committed, taken and freed, and a
 * producer may die at any access. README.md has the protocol in words.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { claimConsumer } from '../../src/statemachines/mom/claim-consumer.ts'
import { claimProducer } from '../../src/statemachines/mom/claim-producer.ts'
import { claimRing } from '../../src/statemachines/mom/claim-ring.ts'
import { crashBudget } from '../../src/statemachines/mom/crash-budget.ts'
import { deathWord } from '../../src/statemachines/mom/death-word.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import { slotPayload } from '../../src/statemachines/mom/slot-payload.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Messages are those of each producer; capacity is a power of two. */
export type MpscRingBounds = { producers: number; messages: number; capacity: number; crashes: number }

/** Rounds before a position comes again; on 32-bit words with 8 bits for the state there are 2^24. */
const ROUNDS = 8

const positionsOf = ({ capacity }: MpscRingBounds) =>
  Array.from({ length: ROUNDS * capacity }, (_, index) => index)

export const domains = (bounds: MpscRingBounds) => ({
  producer: ids('producer', bounds.producers),
  message: ids('message', bounds.messages),
  slot: ids('slot', bounds.capacity),
  position: positionsOf(bounds),
  verdict: ['alive' as const, 'dead' as const],
})

export type MpscRingDomains = ReturnType<typeof domains>

export const components = (
  { producer, slot, position: all }: MpscRingDomains,
  { messages, capacity, crashes }: MpscRingBounds,
) => {
  const positions = all.length
  // The last position, so that the first lap of every run crosses the wrap.
  const first = positions - 1
  return {
    ring: component(claimRing, { input: { capacity, positions, first } }),
    payload: each(slot, (id) => {
      const own = all
        .filter((position) => `slot${position % capacity}` === id)
        .map((position) => ({ position }))
      return component(slotPayload, { alphabet: { 'payload.write': own, 'message.receive': own } })
    }),
    producer: each(producer, (id) =>
      component(claimProducer, { input: { messages }, identity: { producer: id } }),
    ),
    consumer: component(claimConsumer, { input: { positions, first } }),
    death: each(producer, (id) =>
      component(deathWord, {
        alphabet: { 'death.announce': { producer: id }, 'death.read': { producer: id } },
      }),
    ),
    budget: component(crashBudget, { input: { crashes } }),
    channel: each(producer, (id) =>
      observer(fifo, {
        input: { capacity },
        alphabet: { 'message.send': { producer: id }, 'message.receive': { producer: id } },
      }),
    ),
  }
}

export type MpscRingState = StateOf<typeof components>

const CLAIM = { producer: 'producer', position: 'position' } as const

export const mpscRing = defineSystem({
  name: 'mpsc-ring',
  title: 'A ring with several producers, whose slots survive the death of whoever claimed them',
  bounds: { producers: 2, messages: 2, capacity: 2, crashes: 1 },
  boundsMin: { crashes: 0 },
  domains,
  components,
  events: {
    'tail.read': CLAIM,
    'slot.claim': CLAIM,
    'slot.pass': CLAIM,
    'message.refuse': { ...CLAIM, message: 'message' },
    'tail.advance': CLAIM,
    'payload.write': { ...CLAIM, message: 'message' },
    'message.send': { ...CLAIM, message: 'message' },
    'commit.read': { position: 'position' },
    'claim.read': CLAIM,
    'message.receive': { ...CLAIM, message: 'message' },
    'slot.release': { position: 'position' },
    'death.read': { producer: 'producer', verdict: 'verdict' },
    'slot.skip': CLAIM,
    'slot.keep': CLAIM,
    'peer.crash': { producer: 'producer' },
    'death.announce': { producer: 'producer' },
  },
  symmetric: ['producer'],
  fairness: [
    weak(
      [
        'tail.read',
        'slot.claim',
        'slot.pass',
        'message.refuse',
        'tail.advance',
        'payload.write',
        'message.send',
      ],
      ['producer'],
    ),
    weak([
      'commit.read',
      'claim.read',
      'message.receive',
      'slot.release',
      'death.read',
      'slot.skip',
      'slot.keep',
    ]),
    weak(['death.announce'], ['producer']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { producers: 2, messages: 2, capacity: 2, crashes: 1 }, states: 8958, transitions: 24120 },
    { bounds: { producers: 3, messages: 1, capacity: 2, crashes: 1 }, states: 19214, transitions: 63045 },
  ],
})
