/**
 * Symmetry reduction against the orbits of the whole state space, worked out naively: as many representatives
 * as orbits, one for each, on the registered systems and on random ones. Systems that are not symmetric are
 * refused.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { Canonicaliser } from '../../src/checker/canonicaliser.ts'
import { ClaimSymmetry } from '../../src/checker/claim-symmetry.ts'
import { Judge } from '../../src/checker/judge.ts'
import { Product } from '../../src/checker/product.ts'
import { Symmetry, symmetryOf } from '../../src/checker/symmetry.ts'
import { type ClaimInstance, IllFormedError, instantiate } from '../../src/model/instance.ts'
import { each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import type { Bounds, System } from '../../src/model/system.ts'
import { frameAllocator } from '../../spec/frame-allocator/system.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'
import { blueprints, symmetricSystem } from './random-symmetric-system.ts'
import { plain } from './system-of.ts'

const SEED = 31
const SYSTEMS = 200
const STATES_MAX = 1_500

type States = { readonly all: readonly Int32Array[]; readonly keys: ReadonlyMap<string, number> }

/** Every reachable state, or every representative where `represent` replaces each state by one; at most `most`. */
function reachable(
  product: Product,
  represent: (ids: Int32Array) => void = () => undefined,
  most = Number.POSITIVE_INFINITY,
): States {
  const first = Int32Array.from(product.initial())
  represent(first)
  const all = [first]
  const keys = new Map([[first.join(), 0]])
  for (const ids of all) {
    const vector = [...ids]
    for (const event of product.enabled(vector)) {
      const next = Int32Array.from(product.step(vector, event).vector)
      represent(next)
      const key = next.join()
      if (keys.has(key)) continue
      keys.set(key, all.length)
      all.push(next)
    }
    if (all.length > most) break
  }
  return { all, keys }
}

/** For each state the number of its orbit, by applying all generators: no more than the images are believed. */
function orbitsOf(symmetry: Symmetry, { all, keys }: States): Int32Array {
  const orbits = new Int32Array(all.length).fill(-1)
  let count = 0
  all.forEach((_, index) => {
    if (orbits[index] !== -1) return
    orbits[index] = count
    const waiting = [index]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (let generator = 0; generator < symmetry.group.generators; generator++) {
        const image = keys.get(symmetry.image(generator, all[at]!).join())
        if (image === undefined) throw new Error('the image of a reachable state is not reachable')
        if (orbits[image] !== -1) continue
        orbits[image] = count
        waiting.push(image)
      }
    }
    count++
  })
  return orbits
}

type Comparison = {
  readonly states: number
  readonly orbits: number
  readonly representatives: number
  /** What the canonicaliser does wrong with some state of the full space. */
  readonly faults: readonly string[]
  /** The claims that hold in some state, for some identifiers: in the full space and among representatives. */
  readonly witnessed: readonly [full: string, reduced: string]
}

/** What is wrong with a canonicaliser on one system, and how much it saves; undefined if the system is too large. */
function compare(
  system: System,
  bounds: Bounds = {},
  create = (symmetry: Symmetry) => new Canonicaliser(symmetry),
  most?: number,
): Comparison | undefined {
  const faults = new Set<string>()
  const product = new Product(instantiate(system, bounds))
  const full = reachable(product, undefined, most)
  if (most !== undefined && full.all.length > most) return undefined
  const symmetry = new Symmetry(product)
  symmetry.verify()
  const orbits = orbitsOf(symmetry, full)
  const canonicaliser = create(symmetry)
  const represented = (ids: Int32Array) => {
    const representative = Int32Array.from(ids)
    canonicaliser.canonicalise(representative)
    return representative
  }
  full.all.forEach((ids, index) => {
    const representative = represented(ids)
    if (orbits[full.keys.get(representative.join()) ?? -1] !== orbits[index]) faults.add('leaves the orbit')
    if (represented(representative).join() !== representative.join()) faults.add('is not idempotent')
    for (let generator = 0; generator < symmetry.group.generators; generator++) {
      const image = represented(symmetry.image(generator, ids))
      if (image.join() !== representative.join()) faults.add('is not canonical')
    }
  })
  const reduced = new Product(instantiate(system, bounds))
  const other = create(new Symmetry(reduced))
  const { all } = reachable(reduced, (ids) => other.canonicalise(ids))
  other.symmetry.verify()
  return {
    states: full.all.length,
    orbits: new Set(orbits).size,
    representatives: all.length,
    faults: [...faults].sort((one, two) => one.localeCompare(two)),
    witnessed: [witnessed(product, full.all), witnessed(reduced, all)],
  }
}

