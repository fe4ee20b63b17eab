/**
 * The consumer's end of a ring for one producer and one consumer: copies slots out, then publishes a head that
 * gives them back. It looks at the producer's index only when the one it remembers says that nothing is left.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Content, Half, Slot } from './identifiers.ts'
import { type RingSize, after, slotAt } from './ring-index.ts'

type Context = RingSize & {
  /** The most slots one head may give back. */
  batch: number
  /** The position to read next; those before it are copied out. */
  head: number
  cachedTail: number
  /** What has been copied of the slot at `head`. */
  first: Content | 'unread'
  second: Content | 'unread'
  /** Slots copied out and not yet given back. */
  taken: number
}

export type Event =
  | { type: 'index.read'; value: number } //                 the producer's index
  | { type: 'slot.read'; slot: Slot; half: Half; content: Content }
  | { type: 'message.receive'; message: Content } //         the copy is complete
  | { type: 'index.publish'; value: number }

type OfRead = { slot: Slot; half: Half; content: Content }
type OfMessage = { message: Content }
type OfValue = { value: number }
const read = ({ event }: { event: OfRead }) => ({
  slot: event.slot,
  half: event.half,
  content: event.content,
})
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const value = ({ event }: { event: OfValue }): OfValue => ({ value: event.value })

export const ringConsumer = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as RingSize & { batch: number } },
  guards: {
    looksEmpty: ({ context }) => context.head === context.cachedTail,
    looksFilled: ({ context }) => context.head !== context.cachedTail,
    hasGivenBack: ({ context }) => context.taken === 0,
    hasRoomInBatch: ({ context }) => context.taken < context.batch,
    isNext: ({ context }, params: OfRead) =>
      params.slot === slotAt(context.head, context) &&
      params.half === (context.first === 'unread' ? 'first' : 'second') &&
      context.second === 'unread',
    isCopied: ({ context }, params: OfMessage) =>
      context.second !== 'unread' && params.message === context.first,
    mayRelease: ({ context }, params: OfValue) =>
      context.taken > 0 && context.first === 'unread' && params.value === context.head,
  },
  actions: {
    copy: assign((_, params: OfRead) => ({ [params.half]: params.content })),
    take: assign(({ context }) => ({
      head: after(context.head, 1, context),
      first: 'unread' as const,
      second: 'unread' as const,
      taken: context.taken + 1,
    })),
    release: assign({ taken: 0 }),
    remember: assign((_, params: OfValue) => ({ cachedTail: params.value })),
  },
}).createMachine({
  id: 'ring-consumer',
  context: ({ input }) => ({
    capacity: input.capacity,
    modulus: input.modulus,
    batch: input.batch,
    head: 0,
    cachedTail: 0,
    first: 'unread',
    second: 'unread',
    taken: 0,
  }),
  on: {
    'index.read': {
      guard: allOf('looksEmpty', 'hasGivenBack'),
      actions: { type: 'remember', params: value },
    },
    'slot.read': {
      guard: allOf({ type: 'isNext', params: read }, 'looksFilled', 'hasRoomInBatch'),
      actions: { type: 'copy', params: read },
    },
    'message.receive': { guard: { type: 'isCopied', params: message }, actions: 'take' },
    'index.publish': { guard: { type: 'mayRelease', params: value }, actions: 'release' },
  },
})
