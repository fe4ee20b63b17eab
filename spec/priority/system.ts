/**
 * One channel of three lanes into one consumer with one doorbell: control, normal and bulk. README.md has the
 * protocol in words.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import type { Lane, Message } from '../../src/statemachines/mom/identifiers.ts'
import { lane } from '../../src/statemachines/mom/lane.ts'
import { overtaking } from '../../src/statemachines/mom/overtaking.ts'
import { passingTime } from '../../src/statemachines/mom/passing-time.ts'
import { priorityConsumer } from '../../src/statemachines/mom/priority-consumer.ts'
import { priorityProducer } from '../../src/statemachines/mom/priority-producer.ts'
import { wakeFlag } from '../../src/statemachines/mom/wake-flag.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/**
 * Messages each lane holds at most; how many of higher lanes pass a lower one before it is due; and whether bulk
 * data needs leave (1) or not (0).
 */
export type PriorityBounds = { control: number; normal: number; bulk: number; passes: number; leave: number }

const LANES: readonly Lane[] = ['control', 'normal', 'bulk']
/** How many lanes are above a lane, and how many below. */
const above = (lane: Lane) => LANES.indexOf(lane)
const below = (lane: Lane) => LANES.length - 1 - LANES.indexOf(lane)

/** message0 gives leave; the others go by control, then normal, then bulk. */
const lanesOf = ({ control, normal, bulk }: PriorityBounds): { [message: Message]: Lane } => {
  const counts = { control: control + 1, normal, bulk }
  const lanes = LANES.flatMap((name) => Array.from({ length: counts[name] }, () => name))
  return Object.fromEntries(lanes.map((name, index) => [`message${index}`, name]))
}

export const domains = ({ control, normal, bulk }: PriorityBounds) => ({
  lane: [...LANES],
  message: ids('message', control + normal + bulk + 1),
  flag: [false, true],
})

export type PriorityDomains = ReturnType<typeof domains>

export const components = (_: PriorityDomains, bounds: PriorityBounds) => ({
  producer: component(priorityProducer, { input: { lanes: lanesOf(bounds) } }),
  lane: each(LANES, (id) => component(lane, { input: { capacity: bounds[id] }, identity: { lane: id } })),
  flag: component(wakeFlag),
  consumer: component(priorityConsumer, {
    input: { passesMax: bounds.passes, needsLeave: bounds.leave === 1 },
  }),
  time: component(passingTime),
  channel: each(LANES, (id) =>
    observer(fifo, {
      input: { capacity: bounds[id] },
      alphabet: { 'message.send': { lane: id }, 'message.receive': { lane: id } },
    }),
  ),
  inversion: each(LANES.slice(0, 2), (id) =>
    observer(overtaking, {
      input: { lane: id, others: LANES.slice(above(id) + 1), max: below(id) },
      alphabet: ['message.send', 'message.receive'],
    }),
  ),
  starvation: each(LANES.slice(1), (id) =>
    observer(overtaking, {
      input: { lane: id, others: LANES.slice(0, above(id)), max: bounds.passes + above(id) - 1 },
      alphabet: ['message.send', 'message.receive', ...(id === 'bulk' ? ['leave.ask' as const] : [])],
    }),
  ),
})

export type PriorityState = StateOf<typeof components>

const OF_MESSAGE = { lane: 'lane', message: 'message' } as const

export const priority = defineSystem({
  name: 'priority',
  title: 'Three lanes into one consumer: control, normal and bulk',
  bounds: { control: 1, normal: 1, bulk: 2, passes: 2, leave: 1 },
  boundsMin: { leave: 0 },
  domains,
  components,
  events: {
    'message.send': OF_MESSAGE,
    'message.receive': OF_MESSAGE,
    'lane.look': { lane: 'lane', found: 'flag' },
    'flag.read': { armed: 'flag' },
    'flag.take': { armed: 'flag' },
    'flag.arm': {},
    'flag.clear': {},
    'consumer.park': {},
    'consumer.stay': {},
    'doorbell.ring': {},
    'leave.ask': {},
    'producer.stop': {},
    'time.pass': {},
  },
  fairness: [
    weak([
      'lane.look',
      'message.receive',
      'leave.ask',
      'flag.arm',
      'flag.clear',
      'consumer.park',
      'consumer.stay',
    ]),
    // A producer that is asked answers. What it sends of its own accord is not forced by this: it may stop.
    weak(['message.send']),
    weak(['flag.read', 'flag.take', 'doorbell.ring']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { control: 1, normal: 1, bulk: 2, passes: 2, leave: 1 }, states: 11464, transitions: 35230 },
    { bounds: { control: 1, normal: 2, bulk: 2, passes: 2, leave: 0 }, states: 18761, transitions: 60683 },
  ],
})
