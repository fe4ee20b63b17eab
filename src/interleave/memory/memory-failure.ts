/**
 * What a search of a memory program found: always a value, with the schedule that leads to a failure again.
 */
import type { GroundEvent } from '../../model/event.ts'
import type { ThreadStatus } from './memory-program.ts'
import type { MemoryAccess, MemoryStep } from './memory-step.ts'

/**
 * - race: two threads may access one word at the same time, one of them writes, one access is plain
 * - deadlock: no thread can go on, and one that is no daemon has not ended
 * - livelock: no end can be reached any more; or an operation goes on for ever without an access
 * - claim: a claim is false
 * - refused: the specification refuses an event, or is not where it should be at an end
 * - unreached: a claim of kind `sometimes` is true of no state, or none was an end that `atEnd` speaks of
 * - access: an index that is no word, or a value that is no whole number
 * - threw: code of a thread threw, or returned neither 'again' nor 'done'
 * - nondeterministic: code of a thread, executed again, did something else
 */
export type MemoryFailureKind =
  | 'race'
  | 'deadlock'
  | 'livelock'
  | 'claim'
  | 'refused'
  | 'unreached'
  | 'access'
  | 'threw'
  | 'nondeterministic'

/** A step as a run records it. */
export type RecordedStep = Omit<MemoryStep, 'earlier' | 'before' | 'after' | 'word'> & {
  /** Set where a parked thread wakes though nobody notified it. */
  readonly spurious?: true
  /** What the step meant to the specification. */
  readonly events: readonly GroundEvent[]
}

/** What a thread is about in a state of a run. */
export type Lane = {
  readonly status: ThreadStatus
  /** Operations it has ended so far. */
  readonly operations: number
  /** The access it would make next; while it is parked, the wait it sleeps in. */
  readonly pending?: MemoryAccess
}

/** A state of a run: every word, and every thread by name. */
export type MemoryState = {
  readonly words: readonly number[]
  readonly lanes: { readonly [thread: string]: Lane }
}

export type MemoryFailure = {
  readonly kind: MemoryFailureKind
  /** What went wrong, in one sentence. */
  readonly text: string
  /** The claim that is false or unreached. */
  readonly claim?: string
  /** The threads that are at fault, where some are. */
  readonly threads: readonly string[]
  /** The choices that lead here: at each step the index among the steps that were possible. */
  readonly schedule: readonly number[]
  readonly steps: readonly RecordedStep[]
  /** The initial state, and the state after each step. */
  readonly states: readonly MemoryState[]
  /** What was thrown, for those who want its stack. */
  readonly cause?: unknown
}

/** `bound` is never "holds": the limit that ended the search is named. */
export type MemoryVerdict =
  | { readonly outcome: 'holds' }
  | { readonly outcome: 'failed'; readonly failure: MemoryFailure }
  | { readonly outcome: 'bound'; readonly bound: string }

export type MemoryExploration = MemoryVerdict & {
  readonly states: number
  readonly transitions: number
  /** Steps to the farthest state. */
  readonly depth: number
  /** Claims of kind `sometimes` that were true of some state. */
  readonly witnesses: readonly string[]
}
