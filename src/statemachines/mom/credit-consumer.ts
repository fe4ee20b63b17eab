/**
 * A consumer that gives credit. It primes the pool of buffers, takes messages, accepts or refuses them, and either
 * way returns all that the message took: its units as credit, its buffer to the free ring.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import { including, without } from '../sets.ts'
import type { Descriptor } from './active-ring.ts'
import type { Account } from './credit-sender.ts'
import type { Buffer, Carrier, Message } from './identifiers.ts'
import { after } from './wrapping.ts'

type Input = Account & { buffers: readonly Buffer[] }
type Context = Input & {
  held: Descriptor | 'none'
  unreturned: readonly Buffer[]
  /** How many numbers the free ring holds, as far as it knows. */
  seenFree: number
  /** How far it has let the sender go, and the units it got back since. */
  granted: number
  freed: number
  /** Whether the sender should hear of its credit: it has changed, or the sender asked. */
  owesGrant: boolean
}

export type Event =
  | { type: 'pool.prime' }
  | { type: 'message.receive'; message: Message; buffer: Buffer }
  | { type: 'message.accept'; message: Message }
  | { type: 'message.refuse'; message: Message }
  | { type: 'buffer.return'; buffer: Buffer }
  | { type: 'head.read'; free: number } // the free ring looks full: is it?
  | { type: 'credit.grant'; carrier: Carrier; credit: number }
  | { type: 'consumer.sleep' }
  | { type: 'doorbell.ring' }

type OfMessage = { message: Message }
type OfBuffer = { buffer: Buffer }
type OfCredit = { credit: number }
type OfFree = { free: number }
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const buffer = ({ event }: { event: OfBuffer }): OfBuffer => ({ buffer: event.buffer })
const credit = ({ event }: { event: OfCredit }): OfCredit => ({ credit: event.credit })
const free = ({ event }: { event: OfFree }): OfFree => ({ free: event.free })
const descriptor = ({ event }: { event: Descriptor }): Descriptor => ({
  message: event.message,
  buffer: event.buffer,
})

/** Everything the held message took comes back, whatever was thought of it. */
function released(context: Context): Partial<Context> {
  const { held, units, freed } = context
  if (held === 'none') return {}
  return {
    held: 'none',
    freed: freed + (units[Number(held.message.slice('message'.length))] ?? 0),
    owesGrant: true,
    unreturned: including(context.unreturned, held.buffer),
  }
}

export const creditConsumer = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Input },
  guards: {
    holdsNothing: ({ context }) => context.held === 'none',
    isHeld: ({ context: { held } }, params: OfMessage) => held !== 'none' && held.message === params.message,
    isUnreturned: ({ context }, params: OfBuffer) => context.unreturned.includes(params.buffer),
    seesSpace: ({ context }) => context.seenFree < context.buffers.length,
    looksFull: ({ context }) => context.unreturned.length > 0 && context.seenFree === context.buffers.length,
    owesGrant: ({ context }) => context.owesGrant,
    isCredit: ({ context }, params: OfCredit) =>
      params.credit === after(context.granted, context.modulus, context.freed),
    isSettled: ({ context }) =>
      context.held === 'none' && context.unreturned.length === 0 && !context.owesGrant,
  },
  actions: {
    prime: assign({ unreturned: ({ context }) => context.buffers }),
    hold: assign({ held: (_, params: Descriptor) => params }),
    releaseAccepted: assign(({ context }) => released(context)),
    releaseRefused: assign(({ context }) => released(context)),
    giveBack: assign({
      unreturned: ({ context }, params: OfBuffer) => without(context.unreturned, params.buffer),
      seenFree: ({ context }) => context.seenFree + 1,
    }),
    noteFree: assign({ seenFree: (_, params: OfFree) => params.free }),
    noteGrant: assign({ granted: (_, params: OfCredit) => params.credit, freed: 0, owesGrant: false }),
    noteAsked: assign({ owesGrant: true }),
  },
}).createMachine({
  id: 'credit-consumer',
  context: ({ input }) => ({
    ...input,
    held: 'none',
    unreturned: [],
    seenFree: 0,
    granted: after(input.start, input.modulus, input.window),
    freed: 0,
    owesGrant: false,
  }),
  initial: 'starting',
  on: { 'doorbell.ring': {} },
  states: {
    starting: { on: { 'pool.prime': { target: 'awake', actions: 'prime' } } },
    awake: {
      on: {
        'message.receive': { guard: 'holdsNothing', actions: { type: 'hold', params: descriptor } },
        'message.accept': { guard: { type: 'isHeld', params: message }, actions: 'releaseAccepted' },
        'message.refuse': { guard: { type: 'isHeld', params: message }, actions: 'releaseRefused' },
        'buffer.return': {
          guard: allOf('seesSpace', { type: 'isUnreturned', params: buffer }),
          actions: { type: 'giveBack', params: buffer },
        },
        'head.read': { guard: 'looksFull', actions: { type: 'noteFree', params: free } },
        'credit.grant': {
          guard: allOf('owesGrant', { type: 'isCredit', params: credit }),
          actions: { type: 'noteGrant', params: credit },
        },
        'consumer.sleep': { guard: 'isSettled', target: 'asleep' },
      },
    },
    asleep: { on: { 'doorbell.ring': { target: 'awake', actions: 'noteAsked' } } },
  },
})