// An invariant that fails somewhere is witnessed by its failure.
function witnessed(product: Product, states: readonly Int32Array[]): string {
  const judge = new Judge(product)
  const { claims } = product.instance
  const isWitness = (claim: ClaimInstance, ids: Int32Array) =>
    judge.asks(claim, 'holds', [...ids]) === (claim.claim.kind === 'sometimes')
  const asked = claims.filter(({ claim }) => claim.kind === 'sometimes' || claim.kind === 'always')
  const found = asked.filter((claim) => states.some((ids) => isWitness(claim, ids)))
  return [...new Set(found.map(({ name }) => name))].join()
}

describe('the registered systems', () => {
  const cases: [System, Bounds, number][] = [
    [tlbShootdown, { cpus: 2, pages: 1, tables: 0, frames: 1 }, 2],
    [tlbShootdown, { cpus: 2, pages: 1, tables: 0, frames: 2 }, 4],
    [tlbShootdown, { cpus: 3, pages: 1, tables: 0, frames: 1 }, 6],
    [frameAllocator, { cpus: 2, pages: 2, frames: 1 }, 4],
    [frameAllocator, { cpus: 2, pages: 3, frames: 1 }, 12],
    [frameAllocator, { cpus: 1, pages: 2, frames: 3 }, 12],
  ]
  for (const [system, bounds, order] of cases) {
    it(`${system.name} at ${JSON.stringify(bounds)} has one representative for each orbit`, () => {
      const { states, orbits, representatives, faults, witnessed: claims } = compare(system, bounds)!
      expect(faults).toEqual([])
      expect(claims[1]).toBe(claims[0])
      expect(representatives).toBe(orbits)
      expect(states / orbits).toBeGreaterThan(order * 0.6)
      expect(states / orbits).toBeLessThanOrEqual(order)
    })
  }

  for (const system of [tlbShootdown, frameAllocator]) {
    it(`${system.name} has claims that are symmetric, and so have its mutants`, () => {
      const bounds = { cpus: 2, pages: 1, frames: 2 }
      for (const mutant of [undefined, ...Object.keys(system.mutants)]) {
        const symmetry = explored(system, bounds, mutant, 2_000)
        const claims = new ClaimSymmetry(symmetry)
        for (const ids of reachable(symmetry.product, undefined, 500).all) {
          expect(() => claims.check(ids)).not.toThrow()
        }
      }
    })
  }
})

describe('random symmetric systems', () => {
  it('have one representative for each orbit, and the same claims have witnesses', () => {
    let compared = 0
    let saved = 0
    fc.assert(
      fc.property(blueprints, (blueprint) => {
        const comparison = compare(symmetricSystem(blueprint), {}, undefined, STATES_MAX)
        if (comparison === undefined) return
        const { states, orbits, representatives, faults, witnessed: claims } = comparison
        expect(faults).toEqual([])
        expect(representatives).toBe(orbits)
        expect(claims[1]).toBe(claims[0])
        compared++
        if (orbits < states) saved++
      }),
      { seed: SEED, numRuns: SYSTEMS },
    )
    expect(compared).toBeGreaterThan(SYSTEMS / 2)
    expect(saved).toBeGreaterThan(SYSTEMS / 3)
  })

  it('have claims that are symmetric', () => {
    fc.assert(
      fc.property(blueprints, (blueprint) => {
        const product = new Product(instantiate(symmetricSystem(blueprint)))
        const claims = new ClaimSymmetry(symmetryOf(product)!)
        for (const ids of reachable(product, undefined, 50).all) {
          expect(() => claims.check(ids)).not.toThrow()
        }
      }),
      { seed: SEED, numRuns: SYSTEMS / 4 },
    )
  })

  it('have images that are the states with the names exchanged', () => {
    let renamed = 0
    fc.assert(
      fc.property(blueprints, (blueprint) => {
        const product = new Product(instantiate(symmetricSystem(blueprint)))
        const symmetry = new Symmetry(product)
        for (const ids of reachable(product, undefined, 50).all) {
          symmetry.group.transpositions.forEach(({ swap, components }, transposition) => {
            const image = product.snapshots([...symmetry.image(transposition, ids)])
            product.snapshots([...ids]).forEach(({ value, context }, component) => {
              const expected = exchanged({ value, context }, String(swap.one), String(swap.other))
              const { value: after, context: others } = image[components[component]!]!
              const found = JSON.stringify(sorted({ value: after, context: others }))
              if (found !== expected) expect(found).toBe(expected)
              if (expected !== JSON.stringify(sorted({ value, context }))) renamed++
            })
          })
        }
      }),
      { seed: SEED, numRuns: SYSTEMS / 4 },
    )
    expect(renamed).toBeGreaterThan(SYSTEMS)
  })
})

