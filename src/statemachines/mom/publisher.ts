/**
 * The publisher of a topic. Before it takes a slot again it minds those who have not read it, as the policy says:
 * it waits for them, overwrites, or cuts them off. Then it writes the slot between two stores to its sequence word.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Half, Message, Slot, Subscriber } from './identifiers.ts'
import type { Cursor } from './subscription-record.ts'
import { after, ahead } from './wrapping.ts'

/** What happens to a subscriber that is a whole ring behind. */
export type Policy = 'block' | 'dropOldest' | 'disconnect'

/** How many slots the ring has, at which position it starts, where positions wrap, how many messages come. */
export type TopicSize = { slots: number; start: number; modulus: number; messages: number }

type Input = TopicSize & { subscribers: readonly Subscriber[] }
type Context = Input & {
  policy: Policy | 'unset'
  /** Messages published, and with that the number of the next. */
  published: number
  /** Whose records it has still to read before it takes the next slot. */
  unread: readonly Subscriber[]
  /** What it read in the record of the one it is about to cut off. */
  lagging: Cursor
}

export type Event =
  | { type: 'topic.open'; policy: Policy }
  | { type: 'cursor.read'; subscriber: Subscriber; cursor: Cursor }
  | { type: 'subscriber.cut'; subscriber: Subscriber; cursor: Cursor } // compare-and-swap, done
  | { type: 'cut.miss'; subscriber: Subscriber; cursor: Cursor } //       compare-and-swap, failed
  | { type: 'slot.claim'; slot: Slot; position: number } //               the word says: being written
  | { type: 'slot.write'; slot: Slot; half: Half; message: Message }
  | { type: 'message.send'; slot: Slot; position: number; message: Message } // the word says: whole
  | { type: 'tail.set'; position: number } //                             where who joins begins

type Found = { subscriber: Subscriber; cursor: Cursor }
type Written = { slot: Slot; message: Message }
const found = ({ event }: { event: Found }): Found => ({ subscriber: event.subscriber, cursor: event.cursor })
const policy = ({ event }: { event: { policy: Policy } }) => ({ policy: event.policy })
const claimed = ({ event }: { event: { slot: Slot; position: number } }) => ({
  slot: event.slot,
  position: event.position,
})
const written = ({ event }: { event: Written }): Written => ({ slot: event.slot, message: event.message })
const position = ({ event }: { event: { position: number } }) => ({ position: event.position })
const firstHalf = ({ event }: { event: { half: Half } }) => ({ half: event.half, expected: 'first' as const })
const secondHalf = ({ event }: { event: { half: Half } }) => ({
  half: event.half,
  expected: 'second' as const,
})

const positionOf = (context: Context) => after(context.start, context.modulus, context.published)
const slotOf = (context: Context): Slot => `slot${positionOf(context) % context.slots}`
const isBehind = (context: Context, cursor: Cursor) =>
  typeof cursor === 'number' && ahead(positionOf(context), cursor, context.modulus) >= context.slots

export const publisher = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Input },
  guards: {
    isAsked: ({ context }, params: Found) => context.unread[0] === params.subscriber,
    mustWait: ({ context }, { cursor }: Found) =>
      context.policy === 'block' && (cursor === 'joining' || isBehind(context, cursor)),
    mustCut: ({ context }, { cursor }: Found) => context.policy === 'disconnect' && isBehind(context, cursor),
    mayPass: ({ context }, { cursor }: Found) => cursor !== 'joining' && !isBehind(context, cursor),
    isTheLaggard: ({ context }, params: Found) => context.lagging === params.cursor,
    allRead: ({ context }) => context.unread.length === 0,
    isClaimOfNext: ({ context }, params: { slot: Slot; position: number }) =>
      params.slot === slotOf(context) && params.position === positionOf(context),
    isNext: ({ context }, params: Written) =>
      params.slot === slotOf(context) && params.message === `message${context.published}`,
    isHalf: (_, params: { half: Half; expected: Half }) => params.half === params.expected,
    isTail: ({ context }, params: { position: number }) =>
      params.position === after(positionOf(context), context.modulus),
    isLast: ({ context }) => context.published + 1 === context.messages,
  },
  actions: {
    open: assign({ policy: (_, params: { policy: Policy }) => params.policy }),
    listSubscribers: assign({
      unread: ({ context }) => (context.policy === 'dropOldest' ? [] : context.subscribers),
    }),
    pass: assign({ unread: ({ context }) => context.unread.slice(1), lagging: 'absent' }),
    note: assign({ lagging: (_, params: Found) => params.cursor }),
    forget: assign({ lagging: 'absent' }),
    count: assign({ published: ({ context }) => context.published + 1 }),
  },
}).createMachine({
  id: 'publisher',
  context: ({ input }) => ({ ...input, policy: 'unset', published: 0, unread: [], lagging: 'absent' }),
  initial: 'closed',
  states: {
    closed: {
      on: {
        'topic.open': { target: 'reading', actions: [{ type: 'open', params: policy }, 'listSubscribers'] },
      },
    },
    reading: {
      always: { guard: 'allRead', target: 'claiming' },
      on: {
        'cursor.read': [
          {
            guard: allOf({ type: 'isAsked', params: found }, { type: 'mustWait', params: found }),
            target: 'waiting',
          },
          {
            guard: allOf({ type: 'isAsked', params: found }, { type: 'mustCut', params: found }),
            target: 'cutting',
            actions: { type: 'note', params: found },
          },
          { guard: { type: 'isAsked', params: found }, actions: 'pass' },
        ],
      },
    },
    waiting: {
      on: {
        'cursor.read': {
          guard: allOf({ type: 'isAsked', params: found }, { type: 'mayPass', params: found }),
          target: 'reading',
          actions: 'pass',
        },
      },
    },
    cutting: {
      on: {
        'subscriber.cut': {
          guard: allOf({ type: 'isAsked', params: found }, { type: 'isTheLaggard', params: found }),
          target: 'reading',
          actions: 'pass',
        },
        'cut.miss': {
          guard: allOf({ type: 'isAsked', params: found }, { type: 'isTheLaggard', params: found }),
          target: 'reading',
          actions: 'forget',
        },
      },
    },
    claiming: {
      on: { 'slot.claim': { guard: { type: 'isClaimOfNext', params: claimed }, target: 'writing' } },
    },
    writing: {
      on: {
        'slot.write': {
          guard: allOf({ type: 'isNext', params: written }, { type: 'isHalf', params: firstHalf }),
          target: 'halfWritten',
        },
      },
    },
    halfWritten: {
      on: {
        'slot.write': {
          guard: allOf({ type: 'isNext', params: written }, { type: 'isHalf', params: secondHalf }),
          target: 'completing',
        },
      },
    },
    completing: {
      on: { 'message.send': { guard: { type: 'isNext', params: written }, target: 'announcing' } },
    },
    announcing: {
      on: {
        'tail.set': [
          { guard: allOf({ type: 'isTail', params: position }, 'isLast'), target: 'done', actions: 'count' },
          {
            guard: { type: 'isTail', params: position },
            target: 'reading',
            actions: ['count', 'listSubscribers'],
          },
        ],
      },
    },
    done: {},
  },
})
