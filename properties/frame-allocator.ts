/**
 * Where the executable frame allocator meets its charts: counts in typed arrays become contexts, bit sets
 * sorted lists, and whatever the kernel does under any schedule is a run of the system.
 */
import { type FrameAllocatorBounds, domains, frameAllocator } from '../spec/frame-allocator/system.ts'
import { Board } from '../src/hw/board.ts'
import type { Abstraction } from '../src/interleave/execution.ts'
import type { Specification, States } from '../src/interleave/specification.ts'
import type { NamedThread, Thread } from '../src/interleave/thread.ts'
import { FrameAllocator } from '../src/kernel/memory/frame-allocator.ts'
import { type Preference, first } from '../src/kernel/memory/preference.ts'
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
import {
  type FrameAllocatorScenario,
  type Task,
  scenarios,
  small,
  tasksIn,
} from './frame-allocator-scenarios.ts'
import { watch } from './watched-threads.ts'

/** How a kernel is built; a test builds one with a bug. */
export type BuildFrameAllocator = (board: Board, prefer: Preference) => FrameAllocator

function perform(kernel: FrameAllocator, task: Task): Thread {
  switch (task.do) {
    case 'map':
    case 'pin':
      return kernel[task.do](task.page)
    case 'unmap':
    case 'protect':
      return kernel[task.do](task.cpu, task.page)
    case 'write':
      return write(kernel, task)
    case 'fork':
    case 'share':
      return kernel[task.do](task.cpu, task.page, task.other)
  }
}

function* write(kernel: FrameAllocator, { cpu, page }: Extract<Task, { cpu: unknown }>): Thread {
  if (kernel.board.table.read(page)?.rights !== 'write') yield* kernel.breakSharing(cpu, page)
}

function* performAll(kernel: FrameAllocator, tasks: readonly Task[]): Thread {
  for (const task of tasks) yield* perform(kernel, task)
}

const threadsOf = (kernel: FrameAllocator, scripts: FrameAllocatorScenario['threads']): NamedThread[] => [
  ...scripts.map((tasks, index) => ({
    name: nameOfThread(index, tasks),
    run: () => performAll(kernel, tasks),
  })),
  ...kernel.handlers(),
  ...kernel.devices(),
  ...kernel.board.walkers(),
]

/** The kernel's state in the charts' words. */
export function abstractFrameAllocator(kernel: FrameAllocator): Abstraction {
  const { board, requests, pool } = kernel
  const cpus = board.cpus.ids
  const operations = cpus.map((cpu) => {
    const purpose = requests.purposeOf(cpu)
    const context = {
      cpu,
      others: sorted(cpus.filter((other) => other !== cpu)),
      page: requests.pageOf(cpu) ?? 'none',
      frame: requests.frameOf(cpu) ?? 'none',
      copy: requests.copyOf(cpu) ?? 'none',
      untold: sorted(requests.untold.of(cpu)),
      unacknowledged: sorted(requests.unacknowledged.of(cpu)),
    }
    return [
      `operation.${cpu}`,
      { value: purpose === undefined ? 'idle' : { busy: purpose }, context },
    ] as const
  })
  const frames = board.frames.ids.map((frame) => {
    const references = pool.referencesTo(frame)
    const context = { frame, references, pinnedBy: pool.pinnedBy(frame) ?? 'none' }
    return [`frame.${frame}`, { value: pool.free.has(frame) ? 'free' : 'held', context }] as const
  })
  return {
    ...abstractBoard(board),
    ...abstractHandlers(cpus, kernel),
    ...Object.fromEntries<Abstraction[string]>([...operations, ...frames]),
  }
}

/** All processes are gone: at most a pin keeps a frame. */
const onlyPinsLeft = (states: States): boolean =>
  Object.entries(states).every(([name, { value, context }]) => {
    if (name.startsWith('operation.')) return value === 'idle'
    if (!name.startsWith('frame.')) return true
    const { references, pinnedBy } = context as { references: number; pinnedBy: string }
    return references === (pinnedBy === 'none' ? 0 : 1)
  })

function beside(
  { bounds, threads: scripts }: FrameAllocatorScenario,
  specification: Specification,
  build: BuildFrameAllocator,
  events?: readonly GroundEvent[],
): FollowedKernel {
  const { cpu, page, frame } = domains(bounds)
  const board = new Board({ cpus: cpu, pages: page, frames: frame })
  const kernel = build(board, events === undefined ? first : preferring(events, () => watched.taken()))
  const contents = new Contents(board, {
    runsOn: () => true,
    pinnedBy: (id) => kernel.pool.pinnedBy(id),
  })
  const watched = watch(threadsOf(kernel, scripts), (event) => contents.after(event))
  return {
    specification,
    threads: watched.threads,
    abstraction: () => abstractFrameAllocator(kernel),
    finished: onlyPinsLeft,
    fingerprint: () => [watched.positions(), contents.fingerprint(), kernel.pool.free.frames],
    obstacles: () => kernel.requests.obstacles(),
    hardware: board.walkers().map(({ name }) => name),
  }
}

/** The exploration of a kernel built in the given way. */
export const frameAllocatorSetup = (
  build: BuildFrameAllocator = (board, prefer) => new FrameAllocator(board, prefer),
): Setup<FrameAllocatorScenario> => ({
  system: frameAllocator,
  name: 'kernel/memory/frame-allocator',
  scenarios,
  small,
  boundsOf: ({ bounds }) => bounds,
  kernelOf: (scenario, specification) => beside(scenario, specification, build),
  follower: (given, events, specification) => {
    const bounds = resolveBounds(frameAllocator, given) as FrameAllocatorBounds
    const threads = tasksIn(events).map((task) => [task])
    return beside({ bounds, threads }, specification, build, events)
  },
})

/** Whatever the kernel does under any schedule, the system allows; it finishes; and memory holds what was stored. */
export const refinement = refinementOf(frameAllocatorSetup())

export const implementation = implementationOf(frameAllocatorSetup())
