/**
 * The figures of `stats`: toys whose figures are worked out by hand, random products against naive counting,
 * registered systems against their pinned counts; and hints where figures call for them, and only there.
 */
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type AnyStateMachine, assign, createMachine, setup } from 'xstate'
import { systems } from '../../spec/index.ts'
import { statisticsOf } from '../../src/checker/statistics.ts'
import { type LocalField, fieldsOf, independentGroups } from '../../src/checker/statistics-fields.ts'
import { Product } from '../../src/checker/product.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { Components } from '../../src/model/component.ts'
import { counter } from './counter.ts'
import { type NaiveProduct, asSystem, naiveProduct, tables } from './random-system.ts'
import { plain, systemOf } from './system-of.ts'

const TIMEOUT_MS = 60_000

const eventsNamed = (...types: readonly string[]) => Object.fromEntries(types.map((type) => [type, {}]))
const instanceOf = (components: Components, ...types: readonly string[]) =>
  instantiate(systemOf({ components, events: eventsNamed(...types) }))
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)

/** A machine of several counters, each counted by an event of its name. */
function counters(sizes: { readonly [name: string]: number }): AnyStateMachine {
  const counts = Object.entries(sizes).map(([name, size]) => [
    name,
    {
      actions: assign(({ context }) => ({ [name]: (context[name]! + 1) % size })),
    },
  ])
  const context: Record<string, number> = Object.fromEntries(Object.keys(sizes).map((name) => [name, 0]))
  return setup({ types: { context } }).createMachine({
    id: 'counters',
    context,
    on: Object.fromEntries(counts),
  })
}

describe('two counters that do not know each other', () => {
  const components = {
    three: plain(counter({ size: 3, event: 'a' })),
    five: plain(counter({ size: 5, event: 'b' })),
  }
  const statistics = statisticsOf(instanceOf(components, 'a', 'b'))

  it('have the states of their product, at the sum of their counts', () => {
    expect(statistics).toMatchObject({ states: 15, transitions: 30, depth: 6, bound: undefined })
    expect(statistics.levels).toEqual([1, 2, 3, 3, 3, 2, 1])
    expect(statistics.branching).toEqual({ least: 2, mean: 2, most: 2 })
    expect(statistics.stuck).toEqual({ states: 0, depth: undefined })
  })

  it('multiply it each by its size, and say nothing of each other', () => {
    const [three, five] = statistics.components
    expect(three).toMatchObject({ name: 'three', localStates: 3, events: 1, steps: 3, selfLoops: 0, bits: 2 })
    expect(five).toMatchObject({ name: 'five', localStates: 5, events: 1, steps: 5, selfLoops: 0, bits: 3 })
    expect([three?.multiplicity, five?.multiplicity]).toEqual([3, 5])
    expect(three?.entropy).toBeCloseTo(Math.log2(3), 10)
    expect(five?.entropy).toBeCloseTo(Math.log2(5), 10)
    expect(statistics.pairs).toHaveLength(1)
    expect(statistics.pairs[0]).toMatchObject({ occurring: 15, possible: 15, follows: 'neither' })
    expect(statistics.pairs[0]?.mutualInformation).toBeCloseTo(0, 10)
    expect([statistics.bits, statistics.words]).toEqual([5, 1])
  })

  it('are taken equally often, and call for no hint', () => {
    expect(statistics.events).toEqual([
      { label: 'a', type: 'a', taken: 15 },
      { label: 'b', type: 'b', taken: 15 },
    ])
    expect(statistics.hints).toEqual([])
  })
})