/** A value with arrays, which are sets, and keys sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).sort((one, two) => one.localeCompare(two))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [two]) => one.localeCompare(two))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

const exchanged = (value: unknown, one: string, other: string): string => {
  const text = JSON.stringify(value).replaceAll(/\w+/g, (word) =>
    word === one ? other : word === other ? one : word,
  )
  return JSON.stringify(sorted(JSON.parse(text)))
}

/** Each of some workers may come to follow one of them, itself included: the states are all partial mappings. */
function followers(count: number): System {
  type Moves = {
    context: { id: string; follows: string }
    event: { type: string; source: string; target: string }
  }
  const domains = { worker: ids('worker', count) }
  const machine = createMachine({
    types: {} as { context: Moves['context']; events: Moves['event']; input: { id: string } },
    id: 'worker',
    context: ({ input }) => ({ id: input.id, follows: 'none' }),
    on: {
      follow: {
        guard: ({ context }: Moves) => context.follows === 'none',
        actions: assign(({ event }: Moves) => ({ follows: event.target })),
      },
    },
  })
  return {
    ...cpus(queueOf(arrival)),
    domains: () => domains,
    components: () => ({
      worker: each(domains.worker, (id) =>
        plain(machine, { input: { id }, alphabet: { follow: [{ source: id }] } }),
      ),
    }),
    events: { follow: { source: 'worker', target: 'worker' } },
    symmetric: ['worker'],
  }
}

describe('identifiers that look alike and are not interchangeable', () => {
  // The number of partial mappings of n points up to renaming them: sequence A126285 of the OEIS.
  const patterns = [1, 2, 6, 16, 45, 121, 338, 929]
  for (const count of [2, 3, 4, 5, 6, 7]) {
    it(`${count} workers that follow one another have ${patterns[count]} patterns`, () => {
      const symmetry = explored(followers(count))
      const canonicaliser = new Canonicaliser(symmetry)
      const { all } = reachable(symmetry.product, (vector) => canonicaliser.canonicalise(vector))
      expect(all.length).toBe(patterns[count])
    })
  }
})

describe('a canonicaliser with a bug', () => {
  class Restless extends Canonicaliser {
    override canonicalise(ids: Int32Array): void {
      const before = ids.join()
      super.canonicalise(ids)
      if (ids.join() === before) ids.set(this.symmetry.image(0, ids))
    }
  }
  class Hasty extends Canonicaliser {
    protected override settle(): void {}
  }
  class Straying extends Canonicaliser {
    override canonicalise(ids: Int32Array): void {
      super.canonicalise(ids)
      ids[0] = 0
    }
  }
  const bounds = { cpus: 2, pages: 2, frames: 1 }
  const faultsOf = (create: (symmetry: Symmetry) => Canonicaliser) =>
    compare(frameAllocator, bounds, create)!.faults

  it('is noticed where it is not idempotent', () => {
    expect(faultsOf((symmetry) => new Restless(symmetry))).toContain('is not idempotent')
  })
  it('is noticed where it leaves the choice among look-alikes open', () => {
    expect(faultsOf((symmetry) => new Hasty(symmetry))).toEqual(['is not canonical'])
  })
  it('is noticed where it returns what is no renaming', () => {
    expect(faultsOf((symmetry) => new Straying(symmetry))).toContain('leaves the orbit')
  })
})

type Machine = Parameters<typeof plain>[0]
type Move = { context: { id: string; members: string[] }; event: { type: string; cpu: string } }

/** CPUs that come and go, and a queue that all of them know. */
function cpus(queue: Machine, claims: System['claims'] = {}, rest: Partial<System> = {}): System {
  const domains = { cpu: ['cpu0', 'cpu1', 'cpu2'] }
  const cpu = createMachine({
    id: 'cpu',
    initial: 'away',
    states: { away: { on: { come: 'here' } }, here: { on: { go: 'away' } } },
  })
  return {
    name: 'cpus',
    title: 'CPUs that come and go',
    bounds: {},
    domains: () => domains,
    components: () => ({
      cpu: each(domains.cpu, (id) => plain(cpu, { identity: { cpu: id } })),
      queue: plain(queue),
    }),
    events: { come: { cpu: 'cpu' }, go: { cpu: 'cpu' } },
    claims,
    fairness: [],
    symmetric: ['cpu'],
    mutants: {},
    pinned: [],
    ...rest,
  }
}

const queueOf = (come: (moves: Move) => string[], mayCome: (moves: Move) => boolean = () => true) =>
  createMachine({
    types: {} as { context: Move['context']; events: Move['event'] },
    id: 'queue',
    context: { id: 'queue', members: [] },
    on: {
      come: { guard: mayCome, actions: assign((moves: Move) => ({ members: come(moves) })) },
      go: { actions: assign({ members: [] }) },
    },
  })
const arrival = ({ context, event }: Move) => [...context.members, event.cpu]

