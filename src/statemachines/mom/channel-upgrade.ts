/**
 * Who moves a channel to another transport, or one end of it to another owner. It fences or stops the old, exports
 * its position, imports it into the successor, decides by one store, and redirects the ends.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Consumer, End, Party, Producer, Ring } from './identifiers.ts'

type Context = {
  ring: Ring
  producer: Producer
  consumer: Consumer
  /** What this upgrade puts in the place of what. */
  successor: Party | 'none'
  former: Party | 'none'
  /** The position that passes on. */
  position: number
  /** One store decides between commit and abort. */
  isDecided: boolean
  /** Ends that have not seen the outcome. */
  untold: Party[]
  /** Upgrades that may still begin: a bound of the search. */
  upgrades: number
}

type OfParty = { party: Party }
type OfSuccessor = { successor: Party }
type OfSequence = { sequence: number }
type Path = { ring: Ring; epoch: number }
type Redirect = OfParty & { isOwner: boolean }

export type Event =
  | ({ type: 'upgrade.begin' } & OfSuccessor)
  | ({ type: 'path.fence' } & OfSequence & Path)
  | { type: 'bell.ring'; party: Party | 'upgrade'; consumer: Consumer }
  | ({ type: 'end.rest' } & OfParty) //                   the old owner, between two operations, or dead
  | ({ type: 'state.export'; end: End } & OfSequence & Path)
  | ({ type: 'state.import' } & OfSuccessor & OfSequence & Path)
  | ({ type: 'upgrade.commit' } & OfSuccessor)
  | ({ type: 'upgrade.abort'; ring: Ring } & OfSequence) // at any time before the commit: it may be impatient
  | { type: 'bell.bind'; consumer: Consumer }
  | ({ type: 'end.redirect' } & Redirect & Path)
  | ({ type: 'consumer.park'; consumer: Consumer } & OfSequence & Path)
  | ({ type: 'peer.crash' } & OfParty) //                 a transport that is not in service

const party = ({ event }: { event: OfParty }): OfParty => ({ party: event.party })
const successor = ({ event }: { event: OfSuccessor }): OfSuccessor => ({ successor: event.successor })
const sequence = ({ event }: { event: OfSequence }): OfSequence => ({ sequence: event.sequence })
const end = ({ event }: { event: { end: End } }) => ({ end: event.end })
const consumer = ({ event }: { event: { consumer: Consumer } }) => ({ consumer: event.consumer })
const told = ({ event }: { event: Redirect }): Redirect => ({
  party: event.party,
  isOwner: event.isOwner,
})

/** What of a channel a successor takes the place of: its transport, or the owner of one of its ends. */
const placeOf = (id: Party | 'none'): 'ring' | 'producer' | 'consumer' =>
  id.startsWith('producer') ? 'producer' : id.startsWith('consumer') ? 'consumer' : 'ring'

