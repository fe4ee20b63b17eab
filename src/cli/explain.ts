/** `lockstep explain`: a system in words, as the checker sees it at its bounds. */
import { printBounds } from '../checker/trace-file.ts'
import { type Instance, instantiate } from '../model/instance.ts'
import type { Bounds, System } from '../model/system.ts'
import { boundsFor } from './bounds-option.ts'
import { loadTarget } from './load.ts'
import { colours, plural, print, printJson } from './style.ts'

export type ExplainOptions = { readonly set?: Bounds; readonly json?: boolean }

type Explanation = {
  readonly system: string
  readonly title: string
  readonly bounds: Bounds
  readonly domains: Instance['domains']
  readonly symmetric: readonly string[]
  readonly components: readonly {
    name: string
    members: readonly string[]
    machine: string
    observer: boolean
    alphabet: readonly string[]
  }[]
  readonly events: readonly {
    type: string
    fields: Readonly<Record<string, string>>
    count: number
    participants: readonly string[]
  }[]
  readonly claims: readonly {
    name: string
    kind: string
    forAll: readonly string[]
    sentence: string
    kills: readonly string[]
  }[]
  readonly fairness: System['fairness']
  readonly mutants: readonly { name: string; sentence: string; killedBy: string; bounds: Bounds }[]
}

const unique = (items: readonly string[]): string[] => [...new Set(items)]

function componentsOf(instance: Instance): Explanation['components'] {
  const families = unique(instance.components.map(({ family }) => family))
  return families.map((name) => {
    const members = instance.components.flatMap((component, index) =>
      component.family === name ? [{ component, index }] : [],
    )
    const indices = new Set(members.map(({ index }) => index))
    const known = instance.events.filter(({ participants }) =>
      participants.some((index) => indices.has(index)),
    )
    const { machine, observer } = members[0]!.component
    return {
      name,
      members: members.flatMap(({ component }) => component.id ?? []),
      machine: machine.id,
      observer,
      alphabet: unique(known.map(({ event }) => event.type)),
    }
  })
}

function eventsOf({ system, events, components }: Instance): Explanation['events'] {
  return unique(events.map(({ event }) => event.type)).map((type) => {
    const all = events.filter(({ event }) => event.type === type)
    const participants = unique(
      all.flatMap((event) => event.participants.map((index) => components[index]!.family)),
    )
    return { type, fields: { ...system.events[type] }, count: all.length, participants }
  })
}

/** What there is to say of an instance. */
function explain(instance: Instance): Explanation {
  const { system, bounds, domains } = instance
  const mutants = Object.entries(system.mutants).map(([name, mutant]) => ({
    name,
    sentence: mutant.sentence,
    killedBy: mutant.killedBy,
    bounds: { ...bounds, ...mutant.bounds },
  }))
  return {
    system: system.name,
    title: system.title,
    bounds,
    domains,
    symmetric: system.symmetric,
    components: componentsOf(instance),
    events: eventsOf(instance),
    claims: Object.entries(system.claims).map(([name, { kind, forAll, sentence }]) => ({
      name,
      kind,
      forAll,
      sentence,
      kills: mutants.filter(({ killedBy }) => killedBy === name).map((mutant) => mutant.name),
    })),
    fairness: system.fairness,
    mutants,
  }
}

const list = (items: readonly string[]): string => items.join(', ')

function componentLines({ components }: Explanation): string[] {
  return components.flatMap(({ name, members, machine, observer, alphabet }) => {
    const family = members.length === 0 ? '' : ` of ${list(members)}`
    return [
      `  ${colours.bold(name)}${family}: ${observer ? 'observer, ' : ''}machine ${machine}`,
      `    knows ${list(alphabet) || 'no event'}`,
    ]
  })
}

function eventLines({ events, domains }: Explanation): string[] {
  return events.map(({ type, fields, count, participants }) => {
    const domain = Object.entries(fields).map(
      ([field, name]) => `${field} in ${name} (${domains[name]?.length ?? 0})`,
    )
    const of = domain.length === 0 ? '' : `: ${list(domain)}`
    return `  ${colours.bold(type)}${of}; ${plural(count, 'event')}, taken by ${list(participants)}`
  })
}

function claimLines({ claims, mutants, bounds }: Explanation): string[] {
  const claimed = claims.map(({ name, kind, forAll, sentence }) => {
    const each = forAll.length === 0 ? '' : ` for each ${forAll.join(' and ')}`
    return `  ${colours.bold(name)} (${kind}${each}): ${sentence}`
  })
  const seeded = mutants.map((mutant) => {
    const where =
      printBounds(mutant.bounds) === printBounds(bounds) ? '' : ` at ${printBounds(mutant.bounds)}`
    return `  ${colours.bold(mutant.name)}, killed by ${mutant.killedBy}${where}: ${mutant.sentence}`
  })
  return ['claims', ...claimed, ...(seeded.length === 0 ? [] : ['mutants', ...seeded])]
}

/** Prints a system: what it is made of, what may happen in it, and what is asserted of it. */
export async function runExplain(name: string, { set = {}, json = false }: ExplainOptions): Promise<void> {
  const target = await loadTarget(name)
  const told = explain(instantiate(target.system, boundsFor(target, [target], set)))
  if (json) return printJson(told)
  const fairness = told.fairness.map(
    ({ strength, types, by }) =>
      `  ${strength}: ${list(types)}${by.length === 0 ? '' : `, for each ${list(by)}`}`,
  )
  print(
    `${colours.bold(told.system)}: ${told.title}`,
    `bounds: ${printBounds(told.bounds)}`,
    `domains: ${Object.entries(told.domains)
      .map(
        ([domain, values]) =>
          `${domain} (${values.join(', ')})${told.symmetric.includes(domain) ? ' interchangeable' : ''}`,
      )
      .join('; ')}`,
    'components',
    ...componentLines(told),
    'events',
    ...eventLines(told),
    ...claimLines(told),
    ...(fairness.length === 0 ? [] : ['fairness', ...fairness]),
  )
}
