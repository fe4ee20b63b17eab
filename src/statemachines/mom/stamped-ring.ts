/**
 * A transport of a channel that can be moved: a ring whose slots are stamped, last of all, with their sequence and
 * epoch, so that a slot of another epoch is not there. The head grants room; sequences count on across transports.
 */
import { assign, setup } from 'xstate'
import type { End, Message, Party, Ring } from './identifiers.ts'

type Stamp = { sequence: number; epoch: number }
type Slot = Stamp & { message: Message }
type Context = {
  slots: (Slot | 'none')[]
  head: number
  /** Where the newest epoch of this ring begins; a slot of an older one is valid only before. */
  base: number
}

type Place = { ring: Ring; epoch: number; sequence: number }
export type Event =
  | ({ type: 'message.send'; message: Message } & Place)
  | ({ type: 'message.late'; message: Message } & Place) //     the same store behind the fence: not accepted
  | ({ type: 'slot.look' } & Place) //                          the stamp is there
  | ({ type: 'message.receive'; message: Message } & Place) //  advances the head
  | ({ type: 'consumer.park' } & Place) //                      the stamp is not there
  | ({ type: 'path.fence' } & Place) //                         finds the first slot not stamped
  | ({ type: 'state.export'; end: End } & Place) //             where that end is
  | { type: 'state.import'; successor: Party; sequence: number } // begins there
  | { type: 'upgrade.abort'; ring: Ring; sequence: number } //  begins there again, with the next epoch
  | { type: 'peer.crash'; party: Party } //                     the transport cannot be had

type Position = { end: End; sequence: number; epoch: number }
const stamp = ({ event }: { event: Stamp }): Stamp => ({ sequence: event.sequence, epoch: event.epoch })
const slot = ({ event }: { event: Slot }): Slot => ({
  sequence: event.sequence,
  epoch: event.epoch,
  message: event.message,
})
const start = ({ event }: { event: { sequence: number } }) => ({ sequence: event.sequence })
const position = ({ event }: { event: Position }): Position => ({
  end: event.end,
  sequence: event.sequence,
  epoch: event.epoch,
})

const isStamped = ({ slots }: Context, { sequence, epoch }: Stamp): boolean => {
  const found = slots[sequence % slots.length]!
  return found !== 'none' && found.sequence === sequence && found.epoch === epoch
}

/** The first position that no slot of this epoch has. */
export function tailOf(context: Context, epoch: number): number {
  let sequence = Math.max(context.head, context.base)
  while (isStamped(context, { sequence, epoch })) sequence++
  return sequence
}

export const stampedRing = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { capacity: number } },
  guards: {
    hasRoom: ({ context }, params: Stamp) => params.sequence - context.head < context.slots.length,
    isThere: ({ context }, params: Stamp) => isStamped(context, params),
    isNotThere: ({ context }, params: Stamp) => !isStamped(context, params),
    holds: ({ context: { slots } }, params: Slot) => {
      const found = slots[params.sequence % slots.length]!
      return found !== 'none' && found.message === params.message && found.epoch === params.epoch
    },
    isTail: ({ context }, params: Stamp) => tailOf(context, params.epoch) === params.sequence,
    isPosition: ({ context }, params: Position) =>
      params.sequence === (params.end === 'producer' ? tailOf(context, params.epoch) : context.head),
  },
  actions: {
    store: assign({
      slots: ({ context: { slots } }, params: Slot) =>
        slots.map((old, index) => (index === params.sequence % slots.length ? params : old)),
    }),
    advance: assign({ head: (_, params: Stamp) => params.sequence + 1 }),
    grantRoom: assign({ head: (_, params: { sequence: number }) => params.sequence }),
    begin: assign({ base: (_, params: { sequence: number }) => params.sequence }),
  },
}).createMachine({
  id: 'stamped-ring',
  context: ({ input }) => ({
    slots: Array.from({ length: input.capacity }, () => 'none' as const),
    head: 0,
    base: 0,
  }),
  on: {
    'message.send': {
      guard: { type: 'hasRoom', params: stamp },
      actions: { type: 'store', params: slot },
    },
    'message.late': {
      guard: { type: 'hasRoom', params: stamp },
      actions: { type: 'store', params: slot },
    },
    'slot.look': { guard: { type: 'isThere', params: stamp } },
    'message.receive': {
      guard: { type: 'holds', params: slot },
      actions: { type: 'advance', params: stamp },
    },
    'consumer.park': { guard: { type: 'isNotThere', params: stamp } },
    'path.fence': { guard: { type: 'isTail', params: stamp } },
    'state.export': { guard: { type: 'isPosition', params: position } },
    'upgrade.abort': { actions: { type: 'begin', params: start } },
  },
  initial: 'usable',
  states: {
    usable: {
      on: {
        'state.import': {
          actions: [
            { type: 'grantRoom', params: start },
            { type: 'begin', params: start },
          ],
        },
        'peer.crash': 'lost',
      },
    },
    lost: {},
  },
})
