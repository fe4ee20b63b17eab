/**
 * The producer's end of a ring for one producer and one consumer: writes slots, then publishes a tail that
 * covers them. It looks at the consumer's index only when the one it remembers says that the ring is full.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Half, Message, Slot } from './identifiers.ts'
import { type RingSize, after, distance, slotAt } from './ring-index.ts'

type Context = RingSize & {
  messages: Message[]
  /** The most slots one tail may publish. */
  batch: number
  /** The position to write next; those before it are written. */
  tail: number
  cachedHead: number
  /** How many messages are written; the next one is `messages[next]`. */
  next: number
  half: Half
  /** Slots written and not yet published, and how many of them have been handed to the channel. */
  written: number
  accepted: number
}

export type Event =
  | { type: 'slot.write'; slot: Slot; half: Half; message: Message }
  | { type: 'message.send'; message: Message } //     the channel has it: the tail that is stored next covers it
  | { type: 'index.publish'; value: number }
  | { type: 'index.read'; value: number } //          the consumer's index
  | { type: 'message.refuse'; message: Message } //   the ring is full: said to whoever sends

type OfWrite = { slot: Slot; half: Half; message: Message }
type OfMessage = { message: Message }
type OfValue = { value: number }
const write = ({ event }: { event: OfWrite }) => ({
  slot: event.slot,
  half: event.half,
  message: event.message,
})
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const value = ({ event }: { event: OfValue }): OfValue => ({ value: event.value })

const accept = {
  guard: { type: 'isAcceptable', params: message },
  target: 'publishing',
  actions: 'accept',
} as const

export const ringProducer = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as RingSize & { messages: readonly Message[]; batch: number },
  },
  guards: {
    isNext: ({ context }, params: OfWrite) =>
      params.slot === slotAt(context.tail, context) &&
      params.half === context.half &&
      params.message === context.messages[context.next],
    hasSpace: ({ context }) => distance(context.tail, context.cachedHead, context) < context.capacity,
    looksFull: ({ context }) => distance(context.tail, context.cachedHead, context) >= context.capacity,
    staysFull: ({ context }, params: OfValue) =>
      distance(context.tail, params.value, context) >= context.capacity,
    isLastHalf: (_, params: OfWrite) => params.half === 'second',
    hasRoomInBatch: ({ context }) => context.written < context.batch,
    hasNothingToPublish: ({ context }) => context.written === 0 && context.half === 'first',
    hasMessage: ({ context }) => context.next < context.messages.length,
    isOffered: ({ context }, params: OfMessage) => params.message === context.messages[context.next],
    isAcceptable: ({ context }, params: OfMessage) =>
      context.half === 'first' &&
      context.accepted < context.written &&
      params.message === context.messages[context.next - context.written + context.accepted],
    coversTheBatch: ({ context }, params: OfValue) =>
      context.accepted === context.written && params.value === context.tail,
  },
  actions: {
    writeHalf: assign({ half: 'second' }),
    completeSlot: assign(({ context }) => ({
      half: 'first' as const,
      tail: after(context.tail, 1, context),
      next: context.next + 1,
      written: context.written + 1,
    })),
    accept: assign({ accepted: ({ context }) => context.accepted + 1 }),
    settle: assign({ written: 0, accepted: 0 }),
    remember: assign((_, params: OfValue) => ({ cachedHead: params.value })),
  },
}).createMachine({
  id: 'ring-producer',
  context: ({ input }) => ({
    capacity: input.capacity,
    modulus: input.modulus,
    messages: [...input.messages],
    batch: input.batch,
    tail: 0,
    cachedHead: 0,
    next: 0,
    half: 'first',
    written: 0,
    accepted: 0,
  }),
  initial: 'filling',
  states: {
    filling: {
      on: {
        'slot.write': [
          {
            guard: allOf(
              { type: 'isNext', params: write },
              { type: 'isLastHalf', params: write },
              'hasSpace',
            ),
            actions: 'completeSlot',
          },
          {
            guard: allOf({ type: 'isNext', params: write }, 'hasSpace', 'hasRoomInBatch'),
            actions: 'writeHalf',
          },
        ],
        'index.read': [
          {
            guard: allOf('hasMessage', 'hasNothingToPublish', 'looksFull', {
              type: 'staysFull',
              params: value,
            }),
            target: 'refusing',
            actions: { type: 'remember', params: value },
          },
          {
            guard: allOf('hasMessage', 'hasNothingToPublish', 'looksFull'),
            actions: { type: 'remember', params: value },
          },
        ],
        'message.send': accept,
      },
    },
    publishing: {
      on: {
        'message.send': accept,
        'index.publish': {
          guard: { type: 'coversTheBatch', params: value },
          target: 'filling',
          actions: 'settle',
        },
      },
    },
    refusing: {
      on: { 'message.refuse': { guard: { type: 'isOffered', params: message }, target: 'filling' } },
    },
  },
})
