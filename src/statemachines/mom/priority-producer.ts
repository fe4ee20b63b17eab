/**
 * The producer of a channel with priorities. A message goes by the lane of its kind. After each it reads the
 * consumer's flag, and rings where the flag is armed. What it is asked for it answers before all else.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Lane, Message } from './identifiers.ts'
import { LEAVE } from './priority-consumer.ts'

type Context = {
  /** Which lane each message goes by. */
  lanes: { [message: Message]: Lane }
  asked: boolean
  /** Whether it still sends of its own accord; it answers in any case. */
  initiates: boolean
}

export type Event =
  | { type: 'message.send'; lane: Lane; message: Message } // publishes the tail
  | { type: 'flag.read'; armed: boolean } //                  after that: does the consumer want a notice?
  | { type: 'flag.take'; armed: boolean } //                  takes the flag down: was it still armed?
  | { type: 'doorbell.ring' } //                              wakes the consumer, if it sleeps by then
  | { type: 'leave.ask' } //                                  a request arrives on the channel the other way
  | { type: 'producer.stop' } //                              has nothing more to send

type OfMessage = { lane: Lane; message: Message }
type Read = { lane?: Lane; armed: boolean }
const sent = ({ event }: { event: OfMessage }): OfMessage => ({ lane: event.lane, message: event.message })
const read = ({ event }: { event: Read }): Read => ({ armed: event.armed })

export const priorityProducer = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { lanes: { [message: Message]: Lane } },
  },
  guards: {
    goesBy: ({ context }, params: OfMessage) => context.lanes[params.message] === params.lane,
    mayInitiate: ({ context }, params: OfMessage) =>
      context.initiates && !context.asked && params.message !== LEAVE,
    mayAnswer: ({ context }, params: OfMessage) => context.asked && params.message === LEAVE,
    mayStop: ({ context }) => context.initiates,
    wantsNotice: (_, params: Read) => params.armed,
  },
  actions: {
    noteRequest: assign({ asked: true }),
    answer: assign({ asked: false }),
    stop: assign({ initiates: false }),
  },
}).createMachine({
  id: 'priority-producer',
  context: ({ input }) => ({ lanes: input.lanes, asked: false, initiates: true }),
  initial: 'idle',
  on: { 'leave.ask': { actions: 'noteRequest' } },
  states: {
    idle: {
      on: {
        'message.send': [
          {
            guard: allOf({ type: 'goesBy', params: sent }, { type: 'mayAnswer', params: sent }),
            target: 'published',
            actions: 'answer',
          },
          {
            guard: allOf({ type: 'goesBy', params: sent }, { type: 'mayInitiate', params: sent }),
            target: 'published',
          },
        ],
        'producer.stop': { guard: 'mayStop', actions: 'stop' },
      },
    },
    published: {
      on: {
        'flag.read': [
          { guard: { type: 'wantsNotice', params: read }, target: 'ringing' },
          { target: 'idle' },
        ],
      },
    },
    ringing: {
      on: {
        'flag.take': [
          { guard: { type: 'wantsNotice', params: read }, target: 'notifying' },
          { target: 'idle' },
        ],
      },
    },
    notifying: { on: { 'doorbell.ring': 'idle' } },
  },
})
