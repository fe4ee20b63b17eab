/**
 * The search on toys whose answers are known in advance: sizes by closed form, a violation, a deadlock, an
 * observer that refuses, a witness nobody reaches, machines and claims that throw.
 */
import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { check } from '../../src/checker/explore.ts'
import type { Options, Result } from '../../src/checker/result.ts'
import { Product } from '../../src/checker/product.ts'
import { Search } from '../../src/checker/search.ts'
import { claimsOn } from '../../src/model/claim.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { counter, valueIn } from './counter.ts'
import { type EventFields, crowd, plain, systemOf } from './system-of.ts'

const { always, sometimes, neverStuck, eventually } = claimsOn<object, { digit: readonly number[] }>()

/** Counters of the given sizes, each with an event of its own: `a0` counts `c0`. */
function counters(sizes: readonly number[], rest: Partial<System> = {}): System {
  const components = sizes.map((size, index) => [`c${index}`, plain(counter({ size, event: `a${index}` }))])
  const events: EventFields = Object.fromEntries(sizes.map((_, index) => [`a${index}`, {}]))
  return systemOf({ ...rest, components: Object.fromEntries(components), events })
}

const run = (system: System, options?: Options): Result => check(instantiate(system), options)
const labels = ({ instance, violation }: Result) =>
  violation?.events.map((event) => instance.events[event]!.label)
const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1)

describe('sizes by closed form', () => {
  it.each([
    ['one counter', [7]],
    ['counters of different sizes', [2, 3, 4, 5]],
    ['more than 1000 local states in one component', [1500, 3]],
    ['counters in one word', [40, 33, 17, 9]],
    ['more than 32 events and two words', Array.from({ length: 17 }, () => 2)],
  ])('%s', (_, sizes) => {
    const { outcome, states, transitions, depth } = run(counters(sizes))
    expect(outcome).toBe('holds')
    expect(states).toBe(product(sizes))
    expect(transitions).toBe(product(sizes) * sizes.length)
    expect(depth).toBe(sizes.reduce((sum, size) => sum + size - 1, 0))
  })

  it('fields that outgrow their widths many times', () => {
    const sizes = [40, 33, 17, 9]
    const { components, ...rest } = counters(sizes)
    const crowded = { ...rest, components: () => ({ ...components({} as never, {} as never), ...crowd(28) }) }
    for (const compileAt of [0, 1000, Number.POSITIVE_INFINITY]) {
      const search = new Search(new Product(instantiate(crowded)), compileAt)
      const layouts = new Set([search.layout])
      while (!search.done) {
        search.advance()
        layouts.add(search.layout)
      }
      expect(layouts.size).toBeGreaterThan(3)
      expect(search.store.count).toBe(product(sizes))
      expect(search.transitions).toBe(product(sizes) * sizes.length)
    }
  })

  it('vectors of many words: counters that count together have as many states as their common multiple', () => {
    const sizes = Array.from({ length: 24 }, (_, index) => [120, 90, 72, 100][index % 4]!)
    const components = sizes.map((size, index) => [`c${index}`, plain(counter({ size, event: 'tick' }))])
    const alone = plain(counter({ size: 3, event: 'other' }))
    const system = systemOf({
      components: { ...Object.fromEntries(components), alone },
      events: { tick: {}, other: {} },
    })
    const search = new Search(new Product(instantiate(system)), 0)
    while (!search.done) search.advance()
    expect(search.layout.words).toBeGreaterThan(4)
    expect(search.store.count).toBe(3 * 1800)
    expect(search.transitions).toBe(2 * 3 * 1800)
    const values = search.product
      .snapshots(search.vectorAt(search.store.count - 1))
      .map(({ context }) => context.value)
    expect(new Set(values.slice(0, 4).map((value, index) => value - sizes[index]!))).toEqual(new Set([-1]))
  })

  it('more than 64 events, most of them in one component', () => {
    const numbers = Array.from({ length: 150 }, (_, index) => index)
    const register = createMachine({
      id: 'register',
      initial: 'unset',
      states: {
        unset: { on: { set: 'set' } },
        set: { on: { clear: 'unset' } },
      },
    })
    const system = systemOf({
      components: { c0: plain(register), c1: plain(register, { identity: { half: 1 } }) },
      events: { set: { half: [0, 1], number: numbers }, clear: { half: [0, 1] } },
    })
    const { states, transitions } = run(system)
    // Both take part in half 1, c0 alone in half 0: every combination is reached.
    expect(states).toBe(4)
    expect(transitions).toBe(2 * 150 + 1 + 2 + 150)
  })
})

