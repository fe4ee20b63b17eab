/**
 * One of several producers of a ring. It claims the position that the tail points at by a compare-and-exchange
 * on the slot's own word, moves the tail on, writes the payload, and commits. It may die between any two steps.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Message, Producer } from './identifiers.ts'

type Context = { messages: number; accepted: number; position: number | 'none'; written: boolean }

export type Event =
  | { type: 'tail.read'; producer: Producer; position: number }
  | { type: 'slot.claim'; producer: Producer; position: number }
  | { type: 'slot.pass'; producer: Producer; position: number }
  | { type: 'message.refuse'; producer: Producer; position: number; message: Message }
  | { type: 'tail.advance'; producer: Producer; position: number }
  | { type: 'payload.write'; producer: Producer; position: number; message: Message }
  | { type: 'message.send'; producer: Producer; position: number; message: Message }
  | { type: 'peer.crash'; producer: Producer }
  | { type: 'death.announce'; producer: Producer } // the host knows that it can do nothing any more

type At = { position: number }
type OfMessage = { message: Message }
const at = ({ event }: { event: At }): At => ({ position: event.position })
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

export const claimProducer = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { messages: number } },
  guards: {
    hasMessage: ({ context }) => context.accepted < context.messages,
    isOwn: ({ context }, { position }: At) => context.position === position,
    isNext: ({ context }, params: OfMessage) => params.message === `message${context.accepted}`,
    isUnwritten: ({ context }) => !context.written,
    isWritten: ({ context }) => context.written,
  },
  actions: {
    remember: assign({ position: (_, { position }: At) => position }),
    write: assign({ written: true }),
    forget: assign({ position: 'none', written: false }),
    count: assign({ accepted: ({ context }) => context.accepted + 1 }),
  },
}).createMachine({
  id: 'claim-producer',
  context: ({ input: { messages } }) => ({ messages, accepted: 0, position: 'none', written: false }),
  initial: 'attached',
  states: {
    attached: {
      on: { 'peer.crash': 'crashed' },
      initial: 'idle',
      states: {
        idle: {
          entry: 'forget',
          on: {
            'tail.read': {
              guard: 'hasMessage',
              target: 'claiming',
              actions: { type: 'remember', params: at },
            },
          },
        },
        claiming: {
          on: {
            'slot.claim': { guard: { type: 'isOwn', params: at }, target: 'owning.announcing' },
            'slot.pass': { guard: { type: 'isOwn', params: at }, target: 'helping' },
            'message.refuse': {
              guard: allOf({ type: 'isOwn', params: at }, { type: 'isNext', params: message }),
              target: 'idle',
            },
          },
        },
        helping: {
          on: { 'tail.advance': { guard: { type: 'isOwn', params: at }, target: 'idle' } },
        },
        owning: {
          initial: 'announcing',
          states: {
            announcing: {
              on: { 'tail.advance': { guard: { type: 'isOwn', params: at }, target: 'filling' } },
            },
            filling: {
              on: {
                'payload.write': {
                  guard: allOf(
                    'isUnwritten',
                    { type: 'isOwn', params: at },
                    { type: 'isNext', params: message },
                  ),
                  actions: 'write',
                },
                'message.send': {
                  guard: allOf(
                    'isWritten',
                    { type: 'isOwn', params: at },
                    { type: 'isNext', params: message },
                  ),
                  target: '#claim-producer.attached.idle',
                  actions: 'count',
                },
              },
            },
          },
        },
      },
    },
    crashed: { on: { 'death.announce': 'announced' } },
    announced: {},
  },
})
