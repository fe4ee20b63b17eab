/**
 * A subscriber of a topic, with a cursor of its own. It copies a slot between two looks at the sequence word and
 * keeps the copy only if the word has not changed. From the word alone it knows how many messages it has missed.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Content, Half, Message, Slot, Subscriber } from './identifiers.ts'
import type { Policy, TopicSize } from './publisher.ts'
import type { Cursor } from './subscription-record.ts'
import { after, ahead } from './wrapping.ts'

type Size = Pick<TopicSize, 'slots' | 'modulus'>
type Context = Size & {
  policy: Policy | 'unset'
  /** The position it takes next. */
  cursor: number | 'none'
  copy: { first: Content; second: Content }
  /** The position it found in the slot it came for; none unless it has been lapped. */
  found: number | 'none'
}

export type Event =
  | { type: 'topic.open'; policy: Policy }
  | { type: 'cursor.announce'; subscriber: Subscriber }
  | { type: 'tail.read'; subscriber: Subscriber; position: number }
  | { type: 'cursor.set'; subscriber: Subscriber; position: number }
  | { type: 'slot.look'; subscriber: Subscriber; slot: Slot; position: number; written: boolean }
  | { type: 'topic.empty'; subscriber: Subscriber; slot: Slot; position: number; written: boolean } // a look too
  | { type: 'slot.copy'; subscriber: Subscriber; slot: Slot; half: Half; message: Message }
  | { type: 'message.receive'; subscriber: Subscriber; message: Message; rest: Message } // both halves
  | { type: 'gap.report'; subscriber: Subscriber; missed: number }
  | { type: 'cursor.advance'; subscriber: Subscriber; position: number } // lets the publisher see it
  | { type: 'cut.learn'; subscriber: Subscriber; cursor: Cursor } //        a swap that finds, and ends it
  | { type: 'subscriber.leave'; subscriber: Subscriber }

type Looked = { slot: Slot; position: number; written: boolean }
type Copied = { slot: Slot; half: Half; message: Message }
const policy = ({ event }: { event: { policy: Policy } }) => ({ policy: event.policy })
const position = ({ event }: { event: { position: number } }) => ({ position: event.position })
const missed = ({ event }: { event: { missed: number } }) => ({ missed: event.missed })
const found = ({ event }: { event: { cursor: Cursor } }) => ({ cursor: event.cursor })
const looked = ({ event }: { event: Looked }): Looked => ({
  slot: event.slot,
  position: event.position,
  written: event.written,
})
const copied = ({ event }: { event: Copied }): Copied => ({
  slot: event.slot,
  half: event.half,
  message: event.message,
})
const halves = ({ event }: { event: { message: Message; rest: Message } }) => ({
  first: event.message,
  second: event.rest,
})

/** How far a position is ahead of the one it wants. */
const aheadOf = (context: Context, other: number) =>
  context.cursor === 'none' ? 0 : ahead(other, context.cursor, context.modulus)
const isSlotOf = (context: Context, slot: Slot) =>
  context.cursor !== 'none' && slot === `slot${context.cursor % context.slots}`
const isNext = (context: Context, other: number) =>
  context.cursor !== 'none' && other === after(context.cursor, context.modulus)

/** The slot was overwritten, or is being: what was wanted is gone. */
const lapped = {
  guard: { type: 'isOverwritten', params: looked },
  target: 'lapped',
  actions: { type: 'note', params: looked },
} as const

const NOTHING = { first: 'none', second: 'none' } as const

