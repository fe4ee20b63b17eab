/**
 * What the server knows of one name. Withdrawals travel beside the requests: one may come before its request,
 * during the work, or after the answer, so it says which call it means, for another may have the name by then.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { CallKind, Message, Slot } from './identifiers.ts'

type Context = {
  /** The last call of this name. */
  message: Message | 'none'
  /** A call that was withdrawn and has not come. */
  early: Message | 'none'
  isWithdrawn: boolean
  /** Answers that the last call is to get and that have not been begun. */
  due: number
}

export type Event =
  | { type: 'message.receive'; kind: CallKind; message: Message; slot: Slot; generation: number }
  | { type: 'work.begin'; slot: Slot; generation: number }
  | { type: 'work.end'; slot: Slot; generation: number }
  | { type: 'work.skip'; slot: Slot; generation: number } // nobody waits for it
  | { type: 'answer.begin'; message: Message; slot: Slot; generation: number }
  | { type: 'server.die' }

type OfKind = { kind: CallKind }
type OfMessage = { message: Message }
const kind = ({ event }: { event: OfKind }): OfKind => ({ kind: event.kind })
const message = ({ event }: { event: OfMessage }): OfMessage => ({ message: event.message })

/** Calls are numbered; of two with one name the later has the higher number. */
const numberOf = (call: Message | 'none'): number =>
  call === 'none' ? -1 : Number(call.slice('message'.length))

export const serverJob = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isRequest: (_, params: OfKind) => params.kind === 'request',
    isNewer: ({ context }, params: OfMessage) => numberOf(params.message) > numberOf(context.message),
    isThisCall: ({ context }, params: OfMessage) => params.message === context.message,
    isWithdrawn: ({ context }) => context.isWithdrawn,
    isWanted: ({ context }) => !context.isWithdrawn,
    isDue: ({ context }) => context.due > 0,
    isAnswered: ({ context }, params: OfMessage) => context.message === params.message,
  },
  actions: {
    accept: assign(({ context }, params: OfMessage) => ({
      message: params.message,
      isWithdrawn: context.early === params.message,
      early: 'none' as const,
    })),
    remember: assign({ early: (_, params: OfMessage) => params.message }),
    withdraw: assign({ isWithdrawn: true }),
    tellWorker: assign({ isWithdrawn: true }),
    owe: assign(({ context }) => ({ due: context.due + 1, isWithdrawn: false })),
    oweForWork: assign(({ context }) => ({ due: context.due + 1, isWithdrawn: false })),
    settle: assign({ due: ({ context }) => context.due - 1 }),
    lose: assign({ message: 'none', early: 'none', due: 0, isWithdrawn: false }),
  },
}).createMachine({
  id: 'server-job',
  context: { message: 'none', early: 'none', isWithdrawn: false, due: 0 },
  on: {
    'answer.begin': { guard: allOf('isDue', { type: 'isAnswered', params: message }), actions: 'settle' },
    'server.die': { target: '.lost', actions: 'lose' },
  },
  initial: 'answered',
  states: {
    answered: {
      on: {
        'message.receive': [
          {
            guard: { type: 'isRequest', params: kind },
            target: 'waiting',
            actions: { type: 'accept', params: message },
          },
          {
            guard: { type: 'isNewer', params: message },
            actions: { type: 'remember', params: message },
          },
          {},
        ],
      },
    },
    waiting: {
      on: {
        'message.receive': [{ guard: { type: 'isThisCall', params: message }, actions: 'withdraw' }, {}],
        'work.begin': { guard: 'isWanted', target: 'working' },
        'work.skip': { guard: 'isWithdrawn', target: 'answered', actions: 'owe' },
      },
    },
    working: {
      on: {
        'message.receive': [{ guard: { type: 'isThisCall', params: message }, actions: 'tellWorker' }, {}],
        'work.end': { target: 'answered', actions: 'oweForWork' },
      },
    },
    lost: {},
  },
})
