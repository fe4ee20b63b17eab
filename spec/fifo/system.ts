/**
 * The abstract channel as a system of its own: producers that offer messages, a bounded queue, a consumer.
 * README.md has the protocol in words; the other systems of this kind observe their channels with this chart.
 */
import { component, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { refusingFifo } from '../../src/statemachines/mom/fifo.ts'
import { journal } from '../../src/statemachines/mom/journal.ts'
import { sender } from '../../src/statemachines/mom/sender.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Messages are those of each producer. */
export type FifoBounds = { producers: number; messages: number; capacity: number }

export const domains = (bounds: FifoBounds) => ({
  producer: ids('producer', bounds.producers),
  message: ids('message', bounds.producers * bounds.messages),
})

export type FifoDomains = ReturnType<typeof domains>

export const components = ({ producer, message }: FifoDomains, { messages, capacity }: FifoBounds) => ({
  producer: each(producer, (id) => {
    const first = producer.indexOf(id) * messages
    const own = message.slice(first, first + messages)
    const patterns = own.map((one) => ({ message: one }))
    return component(sender, {
      input: { messages: own },
      alphabet: { 'message.send': patterns, 'message.refuse': patterns },
    })
  }),
  channel: component(refusingFifo, { input: { capacity } }),
  sent: component(journal, { alphabet: ['message.send'] }),
  received: component(journal, { alphabet: ['message.receive'] }),
})

export type FifoState = StateOf<typeof components>

export const fifo = defineSystem({
  name: 'fifo',
  title: 'A bounded channel: in order, nothing lost, nothing twice, full is an answer',
  bounds: { producers: 2, messages: 4, capacity: 3 },
  domains,
  components,
  events: {
    'message.send': { message: 'message' },
    'message.refuse': { message: 'message' },
    'message.receive': { message: 'message' },
  },
  fairness: [weak(['message.send'], ['message']), weak(['message.receive'])],
  claims,
  mutants,
  pinned: [
    { bounds: { producers: 2, messages: 4, capacity: 3 }, states: 2185, transitions: 4550 },
    { bounds: { producers: 3, messages: 2, capacity: 2 }, states: 1897, transitions: 4164 },
  ],
})