describe('special cases', () => {
  it('a component that follows from another adds no states', () => {
    const components = {
      four: plain(counter({ size: 4, event: 'a' })),
      parity: plain(counter({ size: 2, event: 'a' })),
      still: plain(createMachine({ id: 'still' }), { alphabet: {} }),
    }
    const { states, components: figures, pairs } = statisticsOf(instanceOf(components, 'a'))
    expect(states).toBe(4)
    expect(figures.map(({ multiplicity }) => multiplicity)).toEqual([2, 1, 1])
    expect(figures.map(({ entropy }) => entropy)).toEqual([2, 1, 0])
    expect(pairs).toEqual([
      {
        one: 'four',
        other: 'parity',
        mutualInformation: 1,
        share: 1,
        occurring: 4,
        possible: 8,
        follows: 'other',
      },
    ])
  })

  it('events never enabled, self-loops and the first state without successors are told', () => {
    const walk = createMachine({
      id: 'walk',
      initial: 'here',
      states: { here: { on: { stay: 'here', go: 'there' } }, there: { on: { fly: 'here' } } },
    })
    const grounded = createMachine({ id: 'grounded', on: { fly: { guard: () => false } } })
    const instance = instanceOf({ walk: plain(walk), grounded: plain(grounded) }, 'stay', 'go', 'fly')
    const { events, components, stuck, branching } = statisticsOf(instance)
    expect(events.map(({ label, taken }) => [label, taken])).toEqual([
      ['stay', 1],
      ['go', 1],
      ['fly', 0],
    ])
    expect(components[0]).toMatchObject({ localStates: 2, steps: 2, selfLoops: 1 })
    expect(stuck).toEqual({ states: 1, depth: 1 })
    expect(branching).toEqual({ least: 0, mean: 1, most: 2 })
  })

  it('a family is weighed by member and as a whole', () => {
    const member = (id: string) => plain(counter({ size: 3, event: 'a' }), { identity: { who: id } })
    const { components, families } = statisticsOf(
      instantiate(
        systemOf({
          components: { all: { kind: 'family', members: ['x', 'y'].map((id) => [id, member(id)] as const) } },
          events: { a: { who: ['x', 'y'] } },
        }),
      ),
    )
    expect(components.map(({ name, multiplicity }) => [name, multiplicity])).toEqual([
      ['all.x', 3],
      ['all.y', 3],
    ])
    expect(families).toEqual([{ family: 'all', members: 2, multiplicity: 9 }])
  })

  it('a limit is honoured and told, and the figures are of what was found', () => {
    const big = { a: plain(counter({ size: 200, event: 'a' })), b: plain(counter({ size: 200, event: 'b' })) }
    const limited = statisticsOf(instanceOf(big, 'a', 'b'), { statesMax: 2_000 })
    expect(limited.bound).toBe('2000 states (--max-states)')
    expect(limited.states).toBeGreaterThanOrEqual(2_000)
    expect(limited.states).toBeLessThan(40_000)
    expect(sum(limited.levels)).toBe(limited.states)
    // A level holds one state more than the one before, as far as levels are whole.
    expect(limited.levels.slice(0, -2)).toEqual(limited.levels.slice(0, -2).map((_, level) => level + 1))
    expect(limited.transitions).toBe(sum(limited.events.map(({ taken }) => taken)))
    expect(limited.branching).toEqual({ least: 2, mean: 2, most: 2 })
  })
})

type Figures = Pick<
  ReturnType<typeof statisticsOf>,
  'states' | 'transitions' | 'levels' | 'branching' | 'stuck'
> & {
  readonly taken: readonly number[]
  readonly multiplicities: readonly number[]
}

const distinct = (texts: readonly string[]) => new Set(texts).size

// Every figure from the definition, with strings for states.
function naively({ places, edges, distances, stuck }: NaiveProduct, events: number): Figures {
  const degrees = edges.map((found) => found.length)
  const transitions = sum(degrees)
  const depth = Math.max(...distances)
  const without = (hidden: number) =>
    distinct(places.map((place) => place.filter((_, index) => index !== hidden).join()))
  return {
    states: places.length,
    transitions,
    levels: Array.from({ length: depth + 1 }, (_, at) => distances.filter((one) => one === at).length),
    branching: {
      least: Math.min(...degrees),
      mean: transitions / places.length,
      most: Math.max(...degrees),
    },
    stuck: { states: stuck.length, depth: stuck.length === 0 ? undefined : distances[stuck[0]!] },
    taken: Array.from(
      { length: events },
      (_, event) => edges.flat().filter((one) => one.event === event).length,
    ),
    multiplicities: places[0]!.map((_, index) => places.length / without(index)),
  }
}

