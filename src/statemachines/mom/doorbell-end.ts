/**
 * One end of a ring with doorbells, producer or consumer: it moves messages while it can, rings if the other
 * end sleeps, and else spins, arms its flag, looks again, and parks. Both ends do the same about two conditions.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { End, Message } from './identifiers.ts'

type Input = {
  end: End
  messages: number
  capacity: number
  /** The most messages moved before the end looks whether to ring. */
  batch: number
  /** How often it may wake for no reason. */
  spurious: number
}

type Context = Input & {
  /** Messages it has moved, and those of the other end as it last read them. */
  own: number
  other: number
  /** Moved since it last looked whether to ring. */
  unrung: number
}

export type Event =
  | { type: 'message.send'; message: Message } //     stores the producer's index
  | { type: 'message.receive'; message: Message } //  stores the consumer's index
  | { type: 'store.fence'; end: End } //              waits until its stores are visible
  | { type: 'index.read'; end: End; value: number } // the other's index
  | { type: 'flag.read'; end: End; armed: boolean } // the other's flag
  | { type: 'flag.take'; end: End; armed: boolean } // exchanges the other's flag for clear; what it held
  | { type: 'thread.notify'; end: End } //            wakes the other, if it sleeps
  | { type: 'flag.arm'; end: End }
  | { type: 'flag.disarm'; end: End }
  | { type: 'thread.park'; end: End }
  | { type: 'thread.stay'; end: End } //              the flag was taken: it does not sleep
  | { type: 'thread.wake'; end: End } //              for no reason

type OfMessage = { message: Message }
type OfValue = { value: number }
type OfArmed = { armed: boolean }
type OfEnd = { end: End }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const value = ({ event }: { event: OfValue }): OfValue => ({ value: event.value })
const armed = ({ event }: { event: OfArmed }): OfArmed => ({ armed: event.armed })
const end = ({ event }: { event: OfEnd }): OfEnd => ({ end: event.end })

/** How many messages an end could move, were the other's index `other`: messages to take, or slots to fill. */
const movable = ({ end: self, own, capacity }: Context, other: number): number =>
  self === 'producer' ? capacity - (own - other) : other - own

const move = {
  guard: allOf({ type: 'isNext', params: message }, 'canMove', 'mayMoveMore'),
  actions: 'move',
} as const

export const doorbellEnd = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Input },
  guards: {
    isNext: ({ context }, params: OfMessage) => params.message === `message${context.own}`,
    canMove: ({ context }) => movable(context, context.other) > 0,
    isBlocked: ({ context }) => movable(context, context.other) <= 0,
    staysBlocked: ({ context }, params: OfValue) => movable(context, params.value) <= 0,
    hasMore: ({ context }) => context.end === 'consumer' || context.own < context.messages,
    mayMoveMore: ({ context }) => context.unrung < context.batch,
    mayLook: ({ context }) => context.unrung > 0,
    hasLooked: ({ context }) => context.unrung <= 0,
    needsRing: (_, params: OfArmed) => params.armed,
    wasArmed: (_, params: OfArmed) => params.armed,
    isOthers: ({ context }, params: OfEnd) => params.end !== context.end,
    isOwn: ({ context }, params: OfEnd) => params.end === context.end,
    mayWake: ({ context }) => context.spurious > 0,
  },
  actions: {
    move: assign({ own: ({ context }) => context.own + 1, unrung: ({ context }) => context.unrung + 1 }),
    remember: assign((_, params: OfValue) => ({ other: params.value })),
    settle: assign({ unrung: 0 }),
    countWake: assign({ spurious: ({ context }) => context.spurious - 1 }),
  },
}).createMachine({
  id: 'doorbell-end',
  context: ({ input }) => ({ ...input, own: 0, other: 0, unrung: 0 }),
  // A notification that finds this end awake has no effect.
  on: { 'thread.notify': { guard: { type: 'isOthers', params: end } } },
  initial: 'working',
  states: {
    working: {
      on: {
        'message.send': move,
        'message.receive': move,
        'store.fence': { guard: 'mayLook', target: 'looking' },
        'index.read': {
          guard: allOf('hasMore', 'isBlocked', 'hasLooked'),
          actions: { type: 'remember', params: value },
        },
        'flag.arm': { guard: allOf('hasMore', 'isBlocked', 'hasLooked'), target: 'arming' },
      },
    },
    looking: {
      on: {
        'flag.read': [
          { guard: { type: 'needsRing', params: armed }, target: 'ringing' },
          { target: 'working', actions: 'settle' },
        ],
      },
    },
    ringing: {
      on: {
        'flag.take': [
          { guard: { type: 'wasArmed', params: armed }, target: 'notifying' },
          { target: 'working', actions: 'settle' },
        ],
      },
    },
    notifying: {
      on: {
        'thread.notify': { guard: { type: 'isOwn', params: end }, target: 'working', actions: 'settle' },
      },
    },
    arming: { on: { 'store.fence': { target: 'armed' } } },
    armed: {
      on: {
        'index.read': [
          {
            guard: { type: 'staysBlocked', params: value },
            target: 'parking',
            actions: { type: 'remember', params: value },
          },
          { target: 'disarming', actions: { type: 'remember', params: value } },
        ],
      },
    },
    parking: { on: { 'thread.park': 'parked', 'thread.stay': 'disarming' } },
    parked: {
      on: {
        'thread.notify': { guard: { type: 'isOthers', params: end }, target: 'disarming' },
        'thread.wake': { guard: 'mayWake', target: 'disarming', actions: 'countWake' },
      },
    },
    disarming: { on: { 'flag.disarm': 'working' } },
  },
})
