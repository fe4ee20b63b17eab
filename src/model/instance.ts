/**
 * A system at one bound: its components by full name, its ground events, and who takes part in which. Here
 * an ill-formed system is refused, with one sentence that names what is wrong.
 */
import type { AnyStateMachine } from 'xstate'
import { delaysOf, descriptorsOf, knows, nodesOf } from './alphabet.ts'
import type { Component, Components } from './component.ts'
import type { Claim } from './claim.ts'
import { type Domains, type GroundEvent, type Scalar, ground, printEvent } from './event.ts'
import type { Bounds, Fairness, Mutant, System } from './system.ts'

/** The system cannot be checked as it is written; the message says why and where. */
export class IllFormedError extends Error {
  override readonly name = 'IllFormedError'
}

/** The caller asked for something that does not exist: a bound, a mutant, a claim. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type ComponentInstance = {
  /** Unique: `pageTable`, or `tlb.cpu0` for a member of the family `tlb`. */
  readonly name: string
  readonly family: string
  readonly id: string | undefined
  readonly machine: AnyStateMachine
  readonly input: unknown
  readonly observer: boolean
}

export type EventInstance = {
  readonly event: GroundEvent
  /** `tlb.fill(cpu0, page1, frame0)`; unique within the instance. */
  readonly label: string
  /** The event each participant's machine is given; it differs from `event` for `after` alone. */
  readonly local: GroundEvent
  /** Indices into `components`, ascending. */
  readonly participants: readonly number[]
}

/** A claim for one combination of the identifiers it quantifies over. */
export type ClaimInstance = {
  readonly name: string
  readonly claim: Claim
  readonly ids: { readonly [domain: string]: Scalar }
}

export type Instance = {
  readonly system: System
  readonly bounds: Bounds
  readonly mutant: string | undefined
  readonly domains: Domains
  readonly parts: Components
  readonly components: readonly ComponentInstance[]
  readonly events: readonly EventInstance[]
  readonly claims: readonly ClaimInstance[]
  readonly fairness: readonly {
    readonly strength: Fairness['strength']
    readonly label: string
    readonly events: readonly number[]
  }[]
}

const fail = (system: System, text: string): never => {
  throw new IllFormedError(`system ${system.name}: ${text}`)
}

/** Default bounds overridden by the given ones. Throws UsageError for an unknown name or a value out of range. */
export function resolveBounds(system: System, overrides: Bounds = {}): Bounds {
  for (const [name, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(system.bounds, name)) {
      throw new UsageError(
        `${system.name} has no bound '${name}'; it has ${Object.keys(system.bounds).join(', ') || 'none'}`,
      )
    }
    const least = system.boundsMin?.[name] ?? 1
    if (!Number.isSafeInteger(value) || value < least) {
      throw new UsageError(
        `bound ${name} of ${system.name} must be a whole number of at least ${least}, not ${value}`,
      )
    }
  }
  return { ...system.bounds, ...overrides }
}

function refuseMachine(system: System, name: string, machine: AnyStateMachine): void {
  if (typeof machine?.getTransitionData !== 'function')
    fail(system, `component ${name} is not an xstate machine`)
  for (const node of nodesOf(machine.root)) {
    if (node.invoke.length > 0) {
      fail(
        system,
        `component ${name} uses invoke in state '${node.id}'; make what it invokes a component of its own`,
      )
    }
  }
}

type Entry = { name: string; family: string; id: string | undefined; component: Component }
type Collected = { instance: ComponentInstance; component: Component }[]

function collectComponents(system: System, parts: Components, mutant: Mutant | undefined): Collected {
  const entries = Object.entries(parts).flatMap(([family, part]): Entry[] =>
    part.kind === 'component'
      ? [{ name: family, family, id: undefined, component: part }]
      : part.members.map(([id, component]) => ({ name: `${family}.${id}`, family, id, component })),
  )
  const seen = new Set<string>()
  return entries.map(({ name, family, id, component }) => {
    if (seen.has(name)) fail(system, `two components are named ${name}`)
    seen.add(name)
    const machine = mutant?.replace[family] ?? component.machine
    refuseMachine(system, name, machine)
    const { input, observer } = component
    return { instance: { name, family, id, machine, input, observer }, component }
  })
}

