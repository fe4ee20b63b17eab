/**
 * A slot of a ring: a payload of two halves, each written and read by an access of its own. So a payload that
 * is read while it is written, or before, shows: as halves that do not belong together, or as nothing.
 */
import { assign, setup } from 'xstate'
import type { Content, Half, Message, Slot } from './identifiers.ts'

type Context = { first: Content; second: Content }

export type Event =
  | { type: 'slot.write'; slot: Slot; half: Half; message: Message }
  | { type: 'slot.read'; slot: Slot; half: Half; content: Content }

type OfWrite = { half: Half; message: Message }
type OfRead = { half: Half; content: Content }
const written = ({ event }: { event: OfWrite }): OfWrite => ({ half: event.half, message: event.message })
const read = ({ event }: { event: OfRead }): OfRead => ({ half: event.half, content: event.content })

export const ringSlot = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { holds: ({ context }, params: OfRead) => context[params.half] === params.content },
  actions: { store: assign((_, params: OfWrite) => ({ [params.half]: params.message })) },
}).createMachine({
  id: 'ring-slot',
  context: { first: 'none', second: 'none' },
  on: {
    'slot.write': { actions: { type: 'store', params: written } },
    'slot.read': { guard: { type: 'holds', params: read } },
  },
})
