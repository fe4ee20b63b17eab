/**
 * A CPU of an enclave: what runs on it, what a commit has latched to run next, and whether a class above ghost has
 * it. A commit only latches; the switch comes later, and what is latched may lose the CPU before it ever ran.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Cpu, Failure, Thread } from './ghost-identifiers.ts'

type Context = {
  cpu: Cpu
  /** The ghost thread on it, also while it is leaving. */
  current: Thread | 'none'
  latched: Thread | 'none'
  /** Latched before, and replaced by a later commit; it still has to be reported. */
  replaced: Thread | 'none'
}

type OfThread = { thread: Thread }
type Edge = OfThread & { cpu: Cpu; seq: number }

export type Event =
  | { type: 'class.arrive'; cpu: Cpu } //          a class above ghost wants the CPU, and has it at once
  | { type: 'class.leave'; cpu: Cpu }
  | { type: 'cpu.dispatch'; cpu: Cpu; thread: Thread }
  | { type: 'cpu.release'; cpu: Cpu; thread: Thread }
  | ({ type: 'thread.block' } & Edge)
  | ({ type: 'thread.yield' } & Edge)
  | ({ type: 'thread.exit' } & Edge)
  | ({ type: 'thread.preempt' } & Edge)
  | ({ type: 'thread.unlatch' } & Edge)
  | ({ type: 'transaction.complete' } & Edge)
  | ({ type: 'transaction.fail'; result: Failure } & Edge)

const thread = ({ event }: { event: OfThread }): OfThread => ({ thread: event.thread })
const result = ({ event }: { event: { result: Failure } }) => ({ result: event.result })
const runs = { guard: { type: 'isCurrent', params: thread } } as const
const lost = (guard: never) =>
  [
    { guard: { type: 'isReplaced', params: thread }, actions: 'report' },
    { guard, actions: 'unlatch' },
  ] as const

export const ghostCpu = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as { cpu: Cpu } },
  guards: {
    isCurrent: ({ context }, params: OfThread) => context.current === params.thread,
    isLatched: ({ context }, params: OfThread) => context.latched === params.thread,
    isReplaced: ({ context }, params: OfThread) => context.replaced === params.thread,
    isEmpty: ({ context }) => context.current === 'none',
    /** A commit is to be switched to: what runs gives way. */
    hasSuccessor: ({ context }) => context.latched !== 'none',
    /** A replaced thread is reported before another can be replaced. */
    hasReported: ({ context }) => context.replaced === 'none',
    isUnavailable: (_, params: { result: Failure }) => params.result === 'cpuUnavailable',
    isAnotherFailure: (_, params: { result: Failure }) => params.result !== 'cpuUnavailable',
  },
  actions: {
    latch: assign(({ context }, params: OfThread) => ({
      latched: params.thread,
      replaced: context.latched,
    })),
    unlatch: assign({ latched: 'none' }),
    report: assign({ replaced: 'none' }),
    dispatch: assign({ current: (_, params: OfThread) => params.thread, latched: 'none' }),
    release: assign({ current: 'none' }),
  },
}).createMachine({
  id: 'ghost-cpu',
  context: ({ input }) => ({ cpu: input.cpu, current: 'none', latched: 'none', replaced: 'none' }),
  on: {
    'thread.block': runs,
    'thread.yield': runs,
    'thread.exit': runs,
    'cpu.release': { ...runs, actions: 'release' },
  },
  initial: 'available',
  states: {
    available: {
      on: {
        'class.arrive': 'taken',
        'cpu.dispatch': {
          guard: allOf('isEmpty', 'hasReported', { type: 'isLatched', params: thread }),
          actions: { type: 'dispatch', params: thread },
        },
        'thread.preempt': { guard: allOf('hasSuccessor', { type: 'isCurrent', params: thread }) },
        'thread.unlatch': { guard: { type: 'isReplaced', params: thread }, actions: 'report' },
        'transaction.complete': { guard: 'hasReported', actions: { type: 'latch', params: thread } },
        'transaction.fail': { guard: { type: 'isAnotherFailure', params: result } },
      },
    },
    // What ran and what was latched lose the CPU; until they are off it they are on it still.
    taken: {
      on: {
        'class.leave': 'available',
        'thread.preempt': { guard: { type: 'isCurrent', params: thread } },
        'thread.unlatch': lost({ type: 'isLatched', params: thread } as never),
        'transaction.fail': {},
      },
    },
  },
})
