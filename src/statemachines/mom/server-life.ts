/**
 * What a client knows of its server's life: it finds it dead only when it has taken every answer that was
 * published before. The level of the replies is that of the ring's two indices.
 */
import { assign, setup } from 'xstate'
import type { CallKind } from './identifiers.ts'

type Context = { unread: number }

export type Event =
  | { type: 'message.send'; kind: CallKind } //    an answer
  | { type: 'message.receive'; kind: CallKind } // an answer
  | { type: 'server.die' }
  | { type: 'death.find' }
  | { type: 'request.fail' }
  | { type: 'cancel.forgo' }

export const serverLife = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isDrained: ({ context }) => context.unread === 0 },
  actions: {
    publish: assign({ unread: ({ context }) => context.unread + 1 }),
    take: assign({ unread: ({ context }) => context.unread - 1 }),
  },
}).createMachine({
  id: 'server-life',
  context: { unread: 0 },
  on: { 'message.send': { actions: 'publish' }, 'message.receive': { actions: 'take' } },
  initial: 'alive',
  states: {
    alive: { on: { 'server.die': 'dead' } },
    dead: { on: { 'death.find': { guard: 'isDrained' }, 'request.fail': {}, 'cancel.forgo': {} } },
  },
})
