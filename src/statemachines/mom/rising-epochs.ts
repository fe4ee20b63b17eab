/** Nothing of an old epoch is delivered after something of a newer one. Meant as an observer. */
import { assign, setup } from 'xstate'

type Context = { newest: number }

export type Event = { type: 'message.receive'; epoch: number }

const epoch = ({ event }: { event: { epoch: number } }) => ({ epoch: event.epoch })

export const risingEpochs = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isNotOlder: ({ context }, params: { epoch: number }) => params.epoch >= context.newest },
  actions: { remember: assign({ newest: (_, params: { epoch: number }) => params.epoch }) },
}).createMachine({
  id: 'rising-epochs',
  context: { newest: 0 },
  on: {
    'message.receive': {
      guard: { type: 'isNotOlder', params: epoch },
      actions: { type: 'remember', params: epoch },
    },
  },
})
