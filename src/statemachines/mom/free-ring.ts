/**
 * The ring of free buffer numbers: the consumer returns, the sender takes. It has a place for every buffer, so it
 * is never full; but who looks at an old head may think so.
 */
import { assign, setup } from 'xstate'
import type { Buffer } from './identifiers.ts'

type Context = { buffers: Buffer[] }

export type Event =
  | { type: 'buffer.return'; buffer: Buffer }
  | { type: 'buffer.take'; buffer: Buffer }
  | { type: 'head.read'; free: number } // by the consumer: how many numbers are in it

type OfBuffer = { buffer: Buffer }
type OfFree = { free: number }
const buffer = ({ event }: { event: OfBuffer }): OfBuffer => ({ buffer: event.buffer })
const free = ({ event }: { event: OfFree }): OfFree => ({ free: event.free })

export const freeRing = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isNext: ({ context }, params: OfBuffer) => context.buffers[0] === params.buffer,
    holds: ({ context }, params: OfFree) => context.buffers.length === params.free,
  },
  actions: {
    append: assign({ buffers: ({ context }, params: OfBuffer) => [...context.buffers, params.buffer] }),
    removeNext: assign({ buffers: ({ context }) => context.buffers.slice(1) }),
  },
}).createMachine({
  id: 'free-ring',
  context: { buffers: [] },
  on: {
    'buffer.return': { actions: { type: 'append', params: buffer } },
    'buffer.take': { guard: { type: 'isNext', params: buffer }, actions: 'removeNext' },
    'head.read': { guard: { type: 'holds', params: free } },
  },
})
