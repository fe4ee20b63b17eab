/**
 * One physical frame with its reference count: one for each page table entry that maps it, for an operation
 * that holds it, and for a pin (a device or a reader outside the page tables). It is free exactly at zero.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Cpu, Frame, Page } from '../identifiers.ts'

type Context = { frame: Frame; references: number; pinnedBy: Page | 'none' }

export type Event =
  | { type: 'page.map'; page: Page; frame: Frame } //                                  allocated for a mapping
  | { type: 'page.share'; cpu: Cpu; page: Page; other: Page; frame: Frame } //         one more mapping
  | { type: 'page.copy'; cpu: Cpu; page: Page; frame: Frame; copy: Frame } //          a copy is allocated
  | { type: 'page.reuse'; cpu: Cpu; page: Page; frame: Frame } // written in place
  | { type: 'frame.pin'; page: Page; frame: Frame } //                                 a reference outside the tables
  | { type: 'frame.unpin'; frame: Frame }
  | { type: 'frame.release'; cpu: Cpu; frame: Frame } //                               one reference less

type OfCopy = { copy: Frame }
const copy = ({ event }: { event: OfCopy }): OfCopy => ({ copy: event.copy })
const frame = ({ event }: { event: { frame: Frame } }): { frame: Frame } => ({ frame: event.frame })
const page = ({ event }: { event: { page: Page } }): { page: Page } => ({ page: event.page })

export const countedFrame = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { frame: Frame } },
  guards: {
    isLast: ({ context }) => context.references === 1,
    isExclusive: ({ context }) => context.references === 1,
    isSharedOriginal: ({ context }, params: { frame: Frame }) =>
      context.frame === params.frame && context.references > 1,
    isUnpinned: ({ context }) => context.pinnedBy === 'none',
    isPinned: ({ context }) => context.pinnedBy !== 'none',
    isTheCopy: ({ context }, params: OfCopy) => context.frame === params.copy,
    mayBeTaken: () => false, // a held frame is not allocated again
  },
  actions: {
    allocate: assign({ references: 1 }),
    share: assign({ references: ({ context }) => context.references + 1 }),
    release: assign({ references: ({ context }) => context.references - 1 }),
    pin: assign({
      references: ({ context }) => context.references + 1,
      pinnedBy: (_, params: { page: Page }) => params.page,
    }),
    unpin: assign({ references: ({ context }) => context.references - 1, pinnedBy: 'none' }),
  },
}).createMachine({
  id: 'counted-frame',
  context: ({ input }) => ({ frame: input.frame, references: 0, pinnedBy: 'none' }),
  initial: 'free',
  states: {
    free: {
      on: {
        'page.map': { target: 'held', actions: 'allocate' },
        'page.copy': { guard: { type: 'isTheCopy', params: copy }, target: 'held', actions: 'allocate' },
      },
    },
    held: {
      on: {
        'page.map': { guard: 'mayBeTaken', actions: 'share' },
        'page.share': { actions: 'share' },
        'page.copy': { guard: { type: 'isSharedOriginal', params: frame } },
        'page.reuse': { guard: 'isExclusive' },
        'frame.pin': { guard: 'isUnpinned', actions: { type: 'pin', params: page } },
        'frame.unpin': [
          { guard: allOf('isPinned', 'isLast'), target: 'free', actions: 'unpin' },
          { guard: 'isPinned', actions: 'unpin' },
        ],
        'frame.release': [{ guard: 'isLast', target: 'free', actions: 'release' }, { actions: 'release' }],
      },
    },
  },
})
