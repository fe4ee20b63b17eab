/**
 * Time that passes while nothing else happens. With it a run may stay in any state in which nothing is bound to
 * happen, so a claim of progress cannot lean on events that only may: a time-out, a death, a close.
 */
import { setup } from 'xstate'

export type Event = { type: 'time.pass' }

export const passingTime = setup({ types: { events: {} as Event } }).createMachine({
  id: 'passing-time',
  on: { 'time.pass': {} },
})
