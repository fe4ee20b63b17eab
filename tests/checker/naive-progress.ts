/**
 * Whether a progress claim can fail, decided by brute force: a fair run that never gets there ends for want
 * of events, or stays for ever in some set of states, and there are few enough sets to try them all.
 */
import type { NaiveProduct } from './random-system.ts'

/** A class of events with its strength; events are those of the tables. */
export type FairClass = { readonly strength: 'weak' | 'strong'; readonly events: readonly number[] }

/** States from `from` on that can be reached without passing one of `to`. */
function avoiding({ edges }: NaiveProduct, from: readonly boolean[], to: readonly boolean[]): number[] {
  const found = edges.flatMap((_, index) => (from[index]! && !to[index]! ? [index] : []))
  for (const state of found) {
    for (const { target } of edges[state]!) if (!to[target]! && !found.includes(target)) found.push(target)
  }
  return found
}

function reachableWithin({ edges }: NaiveProduct, start: number, set: ReadonlySet<number>): Set<number> {
  const found = new Set<number>()
  const queue = [start]
  for (const state of queue) {
    for (const { target } of edges[state]!) {
      if (!set.has(target) || found.has(target)) continue
      found.add(target)
      queue.push(target)
    }
  }
  return found
}

// A run may visit exactly these states for ever where each can reach them all, itself included.
const canStay = (naive: NaiveProduct, set: ReadonlySet<number>): boolean =>
  [...set].every((state) => reachableWithin(naive, state, set).size === set.size)

function isFair({ edges }: NaiveProduct, set: ReadonlySet<number>, { strength, events }: FairClass): boolean {
  const taken = [...set].some((state) =>
    edges[state]!.some(({ event, target }) => events.includes(event) && set.has(target)),
  )
  const enabled = [...set].filter((state) => edges[state]!.some(({ event }) => events.includes(event)))
  return taken || (strength === 'weak' ? enabled.length < set.size : enabled.length === 0)
}

/** Whether some fair run goes from a state of `from` along states outside `to` for ever, or until it is stuck. */
export function canFail(
  naive: NaiveProduct,
  from: readonly boolean[],
  to: readonly boolean[],
  fairness: readonly FairClass[],
): boolean {
  const region = avoiding(naive, from, to)
  if (region.some((state) => naive.edges[state]!.length === 0)) return true
  for (let subset = 1; subset < 2 ** region.length; subset++) {
    const set = new Set(region.filter((_, position) => (subset >>> position) % 2 === 1))
    if (canStay(naive, set) && fairness.every((one) => isFair(naive, set, one))) return true
  }
  return false
}