/** Explores what there is under symmetry, up to `most` representatives, and checks it. */
function explored(system: System, bounds?: Bounds, mutant?: string, most?: number): Symmetry {
  const symmetry = new Symmetry(new Product(instantiate(system, bounds, mutant)))
  const canonicaliser = new Canonicaliser(symmetry)
  reachable(symmetry.product, (vector) => canonicaliser.canonicalise(vector), most)
  symmetry.verify()
  return symmetry
}

/** Takes one step and checks what is known by then, with the images nobody has asked for. */
function stepped(system: System, label: string): void {
  const product = new Product(instantiate(system))
  const symmetry = new Symmetry(product)
  product.step(
    product.initial(),
    product.instance.events.findIndex((event) => event.label === label),
  )
  symmetry.verify(false)
  symmetry.verify()
}

const refusal = (text: string) => new IllFormedError(`system cpus is not symmetric in cpu: ${text}`)

describe('a system that is not symmetric is refused', () => {
  it('but not one that is', () => {
    expect(explored(cpus(queueOf(arrival))).group.order).toBe(6)
  })

  it('where a guard knows a CPU by its name', () => {
    const queue = queueOf(arrival, ({ event }) => event.cpu !== 'cpu1')
    expect(() => stepped(cpus(queue), 'come(cpu0)')).toThrow(
      refusal('with cpu0 and cpu1 swapped, queue accepts come(cpu0) but queue refuses come(cpu1)'),
    )
  })

  it('where a guard knows a CPU by its name only when another is there', () => {
    const queue = queueOf(
      arrival,
      ({ context, event }) => event.cpu !== 'cpu1' || context.members[0] !== 'cpu2',
    )
    expect(() => explored(cpus(queue))).toThrow(/^system cpus is not symmetric in cpu: with /)
  })

  it('where an action prefers a CPU', () => {
    const queue = queueOf((moves) => (moves.event.cpu === 'cpu2' ? [] : arrival(moves)))
    expect(() => explored(cpus(queue))).toThrow(
      /^system cpus is not symmetric in cpu: with cpu1 and cpu2 swapped, /,
    )
  })

  it('where a chart picks the least of a set', () => {
    const queue = queueOf((moves) => [arrival(moves).sort((one, two) => one.localeCompare(two))[0]!])
    expect(() => explored(cpus(queue))).toThrow(
      /^system cpus is not symmetric in cpu: with cpu0 and cpu1 swapped, /,
    )
  })

  it('where a guard throws for one CPU', () => {
    const queue = queueOf(arrival, ({ event }) => {
      if (event.cpu === 'cpu2') throw new Error('no such CPU')
      return true
    })
    expect(() => stepped(cpus(queue), 'come(cpu1)')).toThrow(
      /with cpu1 and cpu2 swapped, something throws that did not: .*: no such CPU$/,
    )
  })

  it('where a CPU knows an event that others do not', () => {
    const { components } = cpus(queueOf(arrival))
    const made = components(undefined as never, undefined as never)
    const special = plain(queueOf(arrival), { alphabet: { come: [{ cpu: 'cpu0' }] } })
    expect(() => explored(cpus(queueOf(arrival), {}, { components: () => ({ ...made, special }) }))).toThrow(
      refusal('with cpu0 and cpu1 swapped, special knows come(cpu0) but special does not know come(cpu1)'),
    )
  })

  it('where a CPU lacks a component', () => {
    const { components } = cpus(queueOf(arrival))
    const made = components(undefined as never, undefined as never)
    const cache = each(['cpu0', 'cpu1'], (id) => plain(queueOf(arrival), { identity: { cpu: id } }))
    expect(() => explored(cpus(queueOf(arrival), {}, { components: () => ({ ...made, cache }) }))).toThrow(
      refusal('with cpu1 and cpu2 swapped, cache.cpu1 becomes cache.cpu2, which does not exist'),
    )
  })

  it('where a domain does not exist', () => {
    expect(() => explored(cpus(queueOf(arrival), {}, { symmetric: ['core'] }))).toThrow(
      "system cpus is symmetric in the unknown domain 'core'",
    )
  })

  it('where a claim names a CPU', () => {
    const named = (state: { queue: { context: Move['context'] } }) =>
      !state.queue.context.members.includes('cpu0')
    const system = cpus(queueOf(arrival), {
      named: { kind: 'always', sentence: 'the first CPU never comes', forAll: [], holds: named },
    })
    const symmetry = explored(system)
    const claims = new ClaimSymmetry(symmetry)
    const { all } = reachable(symmetry.product, undefined, 20)
    expect(() => all.forEach((ids) => claims.check(ids))).toThrow(
      refusal('with cpu0 and cpu1 swapped, claim named does not hold before but claim named holds after'),
    )
  })
})
