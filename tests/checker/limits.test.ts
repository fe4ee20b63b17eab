/** Limits end a search honestly: the outcome is the bound reached, whatever was found so far, and never "holds". */
import { describe, expect, it } from 'vitest'
import { totalmem } from 'node:os'
import { createMachine } from 'xstate'
import { check } from '../../src/checker/explore.ts'
import type { Options } from '../../src/checker/result.ts'
import { defaultLimits } from '../../src/checker/limits.ts'
import { Product } from '../../src/checker/product.ts'
import { checkProgress } from '../../src/checker/progress.ts'
import { Search } from '../../src/checker/search.ts'
import { Store } from '../../src/checker/store.ts'
import { Reader } from '../../src/checker/view.ts'
import { instantiate } from '../../src/model/instance.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'
import { counter } from './counter.ts'
import { plain, systemOf } from './system-of.ts'

const counters = (size: number) =>
  instantiate(
    systemOf({
      components: Object.fromEntries(
        ['a', 'b', 'c'].map((event) => [`counter ${event}`, plain(counter({ size, event }))]),
      ),
      events: { a: {}, b: {}, c: {} },
    }),
  )

describe('a limit', () => {
  const statesOf = (options: Options, size: number) => check(counters(size), options)

  it('on states: one short of the last state is not enough, the last state is', () => {
    for (const statesMax of [1, 10, 999, 1727]) {
      const result = statesOf({ limits: { statesMax } }, 12)
      expect([result.outcome, result.bound]).toEqual(['bound', `${statesMax} states (--max-states)`])
      expect(result.states).toBeGreaterThanOrEqual(statesMax)
    }
    expect(statesOf({ limits: { statesMax: 1729 } }, 12)).toMatchObject({ outcome: 'holds', states: 1728 })
  })

  it('on memory', () => {
    const result = statesOf({ limits: { bytesMax: 2 ** 20 } }, 100)
    expect(result.outcome).toBe('bound')
    expect(result.bound).toBe('1 MiB of state store (--max-memory)')
    expect(result.bytes).toBeLessThan(1.1 * 2 ** 20)
    expect(result.states).toBeGreaterThan(10_000)
  })

  it('on time', () => {
    const result = statesOf({ limits: { secondsMax: 0 } }, 2000)
    expect([result.outcome, result.bound]).toEqual(['bound', '0 seconds (--max-seconds)'])
    expect(result.unreached).toEqual([])
  })

  it('on time is asked before each progress claim', () => {
    const instance = instantiate(tlbShootdown, { cpus: 1 })
    const search = new Search(new Product(instance))
    while (!search.done) search.advance()
    const reader = new Reader(instance, search.product.tables)
    const progress = (mayGoOn: boolean) => checkProgress(search, reader, instance.claims, () => mayGoOn)
    expect(progress(false)).toBe('interrupted')
    expect(progress(true)).toBeUndefined()
  })

  it('on memory is by default no more than the machine has', () => {
    expect(defaultLimits.bytesMax).toBeLessThan(totalmem())
  })
})

describe('the store', () => {
  it('keeps its table loose enough to be searched, however much is reserved at once', () => {
    const store = new Store(1)
    store.reserve(100_000)
    expect(store.records.length).toBeGreaterThanOrEqual(100_000 * store.stride)
    expect(store.slots.length).toBeGreaterThan(100_000)
  })

  it('counts at least the words it keeps for each state', () => {
    const { bytes, states } = check(counters(40))
    expect(bytes / states).toBeGreaterThanOrEqual(8)
    expect(bytes / states).toBeLessThan(40)
  })
})

it('a guard that threw leaves the table as it was', () => {
  const machine = createMachine({
    id: 'fussy',
    initial: 'start',
    states: {
      start: { on: { bad: 'bad', good: 'good' } },
      bad: {
        on: {
          bad: { guard: () => false, target: 'start' },
          good: {
            guard: () => {
              throw new Error('boom')
            },
          },
        },
      },
      good: { on: { bad: 'start' } },
    },
  })
  const system = systemOf({ components: { one: plain(machine) }, events: { bad: {}, good: {} } })
  const product = new Product(instantiate(system))
  const bad = product.step([0], 0).vector
  expect(() => product.enabled(bad)).toThrow('boom')
  expect(product.accepts(bad, 0)).toBe(false)
  const { vector } = product.step([0], 1)
  expect(product.enabled(vector)).toEqual([0])
  expect(product.snapshots(product.step(vector, 0).vector)[0]!.value).toBe('start')
})
