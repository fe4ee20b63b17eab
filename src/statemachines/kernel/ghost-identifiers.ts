/** Words of the delegated scheduler's vocabulary that more than one chart uses. */
import type { Cpu } from '../identifiers.ts'

export type { Cpu }
export type Thread = `thread${number}`

/** Messages about threads, as in ghOSt: TASK_NEW, TASK_WAKEUP, and so on. */
export type Kind = 'new' | 'wakeup' | 'blocked' | 'preempt' | 'yield' | 'dead' | 'departed' | 'affinity'

/** Why a commit fails: TARGET_STALE, TARGET_ONCPU, TARGET_NOT_RUNNABLE, CPU_UNAVAIL, and so on. */
export type Failure =
  | 'targetStale'
  | 'targetOnCpu'
  | 'targetNotRunnable'
  | 'targetNotFound'
  | 'cpuUnavailable'
  | 'agentStale'
  | 'noAgent'
  | 'affinity'
  | 'poisoned'
  | 'aborted'

/** A number that counts up and wraps around. */
export const next = (number: number, numbers: number): number => (number + 1) % numbers
