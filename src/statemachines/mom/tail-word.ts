/** The word that says how far a topic has come. It is read by who joins, and there the stream begins for it. */
import { assign, setup } from 'xstate'
import type { Subscriber } from './identifiers.ts'

type Context = { position: number }

export type Event =
  { type: 'tail.set'; position: number } | { type: 'tail.read'; subscriber: Subscriber; position: number }

type OfPosition = { position: number }
const position = ({ event }: { event: OfPosition }): OfPosition => ({ position: event.position })

export const tailWord = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as OfPosition },
  guards: { holds: ({ context }, params: OfPosition) => context.position === params.position },
  actions: { set: assign({ position: (_, params: OfPosition) => params.position }) },
}).createMachine({
  id: 'tail-word',
  context: ({ input }) => ({ position: input.position }),
  on: {
    'tail.set': { actions: { type: 'set', params: position } },
    'tail.read': { guard: { type: 'holds', params: position } },
  },
})
