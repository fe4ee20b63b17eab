/**
 * A thread as the log of a Linux scheduler shows it: new, runnable, running, blocked, dead, and on which
 * CPU. A refused event is the violation. A thread older than the log is unresolved until a line tells. A
 * wake-up has two halves: `waking`, written by the waker, and `wake`, when the thread is queued.
 */
import { assign, setup } from 'xstate'
import type { Cpu } from '../identifiers.ts'

type Context = {
  /** Where it runs, is queued or last ran. */
  cpu: Cpu | 'unknown'
  /** An exiting thread may still block and be preempted, but then it dies; of an old one nobody knows. */
  life: 'alive' | 'exiting' | 'unknown'
  /** First seen after a wake-up may have begun: its `wake` may come without a `waking`. */
  late: boolean
}

export type Event =
  | { type: 'thread.fork'; cpu: Cpu } //             it creates another thread
  | { type: 'thread.create' } //                     it is the one created
  | { type: 'thread.start'; cpu: Cpu } //            the first wake-up of a new thread
  | { type: 'thread.waking'; cpu: Cpu } //           a wake-up begins
  | { type: 'thread.wake'; cpu: Cpu } //             the wake-up is complete
  | { type: 'thread.migrate'; from: Cpu; to: Cpu }
  | { type: 'thread.dispatch'; cpu: Cpu } //         the scheduler switches to it
  | { type: 'thread.preempt'; cpu: Cpu } //          away from it at any point, even half way into a sleep
  | { type: 'thread.yield'; cpu: Cpu } //            away from it while it is runnable
  | { type: 'thread.block'; cpu: Cpu } //            away from it to sleep
  | { type: 'thread.die'; cpu: Cpu } //              away from it for ever
  | { type: 'thread.exit'; cpu: Cpu } //             it begins to exit
  | { type: 'thread.observe'; cpu: Cpu } //          it writes a line of the log
  | { type: 'thread.hide'; cpu: Cpu } //             away from it without a line, in a state nobody knows

/** What the chart claims, by name; each is broken by a refused event. */
export const threadClaims = {
  runsOnOneCpu: 'a thread runs on at most one CPU at a time',
  runsWhereQueued: 'a thread runs on the CPU on which it is queued',
  sleepsUntilWoken: 'a blocked thread does not run before it is woken',
  startsWhenWoken: 'a new thread does not run before its first wake-up',
  startsOnce: 'the first wake-up comes once, after the fork',
  actsWhileRunning: 'only a running thread acts, on the CPU on which it runs',
  leavesWhereItRan: 'a thread leaves only the CPU on which it runs',
  diesAfterExit: 'a thread dies only after it has exited, on the CPU on which it runs',
  wakesSleepers:
    'a wake-up begins at a thread that sleeps or is about to, where it last ran, and one at a time',
  wakesAfterWaking:
    'a wake-up ends only after it has begun, on the CPU to which the thread was moved or where it last ran',
  movesOffCpu: 'a thread moves while it is not running, from the CPU where it was',
  staysDead: 'a dead thread never runs, wakes or moves again',
  isFresh: 'a forked thread takes an identifier that is not in use',
} as const

type OfCpu = { cpu: Cpu }
type OfMove = { from: Cpu; to: Cpu }
const cpu = ({ event }: { event: OfCpu }): OfCpu => ({ cpu: event.cpu })
const move = ({ event }: { event: OfMove }): OfMove => ({ from: event.from, to: event.to })
const here = { type: 'isHere', params: cpu } as const
const maybeHere = { type: 'maybeHere', params: cpu } as const
const settle = { type: 'settle', params: cpu } as const
const place = { type: 'place', params: cpu } as const
const migrate = {
  'thread.migrate': {
    guard: { type: 'isOrigin', params: move },
    actions: { type: 'relocate', params: move },
  },
} as const

