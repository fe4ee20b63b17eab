/**
 * A CPU as a scheduler's log shows it: which thread it runs, and which it ran before. The log may begin at
 * any moment, so the chart begins unresolved and learns its thread from the first line that names it.
 */
import { assign, setup } from 'xstate'

/** A thread of Linux by its pid, or the idle thread of one CPU, which all share pid 0. */
export type Thread = `thread${number}` | `idle${number}`

type Context = { current: Thread | 'unknown'; previous: Thread | 'unknown' }

export type Event =
  | { type: 'cpu.switch'; from: Thread; to: Thread }
  | { type: 'cpu.observe'; thread: Thread } // a line is written on this CPU by this thread
  | { type: 'cpu.flush'; thread: Thread } //   the same, but late in a switch, which may still name the previous thread

/** What the chart claims, by name; each is broken by a refused event. */
export const cpuClaims = {
  previousRan: 'the previous thread of a switch is the one that ran on that CPU, and the next is another one',
  currentActs: 'every line is written by the thread that its CPU runs',
} as const

type OfThread = { thread: Thread }
type OfSwitch = { from: Thread; to: Thread }
const thread = ({ event }: { event: OfThread }): OfThread => ({ thread: event.thread })
const change = ({ event }: { event: OfSwitch }): OfSwitch => ({ from: event.from, to: event.to })

export const scheduledCpu = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    meta: {} as { refuses: { [T in Event['type']]?: keyof typeof cpuClaims } },
    tags: {} as 'unresolved',
  },
  guards: {
    isOther: (_, params: OfSwitch) => params.from !== params.to,
    isCurrentAndOther: ({ context }, params: OfSwitch) =>
      params.from === context.current && params.from !== params.to,
    isCurrent: ({ context }, params: OfThread) => params.thread === context.current,
    isCurrentOrPrevious: ({ context }, params: OfThread) =>
      params.thread === context.current || params.thread === context.previous,
  },
  actions: {
    resolve: assign({ current: (_, params: OfThread) => params.thread }),
    run: assign({
      current: (_, params: OfSwitch) => params.to,
      previous: (_, params: OfSwitch) => params.from,
    }),
  },
}).createMachine({
  id: 'cpu',
  context: { current: 'unknown', previous: 'unknown' },
  meta: {
    refuses: { 'cpu.switch': 'previousRan', 'cpu.observe': 'currentActs', 'cpu.flush': 'currentActs' },
  },
  initial: 'unresolved',
  states: {
    unresolved: {
      tags: 'unresolved',
      on: {
        'cpu.switch': {
          guard: { type: 'isOther', params: change },
          target: 'executing',
          actions: { type: 'run', params: change },
        },
        'cpu.observe': { target: 'executing', actions: { type: 'resolve', params: thread } },
        'cpu.flush': {},
      },
    },
    executing: {
      on: {
        'cpu.switch': {
          guard: { type: 'isCurrentAndOther', params: change },
          actions: { type: 'run', params: change },
        },
        'cpu.observe': { guard: { type: 'isCurrent', params: thread } },
        'cpu.flush': { guard: { type: 'isCurrentOrPrevious', params: thread } },
      },
    },
  },
})
