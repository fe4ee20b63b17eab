/**
 * A consumer whose channel can be moved under it, or whose role can pass to a successor. It looks for the stamp of
 * the next slot and then reads the fence; it leaves a path only when it has taken all before the fence.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Consumer, Message, Party, Ring } from './identifiers.ts'

type Path = { ring: Ring; epoch: number }
type Context = Path & {
  position: number
  isParked: boolean
  /** The owner at the start. */
  isFirst: boolean
}

type Place = Path & { consumer: Consumer; sequence: number }
export type Event =
  | ({ type: 'slot.look' } & Place)
  | { type: 'fence.read'; party: Party; epoch: number; fence: number | 'none' }
  | ({ type: 'message.receive'; message: Message } & Place)
  | ({ type: 'consumer.park' } & Place) //                     nothing is there, and the path is open
  | { type: 'bell.ring'; consumer: Consumer }
  | { type: 'upgrade.begin'; successor: Party } //             it may be chosen while it has no role
  | { type: 'end.rest'; party: Party } //                      between two operations it stops
  | { type: 'state.import'; successor: Party; ring: Ring; epoch: number; sequence: number }
  | { type: 'end.redirect'; party: Party; ring: Ring; epoch: number; isOwner: boolean }
  | { type: 'peer.crash'; party: Party }

type Fence = { epoch: number; fence: number | 'none' }
type Position = Path & { sequence: number }
const position = ({ event }: { event: Position }): Position => ({
  ring: event.ring,
  epoch: event.epoch,
  sequence: event.sequence,
})
const fence = ({ event }: { event: Fence }): Fence => ({ epoch: event.epoch, fence: event.fence })
const path = ({ event }: { event: Path }): Path => ({ ring: event.ring, epoch: event.epoch })
const start = ({ event }: { event: Position }) => ({ position: event.sequence })
const role = ({ event }: { event: { isOwner: boolean } }) => ({ isOwner: event.isOwner })

export const movingConsumer = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { isFirst: boolean } },
  guards: {
    isNext: ({ context }, params: Position) =>
      params.ring === context.ring && params.epoch === context.epoch && params.sequence === context.position,
    isHere: ({ context }, params: Position) =>
      params.ring === context.ring && params.sequence === context.position,
    isBeforeTheFence: ({ context }, params: Fence) =>
      params.epoch === context.epoch && (params.fence === 'none' || params.fence > context.position),
    isDrained: ({ context }, params: Fence) =>
      params.epoch === context.epoch && params.fence === context.position,
    isOnPath: ({ context }, params: Path) => params.epoch === context.epoch,
    isAwake: ({ context }) => !context.isParked,
    isOwner: (_, params: { isOwner: boolean }) => params.isOwner,
    isFirst: ({ context }) => context.isFirst,
  },
  actions: {
    take: assign({ position: ({ context }) => context.position + 1 }),
    park: assign({ isParked: true }),
    hear: assign({ isParked: false }),
    follow: assign((_, params: Path) => params),
    takePosition: assign((_, params: { position: number }) => params),
    wakeUp: assign({ isParked: false }),
  },
}).createMachine({
  id: 'moving-consumer',
  context: ({ input }) => ({
    ring: 'ring0',
    epoch: 0,
    position: 0,
    // Who has no role sleeps until it is given one.
    isParked: !input.isFirst,
    isFirst: input.isFirst,
  }),
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'isFirst', target: 'looking' }, { target: 'standby' }] },
    standby: {
      on: {
        'upgrade.begin': {},
        'state.import': {
          actions: [
            { type: 'follow', params: path },
            { type: 'takePosition', params: start },
          ],
        },
        'end.redirect': { target: 'looking', actions: 'wakeUp' },
        'bell.ring': {},
        'peer.crash': 'dead',
      },
    },
    looking: {
      on: {
        'slot.look': { guard: allOf('isAwake', { type: 'isNext', params: position }), target: 'judging' },
        'fence.read': { guard: allOf('isAwake', { type: 'isDrained', params: fence }), target: 'drained' },
        'consumer.park': {
          guard: allOf('isAwake', { type: 'isNext', params: position }),
          actions: 'park',
        },
        'bell.ring': { actions: 'hear' },
        'end.rest': { guard: 'isAwake', target: 'resting' },
        'peer.crash': 'dead',
      },
    },
    judging: {
      on: {
        'fence.read': [
          { guard: { type: 'isBeforeTheFence', params: fence }, target: 'taking' },
          { guard: { type: 'isDrained', params: fence }, target: 'drained' },
        ],
        'bell.ring': {},
        'peer.crash': 'dead',
      },
    },
    taking: {
      on: {
        'message.receive': {
          guard: { type: 'isHere', params: position },
          target: 'looking',
          actions: 'take',
        },
        'bell.ring': {},
        'peer.crash': 'dead',
      },
    },
    drained: {
      on: {
        'end.redirect': { target: 'looking', actions: { type: 'follow', params: path } },
        'bell.ring': {},
        'peer.crash': 'dead',
      },
    },
    resting: {
      on: {
        'end.redirect': [
          { guard: { type: 'isOwner', params: role }, target: 'looking' },
          { target: 'standby', actions: 'park' },
        ],
        'bell.ring': {},
        'peer.crash': 'dead',
      },
    },
    // It cannot drain the old path any more, so it does not leave it: only a successor may.
    dead: {
      on: {
        'end.rest': {},
        'end.redirect': { guard: { type: 'isOnPath', params: path } },
        'bell.ring': {},
      },
    },
  },
})
