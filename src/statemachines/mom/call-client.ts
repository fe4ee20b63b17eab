/**
 * The client of a request/reply pair, one thread. It calls only with room reserved for the answer, so a server
 * never waits for room; a call that waits for room in the requests takes no answers meanwhile.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { CallKind, Message, Slot } from './identifiers.ts'

type Answer = { answer: Message; slot: Slot; generation: number }
type Context = {
  messages: Message[]
  /** Room in the replies. */
  room: number
  /** Room promised to answers that have not come. */
  reserved: number
  called: number
  /** What a send waits for, or the answer taken from the ring and not yet matched. */
  sending: Message | 'none'
  answer: Answer | 'none'
  isClosed: boolean
}

export type Event =
  | { type: 'request.call'; message: Message }
  | { type: 'message.send'; kind: CallKind; message: Message }
  | { type: 'message.receive'; kind: CallKind; message: Message; slot: Slot; generation: number } // an answer
  | { type: 'request.complete'; answer: Message; slot: Slot; generation: number }
  | { type: 'answer.drop'; slot: Slot; generation: number }
  | { type: 'request.expire'; message: Message }
  | { type: 'request.cancel'; message: Message }
  | { type: 'cancel.forgo'; message: Message } // nobody is left to be told
  | { type: 'request.fail'; message: Message }
  | { type: 'death.find' }
  | { type: 'client.close' }
  | { type: 'table.free' }

type OfMessage = { message: Message }
type OfSend = OfMessage & { kind: CallKind }
type Taken = { message: Message; slot: Slot; generation: number }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const sent = ({ event }: { event: OfSend }): OfSend => ({ kind: event.kind, message: event.message })
const taken = ({ event }: { event: Taken }): Answer => ({
  answer: event.message,
  slot: event.slot,
  generation: event.generation,
})
const matched = ({ event }: { event: Answer }): Answer => ({
  answer: event.answer,
  slot: event.slot,
  generation: event.generation,
})
const name = ({ event }: { event: Omit<Answer, 'answer'> }) => ({
  slot: event.slot,
  generation: event.generation,
})

export const callClient = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { messages: readonly Message[]; room: number },
  },
  guards: {
    isOpen: ({ context }) => !context.isClosed,
    isNext: ({ context }, params: OfMessage) => context.messages[context.called] === params.message,
    hasRoomForTheAnswer: ({ context }) => context.reserved < context.room,
    isRequest: ({ context }, params: OfSend) =>
      params.kind === 'request' && params.message === context.sending,
    isWithdrawal: ({ context }, params: OfSend) =>
      params.kind === 'withdrawal' && params.message === context.sending,
    waitsFor: ({ context }, params: OfMessage) => context.sending === params.message,
    isMatched: ({ context: { answer } }, params: Answer) =>
      answer !== 'none' &&
      answer.answer === params.answer &&
      answer.slot === params.slot &&
      answer.generation === params.generation,
    isInHand: ({ context: { answer } }, params: Omit<Answer, 'answer'>) =>
      answer !== 'none' && answer.slot === params.slot && answer.generation === params.generation,
    isSettled: ({ context }) => context.isClosed && context.reserved === 0,
  },
  actions: {
    reserve: assign(({ context }, params: OfMessage) => ({
      called: context.called + 1,
      reserved: context.reserved + 1,
      sending: params.message,
    })),
    waitFor: assign({ sending: (_, params: OfMessage) => params.message }),
    goOn: assign({ sending: 'none' }),
    takeAnswer: assign(({ context }, params: Answer) => ({ answer: params, reserved: context.reserved - 1 })),
    forgetAnswer: assign({ answer: 'none' }),
    expire: assign({}),
    close: assign({ isClosed: true }),
  },
}).createMachine({
  id: 'call-client',
  context: ({ input }) => ({
    messages: [...input.messages],
    room: input.room,
    reserved: 0,
    called: 0,
    sending: 'none',
    answer: 'none',
    isClosed: false,
  }),
  initial: 'ready',
  states: {
    ready: {
      on: {
        'request.call': {
          guard: allOf('isOpen', { type: 'isNext', params: message }, 'hasRoomForTheAnswer'),
          target: 'calling',
          actions: { type: 'reserve', params: message },
        },
        'message.receive': { target: 'matching', actions: { type: 'takeAnswer', params: taken } },
        'request.expire': { actions: 'expire' },
        'request.cancel': { target: 'withdrawing', actions: { type: 'waitFor', params: message } },
        'death.find': 'bereaved',
        'client.close': { guard: 'isOpen', actions: 'close' },
        'table.free': { guard: 'isSettled', target: 'freed' },
      },
    },
    calling: {
      on: {
        'message.send': { guard: { type: 'isRequest', params: sent }, target: 'ready', actions: 'goOn' },
        'request.fail': {
          guard: { type: 'waitsFor', params: message },
          target: 'ready',
          actions: 'goOn',
        },
      },
    },
    withdrawing: {
      on: {
        'message.send': { guard: { type: 'isWithdrawal', params: sent }, target: 'ready', actions: 'goOn' },
        'cancel.forgo': {
          guard: { type: 'waitsFor', params: message },
          target: 'ready',
          actions: 'goOn',
        },
      },
    },
    matching: {
      on: {
        'request.complete': {
          guard: { type: 'isMatched', params: matched },
          target: 'ready',
          actions: 'forgetAnswer',
        },
        'answer.drop': {
          guard: { type: 'isInHand', params: name },
          target: 'ready',
          actions: 'forgetAnswer',
        },
      },
    },
    bereaved: { on: { 'request.fail': {}, 'table.free': 'freed' } },
    freed: {},
  },
})
