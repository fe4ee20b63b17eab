/**
 * A judge of overtaking: while a message of its lane waits, at most so many of certain other lanes are taken.
 * With the lanes below it bounds inversion; with those above, starvation. It only observes.
 */
import { assign, setup } from 'xstate'
import type { Lane, Message } from './identifiers.ts'
import { LEAVE } from './priority-consumer.ts'

type Context = {
  lane: Lane
  others: readonly Lane[]
  max: number
  waiting: number
  /** Taken from the other lanes since a message waits, or since the last of its lane was taken. */
  overtaken: number
}

export type Event =
  | { type: 'message.send'; lane: Lane; message: Message }
  | { type: 'message.receive'; lane: Lane; message: Message }
  | { type: 'leave.ask' } // from here until leave is given the lane waits for more than its turn

type Taken = { lane: Lane; message: Message }
const taken = ({ event }: { event: Taken }): Taken => ({ lane: event.lane, message: event.message })

export const overtaking = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { lane: Lane; others: readonly Lane[]; max: number },
  },
  guards: {
    isOwn: ({ context }, params: Taken) => params.lane === context.lane,
    isHarmless: ({ context }, params: Taken) =>
      context.waiting === 0 || !context.others.includes(params.lane),
    isWithinBound: ({ context }) => context.overtaken < context.max,
    givesLeave: (_, params: Taken) => params.message === LEAVE,
  },
  actions: {
    addWaiting: assign({ waiting: ({ context }) => context.waiting + 1 }),
    serve: assign({ waiting: ({ context }) => context.waiting - 1, overtaken: 0 }),
    count: assign({ overtaken: ({ context }) => context.overtaken + 1 }),
    startAgain: assign({ overtaken: 0 }),
  },
}).createMachine({
  id: 'overtaking',
  context: ({ input }) => ({ ...input, waiting: 0, overtaken: 0 }),
  initial: 'counting',
  on: {
    'message.send': [{ guard: { type: 'isOwn', params: taken }, actions: 'addWaiting' }, {}],
  },
  states: {
    counting: {
      on: {
        'message.receive': [
          { guard: { type: 'isOwn', params: taken }, actions: 'serve' },
          { guard: { type: 'isHarmless', params: taken } },
          { guard: 'isWithinBound', actions: 'count' },
        ],
        'leave.ask': { target: 'excused', actions: 'startAgain' },
      },
    },
    excused: {
      on: {
        'message.receive': [{ guard: { type: 'givesLeave', params: taken }, target: 'counting' }, {}],
      },
    },
  },
})
