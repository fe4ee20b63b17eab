/**
 * A sender that needs credit for every unit a message takes and a buffer for its payload. Credit is absolute: the
 * highest number it may use. It rings when it has published, and when it has run out of credit.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Buffer, Carrier, Message } from './identifiers.ts'
import { after, ahead } from './wrapping.ts'

/** Where units are counted from, where the count wraps, how many may be outstanding, and what each message takes. */
export type Account = { start: number; modulus: number; window: number; units: readonly number[] }

type Context = Account & {
  /** The number of the message that comes next. */
  next: number
  /** The units used so far, and how far it may go: numbers that wrap. */
  used: number
  allowed: number
  buffer: Buffer | 'none'
  isUnrung: boolean
}

export type Event =
  | { type: 'buffer.take'; buffer: Buffer }
  | { type: 'message.send'; message: Message; buffer: Buffer }
  | { type: 'doorbell.ring' }
  | { type: 'credit.arrive'; carrier: Carrier; credit: number }

type OfBuffer = { buffer: Buffer }
type OfCredit = { credit: number }
type Sent = OfBuffer & { message: Message }
const buffer = ({ event }: { event: OfBuffer }): OfBuffer => ({ buffer: event.buffer })
const sent = ({ event }: { event: Sent }): Sent => ({ message: event.message, buffer: event.buffer })
const credit = ({ event }: { event: OfCredit }): OfCredit => ({ credit: event.credit })

/** What the next message takes; nothing where there is none. */
const wanted = ({ units, next }: Context) => units[next] ?? 0
const isStarved = (context: Context) =>
  ahead(context.allowed, context.used, context.modulus) < wanted(context)

export const creditSender = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Account },
  guards: {
    hasMore: ({ context }) => context.next < context.units.length,
    isNext: ({ context }, params: Sent) =>
      params.message === `message${context.next}` && params.buffer === context.buffer,
    hasCredit: ({ context }) => !isStarved(context),
    mayRing: ({ context }) => context.isUnrung || isStarved(context),
    isNewer: ({ context }, params: OfCredit) => ahead(params.credit, context.allowed, context.modulus) > 0,
  },
  actions: {
    hold: assign({ buffer: (_, params: OfBuffer) => params.buffer }),
    publish: assign(({ context }) => ({
      next: context.next + 1,
      used: after(context.used, context.modulus, wanted(context)),
      buffer: 'none' as const,
      isUnrung: true,
    })),
    noteRing: assign({ isUnrung: false }),
    raise: assign({ allowed: (_, params: OfCredit) => params.credit }),
  },
}).createMachine({
  id: 'credit-sender',
  context: ({ input }) => ({
    ...input,
    next: 0,
    used: input.start,
    allowed: after(input.start, input.modulus, input.window),
    buffer: 'none',
    isUnrung: false,
  }),
  initial: 'idle',
  on: {
    'doorbell.ring': { guard: 'mayRing', actions: 'noteRing' },
    'credit.arrive': [
      { guard: { type: 'isNewer', params: credit }, actions: { type: 'raise', params: credit } },
      {},
    ],
  },
  states: {
    idle: {
      on: {
        'buffer.take': { guard: 'hasMore', target: 'holding', actions: { type: 'hold', params: buffer } },
      },
    },
    holding: {
      on: {
        'message.send': {
          guard: allOf('hasCredit', { type: 'isNext', params: sent }),
          target: 'idle',
          actions: 'publish',
        },
      },
    },
  },
})
