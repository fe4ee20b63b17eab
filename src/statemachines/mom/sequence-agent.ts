/**
 * The side that decides. It follows the numbers of the messages it takes, discards what it has had, reads the
 * state anew where one is missing, and commits with the number of what it knows.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Message } from './identifiers.ts'
import { numberOf } from './numbered-sender.ts'
import { ahead } from './wrapping.ts'

type Context = { numbers: number; seen: number; decided: boolean; taken: Message | 'none' }

export type Event =
  | { type: 'message.receive'; message: Message }
  | { type: 'message.accept'; message: Message } //     the next one
  | { type: 'message.discard'; message: Message } //    had before
  | { type: 'gap.detect'; message: Message } //         one before it is missing
  | { type: 'status.check'; number: number } //         is there anything new?
  | { type: 'status.read'; number: number } //          takes over the state instead of the messages up to there
  | { type: 'transaction.open'; number: number } //     hands a decision to be committed
  | { type: 'transaction.apply'; number: number }
  | { type: 'transaction.refuse'; number: number } //   decided on stale knowledge

type OfMessage = { message: Message }
type OfNumber = { number: number }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const number = ({ event }: { event: OfNumber }): OfNumber => ({ number: event.number })

const difference = ({ seen, numbers }: Context, other: number): number => ahead(other, seen, numbers)
const isTaken = (context: Context, params: OfMessage) => params.message === context.taken

export const sequenceAgent = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { numbers: number; first: number } },
  guards: {
    isNext: ({ context }, params: OfMessage) =>
      isTaken(context, params) && difference(context, numberOf(params.message)) === 1,
    isOld: ({ context }, params: OfMessage) =>
      isTaken(context, params) && difference(context, numberOf(params.message)) <= 0,
    isTooNew: ({ context }, params: OfMessage) =>
      isTaken(context, params) && difference(context, numberOf(params.message)) > 1,
    isUndecided: ({ context }) => !context.decided,
    isNews: ({ context }, params: OfNumber) => difference(context, params.number) > 0,
    isSeen: ({ context }, params: OfNumber) => params.number === context.seen,
  },
  actions: {
    take: assign({ taken: (_, params: OfMessage) => params.message }),
    learn: assign({
      seen: (_, params: OfMessage) => numberOf(params.message),
      decided: false,
      taken: 'none',
    }),
    forget: assign({ taken: 'none' }),
    resynchronise: assign({ seen: (_, params: OfNumber) => params.number, decided: false }),
    settle: assign({ decided: true }),
  },
}).createMachine({
  id: 'sequence-agent',
  context: ({ input: { numbers, first } }) => ({ numbers, seen: first, decided: true, taken: 'none' }),
  initial: 'attending',
  states: {
    attending: {
      on: {
        'message.receive': { target: 'judging', actions: { type: 'take', params: message } },
        'status.check': [{ guard: { type: 'isNews', params: number }, target: 'resynchronising' }, {}],
      },
    },
    judging: {
      on: {
        'message.accept': {
          guard: { type: 'isNext', params: message },
          target: 'undecided',
          actions: { type: 'learn', params: message },
        },
        'message.discard': [
          {
            guard: allOf('isUndecided', { type: 'isOld', params: message }),
            target: 'undecided',
            actions: 'forget',
          },
          { guard: { type: 'isOld', params: message }, target: 'attending', actions: 'forget' },
        ],
        'gap.detect': {
          guard: { type: 'isTooNew', params: message },
          target: 'resynchronising',
          actions: 'forget',
        },
      },
    },
    resynchronising: {
      on: { 'status.read': { target: 'undecided', actions: { type: 'resynchronise', params: number } } },
    },
    undecided: {
      on: {
        'message.receive': { target: 'judging', actions: { type: 'take', params: message } },
        'transaction.open': { guard: { type: 'isSeen', params: number }, target: 'waiting' },
      },
    },
    waiting: {
      on: {
        'transaction.apply': { target: 'attending', actions: 'settle' },
        'transaction.refuse': 'attending',
      },
    },
  },
})
