/**
 * The side on which events happen. It raises the number, then publishes a message that carries it; a message
 * may be lost, as where the queue overflows, and the last may be sent again, as after a restart.
 */
import { assign, setup } from 'xstate'
import type { Message } from './identifiers.ts'
import { after } from './wrapping.ts'

type Context = {
  numbers: number
  /** Events still to happen, and faults that still may. */
  events: number
  faults: number
  raised: number
  sent: number
  hasSent: boolean
}

export type Event =
  | { type: 'number.raise'; number: number } //   the event happens
  | { type: 'message.send'; message: Message } // its message can be seen
  | { type: 'message.lose'; message: Message }

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

/** The number a message carries is its name: `message3` carries 3. */
export const numberOf = (name: Message): number => Number(name.slice('message'.length))

const isAfterLast = ({ sent, numbers }: Context, params: OfMessage) =>
  numberOf(params.message) === after(sent, numbers)

export const numberedSender = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { numbers: number; first: number; events: number; faults: number },
  },
  guards: {
    mayRaise: ({ context }) => context.events > 0 && context.raised === context.sent,
    mayPublish: ({ context }, params: OfMessage) =>
      isAfterLast(context, params) && numberOf(params.message) === context.raised,
    mayLose: ({ context }, params: OfMessage) =>
      context.faults > 0 && isAfterLast(context, params) && numberOf(params.message) === context.raised,
    mayRepeat: ({ context }, params: OfMessage) =>
      context.faults > 0 && context.hasSent && numberOf(params.message) === context.sent,
  },
  actions: {
    raise: assign({
      raised: ({ context }) => after(context.raised, context.numbers),
      events: ({ context }) => context.events - 1,
    }),
    publish: assign({ sent: (_, params: OfMessage) => numberOf(params.message), hasSent: true }),
    lose: assign({ sent: (_, params: OfMessage) => numberOf(params.message), hasSent: false }),
    spend: assign({ faults: ({ context }) => context.faults - 1 }),
  },
}).createMachine({
  id: 'numbered-sender',
  context: ({ input: { numbers, first, events, faults } }) => ({
    numbers,
    events,
    faults,
    raised: first,
    sent: first,
    hasSent: false,
  }),
  on: {
    'number.raise': { guard: 'mayRaise', actions: 'raise' },
    'message.send': [
      { guard: { type: 'mayPublish', params: message }, actions: { type: 'publish', params: message } },
      { guard: { type: 'mayRepeat', params: message }, actions: 'spend' },
    ],
    'message.lose': {
      guard: { type: 'mayLose', params: message },
      actions: ['spend', { type: 'lose', params: message }],
    },
  },
})
