/**
 * Progress claims on the explored graph. `leadsTo(p, q)` fails where a run goes from a state with p along
 * states without q and either ends or cycles fairly. Fair cycles are found by splitting the strongly
 * connected components of the q-free region until the fairness assumptions allow a run to stay in one.
 */
import type { ClaimInstance, Instance } from '../model/instance.ts'
import { Components, type Graph, graphOf, someEdge } from './graph.ts'
import { fairLoop } from './lasso.ts'
import { MemoPredicate } from './predicate.ts'
import { runTo } from './run-along.ts'
import type { Search } from './search.ts'
import type { Reader } from './view.ts'

/** A run that breaks a progress claim: events from the initial state, then events repeated for ever. */
export type Lasso = { readonly instance: ClaimInstance; readonly prefix: number[]; readonly loop: number[] }

/** States that a claim's failing run may pass, each with the one it was reached from; a start has itself. */
type Region = {
  readonly states: number[]
  /** For each state of the graph the one it was reached from; itself for a start, -1 outside the region. */
  readonly sources: Int32Array
  readonly events: Int32Array
}

/** A set of states a run may stay in, and how the fairness classes fare there. */
export type FairSet = {
  readonly states: readonly number[]
  readonly label: Int32Array
  readonly within: number
}

type Classes = Instance['fairness']

/** Whether a class is taken inside a set, enabled somewhere and disabled somewhere in it. */
export type ClassUse = { taken: boolean; enabled: boolean; disabled: boolean }

/** The first progress claim, in the order given, that some fair run breaks. `mayGoOn` is asked before each. */
export function checkProgress(
  search: Search,
  reader: Reader,
  claims: readonly ClaimInstance[],
  mayGoOn: () => boolean,
): Lasso | 'interrupted' | undefined {
  const progress = claims.filter(({ claim }) => claim.kind === 'leadsTo' || claim.kind === 'eventually')
  if (progress.length === 0) return undefined
  const graph = graphOf(search)
  for (const instance of progress) {
    if (!mayGoOn()) return 'interrupted'
    const lasso = checkClaim(search, graph, reader, instance)
    if (lasso !== undefined) return lasso
  }
  return undefined
}

function checkClaim(
  search: Search,
  graph: Graph,
  reader: Reader,
  instance: ClaimInstance,
): Lasso | undefined {
  const { claim, name, ids } = instance
  if (claim.kind !== 'leadsTo' && claim.kind !== 'eventually') return undefined
  const memo = (holds: typeof claim.to) => {
    const predicate = new MemoPredicate(name, holds, ids, reader)
    return (state: number) => search.asks(predicate, state)
  }
  const to = memo(claim.to)
  const from = claim.kind === 'leadsTo' ? memo(claim.from) : (state: number) => state === 0
  const region = regionOf(graph, from, to)
  const prefixTo = (state: number): number[] => {
    const events: number[] = []
    let start = state
    for (; region.sources[start] !== start; start = region.sources[start]!) events.push(region.events[start]!)
    return [...runTo(search, start).events, ...events.reverse()]
  }
  const stuck = region.states.find((state) => graph.offsets[state] === graph.offsets[state + 1])
  if (stuck !== undefined) return { instance, prefix: prefixTo(stuck), loop: [] }
  const { fairness, events } = search.product.instance
  const classesOf = classesOfEvents(fairness, events.length)
  const fair = findFairSet(graph, region, fairness, classesOf)
  if (fair === undefined) return undefined
  const entry = region.states.find((state) => fair.label[state] === fair.within)!
  const use = classUse(graph, fair, fairness, classesOf)
  return {
    instance,
    prefix: prefixTo(entry),
    loop: fairLoop(graph, fair, entry, fairness, use),
  }
}

function regionOf(graph: Graph, from: (state: number) => boolean, to: (state: number) => boolean): Region {
  const avoiding = new Uint8Array(graph.size)
  for (let state = 0; state < graph.size; state++) avoiding[state] = to(state) ? 0 : 1
  const sources = new Int32Array(graph.size).fill(-1)
  const events = new Int32Array(graph.size)
  const states: number[] = []
  for (let state = 0; state < graph.size; state++) {
    if (avoiding[state] === 0 || !from(state)) continue
    sources[state] = state
    states.push(state)
  }
  for (const state of states) {
    someEdge(graph, state, (event, target) => {
      if (avoiding[target] === 1 && sources[target] === -1) {
        sources[target] = state
        events[target] = event
        states.push(target)
      }
      return false
    })
  }
  return { states, sources, events }
}

/** For each event, the fairness classes it belongs to, as indices into `classes`. */
function classesOfEvents(classes: Classes, eventCount: number): readonly (readonly number[])[] {
  const classesOf = Array.from({ length: eventCount }, (): number[] => [])
  classes.forEach(({ events }, index) => events.forEach((event) => classesOf[event]!.push(index)))
  return classesOf
}

/** How each fairness class fares in a set of states. */
export function classUse(
  graph: Graph,
  { states, label, within }: FairSet,
  classes: Classes,
  classesOf: readonly (readonly number[])[],
): ClassUse[] {
  const use = classes.map((): ClassUse => ({ taken: false, enabled: false, disabled: false }))
  const enabledIn = new Int32Array(classes.length).fill(-1)
  for (const state of states) {
    for (let edge = graph.offsets[state]!; edge < graph.offsets[state + 1]!; edge++) {
      const isInside = label[graph.targets[edge]!] === within
      for (const index of classesOf[graph.events[edge]!]!) {
        enabledIn[index] = state
        if (isInside) use[index]!.taken = true
      }
    }
    for (let index = 0; index < use.length; index++) {
      if (enabledIn[index] === state) use[index]!.enabled = true
      else use[index]!.disabled = true
    }
  }
  return use
}

// Weak: a class enabled throughout and never taken forbids staying. Strong: one enabled anywhere and never
// taken; a run may then stay only among the states where it is not enabled.
function findFairSet(
  graph: Graph,
  region: Region,
  classes: Classes,
  classesOf: readonly (readonly number[])[],
): FairSet | undefined {
  const label = new Int32Array(graph.size)
  for (const state of region.states) label[state] = 1
  const components = new Components(graph, label)
  let labels = 1
  const pending = components.of(1, region.states)
  for (let states = pending.pop(); states !== undefined; states = pending.pop()) {
    const within = ++labels
    for (const state of states) label[state] = within
    const set: FairSet = { states, label, within }
    const use = classUse(graph, set, classes, classesOf)
    const starved = use.some(({ taken, disabled }) => !taken && !disabled)
    if (starved) continue
    const refused = classes.filter(
      ({ strength }, index) => strength === 'strong' && !use[index]!.taken && use[index]!.enabled,
    )
    if (refused.length === 0) return set
    const avoided = new Set(refused.flatMap(({ events }) => events))
    const rest = states.filter((state) => !someEdge(graph, state, (event) => avoided.has(event)))
    const inner = ++labels
    for (const state of rest) label[state] = inner
    // Not spread: there may be more of them than a call takes arguments.
    for (const component of components.of(inner, rest)) pending.push(component)
  }
  return undefined
}
