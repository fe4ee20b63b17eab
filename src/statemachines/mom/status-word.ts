/**
 * The word that says how many events there have been, and the lock under which a commit is compared with it
 * and applied. The number is raised before the event's message can be seen.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import { after } from './wrapping.ts'

type Context = { numbers: number; number: number; locked: boolean }

export type Event =
  | { type: 'number.raise'; number: number }
  | { type: 'status.check'; number: number } //       compared with what the reader knows
  | { type: 'status.read'; number: number } //        read together with the state it stands for
  | { type: 'transaction.match'; number: number } //  takes the lock and compares: equal
  | { type: 'transaction.refuse'; number: number } // takes the lock and compares: stale
  | { type: 'transaction.apply'; number: number } //  does it and gives the lock back

type OfNumber = { number: number }
const number = ({ event }: { event: OfNumber }): OfNumber => ({ number: event.number })

export const statusWord = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { numbers: number; first: number } },
  guards: {
    isNext: ({ context }, params: OfNumber) => params.number === after(context.number, context.numbers),
    isUnlocked: ({ context }) => !context.locked,
    holds: ({ context }, params: OfNumber) => params.number === context.number,
    isCurrent: ({ context }, params: OfNumber) => params.number === context.number,
    isStale: ({ context }, params: OfNumber) => params.number !== context.number,
  },
  actions: {
    raise: assign({ number: (_, params: OfNumber) => params.number }),
    lock: assign({ locked: true }),
    unlock: assign({ locked: false }),
  },
}).createMachine({
  id: 'status-word',
  context: ({ input: { numbers, first } }) => ({ numbers, number: first, locked: false }),
  on: {
    'number.raise': {
      guard: allOf('isUnlocked', { type: 'isNext', params: number }),
      actions: { type: 'raise', params: number },
    },
    'status.check': { guard: { type: 'holds', params: number } },
    'status.read': { guard: { type: 'holds', params: number } },
    'transaction.match': { guard: { type: 'isCurrent', params: number }, actions: 'lock' },
    'transaction.refuse': { guard: { type: 'isStale', params: number } },
    'transaction.apply': { actions: 'unlock' },
  },
})
