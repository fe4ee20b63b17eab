/**
 * Runs that lead to the states of a search. In a reduced search a state stands for its renamings, and the run
 * is one of the system itself.
 */
import assert from 'node:assert/strict'
import type { Vector } from './product.ts'
import type { Search } from './search.ts'

/** The events of a run and the state it ends in. */
export type FoundRun = { readonly events: number[]; readonly last: Vector }

/** A shortest run to state `index`, or in a reduced search to one of its renamings. */
export function runTo(search: Search, index: number): FoundRun {
  const { product, store } = search
  const path: number[] = []
  for (let at = index; at > 0; at = store.parentOf(at)) path.unshift(at)
  const events: number[] = []
  let last = product.initial()
  for (const state of path) {
    const target = search.vectorAt(state)
    const event = product.enabled(last).find((one) => {
      const next = Int32Array.from(product.step(last, one).vector)
      search.canonicalise?.(next)
      return next.every((id, component) => id === target[component])
    })
    assert(event !== undefined, `no event leads on to state ${state}`)
    events.push(event)
    last = product.step(last, event).vector
  }
  return { events, last }
}
