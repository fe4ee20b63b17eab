/**
 * The word an end sleeps on. It counts how often it was rung; who read it sleeps only while it has not been
 * rung since (a futex, Atomics.wait). All that matters of the count is whether it has moved.
 */
import { assign, setup } from 'xstate'
import type { End } from './identifiers.ts'

type Context = { rung: boolean; parked: boolean }

export type Event =
  | { type: 'bell.read' }
  | { type: 'bell.ring'; bell: End }
  | { type: 'death.ring' } //    the host rings it
  | { type: 'thread.park' } //   compares and sleeps in one step
  | { type: 'thread.wake' } //   or never slept, for the count had moved
  | { type: 'peer.crash' } //    its owner dies, asleep or not

export const bell = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isRung: ({ context }) => context.rung },
  actions: {
    read: assign({ rung: false }),
    ring: assign({ rung: true }),
    park: assign({ parked: true }),
    rise: assign({ parked: false }),
  },
}).createMachine({
  id: 'bell',
  context: { rung: false, parked: false },
  on: {
    'bell.read': { actions: 'read' },
    'bell.ring': { actions: 'ring' },
    'death.ring': { actions: 'ring' },
    'thread.park': { actions: 'park' },
    'thread.wake': { guard: 'isRung', actions: 'rise' },
    'peer.crash': { actions: 'rise' },
  },
})
