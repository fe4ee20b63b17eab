/**
 * The server's end of a request/reply pair, one thread: it takes requests and withdrawals while it has no answer
 * to send. Whoever does the work is elsewhere and may finish in any order.
 */
import { assign, setup } from 'xstate'
import type { CallKind, Message } from './identifiers.ts'

type Context = { answering: Message | 'none' }

export type Event =
  | { type: 'message.receive'; kind: CallKind } // a request or a withdrawal
  | { type: 'answer.begin'; message: Message }
  | { type: 'message.send'; kind: CallKind; message: Message } //        the answer; it waits for room
  | { type: 'server.die' }

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

export const callServer = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isInHand: ({ context }, params: OfMessage) => context.answering === params.message,
  },
  actions: {
    take: assign({ answering: (_, params: OfMessage) => params.message }),
    forget: assign({ answering: 'none' }),
  },
}).createMachine({
  id: 'call-server',
  context: { answering: 'none' },
  initial: 'ready',
  states: {
    ready: {
      on: {
        'message.receive': {},
        'answer.begin': { target: 'answering', actions: { type: 'take', params: message } },
        'server.die': 'dead',
      },
    },
    answering: {
      on: {
        'message.send': {
          guard: { type: 'isInHand', params: message },
          target: 'ready',
          actions: 'forget',
        },
        'server.die': { target: 'dead', actions: 'forget' },
      },
    },
    dead: {},
  },
})
