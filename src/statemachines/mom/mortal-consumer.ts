/**
 * The consumer of a ring whose ends may die. It sleeps while the ring is empty and asks only then whether the
 * producer is dead; it reports that when it has found the ring empty once more. A successor goes on from the head.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Verdict } from './death-word.ts'
import type { End, Message } from './identifiers.ts'

type Context = {
  head: number
  taken: Message | 'none'
  /** The producer has not been rung for since this end changed something, or took over. */
  owesRing: boolean
}

export type Event =
  | { type: 'tail.read'; position: number }
  | { type: 'head.read'; position: number } //  a successor's first step
  | { type: 'slot.read'; position: number; message: Message }
  | { type: 'message.receive'; position: number; message: Message }
  | { type: 'bell.ring'; bell: End } //                    the producer's bell
  | { type: 'bell.read' }
  | { type: 'death.read'; verdict: Verdict }
  | { type: 'thread.park' }
  | { type: 'thread.wake' }
  | { type: 'death.report' } //                 tells its own side that the producer is dead
  | { type: 'peer.crash' }
  | { type: 'successor.attach' }

type At = { position: number }
type Content = At & { message: Message }
type Word = { verdict: Verdict }
const at = ({ event }: { event: At }): At => ({ position: event.position })
const word = ({ event }: { event: Word }): Word => ({ verdict: event.verdict })
const content = ({ event }: { event: Content }): Content => ({
  position: event.position,
  message: event.message,
})

export const mortalConsumer = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    owesRing: ({ context }) => context.owesRing,
    owesNothing: ({ context }) => !context.owesRing,
    isBeyond: ({ context }, { position }: At) => position > context.head,
    isLeftOver: ({ context }, { position }: At) => position > context.head,
    isHere: ({ context }, { position }: Content) => position === context.head,
    isTaken: ({ context }, { message }: Content) => message === context.taken,
    isDead: (_, { verdict }: Word) => verdict === 'dead',
  },
  actions: {
    take: assign({ taken: (_, { message }: Content) => message }),
    publish: assign({ head: ({ context }) => context.head + 1, taken: 'none', owesRing: true }),
    settle: assign({ owesRing: false }),
    adopt: assign({ head: (_, { position }: At) => position, taken: 'none', owesRing: true }),
  },
}).createMachine({
  id: 'mortal-consumer',
  context: { head: 0, taken: 'none', owesRing: false },
  initial: 'attached',
  states: {
    attached: {
      on: { 'peer.crash': 'crashed' },
      initial: 'looking',
      states: {
        adopting: {
          on: { 'head.read': { target: 'looking', actions: { type: 'adopt', params: at } } },
        },
        looking: {
          on: {
            'bell.ring': { guard: 'owesRing', actions: 'settle' },
            'tail.read': [
              { guard: allOf('owesNothing', { type: 'isBeyond', params: at }), target: 'reading' },
              { guard: 'owesNothing', target: 'arming' },
            ],
          },
        },
        reading: {
          on: {
            'slot.read': {
              guard: { type: 'isHere', params: content },
              target: 'releasing',
              actions: { type: 'take', params: content },
            },
          },
        },
        releasing: {
          on: {
            'message.receive': {
              guard: allOf({ type: 'isHere', params: content }, { type: 'isTaken', params: content }),
              target: 'looking',
              actions: 'publish',
            },
          },
        },
        arming: { on: { 'bell.read': 'rechecking' } },
        rechecking: {
          on: {
            'tail.read': [{ guard: { type: 'isBeyond', params: at }, target: 'reading' }, 'asking'],
          },
        },
        asking: {
          on: {
            'death.read': [{ guard: { type: 'isDead', params: word }, target: 'concluding' }, 'parking'],
          },
        },
        parking: { on: { 'thread.park': 'parked' } },
        parked: { on: { 'thread.wake': 'looking' } },
        concluding: {
          on: {
            'tail.read': [{ guard: { type: 'isLeftOver', params: at }, target: 'reading' }, 'reporting'],
          },
        },
        reporting: { on: { 'death.report': '#mortal-consumer.informed' } },
      },
    },
    crashed: { on: { 'successor.attach': 'attached.adopting' } },
    informed: {},
  },
})
