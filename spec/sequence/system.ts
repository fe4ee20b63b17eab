/**
 * Numbers that tell stale knowledge: events are numbered, a decision is committed with the number it is based
 * on, and refused where that is no longer the last one. README.md has the protocol in words.
 */
import { component, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { commitGate } from '../../src/statemachines/mom/commit-gate.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import { knowledge } from '../../src/statemachines/mom/knowledge.ts'
import { numberedSender } from '../../src/statemachines/mom/numbered-sender.ts'
import { sequenceAgent } from '../../src/statemachines/mom/sequence-agent.ts'
import { statusWord } from '../../src/statemachines/mom/status-word.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** Faults are messages lost or sent again; capacity is that of the queue. */
export type SequenceBounds = { events: number; faults: number; capacity: number }

/** The least power of two that is more than twice as many as there are events, so that differences have a sign. */
const numbersFor = ({ events }: SequenceBounds) => 2 ** (Math.floor(Math.log2(events)) + 2)

export const domains = (bounds: SequenceBounds) => ({
  message: ids('message', numbersFor(bounds)),
  number: Array.from({ length: numbersFor(bounds) }, (_, index) => index),
})

export type SequenceDomains = ReturnType<typeof domains>

export const components = ({ number }: SequenceDomains, { events, faults, capacity }: SequenceBounds) => {
  const numbers = number.length
  // The last but one, so that the second event of a run crosses the wrap.
  const first = numbers - 2
  return {
    word: component(statusWord, { input: { numbers, first } }),
    sender: component(numberedSender, { input: { numbers, first, events, faults } }),
    channel: component(fifo, { input: { capacity }, alphabet: ['message.send', 'message.receive'] }),
    agent: component(sequenceAgent, { input: { numbers, first } }),
    gate: component(commitGate),
    delivery: observer(knowledge, {
      input: { numbers, first },
      alphabet: ['number.raise', 'message.accept', 'message.discard', 'gap.detect', 'status.read'],
    }),
    freshness: observer(knowledge, {
      input: { numbers, first },
      alphabet: ['number.raise', 'message.accept', 'status.read', 'transaction.apply', 'transaction.refuse'],
    }),
  }
}

export type SequenceState = StateOf<typeof components>

const MESSAGE = { message: 'message' } as const
const NUMBER = { number: 'number' } as const

export const sequence = defineSystem({
  name: 'sequence',
  title: 'Numbered events, and decisions that are refused where they rest on stale knowledge',
  bounds: { events: 4, faults: 2, capacity: 2 },
  boundsMin: { faults: 0 },
  domains,
  components,
  events: {
    'number.raise': NUMBER,
    'message.send': MESSAGE,
    'message.lose': MESSAGE,
    'message.receive': MESSAGE,
    'message.accept': MESSAGE,
    'message.discard': MESSAGE,
    'gap.detect': MESSAGE,
    'status.check': NUMBER,
    'status.read': NUMBER,
    'transaction.open': NUMBER,
    'transaction.match': NUMBER,
    'transaction.refuse': NUMBER,
    'transaction.apply': NUMBER,
  },
  fairness: [
    weak(['number.raise']),
    weak(['message.send', 'message.lose']),
    weak(['message.receive']),
    weak(['message.accept', 'message.discard', 'gap.detect']),
    weak(['status.check']),
    weak(['status.read']),
    weak(['transaction.open']),
    weak(['transaction.match', 'transaction.refuse']),
    weak(['transaction.apply']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { events: 4, faults: 2, capacity: 2 }, states: 2166, transitions: 4648 },
    { bounds: { events: 6, faults: 3, capacity: 2 }, states: 9553, transitions: 20817 },
  ],
})
