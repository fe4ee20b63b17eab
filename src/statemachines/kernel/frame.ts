/**
 * One physical frame as the shootdown protocol sees it: free, or held by whoever mapped it. The allocator's
 * view, with its reference count, is counted-frame.ts.
 */
import { setup } from 'xstate'
import type { Cpu, Frame, Page } from '../identifiers.ts'

export type Event =
  | { type: 'page.map'; page: Page; frame: Frame }
  | { type: 'page.clear'; cpu: Cpu; page: Page; frame: Frame } // its last mapping goes; it is still held
  | { type: 'frame.free'; cpu: Cpu; frame: Frame }

export const frame = setup({
  types: { events: {} as Event },
  guards: { mayBeTaken: () => false }, // a held frame is not allocated again
}).createMachine({
  id: 'frame',
  initial: 'free',
  states: {
    free: { on: { 'page.map': 'held' } },
    held: { on: { 'page.map': { guard: 'mayBeTaken' }, 'page.clear': {}, 'frame.free': 'free' } },
  },
})
