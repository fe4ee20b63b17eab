/**
 * One step of a run of threads over shared memory: an access with what it came back with, or a crash. Traces
 * print it, and a thread's `event` reads off it what the step means to the specification.
 */
import type { WaitOutcome } from './shared-memory.ts'

export type AccessKind =
  | 'load'
  | 'store'
  | 'add'
  | 'or'
  | 'and'
  | 'exchange'
  | 'compareExchange'
  | 'get'
  | 'set'
  | 'wait'
  | 'notify'
  | 'pause'

/** An access that a thread makes. */
export type MemoryAccess = {
  readonly kind: AccessKind
  /** The word; absent for `pause`. */
  readonly index?: number
  /** The word's name. */
  readonly location?: string
  /** The operand: what is stored, added, exchanged, or waited for, as an Int32. */
  readonly value?: number
  /** What `compareExchange` expects. */
  readonly expected?: number
  /** How many `notify` wakes at most; absent where it wakes all. */
  readonly count?: number
  /** A wait that has a finite timeout. */
  readonly timed?: true
  /**
   * What came back: a number from a read and from `notify`. A wait that sleeps is two steps: `parked`, then `ok`
   * or `timed-out` when the thread goes on. Absent where the access returns nothing.
   */
  readonly result?: number | WaitOutcome | 'parked'
}

/** A step of one thread. */
export type MemoryStep<Self extends object = object> = {
  readonly thread: string
  /** Absent where the thread crashes: the access that was due is not made. */
  readonly access?: MemoryAccess
  /** Set where the thread's operation ends with this step, and how; `crashed` where it is cut off. */
  readonly ends?: 'again' | 'done' | 'crashed'
  /** What this operation did before, each access with its result: what a step means may depend on it. */
  readonly earlier: readonly MemoryAccess[]
  /** The thread's data when its operation began. It must not be changed. */
  readonly before: Self
  /** The same after the step: other than `before` only where the operation ends. It must not be changed. */
  readonly after: Self
  /** What a word holds after the step. */
  readonly word: (index: number) => number
}
