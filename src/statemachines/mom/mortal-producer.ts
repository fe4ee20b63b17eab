/**
 * The producer of a ring whose ends may die. It sleeps while the ring is full, and at the end until all is
 * received; it asks whether the consumer is dead only then. A successor goes on from the published tail.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Verdict } from './death-word.ts'
import type { End, Message } from './identifiers.ts'

type Context = {
  capacity: number
  messages: number
  tail: number
  written: boolean
  /** The consumer has not been rung for since this end changed something, or took over. */
  owesRing: boolean
  /** Messages given back to this end, which the dead consumer had not received. */
  returned: number | 'none'
}

export type Event =
  | { type: 'head.read'; position: number }
  | { type: 'tail.read'; position: number } //  a successor's first step
  | { type: 'slot.write'; position: number; message: Message }
  | { type: 'message.send'; position: number; message: Message }
  | { type: 'bell.ring'; bell: End } //                    the consumer's bell
  | { type: 'bell.read' }
  | { type: 'death.read'; verdict: Verdict }
  | { type: 'thread.park' }
  | { type: 'thread.wake' }
  | { type: 'death.report' } //                 tells its own side that the consumer is dead
  | { type: 'ring.leave' }
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

export const mortalProducer = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { capacity: number; messages: number },
  },
  guards: {
    owesRing: ({ context }) => context.owesRing,
    owesNothing: ({ context }) => !context.owesRing,
    hasSpace: ({ context: { tail, messages, capacity } }, { position }: At) =>
      tail < messages && tail - position < capacity,
    isDrained: ({ context: { tail, messages } }, { position }: At) => tail === messages && position === tail,
    isOwn: ({ context: { tail } }, { position, message }: Content) =>
      position === tail && message === `message${tail}`,
    isUnwritten: ({ context }) => !context.written,
    isWritten: ({ context }) => context.written,
    isDead: (_, { verdict }: Word) => verdict === 'dead',
  },
  actions: {
    write: assign({ written: true }),
    publish: assign({ tail: ({ context }) => context.tail + 1, written: false, owesRing: true }),
    settle: assign({ owesRing: false }),
    adopt: assign({ tail: (_, { position }: At) => position, written: false, owesRing: true }),
    takeBack: assign({ returned: ({ context }, { position }: At) => context.tail - position }),
  },
}).createMachine({
  id: 'mortal-producer',
  context: ({ input }) => ({ ...input, tail: 0, written: false, owesRing: false, returned: 'none' }),
  initial: 'attached',
  states: {
    attached: {
      on: { 'peer.crash': 'crashed' },
      initial: 'reserving',
      states: {
        adopting: {
          on: { 'tail.read': { target: 'reserving', actions: { type: 'adopt', params: at } } },
        },
        reserving: {
          on: {
            'bell.ring': { guard: 'owesRing', actions: 'settle' },
            'head.read': [
              { guard: allOf('owesNothing', { type: 'hasSpace', params: at }), target: 'filling' },
              { guard: allOf('owesNothing', { type: 'isDrained', params: at }), target: 'leaving' },
              { guard: 'owesNothing', target: 'arming' },
            ],
          },
        },
        filling: {
          on: {
            'slot.write': {
              guard: allOf('isUnwritten', { type: 'isOwn', params: content }),
              actions: 'write',
            },
            'message.send': {
              guard: allOf('isWritten', { type: 'isOwn', params: content }),
              target: 'reserving',
              actions: 'publish',
            },
          },
        },
        arming: { on: { 'bell.read': 'rechecking' } },
        rechecking: {
          on: {
            'head.read': [
              { guard: { type: 'hasSpace', params: at }, target: 'filling' },
              { guard: { type: 'isDrained', params: at }, target: 'leaving' },
              { target: 'asking' },
            ],
          },
        },
        asking: {
          on: {
            'death.read': [{ guard: { type: 'isDead', params: word }, target: 'concluding' }, 'parking'],
          },
        },
        parking: { on: { 'thread.park': 'parked' } },
        parked: { on: { 'thread.wake': 'reserving' } },
        concluding: {
          on: { 'head.read': { target: 'reporting', actions: { type: 'takeBack', params: at } } },
        },
        reporting: { on: { 'death.report': '#mortal-producer.informed' } },
        leaving: { on: { 'ring.leave': '#mortal-producer.left' } },
      },
    },
    crashed: { on: { 'successor.attach': 'attached.adopting' } },
    informed: {},
    left: {},
  },
})
