/**
 * Limits of a search. Reaching one ends it with an honest "bound reached": nothing is claimed of what was
 * not explored.
 */
import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

export type Limits = {
  readonly statesMax: number
  readonly secondsMax: number
  /** Bytes of the state store; the default is 70 % of the machine's memory. */
  readonly bytesMax: number
}

/** State indices are 32-bit, one value short of the sign. */
const STATES_MAX = 2 ** 31 - 2
/** Beyond this share of V8's own limit a search stops rather than be killed. */
const HEAP_SHARE_MAX = 0.7

export const defaultLimits: Limits = {
  statesMax: STATES_MAX,
  secondsMax: Number.POSITIVE_INFINITY,
  // Without a constraint the process is told 0 or a number beyond any memory.
  bytesMax: Math.floor(Math.min(process.constrainedMemory?.() || Number.POSITIVE_INFINITY, totalmem()) * 0.7),
}

/** Why the search must stop here, or undefined while it may go on. */
export function reached(limits: Limits, states: number, seconds: number, bytes: number): string | undefined {
  if (states >= limits.statesMax) return `${limits.statesMax} states (--max-states)`
  if (seconds >= limits.secondsMax) return `${limits.secondsMax} seconds (--max-seconds)`
  if (bytes >= limits.bytesMax)
    return `${Math.round(limits.bytesMax / 2 ** 20)} MiB of state store (--max-memory)`
  return undefined
}

/** The same for V8's heap, which the tables of local states live in. */
export function heapReached(): string | undefined {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  return used > limit * HEAP_SHARE_MAX
    ? `${Math.round(used / 2 ** 20)} MiB of JavaScript heap (local states)`
    : undefined
}
