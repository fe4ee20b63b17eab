/**
 * What a search has used of each chart, read off the tables: transitions never taken, states never entered,
 * guards that were never true or never false. A hole is a question to the writer, not a violation.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { nodesOf } from '../model/alphabet.ts'
import type { Chart } from './chart.ts'
import type { Product } from './product.ts'

export type ChartCoverage = {
  /** The machine's id. */
  readonly machine: string
  readonly components: readonly string[]
  readonly transitions: number
  readonly transitionsNeverTaken: readonly string[]
  readonly states: number
  readonly statesNeverEntered: readonly string[]
  readonly guardsNeverTrue: readonly string[]
  readonly guardsNeverFalse: readonly string[]
}

export type Coverage = {
  readonly charts: readonly ChartCoverage[]
  /** Ground event types of which no event was ever enabled. */
  readonly eventsNeverTaken: readonly string[]
}

function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
}

function nameOf(transition: AnyTransitionDefinition, position: number): string {
  const { source, eventType, target, guard } = transition
  const condition =
    typeof guard === 'string'
      ? guard
      : typeof guard === 'object' && 'type' in guard
        ? String(guard.type)
        : undefined
  const goal = target === undefined ? '' : ` -> ${target.map((node: AnyStateNode) => node.key).join(', ')}`
  const guarded = condition === undefined ? '' : ` [${condition}]`
  const twin = position > 0 ? ` (#${position + 1})` : ''
  return `${source.id}: ${eventType || 'always'}${guarded}${goal}${twin}`
}

/** The coverage of one chart, which the named components share. */
export function chartCoverage(chart: Chart, components: readonly string[]): ChartCoverage {
  const nodes = nodesOf(chart.machine.root).filter(({ type }) => type !== 'history')
  const transitions = nodes.flatMap((node) => transitionsOf(node))
  const { seen } = chart
  const never = transitions.filter((transition) => !seen.transitions.has(transition))
  const guards = [...seen.guards]
  return {
    machine: chart.machine.id,
    components,
    transitions: transitions.length,
    transitionsNeverTaken: never.map((transition) => {
      const twins = transitions.filter((other) => nameOf(other, 0) === nameOf(transition, 0))
      return nameOf(transition, twins.length > 1 ? twins.indexOf(transition) : 0)
    }),
    states: nodes.length,
    statesNeverEntered: nodes.filter(({ id }) => !seen.nodes.has(id)).map(({ id }) => id),
    guardsNeverTrue: guards.filter(([, { passed }]) => passed === 0).map(([name]) => name),
    guardsNeverFalse: guards.filter(([, { failed }]) => failed === 0).map(([name]) => name),
  }
}

/** The coverage of every chart of a product, after a search. Components that share a machine share a row. */
export function coverageOf({ tables, instance }: Product): Coverage {
  const byChart = new Map<Chart, string[]>()
  for (const { chart, component } of tables)
    byChart.set(chart, [...(byChart.get(chart) ?? []), component.name])
  const taken = new Set<string>()
  for (const { alphabet, next } of tables) {
    for (let entry = 0; entry < next.length; entry++) {
      if (next[entry]! >= 0) taken.add(instance.events[alphabet[entry % alphabet.length]!]!.event.type)
    }
  }
  const types = [...new Set(instance.events.map(({ event }) => event.type))]
  return {
    charts: [...byChart].map(([chart, components]) => chartCoverage(chart, components)),
    eventsNeverTaken: types.filter((type) => !taken.has(type)),
  }
}