describe('a violation', () => {
  const limits = {
    low: always('c0 and c1 are never both at 3', [], (s) => valueIn(s, 'c0') + valueIn(s, 'c1') < 6),
  }

  it('is found with a shortest trace', () => {
    const result = run(counters([4, 4, 2], { claims: limits }))
    expect(result.outcome).toBe('violated')
    expect(result.violation).toMatchObject({ kind: 'invariant', claim: 'low' })
    expect(labels(result)?.toSorted()).toEqual(['a0', 'a0', 'a0', 'a1', 'a1', 'a1'])
  })

  it('is found with a shortest trace deep in a large system', () => {
    const sizes = [40, 33, 17, 9]
    const isLast = (s: object) => sizes.every((size, index) => valueIn(s, `c${index}`) === size - 1)
    const result = run(
      counters(sizes, { claims: { short: always('one is not at its end', [], (s) => !isLast(s)) } }),
    )
    expect(result.violation).toMatchObject({ kind: 'invariant', claim: 'short' })
    expect(result.violation?.events.length).toBe(39 + 32 + 16 + 8)
    const shown = counters(sizes, { claims: { ends: sometimes('all are at their ends', [], isLast) } })
    expect(run(shown)).toMatchObject({ outcome: 'holds', states: product(sizes) })
  })

  it('may be the initial state', () => {
    const never = always('nothing is ever so', [], () => false)
    expect(run(counters([2], { claims: { never } })).violation?.events).toEqual([])
  })

  it('names the identifiers it fails for', () => {
    const claims = {
      small: always('c0 is less than each digit', ['digit'], (s, { digit }) => valueIn(s, 'c0') < digit),
    }
    const system = counters([9], { claims, domains: () => ({ digit: [5, 3, 7] }) })
    const withEvents: System = { ...system, events: { a0: {} } }
    expect(run(withEvents).violation).toMatchObject({ claim: 'small', label: 'small(3)', events: [0, 0, 0] })
  })

  it('of a claim that was not asked for is not reported', () => {
    const result = run(counters([4, 4, 2], { claims: limits }), { only: [] })
    expect([result.outcome, result.states, result.claimsChecked]).toEqual(['holds', 32, []])
  })
})

describe('a deadlock', () => {
  const stopping = (claims: System['claims']) =>
    systemOf({
      components: {
        c0: plain(counter({ size: 4, event: 'a', stops: true })),
        c1: plain(counter({ size: 3, event: 'b', stops: true })),
      },
      events: { a: {}, b: {} },
      claims,
    })

  it('is a violation with a shortest trace', () => {
    const result = run(stopping({}))
    expect(result.violation).toMatchObject({ kind: 'stuck', claim: 'neverStuck' })
    expect(labels(result)?.toSorted()).toEqual(['a', 'a', 'a', 'b', 'b'])
  })

  it('is allowed in the states a claim names, and only there', () => {
    const final = (last: number) => neverStuck('it ends counted out', (s) => valueIn(s, 'c0') === last)
    expect(run(stopping({ ends: final(3) })).outcome).toBe('holds')
    const result = run(stopping({ ends: final(2) }))
    expect(result.violation).toMatchObject({ kind: 'stuck', claim: 'ends' })
  })

  it('is allowed where every chart is done', () => {
    const job = createMachine({
      id: 'job',
      initial: 'going',
      states: { going: { on: { end: 'ended' } }, ended: { type: 'final' } },
    })
    const twice = { one: plain(job), two: plain(job) }
    expect(run(systemOf({ components: twice, events: { end: {} } })).outcome).toBe('holds')
    const other = plain(counter({ size: 2, event: 'end' }))
    const result = run(systemOf({ components: { ...twice, other }, events: { end: {} } }))
    expect(result.violation).toMatchObject({ kind: 'stuck', events: [0] })
  })
})

describe('a witness', () => {
  it('that no state shows is reported, for the identifiers it lacks', () => {
    const claims = {
      shown: sometimes('c0 is each digit once', ['digit'], (s, { digit }) => valueIn(s, 'c0') === digit),
    }
    const system = counters([5], { claims })
    const result = run({ ...system, domains: () => ({ digit: [0, 4, 5, 6] }) })
    expect(result.outcome).toBe('unreached')
    expect(result.unreached).toEqual(['shown(5)', 'shown(6)'])
    expect(run({ ...system, domains: () => ({ digit: [0, 1, 2, 3, 4] }) }).outcome).toBe('holds')
  })
})

