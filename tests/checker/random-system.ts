/**
 * Random small systems as plain tables, the machines that say the same, and the product of the tables worked
 * out naively: what the engine must agree with, written without any of its ideas.
 */
import fc from 'fast-check'
import { createMachine } from 'xstate'
import type { Claim } from '../../src/model/claim.ts'
import type { System } from '../../src/model/system.ts'
import { type EventFields, crowd, plain, systemOf } from './system-of.ts'

/** One component: for each state and event the next state, null where it refuses. */
export type Table = {
  readonly alphabet: readonly number[]
  readonly next: readonly (readonly (number | null)[])[]
  readonly observer: boolean
}

/** A place is one state for each component. */
export type Place = readonly number[]
type Edge = { readonly event: number; readonly target: number }

export type NaiveProduct = {
  readonly places: readonly Place[]
  readonly edges: readonly (readonly Edge[])[]
  /** Steps from the first place. */
  readonly distances: readonly number[]
  /** Steps to the first refusal of an observer, the refused event included. */
  readonly refusalDistance: number | undefined
  readonly stuck: readonly number[]
}

const STATES_MAX = 5

const table = (eventCount: number, observer: boolean): fc.Arbitrary<Table> =>
  fc
    .record({
      alphabet: fc.subarray(
        Array.from({ length: eventCount }, (_, event) => event),
        { minLength: 1 },
      ),
      rows: fc.array(
        fc.array(fc.option(fc.nat(STATES_MAX - 1), { nil: null, freq: 3 }), {
          minLength: eventCount,
          maxLength: eventCount,
        }),
        { minLength: 1, maxLength: STATES_MAX },
      ),
    })
    .map(({ alphabet, rows }) => ({
      alphabet,
      observer,
      next: rows.map((row) => row.map((target) => (target === null ? null : target % rows.length))),
    }))

/** Up to `count` components, and with `observers` one more that watches. */
export const tables = (count: number, eventCount: number, observers = false): fc.Arbitrary<Table[]> =>
  fc
    .tuple(
      fc.array(table(eventCount, false), { minLength: 2, maxLength: count }),
      fc.array(table(eventCount, true), { minLength: observers ? 1 : 0, maxLength: observers ? 2 : 0 }),
    )
    .map(([components, watching]) => [...components, ...watching])

const eventsOf = (all: readonly Table[]): number[] =>
  [...new Set(all.flatMap(({ alphabet, observer }) => (observer ? [] : alphabet)))].sort((a, b) => a - b)

/**
 * The same as a system of machines: component `c0` is in state `s2` where its table is in state 2. Bystanders
 * follow the components and change nothing.
 */
export function asSystem(
  all: readonly Table[],
  claims: System['claims'] = {},
  rest: Partial<System> = {},
  bystanders = 0,
): System {
  const known = eventsOf(all)
  const components = all.map(({ alphabet, next, observer }, index) => {
    const states = next.map((row, state) => {
      const moves = alphabet.flatMap((event) =>
        row[event] === null ? [] : [[`e${event}`, `s${row[event]}`] as const],
      )
      return [`s${state}`, { on: Object.fromEntries(moves) }] as const
    })
    const machine = createMachine({ id: `c${index}`, initial: 's0', states: Object.fromEntries(states) })
    const names = alphabet.filter((event) => known.includes(event)).map((event) => [`e${event}`, [{}]])
    return [`c${index}`, plain(machine, { observer, alphabet: Object.fromEntries(names) })] as const
  })
  const events: EventFields = Object.fromEntries(known.map((event) => [`e${event}`, {}]))
  return systemOf({
    ...rest,
    components: { ...Object.fromEntries(components), ...crowd(bystanders) },
    events,
    claims,
  })
}

/** Every reachable place, breadth first. */
export function naiveProduct(all: readonly Table[]): NaiveProduct {
  const events = eventsOf(all)
  const places: Place[] = [all.map(() => 0)]
  const seen = new Map([[places[0]!.join(), 0]])
  const distances = [0]
  const edges: Edge[][] = []
  let refusalDistance: number | undefined
  for (const [index, place] of places.entries()) {
    const found: Edge[] = []
    for (const event of events) {
      const takers = all.map(({ alphabet }) => alphabet.includes(event))
      const moves = all.map(({ next }, component) => next[place[component]!]![event] ?? null)
      const refuses = (observer: boolean) =>
        all.some(
          (one, component) => one.observer === observer && takers[component]! && moves[component] === null,
        )
      if (refuses(false)) continue
      if (refuses(true)) refusalDistance ??= distances[index]! + 1
      const next = place.map((state, component) => (takers[component]! ? (moves[component] ?? state) : state))
      const known = seen.get(next.join())
      const target = known ?? places.push(next) - 1
      if (known === undefined) {
        seen.set(next.join(), target)
        distances[target] = distances[index]! + 1
      }
      found.push({ event, target })
    }
    edges.push(found)
  }
  const stuck = places.flatMap((_, index) => (edges[index]!.length === 0 ? [index] : []))
  return { places, edges, distances, refusalDistance, stuck }
}

/** Some components in certain states: a condition on places. */
export type Condition = readonly (number | null)[]

/** A condition on up to `count` components; those it does not speak of are null. */
export const condition = (count: number): fc.Arbitrary<Condition> =>
  fc.array(fc.option(fc.nat(STATES_MAX - 1), { nil: null, freq: 2 }), { minLength: count, maxLength: count })

/** Whether a place meets a condition; one that speaks of no component there is met everywhere. */
export const meets = (place: Place, wanted: Condition): boolean =>
  place.every((state, component) => (wanted[component] ?? state) === state)

type Snapshots = { readonly [component: string]: { readonly value: unknown } }

/** The same question asked of the engine's global state; it looks at no more than it must. */
export function meetsIn(state: Snapshots, wanted: Condition): boolean {
  return wanted.every((place, index) => {
    const name = `c${index}`
    return place === null || !(name in state) || state[name]!.value === `s${place}`
  })
}

/** A claim of one kind on such conditions, counting how often it is evaluated. */
export function claimOf(
  kind: 'always' | 'sometimes',
  wanted: Condition,
  evaluated: () => void = () => undefined,
): Claim {
  const holds = (state: Snapshots) => {
    evaluated()
    return meetsIn(state, wanted) === (kind === 'sometimes')
  }
  return { kind, sentence: 'as the tables have it', forAll: [], holds }
}