function entropyOf(texts: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return -sum([...counts.values()].map((count) => (count / texts.length) * Math.log2(count / texts.length)))
}

test('random products have the figures that naive counting has', { timeout: TIMEOUT_MS }, () => {
  const eventCount = 6
  fc.assert(
    fc.property(tables(4, eventCount, true), (all) => {
      const naive = naiveProduct(all)
      const found = statisticsOf(instantiate(asSystem(all)))
      const taken = Array.from(
        { length: eventCount },
        (_, event) => found.events.find(({ type }) => type === `e${event}`)?.taken ?? 0,
      )
      const { states, transitions, levels, branching, stuck, components, pairs } = found
      const multiplicities = components.map(({ multiplicity }) => multiplicity)
      expect({ states, transitions, levels, branching, stuck, taken, multiplicities }).toEqual(
        naively(naive, eventCount),
      )
      const local = (...indices: readonly number[]) =>
        naive.places.map((place) => indices.map((index) => place[index]).join())
      components.forEach(({ entropy, localStates }, index) => {
        expect(entropy).toBeCloseTo(entropyOf(local(index)), 8)
        expect(localStates).toBe(distinct(local(index)))
      })
      for (const { one, other, mutualInformation, occurring } of pairs) {
        const [a, b] = [Number(one.slice(1)), Number(other.slice(1))]
        const shared = entropyOf(local(a)) + entropyOf(local(b)) - entropyOf(local(a, b))
        expect(mutualInformation).toBeCloseTo(shared, 8)
        expect(occurring).toBe(distinct(local(a, b)))
      }
    }),
    { numRuns: 150, seed: 7 },
  )
})

test.each(systems)(
  '$name has figures that add up to its pinned counts',
  { timeout: TIMEOUT_MS },
  (system) => {
    const pinned = system.pinned.find(({ bounds }) =>
      Object.entries(system.bounds).every(([name, value]) => bounds[name] === value),
    )
    const { states, transitions, levels, events, components } = statisticsOf(instantiate(system))
    expect(pinned).toMatchObject({ states, transitions })
    expect(sum(levels)).toBe(states)
    expect(sum(events.map(({ taken }) => taken))).toBe(transitions)
    // A product cannot have more states than its components say bits, nor fewer than any one of them multiplies.
    expect(sum(components.map(({ entropy }) => entropy))).toBeGreaterThanOrEqual(Math.log2(states))
    for (const { multiplicity, localStates } of components) {
      expect(multiplicity).toBeGreaterThanOrEqual(1)
      expect(multiplicity).toBeLessThanOrEqual(localStates)
    }
  },
)

