/**
 * What a caller is promised: its request gets one outcome, and where that is an answer, the answer to this
 * request. Meant as an observer: a second outcome, or another request's answer, it refuses.
 */
import { setup } from 'xstate'
import type { Message } from './identifiers.ts'

export type Event =
  | { type: 'request.call'; message: Message }
  | { type: 'request.complete'; message: Message; answer: Message }
  | { type: 'request.expire'; message: Message }
  | { type: 'request.cancel'; message: Message }
  | { type: 'request.fail'; message: Message }

type Completed = { message: Message; answer: Message }
const completed = ({ event }: { event: Completed }): Completed => ({
  message: event.message,
  answer: event.answer,
})

export const requestOutcome = setup({
  types: { events: {} as Event },
  guards: { isItsOwn: (_, params: Completed) => params.answer === params.message },
}).createMachine({
  id: 'request-outcome',
  initial: 'uncalled',
  states: {
    uncalled: { on: { 'request.call': 'open' } },
    open: {
      on: {
        'request.complete': { guard: { type: 'isItsOwn', params: completed }, target: 'decided.answered' },
        'request.expire': 'decided.expired',
        'request.cancel': 'decided.cancelled',
        'request.fail': 'decided.failed',
      },
    },
    decided: { initial: 'answered', states: { answered: {}, expired: {}, cancelled: {}, failed: {} } },
  },
})
