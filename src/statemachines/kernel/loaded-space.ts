/**
 * What one CPU has to do with the address space: whether it runs in it, and how many changes of it its TLB
 * has missed. Linux keeps generation numbers; only their difference is ever used, and of it only 0, 1, more.
 */
import { assign, setup } from 'xstate'
import type { Cpu, Page } from '../identifiers.ts'

type Context = { cpu: Cpu; missed: number }

export type Event =
  | { type: 'lazy.enter'; cpu: Cpu } //                                   a kernel thread runs, the space stays loaded
  | { type: 'lazy.leave'; cpu: Cpu } //                                   back to a thread of the space
  | { type: 'space.leave'; cpu: Cpu } //                                  another space is loaded; entries stay, tagged
  | { type: 'space.join'; cpu: Cpu } //                                   marked as a user, generation not yet read
  | { type: 'space.resume'; cpu: Cpu } //                                 generation read: nothing was missed
  | { type: 'space.refresh'; cpu: Cpu } //                                generation read: flush, then go on
  | { type: 'tlb.fill'; cpu: Cpu } //                                     the walker needs the space loaded
  | { type: 'page.clear'; cpu: Cpu } //                                   only a thread of the space unmaps
  | { type: 'generation.increment'; cpu: Cpu } //                         some CPU has changed the space
  | { type: 'ipi.send'; source: Cpu; target: Cpu; page: Page } //         this CPU must be told
  | { type: 'ipi.skip'; source: Cpu; target: Cpu; page: Page } //         this CPU need not be told
  | { type: 'tlb.invalidate'; source: Cpu; target: Cpu } //               exactly the change it missed
  | { type: 'tlb.flush'; source: Cpu; target: Cpu } //                    whatever it missed
  | { type: 'flush.skip'; source: Cpu; target: Cpu } //                   it missed nothing, or is elsewhere
  | { type: 'space.drop'; source: Cpu; target: Cpu } //                   a lazy CPU lets go of the space instead

const MISSED_MAX = 2

type ByCpu = { cpu: Cpu }
const cpu = ({ event }: { event: ByCpu }): ByCpu => ({ cpu: event.cpu })
const page = ({ event }: { event: { page: Page } }): { page: Page } => ({ page: event.page })

export const loadedSpace = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { cpu: Cpu } },
  guards: {
    isCurrent: ({ context }) => context.missed === 0,
    mayResume: ({ context }) => context.missed === 0,
    isBehind: ({ context }) => context.missed > 0,
    isOneBehind: ({ context }) => context.missed === 1,
    mayStayUntold: (_, params: { page: Page }) => params.page.startsWith('page'),
    mustBeTold: (_, params: { page: Page }) => params.page.startsWith('table'),
    isOwnAndCurrent: ({ context }, params: ByCpu) => params.cpu === context.cpu && context.missed === 0,
  },
  actions: {
    miss: assign({ missed: ({ context }) => Math.min(context.missed + 1, MISSED_MAX) }),
    catchUp: assign({ missed: 0 }),
  },
}).createMachine({
  id: 'loaded-space',
  context: ({ input }) => ({ cpu: input.cpu, missed: 0 }),
  on: {
    // A CPU that is up to date does not miss its own change; one that is behind falls one further behind.
    'generation.increment': [{ guard: { type: 'isOwnAndCurrent', params: cpu } }, { actions: 'miss' }],
  },
  initial: 'inUse',
  states: {
    inUse: {
      on: {
        'tlb.fill': {},
        'ipi.send': {},
        'tlb.invalidate': { guard: 'isOneBehind', actions: 'catchUp' },
        'tlb.flush': { guard: 'isBehind', actions: 'catchUp' },
        'flush.skip': { guard: 'isCurrent' },
      },
      initial: 'active',
      states: {
        active: {
          on: { 'lazy.enter': '#lazy', 'space.leave': '#absent', 'page.clear': {} },
        },
        joining: {
          id: 'joining',
          on: {
            'space.resume': { guard: 'mayResume', target: 'active' },
            'space.refresh': { guard: 'isBehind', target: 'active', actions: 'catchUp' },
          },
        },
      },
    },
    // No thread of the space runs here, so stale entries do no harm; but the walker still reads its tables.
    lazy: {
      id: 'lazy',
      on: {
        'lazy.leave': '#joining',
        'tlb.fill': {},
        'ipi.send': { guard: { type: 'mustBeTold', params: page } },
        'ipi.skip': { guard: { type: 'mayStayUntold', params: page } },
        'space.drop': '#absent',
      },
    },
    absent: { id: 'absent', on: { 'space.join': '#joining', 'ipi.skip': {}, 'flush.skip': {} } },
  },
})
