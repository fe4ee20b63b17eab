/**
 * Short-cuts of a counterexample: a breadth-first search of bounded size from each state along it, for a nearer
 * way to one of its later states or to a violation of the same claim.
 */
import { EvaluationError } from './component-table.ts'
import type { Vector } from './product.ts'
import type { Ending, Rerun } from './rerun.ts'

/** States looked at from each state of a run, at the least. */
const SHARE_MIN = 32

/** What may still be spent: steps of schedules, states of searches around a run. */
export type Budget = { steps: number; states: number }

type Node = {
  readonly vector: Vector
  readonly parent: number
  readonly event: number
  readonly depth: number
}
/** A way from a state of the run: its events, where on the run it ends (undefined: in a violation), what it saves. */
type Cut = { readonly events: readonly number[]; readonly to: number | undefined; readonly saving: number }
/** A run that violates, its states, and for each the position at which the run leaves it for good. */
type Walked = {
  readonly ending: Ending
  readonly vectors: readonly Vector[]
  readonly positions: ReadonlyMap<string, number>
}

function walked(rerun: Rerun, ending: Ending): Walked {
  const vectors = rerun.vectorsAlong(ending.events)
  return { ending, vectors, positions: new Map(vectors.map((vector, position) => [vector.join(), position])) }
}

/** The run with the best short-cut from each of its states in turn, as far as the budget of states goes. */
export function shortcut(rerun: Rerun, ending: Ending, budget: Budget): Ending {
  const share = Math.max(SHARE_MIN, Math.floor(budget.states / Math.max(1, ending.events.length)))
  let best = walked(rerun, ending)
  for (let from = 0; from + 1 < best.ending.events.length && budget.states > 0; from++) {
    const { events } = best.ending
    const cut = cutFrom(rerun, best, from, share, budget)
    if (cut === undefined) continue
    const tail = cut.to === undefined ? [] : events.slice(cut.to)
    const found = rerun.strictly([...events.slice(0, from), ...cut.events, ...tail])
    if (found !== undefined && found.events.length < events.length) best = walked(rerun, found)
  }
  return best.ending
}

function cutFrom(
  rerun: Rerun,
  { ending: { events }, vectors, positions }: Walked,
  from: number,
  statesMax: number,
  budget: Budget,
): Cut | undefined {
  const nodes: Node[] = [{ vector: vectors[from]!, parent: -1, event: -1, depth: 0 }]
  const seen = new Set([vectors[from]!.join()])
  let best: Cut | undefined
  const offer = (way: readonly number[], to: number | undefined) => {
    const saving = (to ?? events.length) - from - way.length
    if (saving > (best?.saving ?? 0)) best = { events: way, to, saving }
  }
  for (let next = 0; next < nodes.length && nodes.length < statesMax; next++) {
    const { vector, depth } = nodes[next]!
    // From here on every way is too long to save more than what was found.
    if (events.length - from - depth - 1 <= (best?.saving ?? 0)) break
    for (const { event, target, isViolation } of stepsFrom(rerun, vector)) {
      const key = target.join()
      if (isViolation) offer([...wayTo(nodes, next), event], undefined)
      if (seen.has(key)) continue
      seen.add(key)
      nodes.push({ vector: target, parent: next, event, depth: depth + 1 })
      const position = positions.get(key)
      if (position !== undefined) offer(wayTo(nodes, nodes.length - 1), position)
    }
  }
  budget.states -= nodes.length
  return best
}

function wayTo(nodes: readonly Node[], index: number): number[] {
  const way: number[] = []
  for (let at = nodes[index]!; at.parent >= 0; at = nodes[at.parent]!) way.unshift(at.event)
  return way
}

type Edge = { readonly event: number; readonly target: Vector; readonly isViolation: boolean }

// A state where a machine or a claim throws is no way to anything.
function stepsFrom(rerun: Rerun, vector: Vector): Edge[] {
  const { product } = rerun.judge
  try {
    return product.enabled(vector).map((event) => {
      const target = product.step(vector, event).vector
      const label = rerun.labelOfEvent(vector, event) ?? rerun.labelAt(target)
      return { event, target, isViolation: label !== undefined }
    })
  } catch (error) {
    if (error instanceof EvaluationError) return []
    throw error
  }
}