export const subscriber = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Size },
  guards: {
    isOpen: ({ context }) => context.policy !== 'unset',
    isCursor: ({ context }, params: { position: number }) => params.position === context.cursor,
    isNotYetThere: ({ context }, { slot, position: seen, written }: Looked) =>
      isSlotOf(context, slot) && (aheadOf(context, seen) < 0 || (aheadOf(context, seen) === 0 && !written)),
    isThere: ({ context }, { slot, position: seen, written }: Looked) =>
      isSlotOf(context, slot) && aheadOf(context, seen) === 0 && written,
    isOverwritten: ({ context }, { slot, position: seen }: Looked) =>
      isSlotOf(context, slot) && aheadOf(context, seen) > 0,
    isStillThere: ({ context }, { slot, position: seen, written }: Looked) =>
      isSlotOf(context, slot) && aheadOf(context, seen) === 0 && written,
    isWanted: ({ context }, params: Copied) =>
      isSlotOf(context, params.slot) && params.half === (context.copy.first === 'none' ? 'first' : 'second'),
    isCopied: ({ context }, params: { first: Message; second: Message }) =>
      params.first === context.copy.first && params.second === context.copy.second,
    isMissed: ({ context }, params: { missed: number }) =>
      context.found !== 'none' && params.missed === aheadOf(context, context.found) - context.slots + 1,
    isAfterCursor: ({ context }, params: { position: number }) => isNext(context, params.position),
    isCut: (_, params: { cursor: Cursor }) => params.cursor === 'cut',
    publishesCursor: ({ context }) => context.policy !== 'dropOldest',
    endsWhenLapped: ({ context }) => context.policy === 'disconnect',
    goesOnWhenLapped: ({ context }) => context.policy !== 'disconnect',
  },
  actions: {
    open: assign({ policy: (_, params: { policy: Policy }) => params.policy }),
    begin: assign({ cursor: (_, params: { position: number }) => params.position }),
    keep: assign({
      copy: ({ context }, { half, message }: Copied) => ({ ...context.copy, [half]: message }),
    }),
    note: assign({ found: (_, params: Looked) => params.position, copy: NOTHING }),
    step: assign(({ context }) => ({
      cursor: context.cursor === 'none' ? context.cursor : after(context.cursor, context.modulus),
      copy: NOTHING,
    })),
    skip: assign(({ context }, params: { missed: number }) => ({
      cursor:
        context.cursor === 'none' ? context.cursor : after(context.cursor, context.modulus, params.missed),
      found: 'none' as const,
    })),
    forget: assign({ cursor: 'none', copy: NOTHING, found: 'none' }),
  },
}).createMachine({
  id: 'subscriber',
  context: ({ input }) => ({ ...input, policy: 'unset', cursor: 'none', copy: NOTHING, found: 'none' }),
  initial: 'outside',
  on: { 'topic.open': { actions: { type: 'open', params: policy } } },
  states: {
    outside: { on: { 'cursor.announce': { guard: 'isOpen', target: 'joining' } } },
    joining: {
      on: { 'tail.read': { target: 'joined', actions: { type: 'begin', params: position } } },
    },
    joined: { on: { 'cursor.set': { guard: { type: 'isCursor', params: position }, target: 'looking' } } },
    looking: {
      on: {
        'slot.look': [{ guard: { type: 'isThere', params: looked }, target: 'copying' }, lapped],
        'topic.empty': { guard: { type: 'isNotYetThere', params: looked } },
        'subscriber.leave': { target: 'gone', actions: 'forget' },
      },
    },
    copying: {
      on: {
        'slot.copy': {
          guard: { type: 'isWanted', params: copied },
          target: 'halfCopied',
          actions: { type: 'keep', params: copied },
        },
      },
    },
    halfCopied: {
      on: {
        'slot.copy': {
          guard: { type: 'isWanted', params: copied },
          target: 'validating',
          actions: { type: 'keep', params: copied },
        },
      },
    },
    validating: {
      on: {
        'slot.look': [{ guard: { type: 'isStillThere', params: looked }, target: 'accepted' }, lapped],
      },
    },
    accepted: {
      on: {
        'message.receive': [
          {
            guard: allOf('publishesCursor', { type: 'isCopied', params: halves }),
            target: 'advancing',
          },
          { guard: { type: 'isCopied', params: halves }, target: 'looking', actions: 'step' },
        ],
      },
    },
    advancing: {
      on: {
        'cursor.advance': {
          guard: { type: 'isAfterCursor', params: position },
          target: 'looking',
          actions: 'step',
        },
        'cut.learn': { guard: { type: 'isCut', params: found }, target: 'gone', actions: 'forget' },
      },
    },
    lapped: {
      on: {
        'gap.report': {
          guard: allOf('goesOnWhenLapped', { type: 'isMissed', params: missed }),
          target: 'looking',
          actions: { type: 'skip', params: missed },
        },
        'cut.learn': { guard: 'endsWhenLapped', target: 'gone', actions: 'forget' },
      },
    },
    gone: {},
  },
})
