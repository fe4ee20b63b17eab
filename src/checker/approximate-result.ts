/**
 * What an approximate search is told and what it returns. It visits real states only, but may take a new one
 * for one it has seen: so it never says that a claim holds, only how likely it is to have missed a state.
 */
import type { Instance } from '../model/instance.ts'
import type { Omission } from './omission.ts'
import type { Product } from './product.ts'
import type { Progress, Violation } from './result.ts'

/** How one search goes about it: plain data, so that a job can carry it. One plan gives one result. */
export type SweepPlan = {
  /** The visited set: `hashes` bits for each state, or a fingerprint of 64 bits for each. */
  readonly visited: 'bitstate' | 'compact'
  /** Bytes of the visited set, rounded down to a power of two; 64 MiB where absent. */
  readonly memoryBytes?: number
  /** Bits set for each state (bitstate); 3 where absent. */
  readonly hashes?: number
  /** Breadth first, where absent, or depth first. */
  readonly order?: 'breadth' | 'depth'
  /** 0, where absent: events in their own order; else shuffled in each state. It seeds the hash functions too. */
  readonly seed?: number
  /** States so many events away are visited and asked, but not left. */
  readonly depthMax?: number
  readonly statesMax?: number
  readonly secondsMax?: number
  /** Checks these claims only; absent, all of them. Deadlock is checked with `neverStuck`. */
  readonly only?: readonly string[]
}

/** Where a breadth-first search keeps what it has not expanded yet, and the way to each state. */
export type FrontierOptions = {
  /** The folder of the files that take what does not fit in memory; the system's temporary one where absent. */
  readonly folder?: string
  /** Bytes kept in memory before any file is written; 256 MiB where absent. */
  readonly memoryBytes?: number
  /** Bytes read or written at a time; 1 MiB where absent. */
  readonly chunkBytes?: number
}

/** A plan, and what only this process can give: files, progress, symmetry and reduction. */
export type SweepOptions = SweepPlan & {
  readonly frontier?: FrontierOptions
  /** The tables to search on, of the same instance, where the functions below work on them; else new ones. */
  readonly product?: Product
  /** Called about five times a second. */
  readonly onProgress?: (progress: Progress) => void
  /** Replaces the local state ids of a state by those of the one that stands for all symmetric to it. */
  readonly canonicalise?: (ids: Int32Array) => void
  /** Clears bits of events that need not be taken in a state; returns whether it cleared any. */
  readonly reduce?: (ids: Int32Array, enabledWords: Int32Array) => boolean
}

export type Sweep = {
  readonly instance: Instance
  readonly product: Product
  readonly outcome: 'violated' | 'no violation found'
  /** Real: its events were executed anew, from the initial state, before it was returned. */
  readonly violation: Violation | undefined
  /** Labels of the witnesses that some visited state shows. */
  readonly reached: readonly string[]
  /** Labels of the other witnesses: a state that was not visited may show them. */
  readonly unreached: readonly string[]
  readonly claimsChecked: readonly string[]
  /** Progress claims: a search that stores no states cannot tell a cycle. */
  readonly claimsLeftOut: readonly string[]
  /** States visited, each counted once. */
  readonly states: number
  readonly transitions: number
  /** Events to the state farthest away: from the initial state (breadth), or along the longest path (depth). */
  readonly depth: number
  readonly seconds: number
  /** Bytes of the visited set. */
  readonly bytes: number
  /** Bytes written to files. */
  readonly spilledBytes: number
  /** The limit that ended the search before it ran out of states. */
  readonly ended: string | undefined
  readonly omission: Omission
}
