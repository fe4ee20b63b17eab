/**
 * A CPU's translation look-aside buffer. The page walker fills it at any moment with what a page table
 * entry says then; nothing tells it when the entry changes, which is the whole difficulty of the subject.
 */
import { assign, setup } from 'xstate'
import type { Cpu, Frame, Page, Rights } from '../identifiers.ts'

export type Translation = { frame: Frame; rights: Rights }
type Context = { entries: { [page in Page]?: Translation } }

export type Event =
  | { type: 'tlb.fill'; cpu: Cpu; page: Page; frame: Frame; rights: Rights } // the walker caches an entry
  | { type: 'tlb.evict'; cpu: Cpu; page: Page } //                              capacity: any entry may go
  | { type: 'generation.increment'; cpu: Cpu; page: Page } //                   this CPU unmapped the page itself
  | { type: 'page.clear'; cpu: Cpu; page: Page } //                             likewise, entry and cache in one step
  | { type: 'page.protect'; cpu: Cpu; page: Page } //                           likewise
  | { type: 'page.copy'; cpu: Cpu; page: Page } //                              likewise
  | { type: 'tlb.invalidate'; source: Cpu; target: Cpu; page: Page } //         one page, for a shootdown
  | { type: 'tlb.flush'; source: Cpu; target: Cpu } //                          everything, for a shootdown
  | { type: 'space.refresh'; cpu: Cpu } //                                      everything, on joining a space

type OfPage = { page: Page }
const page = ({ event }: { event: OfPage }): OfPage => ({ page: event.page })

export const tlb = setup({
  types: { context: {} as Context, events: {} as Event },
  guards: {
    isCached: ({ context }, params: OfPage) => context.entries[params.page] !== undefined,
    isAbsent: ({ context }, params: OfPage) => context.entries[params.page] === undefined,
  },
  actions: {
    cache: assign({
      entries: ({ context }, params: OfPage & Translation) => ({
        ...context.entries,
        [params.page]: { frame: params.frame, rights: params.rights },
      }),
    }),
    drop: assign({
      entries: ({ context }, params: OfPage) => {
        const { [params.page]: _, ...others } = context.entries
        return others
      },
    }),
    dropAll: assign({ entries: {} }),
  },
}).createMachine({
  id: 'tlb',
  context: { entries: {} },
  on: {
    'tlb.fill': {
      guard: { type: 'isAbsent', params: page },
      actions: { type: 'cache', params: ({ event }) => event },
    },
    'tlb.evict': { guard: { type: 'isCached', params: page }, actions: { type: 'drop', params: page } },
    'generation.increment': { actions: { type: 'drop', params: page } },
    'page.clear': { actions: { type: 'drop', params: page } },
    'page.protect': { actions: { type: 'drop', params: page } },
    'page.copy': { actions: { type: 'drop', params: page } },
    'tlb.invalidate': { actions: { type: 'drop', params: page } },
    'tlb.flush': { actions: 'dropAll' },
    'space.refresh': { actions: 'dropAll' },
  },
})
