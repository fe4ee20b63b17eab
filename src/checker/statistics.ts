/**
 * What a product is made of and what makes it large: the tables of its components, how many times each
 * multiplies the states, which events happen, and how the states lie by depth. Figures first, hints from them.
 */
import type { Instance } from '../model/instance.ts'
import type { ComponentTable } from './component-table.ts'
import { widthFor } from './layout.ts'
import type { Limits } from './limits.ts'
import type { Progress } from './result.ts'
import { type Hint, hintsOf } from './statistics-hints.ts'
import { type Dependence, dependencesOf, entropyOf, occurrencesOf } from './statistics-information.ts'
import { Projections } from './statistics-projection.ts'
import { type StateSpace, exploreSpace } from './statistics-space.ts'

export type ComponentStatistics = {
  readonly name: string
  readonly family: string
  readonly observer: boolean
  readonly localStates: number
  /** Events it takes part in. */
  readonly events: number
  /** Local steps tabulated, each computed by xstate once. */
  readonly steps: number
  /** Those that lead back to the state they leave. */
  readonly selfLoops: number
  /** Bits its local state takes in a state vector. */
  readonly bits: number
  /** Entropy in bits of its local state over the states found, each counted once. */
  readonly entropy: number
  /** How many times more states there are because it is there; 1: it follows from the others. */
  readonly multiplicity: number
}

/** All members of a family together; a component that is no family's member is one of its own. */
export type FamilyStatistics = {
  readonly family: string
  readonly members: number
  readonly multiplicity: number
}

/** `Dependence`, with components by name. */
export type PairStatistics = Omit<Dependence, 'one' | 'other'> & {
  readonly one: string
  readonly other: string
}

export type EventStatistics = { readonly label: string; readonly type: string; readonly taken: number }

export type Statistics = {
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** Where a limit ended the search, which; all figures are then of the states found until then. */
  readonly bound: string | undefined
  readonly seconds: number
  /** Bits of a state vector, and the 32-bit words it is packed into. */
  readonly bits: number
  readonly words: number
  readonly components: readonly ComponentStatistics[]
  readonly families: readonly FamilyStatistics[]
  /** Every two components that are not constant, most dependent first. */
  readonly pairs: readonly PairStatistics[]
  /** Every event of the instance, in its order. */
  readonly events: readonly EventStatistics[]
  /** States at each distance from the initial one. */
  readonly levels: readonly number[]
  /** Successors of a state: each enabled event counts. */
  readonly branching: { readonly least: number; readonly mean: number; readonly most: number }
  /** States without successors, and the distance of the first. */
  readonly stuck: { readonly states: number; readonly depth: number | undefined }
  readonly hints: readonly Hint[]
}

function localSteps({ alphabet, next, size }: ComponentTable): { steps: number; selfLoops: number } {
  let steps = 0
  let selfLoops = 0
  for (let entry = 0; entry < size * alphabet.length; entry++) {
    if (next[entry]! < 0) continue
    steps++
    if (next[entry] === Math.floor(entry / alphabet.length)) selfLoops++
  }
  return { steps, selfLoops }
}

function componentsOf(
  { product, size }: StateSpace,
  occurrences: readonly Int32Array[],
  projections: Projections,
): ComponentStatistics[] {
  return product.tables.map((table, index) => ({
    name: table.component.name,
    family: table.component.family,
    observer: table.component.observer,
    localStates: table.size,
    events: table.alphabet.length,
    ...localSteps(table),
    bits: widthFor(table.size),
    entropy: entropyOf(occurrences[index]!, size),
    multiplicity: projections.multiplicity([index]),
  }))
}

function familiesOf(components: readonly ComponentStatistics[], projections: Projections) {
  const names = [...new Set(components.map(({ family }) => family))]
  return names.map((family): FamilyStatistics => {
    const members = components.flatMap((component, index) => (component.family === family ? [index] : []))
    const [first] = members
    const multiplicity =
      members.length === 1 ? components[first!]!.multiplicity : projections.multiplicity(members)
    return { family, members: members.length, multiplicity }
  })
}

function branchingOf({ branching, expanded, taken }: StateSpace): Statistics['branching'] {
  const least = branching.findIndex((states) => states > 0)
  const transitions = taken.reduce((sum, count) => sum + count, 0)
  return {
    least: Math.max(0, least),
    mean: expanded === 0 ? 0 : transitions / expanded,
    most: Math.max(0, branching.length - 1),
  }
}

/**
 * Explores an instance, asking no claim, and works out its figures. A limit ends the exploration and is told.
 * Throws IllFormedError for a system that cannot be checked, SearchError where a machine throws.
 */
export function statisticsOf(
  instance: Instance,
  limits: Partial<Limits> = {},
  onProgress: (progress: Progress) => void = () => undefined,
): Statistics {
  const space = exploreSpace(instance, limits, onProgress)
  const occurrences = occurrencesOf(space)
  const projections = new Projections(space)
  const components = componentsOf(space, occurrences, projections)
  const families = familiesOf(components, projections)
  const dependences = dependencesOf(space, occurrences)
  const named = (index: number): string => components[index]!.name
  return {
    states: space.size,
    transitions: space.taken.reduce((sum, count) => sum + count, 0),
    depth: space.levels.length - 1,
    bound: space.bound,
    seconds: space.seconds,
    bits: components.reduce((sum, { bits }) => sum + bits, 0),
    words: space.layout.words,
    components,
    families,
    pairs: dependences.map((pair) => ({ ...pair, one: named(pair.one), other: named(pair.other) })),
    events: instance.events.map(({ label, event }, index) => ({
      label,
      type: event.type,
      taken: space.taken[index]!,
    })),
    levels: space.levels,
    branching: branchingOf(space),
    stuck: { states: space.branching[0] ?? 0, depth: space.stuckAt },
    hints: hintsOf(components, dependences, space, projections),
  }
}
