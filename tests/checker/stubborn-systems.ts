/**
 * Random systems in which there is something to reduce: every component has steps of its own, others it shares
 * with one or two, and some refuse more than they accept.
 */
import fc from 'fast-check'
import type { Claim } from '../../src/model/claim.ts'
import { type Instance, instantiate } from '../../src/model/instance.ts'
import { type Condition, type Table, asSystem } from './random-system.ts'

const STATES_MAX = 4
const PRIVATE = 1
const SHARED = 4

/** The components, of which the last may be an observer, and conditions for claims. */
export type Sample = {
  readonly tables: readonly Table[]
  readonly invariants: readonly Condition[]
  readonly witnesses: readonly Condition[]
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at)

/** One entry in `freq` is a refusal. */
const rows = (events: number, freq: number): fc.Arbitrary<Table['next']> =>
  fc
    .array(
      fc.array(fc.option(fc.nat(STATES_MAX - 1), { nil: null, freq }), {
        minLength: events,
        maxLength: events,
      }),
      { minLength: 2, maxLength: STATES_MAX },
    )
    .map((all) => all.map((row) => row.map((target) => (target === null ? null : target % all.length))))

const table = (alphabet: readonly number[], events: number, observer: boolean): fc.Arbitrary<Table> =>
  fc
    .constantFrom(2, 2, 3)
    .chain((freq) => rows(events, observer ? 3 : freq))
    .map((next) => ({ alphabet, observer, next }))

/** A claim speaks of one or two components. */
const condition = (count: number): fc.Arbitrary<Condition> =>
  fc
    .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(STATES_MAX - 1)), {
      minLength: 1,
      maxLength: 2,
      selector: ([component]) => component,
    })
    .map((chosen) =>
      numbers(0, count).map((index) => chosen.find(([component]) => component === index)?.[1] ?? null),
    )

/** Each component has events of its own; shared ones come last, each known to two or three. */
export const sample: fc.Arbitrary<Sample> = fc
  .integer({ min: 3, max: 5 })
  .chain((count) => {
    const events = count * PRIVATE + SHARED
    const sharing = fc.array(fc.subarray(numbers(0, count), { minLength: 2, maxLength: 3 }), {
      minLength: SHARED,
      maxLength: SHARED,
    })
    const watched = fc.subarray(numbers(0, events), { minLength: 2, maxLength: 4 })
    return fc.tuple(fc.constant({ count, events }), sharing, fc.option(watched, { nil: [] }))
  })
  .chain(([{ count, events }, sharing, watched]) => {
    const components = numbers(0, count).map((component) => {
      const shared = sharing.flatMap((known, at) => (known.includes(component) ? [count * PRIVATE + at] : []))
      return table([...numbers(component * PRIVATE, PRIVATE), ...shared], events, false)
    })
    const observers = watched.length > 0 ? [table(watched, events, true)] : []
    return fc.record({
      tables: fc.tuple(...components, ...observers),
      invariants: fc.array(condition(count), { minLength: 1, maxLength: 2 }),
      witnesses: fc.array(condition(count), { maxLength: 2 }),
    })
  })

type Snapshots = { readonly [component: string]: { readonly matches: (state: string) => boolean } }

// It asks of a component no more than whether it is in one state: other steps of it are invisible.
function claimOf(kind: 'always' | 'sometimes', wanted: Condition): Claim {
  const holds = (state: Snapshots) =>
    wanted.every((place, index) => place === null || state[`c${index}`]!.matches(`s${place}`)) ===
    (kind === 'sometimes')
  return { kind, sentence: 'as the tables have it', forAll: [], holds }
}

/** The system of a sample, with claims `i0` and so on for invariants, `w0` and so on for witnesses. */
export function instanceOf({ tables, invariants, witnesses }: Sample): Instance {
  const claims = [
    ...invariants.map((wanted, index) => [`i${index}`, claimOf('always', wanted)] as const),
    ...witnesses.map((wanted, index) => [`w${index}`, claimOf('sometimes', wanted)] as const),
  ]
  return instantiate(asSystem(tables, Object.fromEntries(claims)))
}
