/** What a slot holds beside its state word. Plain memory: whoever writes writes, and unwritten words hold anything. */
import { assign, setup } from 'xstate'
import type { Message, Producer } from './identifiers.ts'

type Content = { producer: Producer; message: Message }
type Context = { content: Content | 'anything' }

export type Event =
  | { type: 'payload.write'; producer: Producer; message: Message }
  | { type: 'message.receive'; producer: Producer; message: Message } // the consumer reads it

const content = ({ event }: { event: Content }): Content => ({
  producer: event.producer,
  message: event.message,
})

export const slotPayload = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isThere: ({ context: { content: held } }, params: Content) =>
      held === 'anything' || (held.producer === params.producer && held.message === params.message),
  },
  actions: { write: assign({ content: (_, params: Content) => params }) },
}).createMachine({
  id: 'slot-payload',
  context: { content: 'anything' },
  on: {
    'payload.write': { actions: { type: 'write', params: content } },
    'message.receive': { guard: { type: 'isThere', params: content } },
  },
})
