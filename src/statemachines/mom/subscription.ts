/**
 * What a subscription is, apart from how it is done: from where it begins, each message once, whole and in order,
 * or counted as missed where the policy lets it be; and who is cut off is told once. It judges one subscriber.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Message, Subscriber } from './identifiers.ts'
import type { Policy, TopicSize } from './publisher.ts'
import type { Cursor } from './subscription-record.ts'
import { ahead } from './wrapping.ts'

type Context = TopicSize & {
  policy: Policy | 'unset'
  published: number
  /** The number of the message that comes next: what was received and missed, and where it began. */
  next: number
  /** The number its record last showed. */
  shown: number
}

export type Event =
  | { type: 'topic.open'; policy: Policy }
  | { type: 'message.send'; message: Message }
  | { type: 'tail.read'; subscriber: Subscriber; position: number } // here it begins
  | { type: 'cursor.set'; subscriber: Subscriber; position: number }
  | { type: 'cursor.advance'; subscriber: Subscriber; position: number }
  | { type: 'message.receive'; subscriber: Subscriber; message: Message; rest: Message }
  | { type: 'topic.empty'; subscriber: Subscriber }
  | { type: 'gap.report'; subscriber: Subscriber; missed: number }
  | { type: 'subscriber.cut'; subscriber: Subscriber; cursor: Cursor }
  | { type: 'cut.learn'; subscriber: Subscriber; cursor: Cursor }
  | { type: 'subscriber.leave'; subscriber: Subscriber }

type Received = { message: Message; rest: Message }
type OfMissed = { missed: number }
type OfPosition = { position: number }
const policy = ({ event }: { event: { policy: Policy } }) => ({ policy: event.policy })
const message = ({ event }: { event: { message: Message } }) => ({ message: event.message })
const received = ({ event }: { event: Received }): Received => ({ message: event.message, rest: event.rest })
const missed = ({ event }: { event: OfMissed }): OfMissed => ({ missed: event.missed })
const position = ({ event }: { event: OfPosition }): OfPosition => ({ position: event.position })

const numberAt = ({ start, modulus }: Context, { position: at }: OfPosition) => ahead(at, start, modulus)

export const subscription = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as TopicSize },
  guards: {
    isNextPublished: ({ context }, params: { message: Message }) =>
      params.message === `message${context.published}`,
    isPublished: ({ context }) => context.next < context.published,
    isWhole: (_, params: Received) => params.message === params.rest,
    isNext: ({ context }, params: Received) => params.message === `message${context.next}`,
    nothingIsThere: ({ context }) => context.next === context.published,
    isOverwritten: ({ context }, params: OfMissed) =>
      params.missed > 0 && context.next + params.missed - 1 + context.slots <= context.published,
    mayDrop: ({ context }) => context.policy === 'dropOldest',
    mayDisconnect: ({ context }) => context.policy === 'disconnect',
    showsLag: ({ context }) => context.published - context.shown >= context.slots,
    isLapped: ({ context }) => context.published - context.next >= context.slots,
  },
  actions: {
    open: assign({ policy: (_, params: { policy: Policy }) => params.policy }),
    publish: assign({ published: ({ context }) => context.published + 1 }),
    begin: assign({ next: ({ context }, params: OfPosition) => numberAt(context, params) }),
    show: assign({ shown: ({ context }, params: OfPosition) => numberAt(context, params) }),
    receive: assign({ next: ({ context }) => context.next + 1 }),
    miss: assign({ next: ({ context }, params: OfMissed) => context.next + params.missed }),
  },
}).createMachine({
  id: 'subscription',
  context: ({ input }) => ({ ...input, policy: 'unset', published: 0, next: 0, shown: 0 }),
  initial: 'outside',
  on: {
    'topic.open': { actions: { type: 'open', params: policy } },
    'message.send': { guard: { type: 'isNextPublished', params: message }, actions: 'publish' },
  },
  states: {
    outside: { on: { 'tail.read': { target: 'attached', actions: { type: 'begin', params: position } } } },
    attached: {
      on: {
        'cursor.set': { actions: { type: 'show', params: position } },
        'cursor.advance': { actions: { type: 'show', params: position } },
        'message.receive': {
          guard: allOf(
            'isPublished',
            { type: 'isWhole', params: received },
            { type: 'isNext', params: received },
          ),
          actions: 'receive',
        },
        'topic.empty': { guard: 'nothingIsThere' },
        'gap.report': {
          guard: allOf('mayDrop', { type: 'isOverwritten', params: missed }),
          actions: { type: 'miss', params: missed },
        },
        'subscriber.cut': { guard: allOf('mayDisconnect', 'showsLag'), target: 'cut' },
        'cut.learn': { guard: allOf('mayDisconnect', 'isLapped'), target: 'ended' },
        'subscriber.leave': 'ended',
      },
    },
    cut: {
      on: {
        'message.receive': {
          guard: allOf(
            'isPublished',
            { type: 'isWhole', params: received },
            { type: 'isNext', params: received },
          ),
          actions: 'receive',
        },
        'cut.learn': 'ended',
      },
    },
    ended: {},
  },
})
