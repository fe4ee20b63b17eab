/**
 * Who offers messages to a channel, each in its turn. Refused, it offers the same message again: a message
 * that the channel has not accepted is still the sender's.
 */
import { assign, setup } from 'xstate'
import type { Message } from './identifiers.ts'

type Context = { messages: Message[]; accepted: number }

export type Event =
  | { type: 'message.send'; message: Message } //   accepted
  | { type: 'message.refuse'; message: Message } // the channel is full

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

export const sender = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { messages: readonly Message[] } },
  guards: {
    isNext: ({ context }, params: OfMessage) => context.messages[context.accepted] === params.message,
  },
  actions: {
    handOver: assign({ accepted: ({ context }) => context.accepted + 1 }),
  },
}).createMachine({
  id: 'sender',
  context: ({ input }) => ({ messages: [...input.messages], accepted: 0 }),
  on: {
    'message.send': { guard: { type: 'isNext', params: message }, target: '.offering', actions: 'handOver' },
    'message.refuse': { guard: { type: 'isNext', params: message }, target: '.refused' },
  },
  initial: 'offering',
  states: { offering: {}, refused: {} },
})
