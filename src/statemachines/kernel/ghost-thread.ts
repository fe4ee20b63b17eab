/**
 * A thread as the kernel has it (ghOSt, Humphries et al. 2021): in the ghost class it runs only where a transaction
 * put it. Each event an agent must learn of counts its sequence number up (Tseq) and posts one message with it, in
 * one step under the run-queue lock; leaving a CPU is two steps, the message first and the CPU after it.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import { type Cpu, type Failure, type Thread, next } from './ghost-identifiers.ts'

type Context = {
  thread: Thread
  /** Sequence numbers wrap around at this. */
  numbers: number
  /** Tseq: the number of the last event. */
  seq: number
  /** Where it runs, is latched, or still has to leave. */
  cpu: Cpu | 'none'
}

type OfSeq = { seq: number }
type OfCpu = { cpu: Cpu }
type OfResult = OfSeq & { result: Failure }
type Edge = OfCpu & OfSeq & { thread: Thread }

export type Event =
  | { type: 'thread.enter'; thread: Thread; seq: number } //     joins, off any CPU: posts NEW
  | { type: 'thread.wake'; thread: Thread; seq: number } //      posts WAKEUP
  | ({ type: 'thread.block' } & Edge) //                         posts BLOCKED; it still has to leave its CPU
  | ({ type: 'thread.yield' } & Edge) //                         posts YIELD; likewise
  | ({ type: 'thread.preempt' } & Edge) //                       posts PREEMPT; likewise
  | ({ type: 'thread.exit' } & Edge) //                          posts DEAD; likewise
  | ({ type: 'thread.unlatch' } & Edge) //                       posts PREEMPT(was_latched): it never ran
  | ({ type: 'cpu.dispatch' } & OfCpu & { thread: Thread }) //   a latched thread gets on its CPU
  | ({ type: 'cpu.release' } & OfCpu & { thread: Thread }) //    it is off its CPU: ONCPU is cleared
  | ({ type: 'transaction.complete' } & Edge) //                 a commit with the number `seq` latches it
  | ({ type: 'transaction.fail'; result: Failure } & Edge) //    a commit with that number fails

const seq = ({ event }: { event: OfSeq }): OfSeq => ({ seq: event.seq })
const cpu = ({ event }: { event: OfCpu }): OfCpu => ({ cpu: event.cpu })
const result = ({ event }: { event: OfResult }): OfResult => ({ seq: event.seq, result: event.result })

const here = { type: 'isHere', params: cpu } as const
const counts = { type: 'isNextNumber', params: seq } as const
const count = { type: 'count', params: seq } as const
/** Leaving a CPU towards a state: the message and its number now, the CPU with `cpu.release`. */
const leaveFor = <const To extends string>(to: To) =>
  ({ target: `leaving.${to}`, guard: allOf(here, counts), actions: count }) as const
const release = <const To extends string>(to: To) =>
  ({ 'cpu.release': { target: `#ghost-thread.${to}`, guard: here, actions: 'leaveCpu' } }) as const

export const ghostThread = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { thread: Thread; numbers: number },
  },
  guards: {
    isHere: ({ context }, params: OfCpu) => context.cpu === params.cpu,
    isNextNumber: ({ context }, params: OfSeq) => params.seq === next(context.seq, context.numbers),
    isCurrent: ({ context }, params: OfSeq) => params.seq === context.seq,
    isStale: ({ context }, params: OfResult) => params.result === 'targetStale' && params.seq !== context.seq,
    isNotRunnable: ({ context }, params: OfResult) =>
      params.result === 'targetNotRunnable' && params.seq === context.seq,
    isOnCpu: ({ context }, params: OfResult) => params.result === 'targetOnCpu' && params.seq === context.seq,
    /** The thread is as the transaction expects; the CPU or the agent decides. */
    isForOthers: ({ context }, params: OfResult) =>
      !params.result.startsWith('target') && params.seq === context.seq,
  },
  actions: {
    count: assign({ seq: (_, params: OfSeq) => params.seq }),
    latch: assign({ cpu: (_, params: OfCpu) => params.cpu }),
    leaveCpu: assign({ cpu: 'none' }),
  },
}).createMachine({
  id: 'ghost-thread',
  context: ({ input: { thread, numbers } }) => ({ thread, numbers, seq: 0, cpu: 'none' }),
  initial: 'outside',
  on: { 'transaction.fail': { guard: { type: 'isStale', params: result } } },
  states: {
    outside: { on: { 'thread.enter': { target: 'runnable', guard: counts, actions: count } } },
    runnable: {
      on: {
        'transaction.complete': {
          target: 'latched',
          guard: { type: 'isCurrent', params: seq },
          actions: { type: 'latch', params: cpu },
        },
        'transaction.fail': [
          { guard: { type: 'isForOthers', params: result } },
          { guard: { type: 'isStale', params: result } },
        ],
      },
    },
    latched: {
      on: {
        'cpu.dispatch': { target: 'running', guard: here },
        'thread.unlatch': { target: 'runnable', guard: allOf(here, counts), actions: [count, 'leaveCpu'] },
      },
    },
    running: {
      on: {
        'thread.block': leaveFor('blocked'),
        'thread.yield': leaveFor('runnable'),
        'thread.preempt': leaveFor('runnable'),
        'thread.exit': leaveFor('dead'),
        'transaction.fail': [
          { guard: { type: 'isOnCpu', params: result } },
          { guard: { type: 'isStale', params: result } },
        ],
      },
    },
    // Agents know already, the CPU does not have it off yet: a commit elsewhere must wait (TARGET_ONCPU).
    leaving: {
      on: {
        'transaction.fail': [
          { guard: { type: 'isOnCpu', params: result } },
          { guard: { type: 'isStale', params: result } },
        ],
      },
      states: {
        blocked: { on: release('blocked') },
        runnable: { on: release('runnable') },
        dead: { on: release('dead') },
      },
    },
    blocked: {
      on: {
        'thread.wake': { target: 'runnable', guard: counts, actions: count },
        'transaction.fail': [
          { guard: { type: 'isNotRunnable', params: result } },
          { guard: { type: 'isStale', params: result } },
        ],
      },
    },
    dead: {},
  },
})
