/**
 * A subscriber's record, one word that both sides change by compare-and-swap: absent, joining, the position the
 * subscriber has come to, or cut. Whoever is second finds out, so nobody is cut off and gone at once.
 */
import { assign, setup } from 'xstate'
import type { Subscriber } from './identifiers.ts'

/** What the word holds. */
export type Cursor = 'absent' | 'joining' | 'cut' | number

type Context = { cursor: Cursor }

export type Event =
  | { type: 'cursor.announce'; subscriber: Subscriber } //                   absent to joining
  | { type: 'cursor.set'; subscriber: Subscriber; position: number } //      joining to a position
  | { type: 'cursor.advance'; subscriber: Subscriber; position: number } //  a position to the next, if not cut
  | { type: 'cursor.read'; subscriber: Subscriber; cursor: Cursor } //       by the publisher
  | { type: 'subscriber.cut'; subscriber: Subscriber; cursor: Cursor } //    the publisher swaps that for cut
  | { type: 'cut.miss'; subscriber: Subscriber; cursor: Cursor } //          the swap fails: it has moved
  | { type: 'cut.learn'; subscriber: Subscriber; cursor: Cursor } //         the subscriber finds that, and is told
  | { type: 'subscriber.leave'; subscriber: Subscriber } //                  a position to absent

const found = ({ event }: { event: { cursor: Cursor } }) => ({ cursor: event.cursor })
const position = ({ event }: { event: { position: number } }) => ({ position: event.position })

export const subscriptionRecord = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    holds: ({ context }, params: { cursor: Cursor }) => context.cursor === params.cursor,
    mayBeCut: ({ context }, params: { cursor: Cursor }) => context.cursor === params.cursor,
    hasMoved: ({ context }, params: { cursor: Cursor }) => context.cursor !== params.cursor,
    isPosition: ({ context }) => typeof context.cursor === 'number',
  },
  actions: {
    announce: assign({ cursor: 'joining' }),
    move: assign({ cursor: (_, params: { position: number }) => params.position }),
    cut: assign({ cursor: 'cut' }),
    vacate: assign({ cursor: 'absent' }),
    leave: assign({ cursor: 'absent' }),
  },
}).createMachine({
  id: 'subscription-record',
  context: { cursor: 'absent' },
  on: {
    'cursor.announce': { actions: 'announce' },
    'cursor.set': { actions: { type: 'move', params: position } },
    'cursor.advance': { guard: 'isPosition', actions: { type: 'move', params: position } },
    'cursor.read': { guard: { type: 'holds', params: found } },
    'subscriber.cut': { guard: { type: 'mayBeCut', params: found }, actions: 'cut' },
    'cut.miss': { guard: { type: 'hasMoved', params: found } },
    'cut.learn': { guard: { type: 'holds', params: found }, actions: 'vacate' },
    'subscriber.leave': { guard: 'isPosition', actions: 'leave' },
  },
})
