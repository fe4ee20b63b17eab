/**
 * The ring of messages under way, each with the number of the buffer its payload is in. Nobody asks whether it
 * has space: credit is leave to use it.
 */
import { assign, setup } from 'xstate'
import type { Buffer, Message } from './identifiers.ts'

export type Descriptor = { message: Message; buffer: Buffer }
type Context = { descriptors: Descriptor[] }

export type Event =
  | { type: 'message.send'; message: Message; buffer: Buffer }
  | { type: 'message.receive'; message: Message; buffer: Buffer }
  | { type: 'consumer.sleep' } // sleeps, for nothing is there

const descriptor = ({ event }: { event: Descriptor }): Descriptor => ({
  message: event.message,
  buffer: event.buffer,
})

export const activeRing = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isNext: ({ context: { descriptors } }, params: Descriptor) =>
      descriptors[0]?.message === params.message && descriptors[0].buffer === params.buffer,
    isEmpty: ({ context }) => context.descriptors.length === 0,
  },
  actions: {
    append: assign({ descriptors: ({ context }, params: Descriptor) => [...context.descriptors, params] }),
    remove: assign({
      descriptors: ({ context }, params: Descriptor) =>
        context.descriptors.filter(({ message }) => message !== params.message),
    }),
  },
}).createMachine({
  id: 'active-ring',
  context: { descriptors: [] },
  on: {
    'message.send': { actions: { type: 'append', params: descriptor } },
    'message.receive': {
      guard: { type: 'isNext', params: descriptor },
      actions: { type: 'remove', params: descriptor },
    },
    'consumer.sleep': { guard: 'isEmpty' },
  },
})
