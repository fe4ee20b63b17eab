/** The visited sets that forget, as one interface, and the one that a plan asks for. */
import { UsageError } from '../model/instance.ts'
import type { SweepPlan } from './approximate-result.ts'
import { BitTable } from './bit-table.ts'
import { CompactTable } from './compact-table.ts'
import type { Omission } from './omission.ts'

/**
 * A set of states by their fingerprints, two 32-bit numbers. It may say of a new one that it is old, never the
 * reverse.
 */
export type VisitedSet = {
  /** Adds a state; returns whether it was new. */
  readonly add: (first: number, second: number) => boolean
  /** Reads what `add` will read, so that cache misses overlap. */
  readonly warm: (first: number, second: number) => void
  /** Whether nothing more can be added. */
  readonly isFull: () => boolean
  readonly bytes: number
  readonly omission: () => Omission
}

const MEMORY_DEFAULT = 64 * 2 ** 20
export const HASHES_DEFAULT = 3

/** Bytes of the visited set of a plan: the largest power of two within what it allows. */
export const bytesOf = ({ memoryBytes = MEMORY_DEFAULT }: SweepPlan): number =>
  2 ** Math.floor(Math.log2(memoryBytes))

/** The visited set of a plan. Throws UsageError where there is not that much memory, or next to none. */
export function createVisitedSet(plan: SweepPlan): VisitedSet {
  const bytes = bytesOf(plan)
  const bytesMin = plan.visited === 'bitstate' ? 4 : 16
  if (!(bytes >= bytesMin))
    throw new UsageError(`a visited set takes at least ${bytesMin} bytes, not ${plan.memoryBytes}`)
  try {
    return plan.visited === 'bitstate'
      ? new BitTable(bytes, plan.hashes ?? HASHES_DEFAULT)
      : new CompactTable(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`there is no memory for a visited set of ${bytes} bytes: ${error.message}`)
  }
}
