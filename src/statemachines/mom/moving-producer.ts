/**
 * A producer whose channel can be moved under it, or whose role can pass to a successor. It publishes a batch and
 * then reads the fence: what lies behind it was not accepted, and is offered again on the next path.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Message, Party, Producer, Ring } from './identifiers.ts'

type Path = { ring: Ring; epoch: number }
type Context = Path & {
  messages: Message[]
  /** The most messages it publishes before it reads the fence. */
  batch: number
  /** The sequence of the next message: message and sequence count together. */
  position: number
  unchecked: number
  /** The owner at the start. */
  isFirst: boolean
}

type Store = Path & { sequence: number; message: Message }
export type Event =
  | ({ type: 'message.send' | 'message.late'; producer: Producer } & Store)
  | { type: 'bell.ring'; party: Party } //                     after a batch, in case the consumer sleeps
  | { type: 'fence.read'; party: Party; epoch: number; fence: number | 'none' }
  | { type: 'upgrade.begin'; successor: Party } //             it may be chosen while it has no role
  | { type: 'end.rest'; party: Party } //                      between two operations it stops
  | { type: 'state.import'; successor: Party; ring: Ring; epoch: number; sequence: number }
  | { type: 'end.redirect'; party: Party; ring: Ring; epoch: number; isOwner: boolean }
  | { type: 'peer.crash'; party: Party }

type Fence = { epoch: number; fence: number | 'none' }
const store = ({ event }: { event: Store }): Store => ({
  ring: event.ring,
  epoch: event.epoch,
  sequence: event.sequence,
  message: event.message,
})
const fence = ({ event }: { event: Fence }): Fence => ({ epoch: event.epoch, fence: event.fence })
const path = ({ event }: { event: Path }): Path => ({ ring: event.ring, epoch: event.epoch })
const start = ({ event }: { event: { sequence: number } }) => ({ position: event.sequence })
const role = ({ event }: { event: { isOwner: boolean } }) => ({ isOwner: event.isOwner })

const publish = {
  guard: allOf({ type: 'isNext', params: store }, 'hasBatchLeft'),
  target: 'publishing',
  actions: 'publish',
} as const
const follow = { target: 'ready', actions: { type: 'follow', params: path } } as const

export const movingProducer = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { messages: readonly Message[]; batch: number; isFirst: boolean },
  },
  guards: {
    isNext: ({ context }, params: Store) =>
      params.ring === context.ring &&
      params.epoch === context.epoch &&
      params.sequence === context.position &&
      params.message === context.messages[context.position],
    hasBatchLeft: ({ context }) => context.unchecked < context.batch,
    isOpen: ({ context }, params: Fence) => params.epoch === context.epoch && params.fence === 'none',
    isFenced: ({ context }, params: Fence) => params.epoch === context.epoch && params.fence !== 'none',
    isOwner: (_, params: { isOwner: boolean }) => params.isOwner,
    isFirst: ({ context }) => context.isFirst,
  },
  actions: {
    publish: assign(({ context }) => ({
      position: context.position + 1,
      unchecked: context.unchecked + 1,
    })),
    settle: assign({ unchecked: 0 }),
    takeBack: assign(({ context }, params: Fence) => ({
      position: params.fence === 'none' ? context.position : params.fence,
      unchecked: 0,
    })),
    follow: assign((_, params: Path) => params),
    takePosition: assign((_, params: { position: number }) => params),
  },
}).createMachine({
  id: 'moving-producer',
  context: ({ input }) => ({
    ring: 'ring0',
    epoch: 0,
    messages: [...input.messages],
    batch: input.batch,
    position: 0,
    unchecked: 0,
    isFirst: input.isFirst,
  }),
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'isFirst', target: 'ready' }, { target: 'standby' }] },
    standby: {
      on: {
        'upgrade.begin': {},
        'state.import': {
          actions: [
            { type: 'follow', params: path },
            { type: 'takePosition', params: start },
          ],
        },
        'end.redirect': 'ready',
        'peer.crash': 'dead',
      },
    },
    ready: {
      on: {
        'message.send': publish,
        'message.late': publish,
        'end.rest': 'resting',
        'end.redirect': follow,
        'peer.crash': 'dead',
      },
    },
    publishing: {
      on: {
        'message.send': publish,
        'message.late': publish,
        'bell.ring': 'checking',
        'peer.crash': 'dead',
      },
    },
    checking: {
      on: {
        'fence.read': [
          { guard: { type: 'isOpen', params: fence }, target: 'ready', actions: 'settle' },
          {
            guard: { type: 'isFenced', params: fence },
            target: 'fenced',
            actions: { type: 'takeBack', params: fence },
          },
        ],
        'peer.crash': 'dead',
      },
    },
    fenced: { on: { 'end.redirect': follow, 'peer.crash': 'dead' } },
    resting: {
      on: {
        'end.redirect': [
          { guard: { type: 'isOwner', params: role }, target: 'ready' },
          { target: 'standby' },
        ],
        'peer.crash': 'dead',
      },
    },
    // Its host rings for it: it may have died after it published and before it rang.
    dead: {
      on: { 'end.rest': {}, 'end.redirect': {} },
      initial: 'unannounced',
      states: { unannounced: { on: { 'bell.ring': 'announced' } }, announced: {} },
    },
  },
})
