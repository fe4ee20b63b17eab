/**
 * One way by which credit comes back to the sender. It may be slow, and it may lose what it carries; two of them
 * may overtake each other. So what it carries must be right whenever it comes, and need not come.
 */
import { assign, setup } from 'xstate'
import type { Carrier } from './identifiers.ts'

type Context = { credit: number | 'none' }

export type Event =
  | { type: 'credit.grant'; carrier: Carrier; credit: number }
  | { type: 'credit.arrive'; carrier: Carrier; credit: number }
  | { type: 'credit.lose'; carrier: Carrier }

type OfCredit = { credit: number }
const credit = ({ event }: { event: OfCredit }): OfCredit => ({ credit: event.credit })

export const creditCarrier = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isFree: ({ context }) => context.credit === 'none',
    isLoaded: ({ context }) => context.credit !== 'none',
    carries: ({ context }, params: OfCredit) => context.credit === params.credit,
  },
  actions: {
    load: assign({ credit: (_, params: OfCredit) => params.credit }),
    unload: assign({ credit: 'none' }),
  },
}).createMachine({
  id: 'credit-carrier',
  context: { credit: 'none' },
  on: {
    'credit.grant': { guard: 'isFree', actions: { type: 'load', params: credit } },
    'credit.arrive': { guard: { type: 'carries', params: credit }, actions: 'unload' },
    'credit.lose': { guard: 'isLoaded', actions: 'unload' },
  },
})
