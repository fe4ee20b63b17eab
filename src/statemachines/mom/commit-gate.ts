/** The slot of a transaction: opened by who decides, then matched and applied, or refused, by who executes. */
import { assign, setup } from 'xstate'

type Context = { number: number | 'none' }

export type Event =
  | { type: 'transaction.open'; number: number }
  | { type: 'transaction.match'; number: number }
  | { type: 'transaction.refuse'; number: number }
  | { type: 'transaction.apply'; number: number }

type OfNumber = { number: number }
const number = ({ event }: { event: OfNumber }): OfNumber => ({ number: event.number })

export const commitGate = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isOpened: ({ context }, params: OfNumber) => params.number === context.number },
  actions: {
    open: assign({ number: (_, params: OfNumber) => params.number }),
    close: assign({ number: 'none' }),
  },
}).createMachine({
  id: 'commit-gate',
  context: { number: 'none' },
  initial: 'closed',
  states: {
    closed: {
      on: { 'transaction.open': { target: 'ready', actions: { type: 'open', params: number } } },
    },
    ready: {
      on: {
        'transaction.match': { guard: { type: 'isOpened', params: number }, target: 'matched' },
        'transaction.refuse': {
          guard: { type: 'isOpened', params: number },
          target: 'closed',
          actions: 'close',
        },
      },
    },
    matched: {
      on: {
        'transaction.apply': {
          guard: { type: 'isOpened', params: number },
          target: 'closed',
          actions: 'close',
        },
      },
    },
  },
})
