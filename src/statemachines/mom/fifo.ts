/**
 * The abstract channel: bounded, in order, nothing lost, nothing twice. As a component it is a channel; as an
 * observer it judges a concrete protocol, for it refuses what a first-in first-out queue would not do.
 */
import { assign, not, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Message } from './identifiers.ts'

type Context = { capacity: number; queue: Message[] }

export type Event =
  | { type: 'message.send'; message: Message } //    the channel has accepted it
  | { type: 'message.receive'; message: Message } // the consumer has it
  | { type: 'message.refuse'; message: Message } //  the channel is full and says so

type OfMessage = { message: Message }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

const queueing = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { capacity: number } },
  guards: {
    hasSpace: ({ context }) => context.queue.length < context.capacity,
    isNew: ({ context }, params: OfMessage) => !context.queue.includes(params.message),
    isOldest: ({ context }, params: OfMessage) => context.queue[0] === params.message,
  },
  actions: {
    append: assign({ queue: ({ context }, params: OfMessage) => [...context.queue, params.message] }),
    takeOldest: assign({ queue: ({ context }) => context.queue.slice(1) }),
  },
})

const empty = ({ input }: { input: { capacity: number } }): Context => ({
  capacity: input.capacity,
  queue: [],
})

const transitions = {
  'message.send': {
    guard: allOf('hasSpace', { type: 'isNew', params: message }),
    actions: { type: 'append', params: message },
  },
  'message.receive': { guard: { type: 'isOldest', params: message }, actions: 'takeOldest' },
} as const

/** Knows what it accepts and hands out. As an observer it has no say in when a protocol refuses. */
export const fifo = queueing.createMachine({ id: 'fifo', context: empty, on: transitions })

/** Says of itself that it is full: it refuses exactly then. */
export const refusingFifo = queueing.createMachine({
  id: 'refusing-fifo',
  context: empty,
  on: { ...transitions, 'message.refuse': { guard: not('hasSpace') } },
})
