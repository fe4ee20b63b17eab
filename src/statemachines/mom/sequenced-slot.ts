/**
 * One slot of a ring that may be overwritten while it is read. Its sequence word says which position it holds
 * and whether the content is whole; a reader looks at the word before and after it copies the content.
 */
import { assign, setup } from 'xstate'
import type { Content, Half, Message, Slot, Subscriber } from './identifiers.ts'

type Context = {
  /** The position it holds, or is being written for. */
  position: number
  written: boolean
  content: { first: Content; second: Content }
}

export type Event =
  | { type: 'slot.claim'; slot: Slot; position: number } //                                        being written
  | { type: 'slot.write'; slot: Slot; half: Half; message: Message }
  | { type: 'message.send'; slot: Slot; position: number; message: Message } //                    whole
  | { type: 'slot.look'; subscriber: Subscriber; slot: Slot; position: number; written: boolean }
  | { type: 'topic.empty'; subscriber: Subscriber; slot: Slot; position: number; written: boolean } // a look
  | { type: 'slot.copy'; subscriber: Subscriber; slot: Slot; half: Half; message: Message }

type Word = { position: number; written: boolean }
type Part = { half: Half; message: Message }
const word = ({ event }: { event: Word }): Word => ({ position: event.position, written: event.written })
const part = ({ event }: { event: Part }): Part => ({ half: event.half, message: event.message })
const position = ({ event }: { event: { position: number } }) => ({ position: event.position })

export const sequencedSlot = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { position: number } },
  guards: {
    shows: ({ context }, params: Word) =>
      context.position === params.position && context.written === params.written,
    holds: ({ context }, params: Part) => context.content[params.half] === params.message,
    isClaimedFor: ({ context }, params: { position: number }) =>
      context.position === params.position && !context.written,
  },
  actions: {
    claim: assign({ position: (_, params: { position: number }) => params.position, written: false }),
    write: assign({
      content: ({ context }, { half, message }: Part) => ({ ...context.content, [half]: message }),
    }),
    complete: assign({ written: true }),
  },
}).createMachine({
  id: 'sequenced-slot',
  context: ({ input }) => ({
    position: input.position,
    written: true,
    content: { first: 'none', second: 'none' },
  }),
  on: {
    'slot.claim': { actions: { type: 'claim', params: position } },
    'slot.write': { actions: { type: 'write', params: part } },
    'message.send': { guard: { type: 'isClaimedFor', params: position }, actions: 'complete' },
    'slot.look': { guard: { type: 'shows', params: word } },
    'topic.empty': { guard: { type: 'shows', params: word } },
    'slot.copy': { guard: { type: 'holds', params: part } },
  },
})
