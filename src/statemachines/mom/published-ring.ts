/**
 * The memory of a ring between one producer and one consumer: two published indices and the slots. Stores are
 * obeyed whoever makes them and whatever they say; unwritten slots hold anything.
 */
import { assign, setup } from 'xstate'
import type { Message } from './identifiers.ts'

type Context = { tail: number; head: number; slots: (Message | 'anything')[] }

export type Event =
  | { type: 'tail.read'; position: number }
  | { type: 'head.read'; position: number }
  | { type: 'slot.write'; position: number; message: Message }
  | { type: 'slot.read'; position: number; message: Message }
  | { type: 'message.send'; position: number } //    the store of the tail
  | { type: 'message.receive'; position: number } // the store of the head

type At = { position: number }
type Content = At & { message: Message }
const at = ({ event }: { event: At }): At => ({ position: event.position })
const content = ({ event }: { event: Content }): Content => ({
  position: event.position,
  message: event.message,
})

export const publishedRing = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { capacity: number } },
  guards: {
    isTail: ({ context }, { position }: At) => context.tail === position,
    isHead: ({ context }, { position }: At) => context.head === position,
    isThere: ({ context: { slots } }, { position, message }: Content) => {
      const held = slots[position % slots.length]
      return held === 'anything' || held === message
    },
  },
  actions: {
    write: assign({
      slots: ({ context: { slots } }, { position, message }: Content) =>
        slots.with(position % slots.length, message),
    }),
    publishTail: assign({ tail: (_, { position }: At) => position + 1 }),
    publishHead: assign({ head: (_, { position }: At) => position + 1 }),
  },
}).createMachine({
  id: 'published-ring',
  context: ({ input: { capacity } }) => ({
    tail: 0,
    head: 0,
    slots: Array.from({ length: capacity }, () => 'anything' as const),
  }),
  on: {
    'tail.read': { guard: { type: 'isTail', params: at } },
    'head.read': { guard: { type: 'isHead', params: at } },
    'slot.write': { actions: { type: 'write', params: content } },
    'slot.read': { guard: { type: 'isThere', params: content } },
    'message.send': { actions: { type: 'publishTail', params: at } },
    'message.receive': { actions: { type: 'publishHead', params: at } },
  },
})