export const scheduledThread = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    meta: {} as { refuses: { [T in Event['type']]?: keyof typeof threadClaims } },
    tags: {} as 'unresolved',
  },
  guards: {
    isHere: ({ context }, params: OfCpu) => context.cpu === params.cpu,
    maybeHere: ({ context }, params: OfCpu) => context.cpu === 'unknown' || context.cpu === params.cpu,
    maybeOrigin: ({ context }, params: OfMove) =>
      (context.cpu === 'unknown' || context.cpu === params.from) && params.from !== params.to,
    isOrigin: ({ context }, params: OfMove) => context.cpu === params.from && params.from !== params.to,
    mayExit: ({ context }, params: OfCpu) => context.cpu === params.cpu && context.life !== 'exiting',
    mayDie: ({ context }, params: OfCpu) => context.cpu === params.cpu && context.life !== 'alive',
    isLate: ({ context }, params: OfCpu) => context.cpu === params.cpu && context.late,
  },
  actions: {
    place: assign({ cpu: (_, params: OfCpu) => params.cpu }),
    settle: assign({ cpu: (_, params: OfCpu) => params.cpu, late: false }),
    relocate: assign({ cpu: (_, params: OfMove) => params.to }),
    announce: assign({ late: false }),
    beginExit: assign({ life: 'exiting' }),
    begin: assign({ cpu: 'unknown', life: 'alive', late: false }),
    forget: assign({ cpu: 'unknown', late: true }),
  },
}).createMachine({
  id: 'thread',
  context: { cpu: 'unknown', life: 'unknown', late: true },
  meta: {
    refuses: {
      'thread.fork': 'actsWhileRunning',
      'thread.exit': 'actsWhileRunning',
      'thread.observe': 'actsWhileRunning',
      'thread.create': 'isFresh',
      'thread.start': 'startsOnce',
      'thread.waking': 'wakesSleepers',
      'thread.wake': 'wakesAfterWaking',
      'thread.migrate': 'movesOffCpu',
      'thread.dispatch': 'runsWhereQueued',
      'thread.preempt': 'leavesWhereItRan',
      'thread.yield': 'leavesWhereItRan',
      'thread.block': 'leavesWhereItRan',
      'thread.hide': 'leavesWhereItRan',
      'thread.die': 'diesAfterExit',
    },
  },
  initial: 'unresolved',
  states: {
    unresolved: {
      tags: 'unresolved',
      initial: 'unseen',
      on: {
        'thread.create': { target: 'new', actions: 'begin' },
        'thread.start': { target: 'runnable', guard: maybeHere, actions: settle },
        'thread.migrate': {
          guard: { type: 'maybeOrigin', params: move },
          actions: { type: 'relocate', params: move },
        },
        'thread.dispatch': { target: 'running', guard: maybeHere, actions: place },
        'thread.observe': { target: 'running', guard: maybeHere, actions: place },
        'thread.fork': { target: 'running', guard: maybeHere, actions: place },
        'thread.exit': { target: 'running', guard: maybeHere, actions: [place, 'beginExit'] },
        'thread.preempt': { target: 'runnable.preempted', guard: maybeHere, actions: place },
        'thread.yield': { target: 'runnable', guard: maybeHere, actions: place },
        'thread.block': { target: 'blocked', guard: maybeHere, actions: place },
        'thread.die': { target: 'dead', guard: maybeHere, actions: place },
        'thread.hide': { target: '.unseen', guard: maybeHere, actions: 'forget' },
      },
      states: {
        unseen: {
          on: {
            'thread.waking': { target: 'waking', guard: maybeHere, actions: place },
            'thread.wake': { target: 'woken', guard: maybeHere, actions: place },
          },
        },
        // It sleeps, was preempted on the way to sleep, or still runs on a CPU that has not written a line.
        waking: { on: { 'thread.wake': { target: 'woken', guard: here } } },
        // It is queued, or still runs on a CPU that has not written a line.
        woken: { on: { 'thread.waking': { target: 'waking', guard: here } } },
      },
    },
    new: {
      on: { 'thread.start': { target: 'runnable', actions: settle } },
      meta: { refuses: { 'thread.dispatch': 'startsWhenWoken' } },
    },
    runnable: {
      initial: 'queued',
      on: { ...migrate, 'thread.dispatch': { target: 'running', guard: here } },
      states: {
        queued: {},
        preempted: { on: { 'thread.waking': { target: 'waking', guard: here } } },
        waking: {
          on: {
            'thread.wake': { target: 'queued', guard: here },
            'thread.dispatch': { target: '#thread.running.waking', guard: here },
          },
        },
      },
    },
    running: {
      initial: 'settled',
      on: {
        'thread.observe': { guard: here },
        'thread.fork': { guard: here },
        'thread.exit': { guard: { type: 'mayExit', params: cpu }, actions: 'beginExit' },
        'thread.hide': { target: 'unresolved', guard: here, actions: 'forget' },
        'thread.die': { target: 'dead', guard: { type: 'mayDie', params: cpu } },
      },
      meta: { refuses: { 'thread.dispatch': 'runsOnOneCpu' } },
      states: {
        settled: {
          on: {
            'thread.preempt': { target: '#thread.runnable.preempted', guard: here },
            'thread.yield': { target: '#thread.runnable.queued', guard: here },
            'thread.block': { target: '#thread.blocked.asleep', guard: here },
            'thread.waking': { target: 'waking', guard: here, actions: 'announce' },
            'thread.wake': { guard: { type: 'isLate', params: cpu }, actions: 'announce' },
          },
        },
        // The waker found it on its CPU, about to sleep: the wake-up ends before or after it has left.
        waking: {
          on: {
            'thread.preempt': { target: '#thread.runnable.waking', guard: here },
            'thread.yield': { target: '#thread.runnable.waking', guard: here },
            'thread.block': { target: '#thread.blocked.waking', guard: here },
            'thread.wake': { target: 'settled', guard: here },
          },
        },
      },
    },
    blocked: {
      initial: 'asleep',
      on: migrate,
      meta: { refuses: { 'thread.dispatch': 'sleepsUntilWoken' } },
      states: {
        asleep: {
          on: {
            'thread.waking': { target: 'waking', guard: here, actions: 'announce' },
            'thread.wake': {
              target: '#thread.runnable',
              guard: { type: 'isLate', params: cpu },
              actions: 'announce',
            },
          },
        },
        waking: { on: { 'thread.wake': { target: '#thread.runnable', guard: here } } },
      },
    },
    dead: {
      on: { 'thread.create': { target: 'new', actions: 'begin' } },
      meta: {
        refuses: {
          'thread.dispatch': 'staysDead',
          'thread.waking': 'staysDead',
          'thread.wake': 'staysDead',
          'thread.migrate': 'staysDead',
        },
      },
    },
  },
})
