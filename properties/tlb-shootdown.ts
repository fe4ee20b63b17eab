/**
 * Where the executable shootdown meets its charts: generations become differences, bit sets sorted lists,
 * and whatever the kernel does under any schedule is a run of the system.
 */
import { type TlbShootdownBounds, domains, tlbShootdown } from '../spec/tlb-shootdown/system.ts'
import { Board } from '../src/hw/board.ts'
import type { Abstraction } from '../src/interleave/execution.ts'
import type { Specification, States } from '../src/interleave/specification.ts'
import type { NamedThread, Thread } from '../src/interleave/thread.ts'
import { type Preference, first } from '../src/kernel/memory/preference.ts'
import { TlbShootdown } from '../src/kernel/memory/tlb-shootdown.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { resolveBounds } from '../src/model/instance.ts'
import { abstractBoard, abstractHandlers, sorted } from './abstract-board.ts'
import { Contents } from './contents.ts'
import {
  type FollowedKernel,
  type Setup,
  implementationOf,
  nameOfThread,
  preferring,
  refinementOf,
} from './explore-implementation.ts'
import { type Task, type TlbShootdownScenario, scenarios, small, tasksIn } from './tlb-shootdown-scenarios.ts'
import { watch } from './watched-threads.ts'

/** How a kernel is built; a test builds one with a bug. */
export type BuildTlbShootdown = (board: Board, prefer: Preference) => TlbShootdown

function perform(kernel: TlbShootdown, task: Task): Thread {
  switch (task.do) {
    case 'map':
      return kernel.map(task.page)
    case 'unmap':
      return kernel.unmap(task.cpu, task.page)
    default:
      return kernel.switch[task.do](task.cpu)
  }
}

function* performAll(kernel: TlbShootdown, tasks: readonly Task[]): Thread {
  for (const task of tasks) yield* perform(kernel, task)
}

const threadsOf = (kernel: TlbShootdown, scripts: TlbShootdownScenario['threads']): NamedThread[] => [
  ...scripts.map((tasks, index) => ({
    name: nameOfThread(index, tasks),
    run: () => performAll(kernel, tasks),
  })),
  ...kernel.handlers(),
  ...kernel.board.walkers(),
]

/** Lag of a CPU's TLB as the chart has it: none, one change, more. */
const LAG_MAX = 2

/** The kernel's state in the charts' words. */
export function abstractTlbShootdown(kernel: TlbShootdown): Abstraction {
  const { board, space, requests, free } = kernel
  const cpus = board.cpus.ids
  const spaces = cpus.map((cpu) => {
    const mode = space.modeOf(cpu)
    const value = mode === 'active' || mode === 'joining' ? { inUse: mode } : mode
    const missed = Math.min(space.generation - space.generationSeenBy(cpu), LAG_MAX)
    return [`space.${cpu}`, { value, context: { cpu, missed } }] as const
  })
  const shootdowns = cpus.map((cpu) => {
    const generation = kernel.generationOf(cpu)
    const context = {
      cpu,
      others: sorted(cpus.filter((other) => other !== cpu)),
      page: requests.pageOf(cpu) ?? 'none',
      frame: requests.frameOf(cpu) ?? 'none',
      untold: sorted(requests.untold.of(cpu)),
      unacknowledged: sorted(requests.unacknowledged.of(cpu)),
      published: generation !== undefined,
      newest: generation === space.generation,
    }
    return [`shootdown.${cpu}`, { value: requests.isIdle(cpu) ? 'idle' : 'busy', context }] as const
  })
  const frames = board.frames.ids.map(
    (frame) => [`frame.${frame}`, { value: free.has(frame) ? 'free' : 'held' }] as const,
  )
  return {
    ...abstractBoard(board),
    ...abstractHandlers(cpus, kernel),
    ...Object.fromEntries<Abstraction[string]>([...spaces, ...shootdowns, ...frames]),
  }
}

/** What the charts do not tell apart: generations as numbers, and the order of free frames. */
function remainder({ board, space, free }: TlbShootdown): unknown {
  const lags = board.cpus.ids.map((cpu) => space.generation - space.generationSeenBy(cpu))
  return [lags, free.frames]
}

const allIdle = (states: States): boolean =>
  Object.entries(states).every(
    ([name, { value }]) =>
      (!name.startsWith('shootdown.') || value === 'idle') &&
      (!name.startsWith('frame.') || value === 'free'),
  )

function beside(
  { bounds, threads: scripts }: TlbShootdownScenario,
  specification: Specification,
  build: BuildTlbShootdown,
  events?: readonly GroundEvent[],
): FollowedKernel {
  const { cpu, page, frame } = domains(bounds)
  const board = new Board({ cpus: cpu, pages: page, frames: frame })
  const kernel = build(board, events === undefined ? first : preferring(events, () => watched.taken()))
  const contents = new Contents(board, {
    runsOn: (id) => kernel.space.modeOf(id) === 'active',
    pinnedBy: () => undefined,
  })
  const watched = watch(threadsOf(kernel, scripts), (event) => contents.after(event))
  return {
    specification,
    threads: watched.threads,
    abstraction: () => abstractTlbShootdown(kernel),
    finished: allIdle,
    fingerprint: () => [watched.positions(), contents.fingerprint(), remainder(kernel)],
    obstacles: () => kernel.requests.obstacles(),
    hardware: board.walkers().map(({ name }) => name),
  }
}

/** The exploration of a kernel built in the given way. */
export const tlbShootdownSetup = (
  build: BuildTlbShootdown = (board, prefer) => new TlbShootdown(board, prefer),
): Setup<TlbShootdownScenario> => ({
  system: tlbShootdown,
  name: 'kernel/memory/tlb-shootdown',
  scenarios,
  small,
  boundsOf: ({ bounds }) => bounds,
  kernelOf: (scenario, specification) => beside(scenario, specification, build),
  follower: (given, events, specification) => {
    const bounds = resolveBounds(tlbShootdown, given) as TlbShootdownBounds
    const threads = tasksIn(events).map((task) => [task])
    return beside({ bounds, threads }, specification, build, events)
  },
})

/** Whatever the kernel does under any schedule, the system allows; it finishes; and memory holds what was stored. */
export const refinement = refinementOf(tlbShootdownSetup())

export const implementation = implementationOf(tlbShootdownSetup())