export const channelUpgrade = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { upgrades: number } },
  guards: {
    mayBegin: ({ context }, params: OfSuccessor) =>
      context.upgrades > 0 && context[placeOf(params.successor)] !== params.successor,
    movesTransport: (_, params: OfSuccessor) => placeOf(params.successor) === 'ring',
    changesConsumer: (_, params: OfSuccessor) => placeOf(params.successor) === 'consumer',
    isMove: ({ context }) => placeOf(context.successor) === 'ring',
    keepsConsumer: ({ context }) => placeOf(context.successor) === 'producer',
    isFormer: ({ context }, params: OfParty) => context.former === params.party,
    isChanging: ({ context }, params: { end: End }) => placeOf(context.successor) === params.end,
    isSuccessor: ({ context }, params: OfSuccessor) => context.successor === params.successor,
    isPosition: ({ context }, params: OfSequence) => context.position === params.sequence,
    isSpare: ({ context }, params: OfParty) => context.ring !== params.party,
    isUndecided: ({ context }) => !context.isDecided,
    hasStopped: ({ context }) => context.untold.length > 0,
    isOwner: ({ context }, params: { consumer: Consumer }) => context.consumer === params.consumer,
    isTold: ({ context }, params: Redirect) =>
      context.untold.includes(params.party) &&
      params.isOwner === (context.producer === params.party || context.consumer === params.party),
    isLastToTell: ({ context }) => context.untold.length === 1,
  },
  actions: {
    begin: assign(({ context }, params: OfSuccessor) => ({
      successor: params.successor,
      former: context[placeOf(params.successor)],
      isDecided: false,
      upgrades: context.upgrades - 1,
    })),
    fence: assign(({ context }, params: OfSequence) => ({
      position: params.sequence,
      untold: [context.consumer, context.producer],
    })),
    stop: assign({ untold: (_, params: OfParty) => [params.party] }),
    note: assign({ position: (_, params: OfSequence) => params.sequence }),
    handOver: assign(({ context }, params: OfSuccessor) => ({
      [placeOf(params.successor)]: params.successor,
      untold:
        placeOf(params.successor) === 'ring' ? context.untold : [...context.untold, params.successor].sort(),
      isDecided: true,
    })),
    restore: assign(({ context }) => ({ [placeOf(context.former)]: context.former, isDecided: true })),
    tell: assign({
      untold: ({ context }, params: OfParty) => context.untold.filter((one) => one !== params.party),
    }),
    finish: assign({ successor: 'none', former: 'none', untold: [], isDecided: true, position: 0 }),
  },
}).createMachine({
  id: 'channel-upgrade',
  context: ({ input }) => ({
    ring: 'ring0',
    producer: 'producer0',
    consumer: 'consumer0',
    successor: 'none',
    former: 'none',
    position: 0,
    isDecided: true,
    untold: [],
    upgrades: input.upgrades,
  }),
  on: {
    'upgrade.abort': [
      { guard: allOf('isUndecided', 'hasStopped', 'isMove'), target: '.alerting', actions: 'restore' },
      { guard: allOf('isUndecided', 'hasStopped'), target: '.telling', actions: 'restore' },
      { guard: 'isUndecided', target: '.idle', actions: 'finish' },
    ],
  },
  initial: 'idle',
  states: {
    idle: {
      on: {
        'upgrade.begin': [
          {
            guard: allOf(
              { type: 'mayBegin', params: successor },
              { type: 'movesTransport', params: successor },
            ),
            target: 'moving',
            actions: { type: 'begin', params: successor },
          },
          {
            guard: allOf(
              { type: 'mayBegin', params: successor },
              { type: 'changesConsumer', params: successor },
            ),
            target: 'waking',
            actions: { type: 'begin', params: successor },
          },
          {
            guard: { type: 'mayBegin', params: successor },
            target: 'stopping',
            actions: { type: 'begin', params: successor },
          },
        ],
        'consumer.park': {},
        'peer.crash': { guard: { type: 'isSpare', params: party } },
      },
    },
    moving: {
      on: {
        'path.fence': { target: 'importing', actions: { type: 'fence', params: sequence } },
        'peer.crash': { guard: { type: 'isSpare', params: party } },
      },
    },
    waking: { on: { 'bell.ring': 'stopping' } },
    stopping: {
      on: {
        'end.rest': {
          guard: { type: 'isFormer', params: party },
          target: 'exporting',
          actions: { type: 'stop', params: party },
        },
        'consumer.park': { guard: 'keepsConsumer' },
      },
    },
    exporting: {
      on: {
        'state.export': {
          guard: { type: 'isChanging', params: end },
          target: 'importing',
          actions: { type: 'note', params: sequence },
        },
        'consumer.park': { guard: 'keepsConsumer' },
      },
    },
    importing: {
      on: {
        'state.import': {
          guard: allOf({ type: 'isSuccessor', params: successor }, { type: 'isPosition', params: sequence }),
          target: 'committing',
        },
        'consumer.park': { guard: 'keepsConsumer' },
        'peer.crash': { guard: { type: 'isSpare', params: party } },
      },
    },
    committing: {
      on: {
        'upgrade.commit': [
          {
            guard: allOf({ type: 'isSuccessor', params: successor }, 'isMove'),
            target: 'alerting',
            actions: { type: 'handOver', params: successor },
          },
          {
            guard: allOf(
              { type: 'isSuccessor', params: successor },
              {
                type: 'changesConsumer',
                params: successor,
              },
            ),
            target: 'binding',
            actions: { type: 'handOver', params: successor },
          },
          {
            guard: { type: 'isSuccessor', params: successor },
            target: 'telling',
            actions: { type: 'handOver', params: successor },
          },
        ],
        'consumer.park': { guard: 'keepsConsumer' },
      },
    },
    alerting: { on: { 'bell.ring': 'telling' } },
    binding: {
      on: { 'bell.bind': { guard: { type: 'isOwner', params: consumer }, target: 'telling' } },
    },
    telling: {
      on: {
        'end.redirect': [
          {
            guard: allOf({ type: 'isTold', params: told }, 'isLastToTell'),
            target: 'idle',
            actions: 'finish',
          },
          { guard: { type: 'isTold', params: told }, actions: { type: 'tell', params: party } },
        ],
        'consumer.park': {},
      },
    },
  },
})
