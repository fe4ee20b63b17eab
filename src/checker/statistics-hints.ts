/**
 * What to bound, split or merge, by rules that read nothing but the figures. Each rule says in its text the
 * figures it rests on; where no figure calls for it, there is no hint.
 */
import type { ComponentStatistics } from './statistics.ts'
import {
  CONTROL,
  type FieldGroup,
  classesBy,
  fieldsOf,
  fieldsWithout,
  independentGroups,
} from './statistics-fields.ts'
import type { Dependence } from './statistics-information.ts'
import type { Projections } from './statistics-projection.ts'
import type { StateSpace } from './statistics-space.ts'

export type Hint = {
  readonly rule: 'bound' | 'split' | 'merge'
  /** The components it is about; of a family whose members are alike, the first. */
  readonly components: readonly string[]
  /** The context fields it is about. */
  readonly fields: readonly string[]
  readonly text: string
}

/** A component that multiplies the states by less is not worth a bound. */
const MULTIPLICITY_MIN = 8
/** Nor is a field whose absence would divide them by less. */
const FIELD_MULTIPLICITY_MIN = 2
/** A component with fewer local states is not worth splitting. */
const SPLIT_STATES_MIN = 64
/** Two components are candidates to merge where they tell this many bits, and this much, of each other... */
const MERGE_BITS_MIN = 1.5
const MERGE_SHARE_MIN = 0.8
/** ...and the two together have hardly more local states than the larger has alone. */
const MERGE_GROWTH_MAX = 1.25

const times = (value: number): string => value.toFixed(value < 10 ? 1 : 0)
const percent = (share: number): string => `${share < 0.01 ? 'below 1' : Math.round(share * 100)} %`
const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

// Members of a family are mostly alike: the most pronounced one speaks for all.
function firstOfEach<Item>(items: readonly Item[], familyOf: (item: Item) => string): Item[] {
  const seen = new Set<string>()
  return items.filter((item) => {
    const family = familyOf(item)
    return !seen.has(family) && seen.add(family)
  })
}

type Candidate = ComponentStatistics & { readonly index: number }

function boundHint(component: Candidate, { product }: StateSpace, projections: Projections): Hint[] {
  const { name, index, multiplicity } = component
  const table = product.tables[index]!
  const fields = fieldsOf(table)
  const [heaviest] = fields
    .filter(({ path }) => path !== CONTROL)
    .map((field) => {
      const kept = classesBy(fieldsWithout(field, fields), table.size)
      return { ...field, multiplicity: projections.multiplicityOver(index, kept.classOf) }
    })
    .sort((a, b) => b.multiplicity - a.multiplicity || b.values - a.values)
  if (heaviest === undefined || heaviest.multiplicity < FIELD_MULTIPLICITY_MIN) return []
  const { path, values } = heaviest
  const text =
    `${name} alone multiplies the product by ${times(multiplicity)}: bound its context field '${path}' ` +
    `(${values} values; without it the states were ${times(heaviest.multiplicity)} times fewer)`
  return [{ rule: 'bound', components: [name], fields: [path], text }]
}

// `entries.page0.frame` and `entries.page0.rights` are `entries.page0`.
function groupName({ paths }: FieldGroup): string {
  const parts = paths.map((path) => path.split('.'))
  const [first] = parts
  const differing = first!.findIndex((part, at) => parts.some((other) => other[at] !== part))
  return differing === 0
    ? paths.join(' with ')
    : first!.slice(0, differing < 0 ? undefined : differing).join('.')
}

function splitHint({ name, index, localStates }: Candidate, { product, size }: StateSpace): Hint[] {
  const table = product.tables[index]!
  const groups = independentGroups(fieldsOf(table), table.size)
  if (groups.length === 0) return []
  const values = groups.map((group) => group.values)
  const apart = values.reduce((sum, value) => sum + value, 0)
  const text =
    `${name} has ${localStates} local states, ${percent(localStates / size)} of the global ones: it hides ` +
    `${groups.length} components, since ${list(groups.map(groupName))} vary independently ` +
    `(${values.join(' x ')} local states; apart they are ${apart})`
  return [{ rule: 'split', components: [name], fields: groups.flatMap(({ paths }) => paths), text }]
}

function mergeHint({ one, other, share, occurring }: Dependence, all: readonly ComponentStatistics[]): Hint {
  const [teller, told] = [all[one]!, all[other]!].sort((a, b) => b.entropy - a.entropy)
  const [larger] = [teller!, told!].sort((a, b) => b.localStates - a.localStates)
  const text =
    `${teller!.name} tells ${percent(share)} of what ${told!.name} says: merged they have ` +
    `${occurring} local states, ${larger!.name} alone has ${larger!.localStates}`
  return { rule: 'merge', components: [teller!.name, told!.name], fields: [], text }
}

/** The hints that the figures call for, what multiplies the product most first. */
export function hintsOf(
  components: readonly ComponentStatistics[],
  dependences: readonly Dependence[],
  space: StateSpace,
  projections: Projections,
): Hint[] {
  const candidates = components.map((component, index): Candidate => ({ ...component, index }))
  const heavy = candidates
    .filter(({ multiplicity }) => multiplicity >= MULTIPLICITY_MIN)
    .sort((a, b) => b.multiplicity - a.multiplicity)
  const large = candidates
    .filter(({ localStates }) => localStates >= SPLIT_STATES_MIN)
    .sort((a, b) => b.localStates - a.localStates)
  const near = dependences.filter(({ one, other, share, mutualInformation, occurring }) => {
    const pair = [components[one]!, components[other]!]
    const most = Math.max(...pair.map(({ localStates }) => localStates))
    const isClaim = pair.some(({ observer }) => observer)
    const tells = mutualInformation >= MERGE_BITS_MIN && share >= MERGE_SHARE_MIN
    return tells && !isClaim && occurring <= MERGE_GROWTH_MAX * most
  })
  const families = ({ one, other }: Dependence) => `${components[one]!.family} ${components[other]!.family}`
  return [
    ...firstOfEach(heavy, ({ family }) => family).flatMap((one) => boundHint(one, space, projections)),
    ...firstOfEach(large, ({ family }) => family).flatMap((one) => splitHint(one, space)),
    ...firstOfEach(near, families).map((pair) => mergeHint(pair, components)),
  ]
}
