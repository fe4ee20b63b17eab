/**
 * What predicates look at, seen through proxies: they must not notice, nothing they look at may be missed, and
 * guards that throw where the search would not ask them must stay unheard.
 */
import { describe, expect, it } from 'vitest'
import { type AnyMachineSnapshot, assign, createMachine, getNextSnapshot, setup } from 'xstate'
import { freeze } from '../../src/checker/local-state.ts'
import { Product } from '../../src/checker/product.ts'
import { StubbornSets } from '../../src/checker/stubborn.ts'
import { Visibility } from '../../src/checker/visibility.ts'
import { instantiate } from '../../src/model/instance.ts'
import { explore, reduction } from './stubborn-driver.ts'
import { plain, systemOf } from './system-of.ts'

type Context = { read: number; unread: number; list: string[]; map: { [key: string]: { deep: number } } }

const machine = setup({ types: { context: {} as Context } }).createMachine({
  context: { read: 0, unread: 0, list: ['a', 'b'], map: { one: { deep: 1 } } },
  initial: 'here',
  states: { here: { on: { move: 'there' } }, there: {} },
  on: {
    read: { actions: assign({ read: 1 }) },
    unread: { actions: assign({ unread: 1 }) },
    append: { actions: assign({ list: ['a', 'b', 'c'] }) },
    replace: { actions: assign({ list: ['a', 'x'] }) },
    deepen: { actions: assign({ map: { one: { deep: 2 } } }) },
    add: { actions: assign({ map: { one: { deep: 1 }, two: { deep: 1 } } }) },
  },
})

type Snapshot = AnyMachineSnapshot & { readonly context: Context }
type Looks = (state: Snapshot) => unknown

const EVENTS = ['move', 'read', 'unread', 'append', 'replace', 'deepen', 'add'] as const
const initial = getNextSnapshot(machine, machine.resolveState({ value: 'here', context: contextOf() }), {
  type: 'nothing',
})

function contextOf(): Context {
  return { read: 0, unread: 0, list: ['a', 'b'], map: { one: { deep: 1 } } }
}

/** The events that change what a predicate has seen, and what it said through the lens. */
function seenBy(looks: Looks): { readonly visible: string[]; readonly said: unknown } {
  const visibility = new Visibility()
  freeze(initial.context)
  const said = looks(visibility.lens(initial, 0, looks) as Snapshot)
  const label = (state: AnyMachineSnapshot, id: number) => visibility.label(0, state, id)
  const visible = EVENTS.filter(
    (type, id) => label(getNextSnapshot(machine, initial, { type }), id + 1) !== label(initial, 0),
  )
  return { visible, said }
}

describe('a predicate', () => {
  it.each<[string, Looks, string[]]>([
    ['a field', ({ context }) => context.read, ['read']],
    ['a control state', (state) => state.matches('there'), ['move']],
    ['the value', ({ value }) => value, ['move']],
    ['whether a list has an item', ({ context }) => context.list.includes('b'), ['replace']],
    ['whether a list has another', ({ context }) => context.list.includes('c'), ['append']],
    ['the first item', ({ context }) => context.list[0], []],
    ['the length', ({ context }) => context.list.length, ['append']],
    ['all items', ({ context }) => context.list.map((item: string) => `${item}!`), ['append', 'replace']],
    ['an entry', ({ context }) => context.map['two'], ['add']],
    ['part of an entry', ({ context }) => context.map['one']?.deep, ['deepen']],
    ['the keys', ({ context }) => Object.keys(context.map), ['add']],
    ['whether there is a key', ({ context }) => 'two' in context.map, ['add']],
    ['all entries', ({ context }) => JSON.stringify({ ...context.map }), ['deepen', 'add']],
    ['the context', ({ context }) => JSON.stringify(context), EVENTS.filter((type) => type !== 'move')],
    ['a thing not foreseen', (state) => state.can({ type: 'move' }), [...EVENTS]],
  ])('that looks at %s sees it, and is changed by what changes it', (_, looks, events) => {
    const { visible, said } = seenBy(looks)
    expect(visible).toEqual(events)
    expect(said).toEqual(looks(initial as Snapshot))
  })

  it('finds an object to be itself', () => {
    expect(seenBy((state) => state.context.map === state.context.map).said).toBe(true)
  })
})

describe('visibility', () => {
  it('is lost with the interest in a claim', () => {
    const visibility = new Visibility()
    const [one, other] = [{}, {}]
    const moved = getNextSnapshot(machine, initial, { type: 'read' })
    void (visibility.lens(initial, 0, one) as Snapshot).context.read
    const before = visibility.growthOf(0)
    expect(visibility.label(0, moved, 1)).not.toBe(visibility.label(0, initial, 0))
    visibility.retain([other])
    expect(visibility.growthOf(0)).not.toBe(before)
    expect(visibility.label(0, moved, 1)).toBe(visibility.label(0, initial, 0))
  })

  it('that comes too late is noticed', () => {
    const cell = () => plain(createMachine({ initial: 'a', states: { a: { on: { left: 'b' } }, b: {} } }))
    const other = plain(createMachine({ initial: 'a', states: { a: { on: { right: 'b' } }, b: {} } }))
    const product = new Product(
      instantiate(systemOf({ components: { left: cell(), right: other }, events: { left: {}, right: {} } })),
    )
    const visibility = new Visibility()
    const sets = new StubbornSets(product, visibility)
    expect(sets.reduce([0, 0], Int32Array.of(3))).toBe(true)
    expect(sets.outdated).toBe(false)
    const kept = sets.keys[0] === 1 ? 0 : 1
    void visibility.lens(product.tables[kept]!.snapshots[0]!, kept, {}).value
    expect(sets.outdated).toBe(true)
  })
})

describe('a guard that throws', () => {
  const throws = (): never => {
    throw new Error('asked where nobody should')
  }
  const timid = createMachine({
    initial: 'a',
    states: { a: { on: { go: 'b', shared: { guard: throws } } }, b: { on: { back: 'a' } } },
  })
  const never = createMachine({
    initial: 'a',
    states: { a: { on: { step: 'b' } }, b: { on: { step: 'a' } } },
  })

  it('is not heard where another participant refuses', () => {
    const refusing = plain(never, { alphabet: { shared: [{}], step: [{}] } })
    const system = systemOf({
      components: { refusing, timid: plain(timid) },
      events: { go: {}, back: {}, shared: {}, step: {} },
    })
    expect(explore(instantiate(system), reduction).states).toBeLessThanOrEqual(4)
  })
})
