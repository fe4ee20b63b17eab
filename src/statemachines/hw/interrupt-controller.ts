/**
 * The interrupt controller of one CPU: inter-processor interrupts sent to it and not yet taken. An interrupt
 * in flight is a state of this chart; requests of several CPUs wait side by side.
 */
import { assign, setup } from 'xstate'
import type { Cpu } from '../identifiers.ts'
import { including, without } from '../sets.ts'

type Context = { pending: Cpu[] }

export type Event =
  | { type: 'ipi.send'; source: Cpu; target: Cpu } // arrives at the target's controller
  | { type: 'ipi.take'; source: Cpu; target: Cpu } // the target enters its handler

type OfSource = { source: Cpu }
const source = ({ event }: { event: OfSource }): OfSource => ({ source: event.source })

export const interruptController = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: { isPending: ({ context }, params: OfSource) => context.pending.includes(params.source) },
  actions: {
    latch: assign({ pending: ({ context }, params: OfSource) => including(context.pending, params.source) }),
    deliver: assign({ pending: ({ context }, params: OfSource) => without(context.pending, params.source) }),
  },
}).createMachine({
  id: 'interrupt-controller',
  context: { pending: [] },
  on: {
    'ipi.send': { actions: { type: 'latch', params: source } },
    'ipi.take': {
      guard: { type: 'isPending', params: source },
      actions: { type: 'deliver', params: source },
    },
  },
})
