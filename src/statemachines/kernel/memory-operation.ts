/**
 * What a CPU is doing to one page: unmapping it, write-protecting it, or giving it a private copy. Each
 * withdraws a translation, flushes it from every other CPU, and only then goes on. It locks its page.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Cpu, Frame, Page } from '../identifiers.ts'
import { including, without } from '../sets.ts'

type Context = {
  cpu: Cpu
  others: Cpu[]
  page: Page | 'none'
  /** The frame whose translation was withdrawn, and for a copy the one that replaces it until installed. */
  frame: Frame | 'none'
  copy: Frame | 'none'
  untold: Cpu[]
  unacknowledged: Cpu[]
}

export type Event =
  | { type: 'page.map'; page: Page; frame: Frame }
  | { type: 'page.clear'; cpu: Cpu; page: Page; frame: Frame } //                begins an unmap
  | { type: 'page.protect'; cpu: Cpu; page: Page; frame: Frame } //              begins a write protection
  | { type: 'page.copy'; cpu: Cpu; page: Page; frame: Frame; copy: Frame } //    begins a copy-on-write break
  | { type: 'page.share'; cpu: Cpu; page: Page; other: Page; frame: Frame } //   fork, one page of it
  | { type: 'page.reuse'; cpu: Cpu; page: Page; frame: Frame } //                a break that needs no copy
  | { type: 'ipi.send'; source: Cpu; target: Cpu; page: Page }
  | { type: 'tlb.invalidate'; source: Cpu; target: Cpu; page: Page }
  | { type: 'ipi.acknowledge'; source: Cpu; target: Cpu }
  | { type: 'protection.end'; cpu: Cpu; page: Page } //                          every core sees it read-only
  | { type: 'page.install'; cpu: Cpu; page: Page; frame: Frame } //              the copy takes the page
  | { type: 'frame.release'; cpu: Cpu; frame: Frame } //                         ends an unmap or a break

type OfPage = { page: Page }
type OfFrame = { frame: Frame }
type OfTarget = { target: Cpu }
const page = ({ event }: { event: OfPage }): OfPage => ({ page: event.page })
const pages = ({ event }: { event: OfPage & { other: Page } }) => ({ page: event.page, other: event.other })
const frame = ({ event }: { event: OfFrame }): OfFrame => ({ frame: event.frame })
const installed = ({ event }: { event: OfPage & OfFrame }) => ({ page: event.page, frame: event.frame })
const target = ({ event }: { event: OfTarget }): OfTarget => ({ target: event.target })
const told = ({ event }: { event: OfTarget & OfPage }) => ({ target: event.target, page: event.page })
const started = ({ event }: { event: { cpu: Cpu; page: Page } }) => ({ cpu: event.cpu, page: event.page })
const request = ({ event }: { event: { page: Page; frame: Frame } }) => ({
  page: event.page,
  frame: event.frame,
  copy: 'none' as const,
})
const breaking = ({ event }: { event: { page: Page; frame: Frame; copy: Frame } }) => ({
  page: event.page,
  frame: event.frame,
  copy: event.copy,
})

/** Events that change an entry; a CPU with an operation on that page refuses those of others. */
const locked = {
  'page.map': { guard: { type: 'leavesAlone', params: page } },
  'page.clear': { guard: { type: 'isOthersElsewhere', params: started } },
  'page.protect': { guard: { type: 'isOthersElsewhere', params: started } },
  'page.copy': { guard: { type: 'isOthersElsewhere', params: started } },
  'page.reuse': { guard: { type: 'isOthersElsewhere', params: started } },
  'page.share': {
    guard: allOf({ type: 'isOthersElsewhere', params: started }, { type: 'leavesBothAlone', params: pages }),
  },
} as const

