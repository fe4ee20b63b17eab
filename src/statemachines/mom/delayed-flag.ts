/**
 * The word by which one end says that it sleeps, or is about to. Its own stores wait in its store buffer; what
 * the other end exchanges takes effect at once. It sleeps on the word as on a futex: only while it is armed.
 */
import { assign, setup } from 'xstate'
import type { End } from './identifiers.ts'

type Context = { isArmed: boolean; waiting: 'nothing' | 'armed' | 'clear' }

export type Event =
  | { type: 'flag.arm' }
  | { type: 'flag.disarm' }
  | { type: 'store.drain'; end: End; word: 'flag' }
  | { type: 'store.fence' }
  | { type: 'flag.read'; armed: boolean } // by the other end
  | { type: 'flag.take'; armed: boolean } // by the other end: an exchange that leaves it clear
  | { type: 'thread.park' } //               compares and sleeps, in one step
  | { type: 'thread.stay' } //               compares and does not sleep

type OfArmed = { armed: boolean }
const armed = ({ event }: { event: OfArmed }): OfArmed => ({ armed: event.armed })

export const delayedFlag = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isWaiting: ({ context }) => context.waiting !== 'nothing',
    isDrained: ({ context }) => context.waiting === 'nothing',
    isRead: ({ context }, params: OfArmed) => context.isArmed === params.armed,
    isTaken: ({ context }, params: OfArmed) => context.isArmed === params.armed,
    isArmed: ({ context }) => context.isArmed,
    isClear: ({ context }) => !context.isArmed,
  },
  actions: {
    arm: assign({ waiting: 'armed' }),
    disarm: assign({ waiting: 'clear' }),
    drain: assign(({ context }) => ({ isArmed: context.waiting === 'armed', waiting: 'nothing' as const })),
    clear: assign({ isArmed: false }),
  },
}).createMachine({
  id: 'delayed-flag',
  context: { isArmed: false, waiting: 'nothing' },
  on: {
    'flag.arm': { actions: 'arm' },
    'flag.disarm': { actions: 'disarm' },
    'store.drain': { guard: 'isWaiting', actions: 'drain' },
    'store.fence': { guard: 'isDrained' },
    'flag.read': { guard: { type: 'isRead', params: armed } },
    'flag.take': { guard: { type: 'isTaken', params: armed }, actions: 'clear' },
    'thread.park': { guard: 'isArmed' },
    'thread.stay': { guard: 'isClear' },
  },
})
