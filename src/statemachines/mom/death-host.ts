/**
 * The host of a channel's two ends. It learns of a death for certain, and then either starts a successor or
 * stores the death word and rings the survivor, and frees the ring when nobody is left who uses it.
 */
import { assign, setup } from 'xstate'
import type { End } from './identifiers.ts'

type Stage = {
  owner: 'alive' | 'dead' | 'left'
  /** The death word is stored; the survivor's bell is rung. */
  announced: boolean
  rung: boolean
}
type Context = { successors: number; producer: Stage; consumer: Stage; freed: boolean }

export type Event =
  | { type: 'peer.crash'; end: End }
  | { type: 'successor.attach'; end: End }
  | { type: 'death.announce'; end: End } // stores the word of the dead end
  | { type: 'death.ring'; end: End } //     rings the bell of the other
  | { type: 'death.report'; end: End } //   the survivor will not use the ring any more
  | { type: 'ring.leave' } //               the producer, for all is received
  | { type: 'ring.free' }

type OfEnd = { end: End }
const end = ({ event }: { event: OfEnd }): OfEnd => ({ end: event.end })
const ATTACHED: Stage = { owner: 'alive', announced: false, rung: false }

/** Whether an end has no owner that will still use the ring, as far as the host was told. */
export const isGone = ({ owner, announced, rung }: Stage): boolean =>
  owner === 'left' || (owner === 'dead' && announced && rung)

export const deathHost = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { successors: number } },
  guards: {
    mayAttach: ({ context }, params: OfEnd) => {
      const stage = context[params.end]
      return context.successors > 0 && stage.owner === 'dead' && !stage.announced
    },
    mayAnnounce: ({ context }, params: OfEnd) => {
      const stage = context[params.end]
      return stage.owner === 'dead' && !stage.announced
    },
    mayRing: ({ context }, params: OfEnd) => {
      const stage = context[params.end]
      return stage.announced && !stage.rung
    },
    mayFree: ({ context }) => !context.freed && isGone(context.producer) && isGone(context.consumer),
  },
  actions: {
    learn: assign(({ context }, params: OfEnd) => ({
      [params.end]: { ...context[params.end], owner: 'dead' },
    })),
    replace: assign(({ context }, params: OfEnd) => ({
      [params.end]: ATTACHED,
      successors: context.successors - 1,
    })),
    announce: assign(({ context }, params: OfEnd) => ({
      [params.end]: { ...context[params.end], announced: true },
    })),
    ring: assign(({ context }, params: OfEnd) => ({
      [params.end]: { ...context[params.end], rung: true },
    })),
    release: assign(({ context }, params: OfEnd) => ({
      [params.end]: { ...context[params.end], owner: 'left' },
    })),
    free: assign({ freed: true }),
  },
}).createMachine({
  id: 'death-host',
  context: ({ input }) => ({
    successors: input.successors,
    producer: ATTACHED,
    consumer: ATTACHED,
    freed: false,
  }),
  on: {
    'peer.crash': { actions: { type: 'learn', params: end } },
    'successor.attach': {
      guard: { type: 'mayAttach', params: end },
      actions: { type: 'replace', params: end },
    },
    'death.announce': {
      guard: { type: 'mayAnnounce', params: end },
      actions: { type: 'announce', params: end },
    },
    'death.ring': { guard: { type: 'mayRing', params: end }, actions: { type: 'ring', params: end } },
    'death.report': { actions: { type: 'release', params: end } },
    'ring.leave': { actions: { type: 'release', params: () => ({ end: 'producer' as const }) } },
    'ring.free': { guard: 'mayFree', actions: 'free' },
  },
})
