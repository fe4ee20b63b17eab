/**
 * The tables against xstate: every supported feature, in one small chart each, walked at random through the
 * product and through xstate's own `transition()` side by side; and the states the search finds against
 * those of a plain breadth-first walk over `transition()`.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate'
import { check } from '../../src/checker/explore.ts'
import { Product } from '../../src/checker/product.ts'
import { type EventInstance, type Instance, instantiate } from '../../src/model/instance.ts'
import { completingCharts } from './charts/completing.ts'
import { decidingCharts } from './charts/deciding.ts'
import type { FeatureChart } from './charts/feature-chart.ts'
import { historyCharts } from './charts/history.ts'
import { nestingCharts } from './charts/nesting.ts'
import { settlingCharts } from './charts/settling.ts'
import { plain, systemOf } from './system-of.ts'

const SEED = 20
const STEPS_MIN = 100_000
const CHOICES = 100
const charts = [nestingCharts, historyCharts, settlingCharts, decidingCharts, completingCharts].flat()
// Some choices start a walk anew, which is no step.
const WALKS = Math.ceil((1.1 * STEPS_MIN) / CHOICES / charts.length)

function instanceOf({ machine, events, input }: FeatureChart): Instance {
  return instantiate(systemOf({ components: { chart: plain(machine, { input }) }, events }))
}

// What two snapshots must share. The history is compared by the states it names, in no order.
function visible({ value, context, status, output, historyValue, tags }: AnyMachineSnapshot) {
  const remembered: [string, { id: string }[]][] = Object.entries(historyValue)
  const history = remembered.map(([id, nodes]) => [id, nodes.map((node) => node.id).sort()])
  return { value, context, status, output, tags: [...tags].sort(), history: Object.fromEntries(history) }
}

function xstateInitial({ machine, input }: FeatureChart): AnyMachineSnapshot {
  return initialTransition(machine, input as never)[0]
}

function xstateStep({ machine }: FeatureChart, snapshot: AnyMachineSnapshot, local: { type: string }) {
  return transition(machine, snapshot as never, local as never)[0] as AnyMachineSnapshot
}

// A time-out can only happen while a state that set it is active; nothing happens to a chart that is done.
function xstateAccepts(
  { machine }: FeatureChart,
  snapshot: AnyMachineSnapshot,
  { event, local }: EventInstance,
) {
  if (snapshot.status !== 'active') return false
  const pending = snapshot._nodes.some(({ after }) => after.some(({ eventType }) => eventType === local.type))
  if (event.type === 'after' && !pending) return false
  return machine.getTransitionData(snapshot, local).length > 0
}

/** Takes a step for each choice, or starts anew where nothing is accepted; returns the steps compared. */
function compareAlong(chart: FeatureChart, product: Product, choices: readonly number[]): number {
  const { events } = product.instance
  const state = (vector: readonly number[]) => visible(product.snapshots(vector)[0]!)
  let vector = product.initial()
  let snapshot = xstateInitial(chart)
  let steps = 0
  assert.deepEqual(state(vector), visible(snapshot), 'at the start')
  for (const choice of choices) {
    const accepted = events.flatMap((event, index) => (xstateAccepts(chart, snapshot, event) ? [index] : []))
    assert.deepEqual(product.enabled(vector), accepted, 'the events accepted')
    if (accepted.length === 0) {
      vector = product.initial()
      snapshot = xstateInitial(chart)
      continue
    }
    const event = accepted[choice % accepted.length]!
    vector = product.step(vector, event).vector
    snapshot = xstateStep(chart, snapshot, events[event]!.local)
    assert.deepEqual(state(vector), visible(snapshot), `after ${events[event]!.label}`)
    steps++
  }
  return steps
}

// Keeps what `visible` does not show but xstate does: the order in which active states were entered.
function statesByTransition(chart: FeatureChart, { events }: Instance): Set<string> {
  const text = (snapshot: AnyMachineSnapshot) => sortedJson(visible(snapshot))
  const whole = (snapshot: AnyMachineSnapshot) => text(snapshot) + snapshot._nodes.map(({ id }) => id).join()
  const queue = [xstateInitial(chart)]
  const seen = new Map(queue.map((snapshot) => [whole(snapshot), text(snapshot)]))
  for (const snapshot of queue) {
    for (const event of events) {
      if (!xstateAccepts(chart, snapshot, event)) continue
      const next = xstateStep(chart, snapshot, event.local)
      if (seen.has(whole(next))) continue
      seen.set(whole(next), text(next))
      queue.push(next)
    }
  }
  return new Set(seen.values())
}

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )

let compared = 0

describe.each(charts.map((chart) => [chart.feature, chart] as const))('%s', (_, chart) => {
  it('steps as xstate does, on random walks', () => {
    const before = compared
    const product = new Product(instanceOf(chart))
    const choices = fc.array(fc.nat(63), { minLength: CHOICES, maxLength: CHOICES })
    const property = fc.property(choices, (list) => {
      compared += compareAlong(chart, product, list)
    })
    fc.assert(property, { seed: SEED, numRuns: WALKS })
    expect(compared).toBeGreaterThan(before)
  })

  it('has the states of a plain breadth-first walk over transition()', () => {
    const { product, states, outcome } = check(instanceOf(chart), { only: [] })
    const found = product.tables[0]!.snapshots.map((snapshot) => sortedJson(visible(snapshot)))
    expect(outcome).toBe('holds')
    expect(found.length).toBe(states)
    expect(new Set(found)).toEqual(statesByTransition(chart, instanceOf(chart)))
    expect(states).toBeGreaterThan(2)
  })
})

describe('the walks', () => {
  afterAll(() => console.log(`${compared} steps compared with transition() over ${charts.length} charts`))

  it(`compared at least ${STEPS_MIN} steps`, () => {
    expect(compared).toBeGreaterThanOrEqual(STEPS_MIN)
  })
})
