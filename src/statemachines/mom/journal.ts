/**
 * Writes down messages in the order in which it hears of them. It refuses nothing, so it can stand for a
 * consumer that takes whatever comes, or remember for the claims what a channel has accepted.
 */
import { assign, setup } from 'xstate'
import type { Message } from './identifiers.ts'

type Context = { entries: Message[] }

export type Event = { type: 'message.send'; message: Message } | { type: 'message.receive'; message: Message }

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

export const journal = setup({
  types: { context: {} as Context, events: {} as Event },
  actions: {
    write: assign({ entries: ({ context }, params: OfMessage) => [...context.entries, params.message] }),
  },
}).createMachine({
  id: 'journal',
  context: { entries: [] },
  on: {
    'message.send': { actions: { type: 'write', params: message } },
    'message.receive': { actions: { type: 'write', params: message } },
  },
})
