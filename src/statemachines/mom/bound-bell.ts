/** Whose bell the producer rings: the consumer it is bound to. After a change of consumer it must be bound anew. */
import { assign, setup } from 'xstate'
import type { Consumer } from './identifiers.ts'

type Context = { bound: Consumer }

export type Event = { type: 'bell.ring'; consumer: Consumer } | { type: 'bell.bind'; consumer: Consumer }

type OfConsumer = { consumer: Consumer }
const consumer = ({ event }: { event: OfConsumer }): OfConsumer => ({ consumer: event.consumer })

export const boundBell = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isBound: ({ context }, params: OfConsumer) => context.bound === params.consumer },
  actions: { bind: assign({ bound: (_, params: OfConsumer) => params.consumer }) },
}).createMachine({
  id: 'bound-bell',
  context: { bound: 'consumer0' },
  on: {
    'bell.ring': { guard: { type: 'isBound', params: consumer } },
    'bell.bind': { actions: { type: 'bind', params: consumer } },
  },
})