describe('an observer', () => {
  const alternates = createMachine({
    id: 'alternates',
    initial: 'even',
    states: { even: { on: { a0: 'odd' } }, odd: { on: { a1: 'even' } } },
  })
  const watched = (names: readonly string[]) => {
    const { components, ...system } = counters([4, 4])
    const watching = Object.fromEntries(names.map((name) => [name, plain(alternates, { observer: true })]))
    return { ...system, components: () => ({ ...components({} as never, {} as never), ...watching }) }
  }

  it('never blocks, and refusing an event is a violation', () => {
    const result = run(watched(['order']))
    expect(result.violation).toMatchObject({ kind: 'observer', claim: 'order' })
    expect(labels(result)).toEqual(['a1'])
    const ignored = run(watched(['order']), { only: ['neverStuck'] })
    expect([ignored.outcome, ignored.states]).toEqual(['holds', 4 * 4 * 2])
  })

  it('is heard even where one that was not asked for refuses too', () => {
    expect(run(watched(['first', 'second']), { only: ['second'] }).violation).toMatchObject({
      claim: 'second',
    })
  })
})

describe('what throws', () => {
  const boom = () => {
    throw new Error('boom')
  }
  const failing = (rest: Partial<System>) => counters([5, 2], rest)

  it('an action: the trace ends with the event that ran it', () => {
    const machine = counter({ size: 9, event: 'a', onCount: (value) => (value === 3 ? boom() : undefined) })
    const result = run(systemOf({ components: { c0: plain(machine) }, events: { a: {} } }))
    expect(result.violation).toMatchObject({ kind: 'error', events: [0, 0, 0, 0] })
    expect(result.violation?.label).toMatch(/^component c0, event a: .*boom/)
  })

  it('a guard: the trace leads to the state it was asked in', () => {
    const machine = createMachine({
      id: 'guarded',
      initial: 'fine',
      states: { fine: { on: { a: 'worse' } }, worse: { on: { a: { guard: boom, target: 'fine' } } } },
    })
    const result = run(systemOf({ components: { c0: plain(machine) }, events: { a: {} } }))
    expect(result.violation).toMatchObject({ kind: 'error', events: [0] })
    expect(result.violation?.label).toMatch(/boom/)
  })

  it('an action, just when its component has outgrown its field', () => {
    for (const size of [2, 3, 4, 5, 8, 9, 16, 17]) {
      const machine = createMachine({
        id: 'growing',
        context: { value: 0 },
        on: {
          a: { actions: assign({ value: ({ context }) => context.value + 1 }) },
          b: { actions: assign(({ context }) => (context.value === size - 1 ? boom() : {})) },
        },
      })
      const components = { c0: plain(machine), ...crowd(31) }
      const result = run(systemOf({ components, events: { a: {}, b: {} } }))
      expect(result.violation?.kind).toBe('error')
      expect(labels(result)).toEqual([...Array.from({ length: size - 1 }, () => 'a'), 'b'])
    }
  })

  it.each([
    ['always', always('it never throws', [], (s) => valueIn(s, 'c0') < 3 || boom())],
    ['sometimes', sometimes('it never throws', [], (s) => valueIn(s, 'c0') >= 3 && boom())],
    ['eventually', eventually('it never throws', [], (s) => valueIn(s, 'c0') >= 3 && boom())],
  ])('a claim (%s): the trace leads to the state it was asked of', (_, claim) => {
    const result = run(failing({ claims: { throws: claim } }))
    expect(result.violation).toMatchObject({ kind: 'error', events: [0, 0, 0] })
    expect(result.violation?.label).toBe('claim throws: boom')
  })

  it('a claim on final states: the trace leads to the deadlock', () => {
    const machine = counter({ size: 3, event: 'a', stops: true })
    const claims = { ends: neverStuck('it never throws', boom) }
    const result = run(systemOf({ components: { c0: plain(machine) }, events: { a: {} }, claims }))
    expect(result.violation).toMatchObject({ kind: 'error', events: [0, 0], label: 'claim ends: boom' })
  })
})

it('says the same twice', () => {
  const claims = {
    low: always(
      'the sum is small',
      [],
      (s: object) => valueIn(s, 'c0') + valueIn(s, 'c1') + valueIn(s, 'c2') < 20,
    ),
  }
  const once = () => {
    const { instance: _, product: __, seconds: ___, ...rest } = run(counters([9, 8, 9], { claims }))
    return rest
  }
  expect(once()).toEqual(once())
  expect(once().outcome).toBe('violated')
})
