/**
 * The initiator of a TLB shootdown on one CPU: withdraw a translation, tell every CPU that may hold it, wait
 * for all acknowledgements, and only then free the frame. The order of these steps is the protocol.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Cpu, Frame, Page } from '../identifiers.ts'
import { including, without } from '../sets.ts'

type Context = {
  cpu: Cpu
  others: Cpu[]
  page: Page | 'none'
  frame: Frame | 'none'
  /** CPUs not yet looked at; then those that were interrupted and have not acknowledged. */
  untold: Cpu[]
  unacknowledged: Cpu[]
  /** Whether the change has been made known by a new generation of the space. */
  published: boolean
  /** Whether no later change of the space has been made since this one. */
  newest: boolean
}

export type Event =
  | { type: 'page.clear'; cpu: Cpu; page: Page; frame: Frame } //                 the translation is withdrawn
  | { type: 'generation.increment'; cpu: Cpu; page: Page } //                     the change is published
  | { type: 'ipi.send'; source: Cpu; target: Cpu; page: Page } //                 a CPU is told
  | { type: 'ipi.skip'; source: Cpu; target: Cpu; page: Page } //                 a CPU need not be told
  | { type: 'ipi.take'; source: Cpu; target: Cpu } //                             this CPU is itself interrupted
  | { type: 'tlb.invalidate'; source: Cpu; target: Cpu; page: Page } //           a target acts on the request
  | { type: 'ipi.acknowledge'; source: Cpu; target: Cpu } //                      a target has acted
  | { type: 'frame.free'; cpu: Cpu; frame: Frame } //                             the frame is given back
  | { type: 'lazy.enter'; cpu: Cpu } //                                           not in the middle of a shootdown
  | { type: 'space.leave'; cpu: Cpu } //                                          likewise

type OfPage = { page: Page }
type OfTarget = { target: Cpu }
const request = ({ event }: { event: { page: Page; frame: Frame } }) => ({
  page: event.page,
  frame: event.frame,
})
const increment = ({ event }: { event: { cpu: Cpu; page: Page } }) => ({ cpu: event.cpu, page: event.page })
const page = ({ event }: { event: OfPage }): OfPage => ({ page: event.page })
const target = ({ event }: { event: OfTarget }): OfTarget => ({ target: event.target })
const told = ({ event }: { event: OfTarget & OfPage }) => ({ target: event.target, page: event.page })
const freed = ({ event }: { event: { frame: Frame } }) => ({ frame: event.frame })

export const shootdown = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { cpu: Cpu; cpus: readonly Cpu[] } },
  guards: {
    isOwn: ({ context }, params: { cpu: Cpu; page: Page }) =>
      params.cpu === context.cpu && params.page === context.page && !context.published,
    isOthers: ({ context }, params: { cpu: Cpu }) => params.cpu !== context.cpu,
    isUntold: ({ context }, params: OfTarget & OfPage) =>
      context.untold.includes(params.target) && context.page === params.page,
    isPublished: ({ context }) => context.published,
    mayTell: ({ context }) => context.published, // after publishing: a CPU that is not told must see the change
    isNewest: ({ context }, params: OfPage) => context.page === params.page && context.newest,
    isAwaited: ({ context }, params: OfTarget) => context.unacknowledged.includes(params.target),
    allTold: ({ context }) => context.untold.length === 0,
    allAcknowledged: ({ context }) => context.unacknowledged.length === 0,
    ownsFrame: ({ context }, params: { frame: Frame }) => context.frame === params.frame,
    isInterruptible: () => true,
  },
  actions: {
    withdraw: assign(({ context }, params: { page: Page; frame: Frame }) => ({
      ...params,
      untold: context.others,
    })),
    publish: assign({ published: true, newest: true }),
    fallBehind: assign({ newest: false }),
    tell: assign({
      untold: ({ context }, params: OfTarget) => without(context.untold, params.target),
      unacknowledged: ({ context }, params: OfTarget) => including(context.unacknowledged, params.target),
    }),
    pass: assign({ untold: ({ context }, params: OfTarget) => without(context.untold, params.target) }),
    settle: assign({
      unacknowledged: ({ context }, params: OfTarget) => without(context.unacknowledged, params.target),
    }),
    forget: assign({ page: 'none', frame: 'none', published: false, newest: false }),
  },
}).createMachine({
  id: 'shootdown',
  context: ({ input: { cpu, cpus } }) => ({
    cpu,
    others: cpus.filter((other) => other !== cpu),
    page: 'none',
    frame: 'none',
    untold: [],
    unacknowledged: [],
    published: false,
    newest: false,
  }),
  on: { 'ipi.take': { guard: 'isInterruptible' } }, // waiting with interrupts off would deadlock two initiators
  initial: 'idle',
  states: {
    idle: {
      on: {
        'page.clear': { target: 'busy', actions: { type: 'withdraw', params: request } },
        'generation.increment': { guard: { type: 'isOthers', params: increment } },
        'lazy.enter': {},
        'space.leave': {},
      },
    },
    busy: {
      on: {
        'generation.increment': [
          { guard: { type: 'isOwn', params: increment }, actions: 'publish' },
          { guard: { type: 'isOthers', params: increment }, actions: 'fallBehind' },
        ],
        'ipi.send': {
          guard: allOf('mayTell', { type: 'isUntold', params: told }),
          actions: { type: 'tell', params: target },
        },
        'ipi.skip': {
          guard: allOf('mayTell', { type: 'isUntold', params: told }),
          actions: { type: 'pass', params: target },
        },
        'tlb.invalidate': { guard: { type: 'isNewest', params: page } },
        'ipi.acknowledge': {
          guard: { type: 'isAwaited', params: target },
          actions: { type: 'settle', params: target },
        },
        'frame.free': {
          guard: allOf('isPublished', 'allTold', 'allAcknowledged', { type: 'ownsFrame', params: freed }),
          target: 'idle',
          actions: 'forget',
        },
      },
    },
  },
})
