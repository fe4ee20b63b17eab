/**
 * Requests and replies over bounded channels: time-outs, withdrawals, answers out of order and late ones, a server
 * that dies. README.md has the protocol in words; `outcome` observes each request.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { callClient } from '../../src/statemachines/mom/call-client.ts'
import { callServer } from '../../src/statemachines/mom/call-server.ts'
import { fifo } from '../../src/statemachines/mom/fifo.ts'
import type { CallKind, Slot } from '../../src/statemachines/mom/identifiers.ts'
import { passingTime } from '../../src/statemachines/mom/passing-time.ts'
import { pendingSlot } from '../../src/statemachines/mom/pending-slot.ts'
import { requestOutcome } from '../../src/statemachines/mom/request-outcome.ts'
import { requestTicket } from '../../src/statemachines/mom/request-ticket.ts'
import { serverJob } from '../../src/statemachines/mom/server-job.ts'
import { serverLife } from '../../src/statemachines/mom/server-life.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** A request is a message, and so is its answer; `requests` and `replies` are the capacities of the channels. */
export type RequestReplyBounds = {
  messages: number
  slots: number
  generations: number
  requests: number
  replies: number
}

export const domains = (bounds: RequestReplyBounds) => ({
  message: ids('message', bounds.messages),
  slot: ids('slot', bounds.slots),
  generation: Array.from({ length: bounds.generations }, (_, generation) => generation),
  kind: ['request', 'withdrawal', 'answer'] as CallKind[],
})

export type RequestReplyDomains = ReturnType<typeof domains>

const of = (kind: CallKind) => ({ kind })
const CALLS = [of('request'), of('withdrawal')]

const namesOf = (slots: readonly Slot[], generations: readonly number[]) =>
  slots.flatMap((slot) => generations.map((generation) => `${slot}.${generation}` as const))

export const components = (
  { message, slot, generation }: RequestReplyDomains,
  { generations, requests, replies }: RequestReplyBounds,
) => ({
  client: component(callClient, {
    input: { messages: message, room: replies },
    alphabet: {
      'request.call': {},
      'message.send': CALLS,
      'message.receive': of('answer'),
      'request.complete': {},
      'answer.drop': {},
      'request.expire': {},
      'request.cancel': {},
      'cancel.forgo': {},
      'request.fail': {},
      'death.find': {},
      'client.close': {},
      'table.free': {},
    },
  }),
  table: each(slot, (id) =>
    component(pendingSlot, {
      input: { generations },
      alphabet: {
        'request.call': { slot: id },
        'message.receive': { ...of('answer'), slot: id },
        'request.complete': { slot: id },
        'answer.drop': { slot: id },
        'request.expire': { slot: id },
        'request.cancel': { slot: id },
        'request.fail': { slot: id },
        'death.find': {},
        'table.free': {},
      },
    }),
  ),
  ticket: each(message, (id) => component(requestTicket, { identity: { message: id } })),
  requests: component(fifo, {
    input: { capacity: requests },
    alphabet: { 'message.send': of('request'), 'message.receive': of('request') },
  }),
  withdrawals: component(fifo, {
    input: { capacity: 1 },
    alphabet: { 'message.send': of('withdrawal'), 'message.receive': of('withdrawal') },
  }),
  replies: component(fifo, {
    input: { capacity: replies },
    alphabet: { 'message.send': of('answer'), 'message.receive': of('answer') },
  }),
  server: component(callServer, {
    alphabet: {
      'message.receive': CALLS,
      'answer.begin': {},
      'message.send': of('answer'),
      'server.die': {},
    },
  }),
  job: each(namesOf(slot, generation), (id) => {
    const [own, count] = id.split('.')
    const name = { slot: own as Slot, generation: Number(count) }
    return component(serverJob, {
      alphabet: {
        'message.receive': CALLS.map((call) => ({ ...call, ...name })),
        'work.begin': name,
        'work.end': name,
        'work.skip': name,
        'answer.begin': name,
        'server.die': {},
      },
    })
  }),
  life: component(serverLife, {
    alphabet: {
      'message.send': of('answer'),
      'message.receive': of('answer'),
      'server.die': {},
      'death.find': {},
      'request.fail': {},
      'cancel.forgo': {},
    },
  }),
  time: component(passingTime),
  outcome: each(message, (id) => observer(requestOutcome, { identity: { message: id } })),
})

export type RequestReplyState = StateOf<typeof components>

const NAMED = { slot: 'slot', generation: 'generation' } as const
const HELD = { message: 'message', slot: 'slot' } as const

export const requestReply = defineSystem({
  name: 'request-reply',
  title: 'Requests that get exactly one outcome: an answer, a time-out, a withdrawal or an error',
  bounds: { messages: 3, slots: 1, generations: 2, requests: 1, replies: 2 },
  boundsMin: { generations: 2 },
  domains,
  components,
  events: {
    'request.call': { message: 'message', ...NAMED },
    'message.send': { kind: 'kind', message: 'message' },
    'message.receive': { kind: 'kind', message: 'message', ...NAMED },
    'work.begin': NAMED,
    'work.end': NAMED,
    'work.skip': NAMED,
    'answer.begin': { message: 'message', ...NAMED },
    'request.complete': { message: 'message', answer: 'message', ...NAMED },
    'answer.drop': NAMED,
    'request.expire': HELD,
    'request.cancel': HELD,
    'cancel.forgo': { message: 'message' },
    'server.die': {},
    'death.find': {},
    'request.fail': HELD,
    'client.close': {},
    'table.free': {},
    'time.pass': {},
  },
  fairness: [
    weak(['message.send'], ['kind']),
    weak(['message.receive'], ['kind']),
    weak(['work.begin', 'work.skip', 'work.end'], ['slot', 'generation']),
    weak(['answer.begin']),
    weak(['request.complete', 'answer.drop']),
    weak(['death.find', 'request.fail', 'cancel.forgo']),
  ],
  claims,
  mutants,
  pinned: [
    {
      bounds: { messages: 3, slots: 1, generations: 2, requests: 1, replies: 2 },
      states: 10593,
      transitions: 38054,
    },
    {
      bounds: { messages: 2, slots: 2, generations: 2, requests: 1, replies: 2 },
      states: 12237,
      transitions: 46260,
    },
  ],
})
