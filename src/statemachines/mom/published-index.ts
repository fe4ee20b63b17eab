/** An index of a ring as both ends see it: one end publishes it, the other reads what was published last. */
import { assign, setup } from 'xstate'
import type { Index } from './identifiers.ts'

type Context = { value: number }

export type Event =
  { type: 'index.publish'; index: Index; value: number } | { type: 'index.read'; index: Index; value: number }

type OfValue = { value: number }
const value = ({ event }: { event: OfValue }): OfValue => ({ value: event.value })

export const publishedIndex = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isCurrent: ({ context }, params: OfValue) => context.value === params.value },
  actions: { store: assign((_, params: OfValue) => params) },
}).createMachine({
  id: 'published-index',
  context: { value: 0 },
  on: {
    'index.publish': { actions: { type: 'store', params: value } },
    'index.read': { guard: { type: 'isCurrent', params: value } },
  },
})
