/**
 * One lane of a channel with priorities: a ring of its own, in which nothing of another lane can stand in the
 * way. The consumer looks whether something is there before it takes it.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Lane, Message } from './identifiers.ts'

type Context = { capacity: number; queue: Message[] }

export type Event =
  | { type: 'message.send'; lane: Lane; message: Message } //    publishes the tail
  | { type: 'lane.look'; lane: Lane; found: boolean } //         reads the tail: is a message there?
  | { type: 'message.receive'; lane: Lane; message: Message } // takes it, publishes the head

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const found = ({ event }: { event: { found: boolean } }) => ({ found: event.found })

export const lane = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { capacity: number } },
  guards: {
    hasSpace: ({ context }) => context.queue.length < context.capacity,
    isNew: ({ context }, params: OfMessage) => !context.queue.includes(params.message),
    isNext: ({ context }, params: OfMessage) => context.queue[0] === params.message,
    shows: ({ context }, params: { found: boolean }) => params.found === context.queue.length > 0,
  },
  actions: {
    append: assign({ queue: ({ context }, params: OfMessage) => [...context.queue, params.message] }),
    remove: assign({
      queue: ({ context }, params: OfMessage) => context.queue.filter((other) => other !== params.message),
    }),
  },
}).createMachine({
  id: 'lane',
  context: ({ input }) => ({ capacity: input.capacity, queue: [] }),
  on: {
    'message.send': {
      guard: allOf('hasSpace', { type: 'isNew', params: message }),
      actions: { type: 'append', params: message },
    },
    'lane.look': { guard: { type: 'shows', params: found } },
    'message.receive': {
      guard: { type: 'isNext', params: message },
      actions: { type: 'remove', params: message },
    },
  },
})
