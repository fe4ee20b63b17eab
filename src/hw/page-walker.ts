/**
 * What one CPU's hardware may do about one page at any moment: cache its translation, needed or speculated,
 * and let go of it again. The kernel is never asked.
 */
import type { Thread } from '../interleave/thread.ts'
import type { Event } from '../statemachines/hw/tlb.ts'
import type { Cpu, Page } from '../statemachines/identifiers.ts'
import { decide } from './decide.ts'
import type { Mmu } from './mmu.ts'

/** Fills and evicts for ever. */
export function* walkPage(cpu: Cpu, page: Page, mmu: Mmu): Thread {
  const fill = { type: 'tlb.fill', cpu, page } as const
  const evict = { type: 'tlb.evict', cpu, page } as const
  const next = (): Event | undefined => {
    if (mmu.tlb.lookUp(page) !== undefined) return evict
    const found = mmu.walk(page)
    return found && { type: 'tlb.fill', cpu, page, frame: found.frame, rights: found.rights }
  }
  for (;;) {
    const { type } = yield* decide(fill, next)
    if (type === 'tlb.fill') mmu.translate(page, 'read')
    else mmu.tlb.invalidate(page)
  }
}
