/** What a check returns: the verdict, what was covered, and for a violation the events that lead to it. */
import type { Instance } from '../model/instance.ts'
import type { Coverage } from './coverage.ts'
import type { Limits } from './limits.ts'
import type { Product } from './product.ts'
import type { Allowed, Reduction } from './reduction.ts'

/** What went wrong: a claim, an observer, a state where nothing is enabled, or a machine that threw. */
export type Violation = {
  readonly kind: 'invariant' | 'observer' | 'stuck' | 'progress' | 'error'
  /** The claim's name; the observer's component name; `neverStuck` where the system names no such claim. */
  readonly claim: string
  /** The claim with the identifiers it fails for, or the error's text. */
  readonly label: string
  /** The events from the initial state, as indices into the instance's events. */
  readonly events: readonly number[]
  /** For progress: the length of the prefix; the events after it repeat for ever (none: nothing is enabled). */
  readonly loopStart?: number
}

export type Result = {
  readonly instance: Instance
  readonly product: Product
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  readonly violation: Violation | undefined
  /** Witnesses that no state has shown. */
  readonly unreached: readonly string[]
  readonly claimsChecked: readonly string[]
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly seconds: number
  /** Bytes of the state store. */
  readonly bytes: number
  /** What made the search for safety violations and deadlocks smaller; absent where it was of the full graph. */
  readonly reduction: Reduction | undefined
  /** Whether `states`, `transitions` and `depth` are those of the reduced graph. */
  readonly isReduced: boolean
  readonly coverage: Coverage
  /** The limit that ended the search. */
  readonly bound: string | undefined
}

export type Progress = {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** States found but not expanded yet. */
  readonly queue: number
  readonly seconds: number
  readonly bytes: number
}

export type Options = {
  readonly limits?: Partial<Limits>
  /** Called about five times a second. */
  readonly onProgress?: (progress: Progress) => void
  /** Checks these claims only; absent, all of them. Deadlock is checked with `neverStuck`. */
  readonly only?: readonly string[]
  /**
   * Which reductions to use. Absent: symmetry, once the full graph has turned out not to be small. False: none.
   */
  readonly reduction?: Partial<Allowed> | false
  /** Asks the claims of every state and its renamings, not of a sample. */
  readonly paranoid?: boolean
  /** How many threads search; 1 if absent. Counts and traces are the same with any number. */
  readonly workers?: number
  /** From how many states on code is generated; tests set it, users need not. */
  readonly compileAt?: number
}
