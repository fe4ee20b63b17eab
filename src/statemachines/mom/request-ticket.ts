/**
 * The name a request travels with: a slot of the client's table and its generation. The server echoes it, and
 * knows nothing else of the client. The chart also says whether the answer is still to come.
 */
import { assign, setup } from 'xstate'
import type { CallKind, Message, Slot } from './identifiers.ts'

type Name = { slot: Slot; generation: number }
type Context = { name: Name | 'none' }

export type Event =
  | { type: 'request.call'; message: Message; slot: Slot; generation: number }
  | { type: 'message.receive'; kind: CallKind; message: Message; slot: Slot; generation: number }

const name = ({ event }: { event: Name }): Name => ({
  slot: event.slot,
  generation: event.generation,
})
const received = ({ event }: { event: Name & { kind: CallKind } }) => ({
  kind: event.kind,
  slot: event.slot,
  generation: event.generation,
})

export const requestTicket = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    names: ({ context: { name: own } }, params: Name) =>
      own !== 'none' && params.slot === own.slot && params.generation === own.generation,
    answers: ({ context: { name: own } }, params: Name & { kind: CallKind }) =>
      params.kind === 'answer' &&
      own !== 'none' &&
      params.slot === own.slot &&
      params.generation === own.generation,
  },
  actions: {
    inscribe: assign({ name: (_, params: Name) => params }),
  },
}).createMachine({
  id: 'request-ticket',
  context: { name: 'none' },
  initial: 'unused',
  states: {
    unused: {
      on: { 'request.call': { target: 'owed', actions: { type: 'inscribe', params: name } } },
    },
    owed: {
      on: {
        'message.receive': [
          { guard: { type: 'answers', params: received }, target: 'answered' },
          { guard: { type: 'names', params: name } },
        ],
      },
    },
    answered: { on: { 'message.receive': { guard: { type: 'names', params: name } } } },
  },
})
