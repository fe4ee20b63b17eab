/** What kernels of tlb-shootdown are given to do: at random, in small, and after a trace. */
import fc from 'fast-check'
import type { TlbShootdownBounds } from '../spec/tlb-shootdown/system.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { ids } from '../src/model/event.ts'
import type { Cpu, Page } from '../src/statemachines/identifiers.ts'

/** One thing to do; a CPU that has stopped using the space comes back with `rejoin`. */
export type Task =
  | { readonly do: 'map'; readonly page: Page }
  | { readonly do: 'unmap'; readonly cpu: Cpu; readonly page: Page }
  | { readonly do: 'enterLazy' | 'leave' | 'rejoin'; readonly cpu: Cpu }

/** Threads, each with what it does one thing after the other. */
export type TlbShootdownScenario = {
  readonly bounds: TlbShootdownBounds
  readonly threads: readonly (readonly Task[])[]
}

type Unmap = Extract<Task, { do: 'unmap' }>
type Stop = { readonly do: 'enterLazy' | 'leave'; readonly cpu: Cpu }

/**
 * A thread for each CPU that unmaps, one for each CPU that stops and comes back, and one for each page that
 * maps it as often as it is unmapped. Every page can have a frame, so that nobody waits for ever.
 */
function scenario(
  bounds: TlbShootdownBounds,
  unmaps: readonly Unmap[],
  stops: readonly Stop[],
): TlbShootdownScenario {
  const groups = (tasks: readonly (readonly Task[])[]) => tasks.filter((group) => group.length > 0)
  const cpus = ids('cpu', bounds.cpus)
  const pages = [...ids('page', bounds.pages), ...ids('table', bounds.tables)]
  return {
    bounds,
    threads: groups([
      ...pages.map((page) =>
        unmaps.filter((unmap) => unmap.page === page).map((): Task => ({ do: 'map', page })),
      ),
      ...cpus.map((cpu) => unmaps.filter((unmap) => unmap.cpu === cpu)),
      ...cpus.map((cpu) =>
        stops.filter((stop) => stop.cpu === cpu).flatMap((stop): Task[] => [stop, { do: 'rejoin', cpu }]),
      ),
    ]),
  }
}

const unmap = (cpu: Cpu, page: Page): Unmap => ({ do: 'unmap', cpu, page })

const place = fc.nat(5)
const stopped = fc.record({ lazily: fc.boolean(), cpu: place })

export const scenarios: fc.Arbitrary<TlbShootdownScenario> = fc
  .record({
    cpus: fc.integer({ min: 2, max: 3 }),
    pages: fc.integer({ min: 1, max: 2 }),
    tables: fc.integer({ min: 0, max: 1 }),
    spare: fc.nat(1),
    unmaps: fc.array(fc.record({ cpu: place, page: place }), { minLength: 1, maxLength: 5 }),
    stops: fc.array(stopped, { maxLength: 3 }),
  })
  .map(({ unmaps, stops, spare, ...size }) => {
    const bounds = { ...size, frames: size.pages + size.tables + spare }
    const pages: Page[] = [...ids('page', size.pages), ...ids('table', size.tables)]
    const cpuOf = (index: number): Cpu => `cpu${index % size.cpus}`
    return scenario(
      bounds,
      unmaps.map(({ cpu, page }) => unmap(cpuOf(cpu), pages[page % pages.length]!)),
      stops.map(({ lazily, cpu }) => ({ do: lazily ? 'enterLazy' : 'leave', cpu: cpuOf(cpu) })),
    )
  })

/** Two CPUs, explored in every state. */
export const small: { readonly [shows: string]: TlbShootdownScenario } = {
  'two shootdowns overlap (cpus=2 pages=2)': scenario(
    { cpus: 2, pages: 2, tables: 0, frames: 2 },
    [unmap('cpu0', 'page0'), unmap('cpu1', 'page1')],
    [],
  ),
  'a CPU is lazy (cpus=2 pages=1)': scenario(
    { cpus: 2, pages: 1, tables: 0, frames: 2 },
    [unmap('cpu0', 'page0'), unmap('cpu0', 'page0')],
    [{ do: 'enterLazy', cpu: 'cpu1' }],
  ),
  'a CPU is lazy while a page table is freed (cpus=2 tables=1)': scenario(
    { cpus: 2, pages: 1, tables: 1, frames: 2 },
    [unmap('cpu0', 'table0')],
    [{ do: 'enterLazy', cpu: 'cpu1' }],
  ),
  'a CPU leaves (cpus=2 pages=1)': scenario(
    { cpus: 2, pages: 1, tables: 0, frames: 1 },
    [unmap('cpu0', 'page0'), unmap('cpu0', 'page0')],
    [{ do: 'leave', cpu: 'cpu1' }],
  ),
}

/** The tasks that a trace begins, in its order. */
export function tasksIn(events: readonly GroundEvent[]): Task[] {
  return events.flatMap((event): Task[] => {
    const cpu = event['cpu'] as Cpu
    const page = event['page'] as Page
    switch (event.type) {
      case 'page.map':
        return [{ do: 'map', page }]
      case 'page.clear':
        return [{ do: 'unmap', cpu, page }]
      case 'lazy.enter':
        return [{ do: 'enterLazy', cpu }]
      case 'space.leave':
        return [{ do: 'leave', cpu }]
      case 'lazy.leave':
      case 'space.join':
        return [{ do: 'rejoin', cpu }]
      default:
        return []
    }
  })
}
