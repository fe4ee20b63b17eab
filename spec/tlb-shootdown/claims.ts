/** What tlb-shootdown promises. The names are those of the memory properties M1 to M3 and M18 in words. */
import { claimsOn } from '../../src/model/claim.ts'
import type { TlbShootdownDomains, TlbShootdownState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<TlbShootdownState, TlbShootdownDomains>()

/** Whether a CPU holds a translation of the page to a frame that is free. */
const holdsFreedFrame = (
  state: TlbShootdownState,
  cpu: `cpu${number}`,
  page: `page${number}` | `table${number}`,
) => {
  const entry = state.tlb.at(cpu).context.entries[page]
  return entry !== undefined && state.frame.at(entry.frame).matches('free')
}

export const claims = {
  noCoreReachesFreedFrame: always(
    'no core that runs in the space translates to a freed frame',
    ['cpu', 'page'],
    (state, { cpu, page }) =>
      !state.space.at(cpu).matches({ inUse: 'active' }) || !holdsFreedFrame(state, cpu, page),
  ),
  noWalkerReachesFreedTable: always(
    'no walker of a lazy core reads a freed page table',
    ['cpu', 'page'],
    (state, { cpu, page }) =>
      page.startsWith('page') || !state.space.at(cpu).matches('lazy') || !holdsFreedFrame(state, cpu, page),
  ),
  noFrameMappedTwice: always(
    'every frame is mapped by at most one page table entry',
    ['frame'],
    (state, { frame }) => state.entry.count((entry) => entry.context.frame === frame) <= 1,
  ),
  mappedFramesAreHeld: always('every mapped frame is held', ['page'], (state, { page }) => {
    const { frame } = state.entry.at(page).context
    return frame === 'none' || state.frame.at(frame).matches('held')
  }),
  awaitedMeansInFlight: always(
    'every CPU that is waited for has the interrupt pending, taken or served',
    ['cpu'],
    (state, { cpu: source }) =>
      state.shootdown
        .at(source)
        .context.unacknowledged.every(
          (target) =>
            state.controller.at(target).context.pending.includes(source) ||
            state.handler.at(target).context.taken.includes(source) ||
            state.handler.at(target).context.served.includes(source),
        ),
  ),
  unmapEndsInFree: leadsTo(
    'every unmap ends in a free',
    ['cpu'],
    (state, { cpu }) => state.shootdown.at(cpu).matches('busy'),
    (state, { cpu }) => state.shootdown.at(cpu).matches('idle'),
  ),
  lazyCoreHoldsFreedFrame: sometimes(
    'a lazy core, which was not interrupted, still holds a translation to a freed frame',
    ['cpu'],
    (state, { cpu }) =>
      state.space.at(cpu).matches('lazy') &&
      state.entry.ids.some((page) => holdsFreedFrame(state, cpu, page)),
  ),
  shootdownsOverlap: sometimes(
    'two CPUs wait for each other',
    [],
    (state) => state.shootdown.count((one) => one.context.unacknowledged.length > 0) >= 2,
  ),
  severalChangesMissed: sometimes(
    'a core that runs has missed more than one change',
    ['cpu'],
    (state, { cpu }) =>
      state.space.at(cpu).matches({ inUse: 'active' }) && state.space.at(cpu).context.missed > 1,
  ),
}
