/**
 * A short loop through a set of states that meets every fairness assumption: it takes an event of each class
 * that is taken there, or passes a state where a weakly fair class is disabled.
 */
import assert from 'node:assert/strict'
import type { Instance } from '../model/instance.ts'
import { type Graph, someEdge } from './graph.ts'
import type { ClassUse, FairSet } from './progress.ts'

type Step = { readonly source: number; readonly event: number }
type Walk = { readonly events: number[]; readonly state: number }

/** The events of a fair loop from `entry` back to `entry`, at least one. */
export function fairLoop(
  graph: Graph,
  set: FairSet,
  entry: number,
  classes: Instance['fairness'],
  use: readonly ClassUse[],
): number[] {
  const loop: number[] = []
  let state = entry
  const visited = [entry]
  const enabledIn = (index: number, at: number) =>
    someEdge(graph, at, (event) => classes[index]!.events.includes(event))
  classes.forEach(({ strength, events }, index) => {
    const { taken, enabled, disabled } = use[index]!
    if (strength === 'strong' && !enabled) return
    const byRest = strength === 'weak' && disabled
    const met =
      loop.some((event) => events.includes(event)) || (byRest && visited.some((at) => !enabledIn(index, at)))
    if (met) return
    const walk = byRest
      ? walkTo(graph, set, state, (_, target) => !enabledIn(index, target))
      : walkTo(graph, set, state, (event) => taken && events.includes(event))
    for (const event of walk.events) loop.push(event)
    state = walk.state
    visited.push(state)
  })
  if (state !== entry || loop.length === 0)
    return loop.concat(walkTo(graph, set, state, (_, target) => target === entry).events)
  return loop
}

// Breadth first inside the set, to the first edge that is wanted.
function walkTo(
  graph: Graph,
  set: FairSet,
  start: number,
  wanted: (event: number, target: number) => boolean,
): Walk {
  const reached = new Map<number, Step | undefined>([[start, undefined]])
  for (const source of reached.keys()) {
    let last: (Step & { readonly target: number }) | undefined
    someEdge(graph, source, (event, target) => {
      if (set.label[target] !== set.within) return false
      if (wanted(event, target)) last = { source, event, target }
      else if (!reached.has(target)) reached.set(target, { source, event })
      return last !== undefined
    })
    if (last !== undefined) return { events: eventsAlong(reached, last), state: last.target }
  }
  assert.fail('a strongly connected set has no way to one of its own states')
}

function eventsAlong(reached: ReadonlyMap<number, Step | undefined>, last: Step): number[] {
  const events: number[] = []
  for (let step: Step | undefined = last; step !== undefined; step = reached.get(step.source))
    events.push(step.event)
  return events.reverse()
}
