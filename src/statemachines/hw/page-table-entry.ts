/**
 * One page table entry: a word in memory that the kernel writes and the page walkers of all CPUs read. A
 * change of it is atomic; that it takes time to be noticed is the business of the TLBs.
 */
import { assign, setup } from 'xstate'
import type { Cpu, Frame, Page, Rights } from '../identifiers.ts'

type Context = { page: Page; frame: Frame | 'none'; rights: Rights | 'none' }

export type Event =
  | { type: 'page.map'; page: Page; frame: Frame } //                                a new frame, writable
  | { type: 'page.clear'; cpu: Cpu; page: Page; frame: Frame } //                    the translation is withdrawn
  | { type: 'page.protect'; cpu: Cpu; page: Page; frame: Frame } //                  writable becomes read-only
  | { type: 'page.share'; cpu: Cpu; page: Page; other: Page; frame: Frame } //       `other` maps the same frame
  | { type: 'page.copy'; cpu: Cpu; page: Page; frame: Frame } //                     until the copy is in place
  | { type: 'page.reuse'; cpu: Cpu; page: Page; frame: Frame } //                    read-only becomes writable
  | { type: 'page.install'; cpu: Cpu; page: Page; frame: Frame } //                  the private copy, writable
  | { type: 'frame.pin'; page: Page; frame: Frame } //                               found through this entry
  | { type: 'tlb.fill'; cpu: Cpu; page: Page; frame: Frame; rights: Rights } //      the walker reads it

type OfFrame = { frame: Frame }
type Spread = { page: Page; other: Page; frame: Frame }
const frame = ({ event }: { event: OfFrame }): OfFrame => ({ frame: event.frame })
const translation = ({ event }: { event: { frame: Frame; rights: Rights } }) => ({
  frame: event.frame,
  rights: event.rights,
})
const spread = ({ event }: { event: Spread }): Spread => ({
  page: event.page,
  other: event.other,
  frame: event.frame,
})

export const pageTableEntry = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { page: Page } },
  guards: {
    isEmpty: ({ context }) => context.frame === 'none',
    maps: ({ context }, params: OfFrame) => context.frame === params.frame,
    mapsFor: ({ context }, params: { frame: Frame; rights: Rights }) =>
      context.frame === params.frame && context.rights === params.rights,
    isWritable: ({ context }, params: OfFrame) =>
      context.frame === params.frame && context.rights === 'write',
    isReadOnly: ({ context }, params: OfFrame) => context.frame === params.frame && context.rights === 'read',
    maySpread: ({ context }, params: Spread) =>
      params.page === context.page &&
      params.other !== context.page &&
      context.frame === params.frame &&
      context.rights === 'read',
    mayReceive: ({ context }, params: Spread) =>
      params.other === context.page && params.page !== context.page && context.frame === 'none',
  },
  actions: {
    map: assign({ frame: (_, params: OfFrame) => params.frame, rights: 'write' }),
    mapShared: assign({ frame: (_, params: OfFrame) => params.frame, rights: 'read' }),
    clear: assign({ frame: 'none', rights: 'none' }),
    protect: assign({ rights: 'read' }),
    permit: assign({ rights: 'write' }),
  },
}).createMachine({
  id: 'page-table-entry',
  context: ({ input }) => ({ page: input.page, frame: 'none', rights: 'none' }),
  on: {
    'page.map': { guard: 'isEmpty', actions: { type: 'map', params: frame } },
    'page.clear': { guard: { type: 'maps', params: frame }, actions: 'clear' },
    'page.protect': { guard: { type: 'isWritable', params: frame }, actions: 'protect' },
    'page.share': [
      { guard: { type: 'maySpread', params: spread } },
      { guard: { type: 'mayReceive', params: spread }, actions: { type: 'mapShared', params: frame } },
    ],
    'page.copy': { guard: { type: 'isReadOnly', params: frame }, actions: 'clear' },
    'page.reuse': { guard: { type: 'isReadOnly', params: frame }, actions: 'permit' },
    'page.install': { guard: 'isEmpty', actions: { type: 'map', params: frame } },
    'frame.pin': { guard: { type: 'maps', params: frame } },
    'tlb.fill': { guard: { type: 'mapsFor', params: translation } },
  },
})
