/** What frame-allocator promises: properties M1 to M4, M6 and M7 of a memory manager, in words. */
import { claimsOn } from '../../src/model/claim.ts'
import type { FrameAllocatorDomains, FrameAllocatorState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<FrameAllocatorState, FrameAllocatorDomains>()

/** References to a frame that exist: entries that map it, operations that hold it, and a pin. */
function referencesTo(state: FrameAllocatorState, frame: `frame${number}`): number {
  const mapped = state.entry.count((entry) => entry.context.frame === frame)
  const held = state.operation.count(({ context }) => context.frame === frame && !lends(state, context))
  const copied = state.operation.count(({ context }) => context.copy === frame)
  return mapped + held + copied + (state.frame.at(frame).context.pinnedBy === 'none' ? 0 : 1)
}

// A write protection leaves its frame mapped, and so holds no reference of its own.
const lends = (state: FrameAllocatorState, { cpu }: { cpu: `cpu${number}` }) =>
  state.operation.at(cpu).matches({ busy: 'protecting' })

export const claims = {
  noCoreReachesFreedFrame: always(
    'no core translates to a freed frame',
    ['cpu', 'page'],
    (state, { cpu, page }) => {
      const entry = state.tlb.at(cpu).context.entries[page]
      return entry === undefined || state.frame.at(entry.frame).matches('held')
    },
  ),
  noFrameMappedTwice: always(
    'no frame is mapped twice unless shared read-only',
    ['frame'],
    (state, { frame }) => {
      const mappings = state.entry.count((entry) => entry.context.frame === frame)
      const readOnly = state.entry.count(
        (entry) => entry.context.frame === frame && entry.context.rights === 'read',
      )
      return mappings <= 1 || readOnly === mappings
    },
  ),
  noCoreWritesSharedFrame: always(
    'no core has a writable translation to a frame that another page maps',
    ['cpu', 'page'],
    (state, { cpu, page }) => {
      const entry = state.tlb.at(cpu).context.entries[page]
      if (entry === undefined || entry.rights === 'read') return true
      return !state.entry.some((other, id) => id !== page && other.context.frame === entry.frame)
    },
  ),
  noWriteBehindPin: always(
    'no page writes to a frame that is pinned through another page',
    ['page', 'frame'],
    (state, { page, frame }) => {
      const { context } = state.entry.at(page)
      if (context.frame !== frame || context.rights !== 'write') return true
      const { pinnedBy } = state.frame.at(frame).context
      return pinnedBy === 'none' || pinnedBy === page
    },
  ),
  referencesEqualMappings: always(
    'the reference count equals the references there are',
    ['frame'],
    (state, { frame }) => state.frame.at(frame).context.references === referencesTo(state, frame),
  ),
  oneFramePerPage: always(
    'a core that translates a mapped page translates it to the frame it is mapped to',
    ['cpu', 'page'],
    (state, { cpu, page }) => {
      const entry = state.tlb.at(cpu).context.entries[page]
      if (entry === undefined) return true
      const { frame } = state.entry.at(page).context
      return frame === 'none' || frame === entry.frame
    },
  ),
  operationEnds: leadsTo(
    'every unmap, protection and break ends',
    ['cpu'],
    (state, { cpu }) => state.operation.at(cpu).matches('busy'),
    (state, { cpu }) => state.operation.at(cpu).matches('idle'),
  ),
  frameShared: sometimes(
    'a frame is mapped by two pages',
    ['frame'],
    (state, { frame }) => state.entry.count((entry) => entry.context.frame === frame) > 1,
  ),
  frameKeptByPin: sometimes('a pin alone keeps a frame', ['frame'], (state, { frame }) => {
    const { references, pinnedBy } = state.frame.at(frame).context
    return pinnedBy !== 'none' && references === 1
  }),
  frameCopied: sometimes('a shared page is being copied', ['page'], (state, { page }) =>
    state.operation.some((one) => one.matches({ busy: 'copying' }) && one.context.page === page),
  ),
  staleTranslationHeld: sometimes(
    'a core still translates a page that is no longer mapped',
    ['cpu'],
    (state, { cpu }) =>
      state.entry.some(
        (entry, page) =>
          entry.context.frame === 'none' && state.tlb.at(cpu).context.entries[page] !== undefined,
      ),
  ),
}
