/**
 * The path a channel is on: a transport in an epoch, from a sequence on. What is published behind a raised fence
 * was not accepted; only the world sees that at once, a producer finds out when it reads the fence afterwards.
 */
import { assign, setup } from 'xstate'
import type { Consumer, End, Message, Party, Producer, Ring } from './identifiers.ts'

type Path = { ring: Ring; epoch: number }
type Context = Path & { base: number; fence: number | 'none' }

type Store = Path & { producer: Producer; sequence: number; message: Message }
export type Event =
  | ({ type: 'message.send' } & Store)
  | ({ type: 'message.late' } & Store)
  | { type: 'fence.read'; party: Party; epoch: number; fence: number | 'none' } // waits while it is being set
  | ({ type: 'consumer.park'; consumer: Consumer; sequence: number } & Path)
  | { type: 'upgrade.begin'; successor: Party } //                                raises the fence
  | ({ type: 'path.fence'; sequence: number } & Path) //                          and says where it stands
  | ({ type: 'state.export'; end: End; sequence: number } & Path)
  | ({ type: 'state.import'; successor: Party; sequence: number } & Path)
  | { type: 'upgrade.commit'; successor: Party } //                               the next epoch, elsewhere
  | { type: 'upgrade.abort'; ring: Ring; sequence: number } //                    the next epoch, here
  | ({ type: 'end.redirect'; party: Party; isOwner: boolean } & Path)

type Fence = { epoch: number; fence: number | 'none' }
type Place = { ring: Ring; sequence: number }
const path = ({ event }: { event: Path }): Path => ({ ring: event.ring, epoch: event.epoch })
const fence = ({ event }: { event: Fence }): Fence => ({ epoch: event.epoch, fence: event.fence })
const place = ({ event }: { event: Place }): Place => ({ ring: event.ring, sequence: event.sequence })
const sequence = ({ event }: { event: { sequence: number } }) => ({ sequence: event.sequence })
const successor = ({ event }: { event: { successor: Party } }) => ({ successor: event.successor })

const inService = { guard: { type: 'isInService', params: path } } as const

export const pathWord = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isInService: ({ context }, params: Path) =>
      params.ring === context.ring && params.epoch === context.epoch,
    isQuiet: ({ context }, params: Path) => params.ring === context.ring && params.epoch === context.epoch,
    isOfThePast: ({ context }, params: Path) => params.epoch !== context.epoch,
    endsThePast: ({ context }, params: Fence) =>
      params.epoch === context.epoch - 1 && params.fence === context.base,
    isOpen: ({ context }, params: Fence) => params.epoch === context.epoch && params.fence === 'none',
    standsThere: ({ context }, params: Fence) =>
      params.epoch === context.epoch && params.fence === context.fence,
    beginsThere: ({ context }, params: Place) =>
      params.ring === context.ring && params.sequence === context.base,
    goesOnThere: ({ context }, params: Place) =>
      params.ring === context.ring && params.sequence === context.fence,
  },
  actions: {
    setFence: assign({ fence: (_, params: { sequence: number }) => params.sequence }),
    moveOn: assign(({ context }, params: { successor: Party }) => ({
      ring: params.successor as Ring,
      epoch: context.epoch + 1,
      base: context.fence === 'none' ? context.base : context.fence,
      fence: 'none' as const,
    })),
    goOn: assign(({ context }, params: { sequence: number }) => ({
      epoch: context.epoch + 1,
      base: params.sequence,
      fence: 'none' as const,
    })),
  },
}).createMachine({
  id: 'path-word',
  context: { ring: 'ring0', epoch: 0, base: 0, fence: 'none' },
  on: {
    'message.late': { guard: { type: 'isOfThePast', params: path } },
    'fence.read': { guard: { type: 'endsThePast', params: fence } },
    'state.export': inService,
    'state.import': inService,
    'end.redirect': inService,
  },
  initial: 'open',
  states: {
    open: {
      on: {
        'message.send': inService,
        'consumer.park': { guard: { type: 'isQuiet', params: path } },
        'fence.read': { guard: { type: 'isOpen', params: fence } },
        'upgrade.begin': 'raised',
        'upgrade.abort': { guard: { type: 'beginsThere', params: place } },
      },
    },
    raised: {
      on: {
        'message.send': inService,
        'path.fence': {
          guard: { type: 'isInService', params: path },
          target: 'fenced',
          actions: { type: 'setFence', params: sequence },
        },
        'upgrade.abort': { guard: { type: 'beginsThere', params: place }, target: 'open' },
      },
    },
    fenced: {
      on: {
        'message.late': {},
        'fence.read': { guard: { type: 'standsThere', params: fence } },
        'upgrade.commit': { target: 'open', actions: { type: 'moveOn', params: successor } },
        'upgrade.abort': {
          guard: { type: 'goesOnThere', params: place },
          target: 'open',
          actions: { type: 'goOn', params: sequence },
        },
      },
    },
  },
})
