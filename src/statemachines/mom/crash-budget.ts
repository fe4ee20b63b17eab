/** How many owners may still die in a run: a bound of the search, not a promise. */
import { assign, setup } from 'xstate'

type Context = { crashes: number }

export type Event = { type: 'peer.crash' }

export const crashBudget = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { crashes: number } },
  guards: { mayCrash: ({ context }) => context.crashes > 0 },
  actions: { spend: assign({ crashes: ({ context }) => context.crashes - 1 }) },
}).createMachine({
  id: 'crash-budget',
  context: ({ input }) => ({ crashes: input.crashes }),
  on: { 'peer.crash': { guard: 'mayCrash', actions: 'spend' } },
})
