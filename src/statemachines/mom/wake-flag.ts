/**
 * The word by which a consumer says that it is about to sleep and wants to be woken. It sleeps only while the
 * word is armed, as a futex does: who clears the word keeps it awake.
 */
import { setup } from 'xstate'

export type Event =
  | { type: 'flag.arm' }
  | { type: 'flag.clear' }
  | { type: 'flag.read'; armed: boolean }
  | { type: 'flag.take'; armed: boolean } // by who rings, in one access: was it armed? It is not now
  | { type: 'consumer.park' } //  sleeps, for the word is armed
  | { type: 'consumer.stay' } //  does not sleep, for it is not

const armed = ({ event }: { event: { armed: boolean } }) => ({ armed: event.armed })

export const wakeFlag = setup({
  types: { events: {} as Event },
  guards: {
    isArmed: (_, params: { armed: boolean }) => params.armed,
    isClear: (_, params: { armed: boolean }) => !params.armed,
  },
}).createMachine({
  id: 'wake-flag',
  initial: 'clear',
  states: {
    clear: {
      on: {
        'flag.read': { guard: { type: 'isClear', params: armed } },
        'flag.arm': 'armed',
        'flag.clear': {},
        'flag.take': { guard: { type: 'isClear', params: armed } },
        'consumer.stay': {},
      },
    },
    armed: {
      on: {
        'flag.read': { guard: { type: 'isArmed', params: armed } },
        'flag.clear': 'clear',
        'flag.take': { guard: { type: 'isArmed', params: armed }, target: 'clear' },
        'consumer.park': {},
      },
    },
  },
})