export const memoryOperation = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { cpu: Cpu; cpus: readonly Cpu[] } },
  guards: {
    isOwn: ({ context }, params: { cpu: Cpu }) => params.cpu === context.cpu,
    isOthersElsewhere: ({ context }, params: { cpu: Cpu; page: Page }) =>
      params.cpu !== context.cpu && params.page !== context.page,
    leavesAlone: ({ context }, params: OfPage) => params.page !== context.page,
    leavesBothAlone: ({ context }, params: { page: Page; other: Page }) =>
      params.page !== context.page && params.other !== context.page,
    copiesElsewhere: (_, params: { frame: Frame; copy: Frame | 'none' }) => params.frame !== params.copy,
    isUntold: ({ context }, params: OfTarget & OfPage) =>
      context.untold.includes(params.target) && context.page === params.page,
    isAwaited: ({ context }, params: OfTarget) => context.unacknowledged.includes(params.target),
    concerns: ({ context }, params: OfPage) => context.page === params.page,
    holds: ({ context }, params: OfFrame) => context.frame === params.frame,
    installs: ({ context }, params: OfPage & OfFrame) =>
      context.page === params.page && context.copy === params.frame,
    mayRelease: ({ context }) => context.untold.length === 0 && context.unacknowledged.length === 0,
    mayInstall: ({ context }) => context.untold.length === 0 && context.unacknowledged.length === 0,
    mayEndProtection: ({ context }) => context.untold.length === 0 && context.unacknowledged.length === 0,
  },
  actions: {
    begin: assign(({ context }, params: { page: Page; frame: Frame; copy: Frame | 'none' }) => ({
      ...params,
      untold: context.others,
    })),
    tell: assign({
      untold: ({ context }, params: OfTarget) => without(context.untold, params.target),
      unacknowledged: ({ context }, params: OfTarget) => including(context.unacknowledged, params.target),
    }),
    settle: assign({
      unacknowledged: ({ context }, params: OfTarget) => without(context.unacknowledged, params.target),
    }),
    handOver: assign({ copy: 'none' }),
    forget: assign({ page: 'none', frame: 'none', copy: 'none' }),
  },
}).createMachine({
  id: 'memory-operation',
  context: ({ input: { cpu, cpus } }) => ({
    cpu,
    others: cpus.filter((other) => other !== cpu),
    page: 'none',
    frame: 'none',
    copy: 'none',
    untold: [],
    unacknowledged: [],
  }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        'page.map': {},
        'page.reuse': {},
        'page.share': {},
        'page.clear': [
          {
            guard: { type: 'isOwn', params: started },
            target: 'busy.releasing',
            actions: { type: 'begin', params: request },
          },
          {},
        ],
        'page.protect': [
          {
            guard: { type: 'isOwn', params: started },
            target: 'busy.protecting',
            actions: { type: 'begin', params: request },
          },
          {},
        ],
        'page.copy': [
          {
            guard: allOf({ type: 'isOwn', params: started }, { type: 'copiesElsewhere', params: breaking }),
            target: 'busy.copying',
            actions: { type: 'begin', params: breaking },
          },
          { guard: allOf({ type: 'isOthersElsewhere', params: started }) },
        ],
      },
    },
    busy: {
      on: {
        ...locked,
        'ipi.send': { guard: { type: 'isUntold', params: told }, actions: { type: 'tell', params: target } },
        'tlb.invalidate': { guard: { type: 'concerns', params: page } },
        'ipi.acknowledge': {
          guard: { type: 'isAwaited', params: target },
          actions: { type: 'settle', params: target },
        },
      },
      initial: 'releasing',
      states: {
        releasing: {
          on: {
            'frame.release': {
              guard: allOf('mayRelease', { type: 'holds', params: frame }),
              target: '#memory-operation.idle',
              actions: 'forget',
            },
          },
        },
        protecting: {
          on: {
            'protection.end': {
              guard: allOf('mayEndProtection', { type: 'concerns', params: page }),
              target: '#memory-operation.idle',
              actions: 'forget',
            },
          },
        },
        copying: {
          on: {
            'page.install': {
              guard: allOf('mayInstall', { type: 'installs', params: installed }),
              target: 'releasing',
              actions: 'handOver',
            },
          },
        },
      },
    },
  },
})
