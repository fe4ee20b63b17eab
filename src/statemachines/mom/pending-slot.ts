/**
 * One slot of a client's table of pending requests. A request holds it until its outcome; the name (slot and
 * generation) stays owed until its answer has come, and is not used again before.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { CallKind, Message, Slot } from './identifiers.ts'

type Context = {
  /** Generations wrap here. In memory they are one bit each of a mask. */
  generations: number
  generation: number
  message: Message | 'none'
  /** The generations whose answer has not come. */
  owed: number[]
}

type OfMessage = { message: Message }
type OfGeneration = { generation: number }
type OfSlot = { slot: Slot }

export type Event =
  | ({ type: 'request.call' } & OfMessage & OfSlot & OfGeneration)
  | ({ type: 'message.receive'; kind: CallKind } & OfSlot & OfGeneration) // an answer, for this slot
  | ({ type: 'request.complete' } & OfMessage & OfSlot & OfGeneration) //    its outcome is the answer
  | ({ type: 'answer.drop' } & OfSlot & OfGeneration) //                     it comes too late
  | ({ type: 'request.expire' } & OfMessage & OfSlot) //                     its outcome is a time-out
  | ({ type: 'request.cancel' } & OfMessage & OfSlot) //                     its outcome is the withdrawal
  | ({ type: 'request.fail' } & OfMessage & OfSlot) //                       its outcome is an error
  | { type: 'death.find' } //                                                no answer comes any more
  | { type: 'table.free' }

const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })
const generation = ({ event }: { event: OfGeneration }): OfGeneration => ({ generation: event.generation })
const both = ({ event }: { event: OfMessage & OfGeneration }) => ({
  message: event.message,
  generation: event.generation,
})

export const pendingSlot = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { generations: number } },
  guards: {
    isFree: ({ context }) => context.message === 'none',
    isNext: ({ context }, params: OfGeneration) =>
      params.generation === (context.generation + 1) % context.generations,
    isNotOwed: ({ context }, params: OfGeneration) => !context.owed.includes(params.generation),
    holds: ({ context }, params: OfMessage) => context.message === params.message,
    isOfThisGeneration: ({ context }, params: OfGeneration) => context.generation === params.generation,
    isLate: ({ context }, params: OfGeneration) =>
      context.message === 'none' || context.generation !== params.generation,
  },
  actions: {
    take: assign(({ context }, params: OfMessage & OfGeneration) => ({
      ...params,
      owed: [...context.owed, params.generation].sort((one, other) => one - other),
    })),
    settle: assign({
      owed: ({ context }, params: OfGeneration) => context.owed.filter((one) => one !== params.generation),
    }),
    release: assign({ message: 'none' }),
    withdraw: assign({ message: 'none' }),
    giveUp: assign({ owed: [] }),
  },
}).createMachine({
  id: 'pending-slot',
  context: ({ input }) => ({ generations: input.generations, generation: 0, message: 'none', owed: [] }),
  on: {
    'request.call': {
      guard: allOf(
        'isFree',
        { type: 'isNext', params: generation },
        { type: 'isNotOwed', params: generation },
      ),
      actions: { type: 'take', params: both },
    },
    'message.receive': { actions: { type: 'settle', params: generation } },
    'request.complete': {
      guard: allOf({ type: 'holds', params: message }, { type: 'isOfThisGeneration', params: generation }),
      actions: 'release',
    },
    'answer.drop': { guard: { type: 'isLate', params: generation } },
    'request.expire': { guard: { type: 'holds', params: message }, actions: 'release' },
    'request.cancel': { guard: { type: 'holds', params: message }, actions: 'withdraw' },
    'request.fail': { guard: { type: 'holds', params: message }, actions: 'release' },
    'death.find': { actions: 'giveUp' },
    'table.free': { guard: 'isFree' },
  },
})
