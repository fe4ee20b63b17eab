/**
 * How far one end of a ring has got, as the other end sees it. A store waits in the store buffer of the end
 * that made it and becomes visible at any later moment; a fence passes only when nothing of this word waits.
 */
import { assign, setup } from 'xstate'
import type { End } from './identifiers.ts'

type Context = { visible: number; stored: number }

export type Event =
  | { type: 'message.send' } //    the producer has stored that one more is sent
  | { type: 'message.receive' } // the consumer has stored that one more is received
  | { type: 'store.drain'; end: End; word: 'index' }
  | { type: 'store.fence' }
  | { type: 'index.read'; value: number } // by the other end

type OfValue = { value: number }
const value = ({ event }: { event: OfValue }): OfValue => ({ value: event.value })

export const delayedIndex = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isWaiting: ({ context }) => context.stored !== context.visible,
    isDrained: ({ context }) => context.stored === context.visible,
    isVisible: ({ context }, params: OfValue) => context.visible === params.value,
  },
  actions: {
    store: assign({ stored: ({ context }) => context.stored + 1 }),
    drain: assign({ visible: ({ context }) => context.stored }),
  },
}).createMachine({
  id: 'delayed-index',
  context: { visible: 0, stored: 0 },
  on: {
    'message.send': { actions: 'store' },
    'message.receive': { actions: 'store' },
    'store.drain': { guard: 'isWaiting', actions: 'drain' },
    'store.fence': { guard: 'isDrained' },
    'index.read': { guard: { type: 'isVisible', params: value } },
  },
})
