/** What kernels of frame-allocator are given to do: at random, in small, and after a trace. */
import fc from 'fast-check'
import type { FrameAllocatorBounds } from '../spec/frame-allocator/system.ts'
import type { GroundEvent } from '../src/model/event.ts'
import type { Cpu, Page } from '../src/statemachines/identifiers.ts'

/** One thing to do. `write` is a store: it needs a step only where the page is read-only. */
export type Task =
  | { readonly do: 'map' | 'pin'; readonly page: Page }
  | { readonly do: 'unmap' | 'protect' | 'write'; readonly cpu: Cpu; readonly page: Page }
  | { readonly do: 'fork' | 'share'; readonly cpu: Cpu; readonly page: Page; readonly other: Page }

/** Threads, each with what it does one thing after the other. */
export type FrameAllocatorScenario = {
  readonly bounds: FrameAllocatorBounds
  readonly threads: readonly (readonly Task[])[]
}

/** What a process does with its page: `again` gives it up and gets a new one. */
type Doing = 'write' | 'pin' | 'again'

function perform(doing: Doing | 'fork', cpu: Cpu, page: Page, child: Page | undefined): Task[] {
  switch (doing) {
    case 'write':
      return [{ do: 'write', cpu, page }]
    case 'pin':
      return [{ do: 'pin', page }]
    case 'again':
      return [
        { do: 'unmap', cpu, page },
        { do: 'map', page },
      ]
    case 'fork':
      return child === undefined ? [] : [{ do: 'fork', cpu, page, other: child }]
  }
}

/**
 * A process for each page, on CPUs in turn. The first has its page from the start and forks the others, which
 * begin when they get theirs; all give up their page in the end. Two frames are enough for three pages: a
 * process that waits for one holds none alone.
 */
function scenario(
  bounds: FrameAllocatorBounds,
  parent: readonly (Doing | 'fork')[],
  children: readonly (readonly Doing[])[],
): FrameAllocatorScenario {
  const cpuOf = (process: number): Cpu => `cpu${process % bounds.cpus}`
  const pageOf = (process: number): Page => `page${process}`
  const forked = Math.min(parent.filter((doing) => doing === 'fork').length, bounds.pages - 1)
  let born = 0
  const life = (process: number, doings: readonly (Doing | 'fork')[]): Task[] => [
    ...doings.flatMap((doing) => {
      const child = doing === 'fork' && born < forked ? pageOf(++born) : undefined
      return perform(doing, cpuOf(process), pageOf(process), child)
    }),
    { do: 'unmap', cpu: cpuOf(process), page: pageOf(process) },
  ]
  return {
    bounds,
    threads: [
      [{ do: 'map', page: pageOf(0) }, ...life(0, parent)],
      ...Array.from({ length: forked }, (_, index) => life(index + 1, children[index] ?? [])),
    ],
  }
}

const doing = fc.constantFrom<Doing[]>('write', 'again', 'pin')

export const scenarios: fc.Arbitrary<FrameAllocatorScenario> = fc
  .record({
    cpus: fc.integer({ min: 2, max: 3 }),
    pages: fc.integer({ min: 2, max: 3 }),
    frames: fc.integer({ min: 2, max: 3 }),
    parent: fc.array(fc.oneof(fc.constant('fork' as const), doing), { maxLength: 5 }),
    children: fc.array(fc.array(doing, { maxLength: 3 }), { maxLength: 2 }),
  })
  .map(({ cpus, pages, frames, parent, children }) => scenario({ cpus, pages, frames }, parent, children))

const bounds = { cpus: 2, pages: 2, frames: 2 }

/** Two CPUs, two pages and two frames, explored in every state. */
export const small: { readonly [shows: string]: FrameAllocatorScenario } = {
  'both sides of a fork write (cpus=2 pages=2 frames=2)': scenario(bounds, ['fork', 'write'], [['write']]),
  'a pinned page is forked and written (cpus=2 pages=2 frames=2)': scenario(
    bounds,
    ['pin', 'fork', 'write'],
    [],
  ),
  'a frame is used again (cpus=2 pages=1 frames=1)': scenario(
    { cpus: 2, pages: 1, frames: 1 },
    ['again'],
    [],
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
      case 'frame.pin':
        return [{ do: 'pin', page }]
      case 'page.clear':
        return [{ do: 'unmap', cpu, page }]
      case 'page.protect':
        return [{ do: 'protect', cpu, page }]
      case 'page.share':
        return [{ do: 'share', cpu, page, other: event['other'] as Page }]
      case 'page.copy':
      case 'page.reuse':
        return [{ do: 'write', cpu, page }]
      default:
        return []
    }
  })
}
