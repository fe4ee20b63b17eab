/**
 * The abstraction that both memory systems share: typed arrays and bit sets of board and handlers as the
 * charts of src/statemachines/hw and of the handler say them.
 */
import type { BitSets } from '../src/hw/bit-sets.ts'
import type { Board } from '../src/hw/board.ts'
import type { Abstraction } from '../src/interleave/execution.ts'
import type { Cpu } from '../src/statemachines/identifiers.ts'

/** A set as charts keep it: sorted as text. */
export const sorted = (ids: readonly string[]): string[] => [...ids].sort()

/** The components `entry`, `tlb` and `controller`. */
export function abstractBoard(board: Board): Abstraction {
  const { cpus, pages, table, controller } = board
  const entries = pages.ids.map((page) => {
    const { frame, rights } = table.read(page) ?? { frame: 'none', rights: 'none' }
    return [`entry.${page}`, { context: { page, frame, rights } }] as const
  })
  const tlbs = cpus.ids.map((cpu) => {
    const cached = pages.ids.flatMap((page) => {
      const found = board.tlb(cpu).lookUp(page)
      return found === undefined ? [] : [[page, found] as const]
    })
    return [`tlb.${cpu}`, { context: { entries: Object.fromEntries(cached) } }] as const
  })
  const controllers = cpus.ids.map(
    (cpu) => [`controller.${cpu}`, { context: { pending: sorted(controller.pendingAt(cpu)) } }] as const,
  )
  return Object.fromEntries<Abstraction[string]>([...entries, ...tlbs, ...controllers])
}

/** The components `handler`. */
export function abstractHandlers(
  cpus: readonly Cpu[],
  { taken, served }: { readonly taken: BitSets<Cpu, Cpu>; readonly served: BitSets<Cpu, Cpu> },
): Abstraction {
  return Object.fromEntries(
    cpus.map((cpu) => [
      `handler.${cpu}`,
      { context: { taken: sorted(taken.of(cpu)), served: sorted(served.of(cpu)) } },
    ]),
  )
}
