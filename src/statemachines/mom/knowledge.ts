/**
 * What there is to know and what is known, counted without wrapping. As an observer it judges the side that
 * decides: which messages it may accept, discard or miss, and which commits must be applied or refused.
 */
import { assign, setup } from 'xstate'
import type { Message } from './identifiers.ts'
import { numberOf } from './numbered-sender.ts'

type Context = { numbers: number; first: number; happened: number; known: number }

export type Event =
  | { type: 'number.raise' }
  | { type: 'message.accept'; message: Message }
  | { type: 'message.discard'; message: Message }
  | { type: 'gap.detect'; message: Message }
  | { type: 'status.read' }
  | { type: 'transaction.apply' }
  | { type: 'transaction.refuse' }

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

/** Which event a message tells of, counted from 1. */
const eventOf = ({ numbers, first }: Context, params: OfMessage): number =>
  (numberOf(params.message) - first + numbers) % numbers

export const knowledge = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { numbers: number; first: number } },
  guards: {
    isNext: ({ context }, params: OfMessage) => eventOf(context, params) === context.known + 1,
    isKnown: ({ context }, params: OfMessage) => eventOf(context, params) <= context.known,
    isFarther: ({ context }, params: OfMessage) => eventOf(context, params) > context.known + 1,
    knowsAll: ({ context }) => context.known === context.happened,
    missesSomething: ({ context }) => context.known !== context.happened,
  },
  actions: {
    happen: assign({ happened: ({ context }) => context.happened + 1 }),
    learn: assign({ known: ({ context }) => context.known + 1 }),
    learnAll: assign({ known: ({ context }) => context.happened }),
  },
}).createMachine({
  id: 'knowledge',
  context: ({ input }) => ({ ...input, happened: 0, known: 0 }),
  on: {
    'number.raise': { actions: 'happen' },
    'message.accept': { guard: { type: 'isNext', params: message }, actions: 'learn' },
    'message.discard': { guard: { type: 'isKnown', params: message } },
    'gap.detect': { guard: { type: 'isFarther', params: message } },
    'status.read': { actions: 'learnAll' },
    'transaction.apply': { guard: 'knowsAll' },
    'transaction.refuse': { guard: 'missesSomething' },
  },
})
