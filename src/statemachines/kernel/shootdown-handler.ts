/**
 * The interrupt handler of a shootdown on one target CPU: take the request, act on the own TLB, and only
 * then acknowledge. The acknowledgement is the promise that the old translation is gone.
 */
import { assign, setup } from 'xstate'
import type { Cpu, Page } from '../identifiers.ts'
import { including, without } from '../sets.ts'

/** Requests by the CPU they came from: taken and not acted on; acted on and not acknowledged. */
type Context = { taken: Cpu[]; served: Cpu[] }

export type Event =
  | { type: 'ipi.take'; source: Cpu; target: Cpu }
  | { type: 'tlb.invalidate'; source: Cpu; target: Cpu; page: Page } // the one page, if nothing else was missed
  | { type: 'tlb.flush'; source: Cpu; target: Cpu } //                  everything, if something was
  | { type: 'flush.skip'; source: Cpu; target: Cpu } //                 nothing was missed, or another space is loaded
  | { type: 'space.drop'; source: Cpu; target: Cpu } //                 lazy: leave the space instead of flushing
  | { type: 'ipi.acknowledge'; source: Cpu; target: Cpu }

type OfSource = { source: Cpu }
const source = ({ event }: { event: OfSource }): OfSource => ({ source: event.source })

/** A request that was taken is served, and now owes an acknowledgement. */
const toServed = ({ context }: { context: Context }, params: OfSource) => ({
  taken: without(context.taken, params.source),
  served: including(context.served, params.source),
})

const serving = {
  guard: { type: 'isTaken', params: source },
  actions: { type: 'serve', params: source },
} as const

export const shootdownHandler = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isTaken: ({ context }, params: OfSource) => context.taken.includes(params.source),
    isServed: ({ context }, params: OfSource) => context.served.includes(params.source),
  },
  actions: {
    take: assign({ taken: ({ context }, params: OfSource) => including(context.taken, params.source) }),
    serve: assign(toServed),
    serveByLeaving: assign(toServed), // a decision of its own: a handler may forget this way of serving
    acknowledge: assign({
      taken: ({ context }, params: OfSource) => without(context.taken, params.source),
      served: ({ context }, params: OfSource) => without(context.served, params.source),
    }),
  },
}).createMachine({
  id: 'shootdown-handler',
  context: { taken: [], served: [] },
  on: {
    'ipi.take': { actions: { type: 'take', params: source } },
    'tlb.invalidate': serving,
    'tlb.flush': serving,
    'flush.skip': serving,
    'space.drop': {
      guard: { type: 'isTaken', params: source },
      actions: { type: 'serveByLeaving', params: source },
    },
    'ipi.acknowledge': {
      guard: { type: 'isServed', params: source },
      actions: { type: 'acknowledge', params: source },
    },
  },
})
