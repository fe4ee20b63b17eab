/**
 * A ring between one producer and one consumer, at each access of memory: slots, published indices, cached
 * indices, batches. README.md has the protocol in words; the abstract channel observes it.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import type { Content, Half, Index, Message } from '../../src/statemachines/mom/identifiers.ts'
import { publishedIndex } from '../../src/statemachines/mom/published-index.ts'
import { ringConsumer } from '../../src/statemachines/mom/ring-consumer.ts'
import { ringProducer } from '../../src/statemachines/mom/ring-producer.ts'
import { ringSlot } from '../../src/statemachines/mom/ring-slot.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Indices wrap after `laps` times round the ring. */
export type SpscRingBounds = { messages: number; capacity: number; laps: number; batch: number }

export const domains = ({ messages, capacity, laps }: SpscRingBounds) => {
  const message: Message[] = ids('message', messages)
  return {
    message,
    content: [...message, 'none'] as Content[],
    slot: ids('slot', capacity),
    half: ['first', 'second'] as Half[],
    index: ['tail', 'head'] as Index[],
    position: Array.from({ length: capacity * laps }, (_, position) => position),
  }
}

export type SpscRingDomains = ReturnType<typeof domains>

export const components = (
  { message, slot, index }: SpscRingDomains,
  { capacity, laps, batch }: SpscRingBounds,
) => {
  const size = { capacity, modulus: capacity * laps }
  return {
    slot: each(slot, (id) => component(ringSlot, { identity: { slot: id } })),
    index: each(index, (id) => component(publishedIndex, { identity: { index: id } })),
    producer: component(ringProducer, {
      input: { ...size, messages: message, batch },
      alphabet: {
        'slot.write': {},
        'message.send': {},
        'message.refuse': {},
        'index.publish': { index: 'tail' },
        'index.read': { index: 'head' },
      },
    }),
    consumer: component(ringConsumer, {
      input: { ...size, batch },
      alphabet: {
        'slot.read': {},
        'message.receive': {},
        'index.publish': { index: 'head' },
        'index.read': { index: 'tail' },
      },
    }),
    channel: observer(fifo, { input: { capacity } }),
  }
}

export type SpscRingState = StateOf<typeof components>

export const spscRing = defineSystem({
  name: 'spsc-ring',
  title: 'A ring between one producer and one consumer, at each access of memory',
  bounds: { messages: 10, capacity: 4, laps: 2, batch: 3 },
  boundsMin: { laps: 2 },
  domains,
  components,
  events: {
    'slot.write': { slot: 'slot', half: 'half', message: 'message' },
    'message.send': { message: 'message' },
    'message.refuse': { message: 'message' },
    'index.publish': { index: 'index', value: 'position' },
    'index.read': { index: 'index', value: 'position' },
    'slot.read': { slot: 'slot', half: 'half', content: 'content' },
    'message.receive': { message: 'content' },
  },
  fairness: [
    weak(['slot.write']),
    weak(['message.send']),
    weak(['message.refuse']),
    weak(['slot.read']),
    weak(['message.receive']),
    weak(['index.publish'], ['index']),
    weak(['index.read'], ['index']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { messages: 10, capacity: 4, laps: 2, batch: 3 }, states: 3595, transitions: 7525 },
    { bounds: { messages: 13, capacity: 3, laps: 4, batch: 2 }, states: 2181, transitions: 4479 },
  ],
})
