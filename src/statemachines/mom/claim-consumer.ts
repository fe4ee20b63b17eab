/**
 * The one consumer of a ring with several producers. It takes what is committed at its position, and frees a
 * slot that was claimed and not committed only when it has read that the claim's owner is dead.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Verdict } from './death-word.ts'
import type { Producer } from './identifiers.ts'
import { after } from './wrapping.ts'

type Context = { positions: number; position: number; owner: Producer | 'none' }

export type Event =
  | { type: 'commit.read'; position: number } //                      the message there is whole
  | { type: 'claim.read'; producer: Producer; position: number } //   somebody is at it, or was
  | { type: 'message.receive'; producer: Producer; position: number }
  | { type: 'slot.release'; position: number }
  | { type: 'death.read'; producer: Producer; verdict: Verdict }
  | { type: 'slot.skip'; producer: Producer; position: number }
  | { type: 'slot.keep'; producer: Producer; position: number }

type At = { position: number }
type Claim = At & { producer: Producer }
type Word = { producer: Producer; verdict: Verdict }
const at = ({ event }: { event: At }): At => ({ position: event.position })
const claim = ({ event }: { event: Claim }): Claim => ({ position: event.position, producer: event.producer })
const word = ({ event }: { event: Word }): Word => ({ producer: event.producer, verdict: event.verdict })

export const claimConsumer = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { positions: number; first: number } },
  guards: {
    isHere: ({ context }, { position }: At) => context.position === position,
    isOwner: ({ context }, { producer }: { producer: Producer }) => context.owner === producer,
    isDead: (_, { verdict }: Word) => verdict === 'dead',
  },
  actions: {
    remember: assign({ owner: (_, { producer }: Claim) => producer }),
    forget: assign({ owner: 'none' }),
    goOn: assign({ position: ({ context }) => after(context.position, context.positions) }),
  },
}).createMachine({
  id: 'claim-consumer',
  context: ({ input: { positions, first } }) => ({ positions, position: first, owner: 'none' }),
  initial: 'looking',
  states: {
    looking: {
      on: {
        'commit.read': { guard: { type: 'isHere', params: at }, target: 'taking' },
        'claim.read': {
          guard: { type: 'isHere', params: at },
          target: 'blocked',
          actions: { type: 'remember', params: claim },
        },
      },
    },
    taking: {
      on: { 'message.receive': { guard: { type: 'isHere', params: at }, target: 'releasing' } },
    },
    releasing: {
      on: { 'slot.release': { guard: { type: 'isHere', params: at }, target: 'looking', actions: 'goOn' } },
    },
    blocked: {
      on: {
        'death.read': [
          {
            guard: allOf({ type: 'isOwner', params: word }, { type: 'isDead', params: word }),
            target: 'recovering',
          },
          { guard: { type: 'isOwner', params: word }, target: 'looking', actions: 'forget' },
        ],
      },
    },
    recovering: {
      on: {
        'slot.skip': {
          guard: allOf({ type: 'isHere', params: at }, { type: 'isOwner', params: claim }),
          target: 'looking',
          actions: ['goOn', 'forget'],
        },
        'slot.keep': {
          guard: allOf({ type: 'isHere', params: at }, { type: 'isOwner', params: claim }),
          target: 'looking',
          actions: 'forget',
        },
      },
    },
  },
})