function collectEvents(system: System, domains: Domains, collected: Collected): EventInstance[] {
  const known = collected.map(({ instance, component }) => ({
    component,
    descriptors: descriptorsOf(instance.machine),
  }))
  for (const { instance, component } of collected) {
    for (const type of Object.keys(component.alphabet ?? {})) {
      if (!(type in system.events))
        fail(system, `component ${instance.name} knows the event ${type}, which is not in the vocabulary`)
    }
  }
  const events = Object.entries(system.events).flatMap(([type, fields]) => {
    const values = Object.entries(fields ?? {}).map(([field, domain]) => {
      const members = domains[domain]
      if (members === undefined)
        fail(system, `field ${field} of event ${type} ranges over the unknown domain '${domain}'`)
      return [field, members ?? []] as const
    })
    const instances = ground(type, Object.fromEntries(values)).map((event): EventInstance => {
      const participants = known.flatMap(({ component, descriptors }, index) =>
        knows(component, descriptors, event) ? [index] : [],
      )
      return { event, label: printEvent(event), local: event, participants }
    })
    const taken = instances.filter(({ participants }) =>
      participants.some((index) => !collected[index]!.instance.observer),
    )
    if (taken.length === 0 && instances.length > 0) fail(system, `no component knows the event ${type}`)
    return taken
  })
  const timeouts = collected.flatMap(({ instance }, index) =>
    delaysOf(instance.machine).map(({ type, delay, state }): EventInstance => {
      const event = { type: 'after', component: instance.name, delay, state }
      return { event, label: printEvent(event), local: { type }, participants: [index] }
    }),
  )
  return [...events, ...timeouts]
}

function combinations(system: System, domains: Domains, name: string, claim: Claim): ClaimInstance[] {
  const fields = claim.forAll.map((domain) => {
    const members = domains[domain]
    if (members === undefined) fail(system, `claim ${name} quantifies over the unknown domain '${domain}'`)
    return [domain, members ?? []] as const
  })
  return ground('', Object.fromEntries(fields)).map(({ type: _, ...ids }) => ({ name, claim, ids }))
}

function fairnessClasses(system: System, events: readonly EventInstance[]): Instance['fairness'] {
  return system.fairness.flatMap(({ strength, types, by }) => {
    for (const type of types) {
      if (!events.some(({ event }) => event.type === type))
        fail(system, `fairness names the event ${type}, which never happens`)
    }
    const classes = new Map<string, number[]>()
    events.forEach(({ event }, index) => {
      if (!types.includes(event.type)) return
      const label = `${types.join('|')}(${by.map((field) => event[field] ?? '-').join(', ')})`
      classes.set(label, [...(classes.get(label) ?? []), index])
    })
    return [...classes].map(([label, members]) => ({ strength, label, events: members }))
  })
}

/**
 * The system at the given bounds, with a mutant's machines in place where one is named. Throws
 * IllFormedError for a system that cannot be checked, UsageError for a bound or mutant that does not exist.
 */
export function instantiate(system: System, overrides: Bounds = {}, mutantName?: string): Instance {
  const known = mutantName !== undefined && Object.hasOwn(system.mutants, mutantName)
  const mutant = known ? system.mutants[mutantName] : undefined
  if (mutantName !== undefined && mutant === undefined) {
    throw new UsageError(
      `${system.name} has no mutant '${mutantName}'; it has ${Object.keys(system.mutants).join(', ') || 'none'}`,
    )
  }
  const bounds = resolveBounds(system, overrides)
  const domains = system.domains(bounds as never)
  const parts = system.components(domains as never, bounds as never)
  const collected = collectComponents(system, parts, mutant)
  if (collected.length === 0) fail(system, 'it has no components')
  const events = collectEvents(system, domains, collected)
  for (const family of Object.keys(mutant?.replace ?? {})) {
    if (!(family in parts))
      fail(system, `mutant ${mutantName} replaces the machine of ${family}, which is no component`)
  }
  return {
    system,
    bounds,
    mutant: mutantName,
    domains,
    parts,
    components: collected.map(({ instance }) => instance),
    events,
    claims: Object.entries(system.claims).flatMap(([name, claim]) =>
      combinations(system, domains, name, claim),
    ),
    fairness: fairnessClasses(system, events),
  }
}