describe('hints', () => {
  const hintsOf = (components: Components, ...types: readonly string[]) =>
    statisticsOf(instanceOf(components, ...types)).hints

  it('name the component that multiplies the product, and its heaviest field', () => {
    const components = {
      driver: plain(counters({ missed: 12, mode: 2 })),
      other: plain(counter({ size: 3, event: 'a' })),
    }
    expect(hintsOf(components, 'missed', 'mode', 'a')).toEqual([
      {
        rule: 'bound',
        components: ['driver'],
        fields: ['missed'],
        text:
          "driver alone multiplies the product by 24: bound its context field 'missed' " +
          '(12 values; without it the states were 12 times fewer)',
      },
    ])
  })

  it('weigh a field together with what follows from it', () => {
    const twice = setup({ types: { context: {} as { count: number; shown: string } } }).createMachine({
      id: 'twice',
      context: { count: 0, shown: 'n0' },
      on: {
        a: {
          actions: assign(({ context }) => ({
            count: (context.count + 1) % 9,
            shown: `n${(context.count + 1) % 9}`,
          })),
        },
      },
    })
    expect(hintsOf({ twice: plain(twice) }, 'a')).toMatchObject([{ rule: 'bound', fields: ['count'] }])
  })

  it('name the fields that vary independently', () => {
    const [bound, split] = hintsOf({ both: plain(counters({ left: 8, right: 9 })) }, 'left', 'right')
    expect(bound).toMatchObject({ rule: 'bound', fields: ['right'] })
    expect(split).toEqual({
      rule: 'split',
      components: ['both'],
      fields: ['left', 'right'],
      text:
        'both has 72 local states, 100 % of the global ones: it hides 2 components, since left and right vary ' +
        'independently (8 x 9 local states; apart they are 17)',
    })
  })

  it('name two components of which each tells what the other is', () => {
    const pair = (observer: boolean): Components => ({
      clock: plain(counter({ size: 6, event: 'a' })),
      copy: plain(counter({ size: 6, event: 'a' }), { observer }),
    })
    expect(hintsOf(pair(false), 'a')).toMatchObject([{ rule: 'merge', components: ['clock', 'copy'] }])
    // An observer is a claim: it is meant to tell nothing new.
    expect(hintsOf(pair(true), 'a')).toEqual([])
  })

  it('do not ask for a bound where control states alone multiply', () => {
    const places = Array.from({ length: 12 }, (_, place) => [
      `p${place}`,
      { on: { a: `p${(place + 1) % 12}` } },
    ])
    const ring = createMachine({ id: 'ring', initial: 'p0', states: Object.fromEntries(places) })
    const statistics = statisticsOf(instanceOf({ ring: plain(ring) }, 'a'))
    expect(statistics.components[0]?.multiplicity).toBe(12)
    expect(statistics.hints).toEqual([])
  })
})

describe('fields', () => {
  const tableOf = (machine: AnyStateMachine, ...types: readonly string[]) => {
    const { product, visit } = tabulated(machine, types)
    visit()
    return product.tables[0]!
  }
  const tabulated = (machine: AnyStateMachine, types: readonly string[]) => {
    const product = new Product(instanceOf({ one: plain(machine) }, ...types))
    const visit = () => {
      for (let state = 0; state < product.tables[0]!.size; state++)
        types.forEach((_, position) => product.tables[0]!.step(state, position))
    }
    return { product, visit }
  }

  it('are paths into records, with absence as a value', () => {
    const cache = setup({
      types: { context: {} as { lines: Record<string, { dirty: boolean }> } },
    }).createMachine({
      id: 'cache',
      context: { lines: {} },
      on: {
        load: { actions: assign(({ context }) => ({ lines: { ...context.lines, x: { dirty: false } } })) },
        write: { actions: assign(({ context }) => ({ lines: { ...context.lines, y: { dirty: true } } })) },
        clear: { actions: assign({ lines: {} }) },
      },
    })
    const table = tableOf(cache, 'load', 'write', 'clear')
    const fields = fieldsOf(table)
    expect(fields.map(({ path, values }) => [path, values])).toEqual([
      ['lines.x.dirty', 2],
      ['lines.y.dirty', 2],
    ])
    expect(independentGroups(fields, table.size).map(({ values }) => values)).toEqual([2, 2])
  })

  it('tell an empty record from none where only that tells two states apart', () => {
    const context: { box?: object } = {}
    const maybe = setup({ types: { context } }).createMachine({
      id: 'maybe',
      context,
      on: { put: { actions: assign({ box: {} }) } },
    })
    const fields = fieldsOf(tableOf(maybe, 'put'))
    expect(fields.map(({ path, values }) => [path, values])).toEqual([['box', 2]])
  })

  it('that are independent two by two but not all together do not come apart', () => {
    const states = [0, 1, 2, 3].map((bits) => [bits & 1, bits >> 1, (bits & 1) ^ (bits >> 1)])
    const fields = ['a', 'b', 'exclusive'].map((path, at): LocalField => ({
      path,
      values: 2,
      classOf: Int32Array.from(states, (row) => row[at]!),
    }))
    expect(independentGroups(fields, states.length)).toEqual([])
    expect(independentGroups(fields.slice(0, 2), states.length)).toHaveLength(2)
  })
})
