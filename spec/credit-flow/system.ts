/**
 * Flow control by credit, and a pool of buffers that go round between a sender and a consumer. README.md has the
 * protocol in words.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, strong, weak } from '../../src/model/system.ts'
import { activeRing } from '../../src/statemachines/mom/active-ring.ts'
import { creditCarrier } from '../../src/statemachines/mom/credit-carrier.ts'
import { creditConsumer } from '../../src/statemachines/mom/credit-consumer.ts'
import { type Account, creditSender } from '../../src/statemachines/mom/credit-sender.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import { freeRing } from '../../src/statemachines/mom/free-ring.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Messages to send, units that may be outstanding, buffers in the pool, and ways back for credit. */
export type CreditFlowBounds = { messages: number; window: number; buffers: number; carriers: number }

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A message takes one unit, every third one more for its padding. Numbers wrap when the window first moves. */
export function accountOf({ messages, window }: CreditFlowBounds): Account {
  const units = range(messages).map((index) => (index % 3 === 2 ? 2 : 1))
  const modulus = 2 * (units.reduce((sum, count) => sum + count, 0) + window + 1)
  return { units, window, modulus, start: modulus - window - 1 }
}

export const domains = (bounds: CreditFlowBounds) => ({
  message: ids('message', bounds.messages),
  buffer: ids('buffer', bounds.buffers),
  carrier: ids('carrier', bounds.carriers),
  credit: range(accountOf(bounds).modulus),
  free: range(bounds.buffers + 1),
})

export type CreditFlowDomains = ReturnType<typeof domains>

export const components = ({ buffer, carrier }: CreditFlowDomains, bounds: CreditFlowBounds) => ({
  sender: component(creditSender, { input: accountOf(bounds) }),
  activeRing: component(activeRing),
  freeRing: component(freeRing),
  consumer: component(creditConsumer, { input: { ...accountOf(bounds), buffers: buffer } }),
  carrier: each(carrier, (id) => component(creditCarrier, { identity: { carrier: id } })),
  channel: observer(fifo, { input: { capacity: bounds.window } }),
})

export type CreditFlowState = StateOf<typeof components>

const DESCRIPTOR = { message: 'message', buffer: 'buffer' } as const
const CARRIED = { carrier: 'carrier', credit: 'credit' } as const

export const creditFlow = defineSystem({
  name: 'credit-flow',
  title: 'Credit by absolute numbers, and buffers that go round',
  bounds: { messages: 4, window: 2, buffers: 2, carriers: 2 },
  boundsMin: { window: 2 },
  domains,
  components,
  events: {
    'pool.prime': {},
    'buffer.take': { buffer: 'buffer' },
    'message.send': DESCRIPTOR,
    'doorbell.ring': {},
    'message.receive': DESCRIPTOR,
    'message.accept': { message: 'message' },
    'message.refuse': { message: 'message' },
    'buffer.return': { buffer: 'buffer' },
    'head.read': { free: 'free' },
    'credit.grant': CARRIED,
    'credit.arrive': CARRIED,
    'credit.lose': { carrier: 'carrier' },
    'consumer.sleep': {},
  },
  symmetric: ['buffer', 'carrier'],
  fairness: [
    weak(['pool.prime']),
    weak(['buffer.take', 'message.send']),
    weak(['doorbell.ring']),
    weak(['message.receive', 'message.accept', 'message.refuse']),
    weak(['buffer.return', 'head.read']),
    weak(['credit.grant', 'consumer.sleep']),
    strong(['credit.arrive'], ['carrier']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { messages: 4, window: 2, buffers: 2, carriers: 2 }, states: 8302, transitions: 39803 },
    { bounds: { messages: 4, window: 3, buffers: 2, carriers: 2 }, states: 14512, transitions: 72589 },
  ],
})
