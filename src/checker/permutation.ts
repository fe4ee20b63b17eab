/**
 * The swap of two identifiers of a symmetric domain and what it does to an instance: which component and
 * which event take the place of which. All permutations of the domains are products of such swaps.
 */
import {
  type ComponentInstance,
  type EventInstance,
  IllFormedError,
  type Instance,
} from '../model/instance.ts'
import { type Domains, type GroundEvent, type Scalar, printEvent } from '../model/event.ts'

/** Renames two identifiers of one domain to each other and nothing else. */
export class Swap {
  readonly domain: string
  readonly one: Scalar
  readonly other: Scalar

  constructor(domain: string, one: Scalar, other: Scalar) {
    this.domain = domain
    this.one = one
    this.other = other
  }

  /** A value of the given domain. A string is an identifier wherever it stands; a number only in its own domain. */
  value(value: Scalar, domain: string): Scalar {
    if (typeof value !== 'string' && domain !== this.domain) return value
    if (value === this.one) return this.other
    return value === this.other ? this.one : value
  }

  /** The name of a component: `tlb.cpu0`, and `channel.cpu0-cpu1` word by word. A single component keeps its name. */
  component({ name, family, id }: Pick<ComponentInstance, 'name' | 'family' | 'id'>): string {
    if (id === undefined) return name
    const whole = this.value(id, this.domain)
    return `${family}.${whole === id ? id.replaceAll(/\w+/g, (word) => String(this.value(word, ''))) : whole}`
  }
}

/** A swap as a permutation of an instance's components and events. */
export type Action = {
  readonly swap: Swap
  /** For each component the one that takes its place. */
  readonly components: Int32Array
  /** For each event the one that takes its place. */
  readonly events: Int32Array
}

/** Refuses a system for not being symmetric in the domain of a swap; `text` says what is wrong. */
export function refuse({ system }: Instance, { domain, one, other }: Swap, text: string): never {
  throw new IllFormedError(
    `system ${system.name} is not symmetric in ${domain}: with ${one} and ${other} swapped, ${text}`,
  )
}

/**
 * The symmetric domains of a system with at least two members, each with its members. Throws IllFormedError
 * for a domain that does not exist and for two that share an identifier.
 */
export function symmetricDomains({ system, domains }: Instance, names: readonly string[]): Domains {
  const owners = new Map<Scalar, string>()
  const found = names.map((name) => {
    const members = domains[name]
    if (members === undefined)
      throw new IllFormedError(`system ${system.name} is symmetric in the unknown domain '${name}'`)
    for (const member of members) {
      const owner = owners.get(member)
      if (owner !== undefined && typeof member === 'string')
        throw new IllFormedError(
          `system ${system.name}: ${member} is in ${owner} and ${name}, both symmetric`,
        )
      owners.set(member, name)
    }
    return [name, members] as const
  })
  return Object.fromEntries(found.filter(([, members]) => members.length > 1))
}

/** What a swap does to an instance. Throws IllFormedError where something has no counterpart. */
export function actionOf(instance: Instance, swap: Swap): Action {
  const components = componentsUnder(instance, swap)
  const events = eventsUnder(instance, swap, components)
  checkFairness(instance, swap, events)
  return { swap, components, events }
}

function componentsUnder(instance: Instance, swap: Swap): Int32Array {
  const indices = new Map(instance.components.map(({ name }, index) => [name, index]))
  return Int32Array.from(instance.components, (component) => {
    const name = swap.component(component)
    const index =
      indices.get(name) ?? refuse(instance, swap, `${component.name} becomes ${name}, which does not exist`)
    if (instance.components[index]!.observer !== component.observer)
      refuse(instance, swap, `one of ${component.name} and ${name} is an observer and the other is not`)
    return index
  })
}

function renamed({ system, components }: Instance, swap: Swap, event: GroundEvent): GroundEvent {
  const fields = system.events[event.type]
  if (fields === undefined) {
    const component = components.find(({ name }) => name === event['component'])
    return component === undefined ? event : { ...event, component: swap.component(component) }
  }
  const values = Object.entries(fields).map(([field, domain]) => [field, swap.value(event[field]!, domain)])
  return { ...event, ...Object.fromEntries(values) }
}

function eventsUnder(instance: Instance, swap: Swap, components: Int32Array): Int32Array {
  const indices = new Map(instance.events.map(({ label }, index) => [label, index]))
  return Int32Array.from(instance.events, (original) => {
    const image = renamed(instance, swap, original.event)
    const index =
      indices.get(printEvent(image)) ??
      refuse(instance, swap, `${original.label} becomes ${printEvent(image)}, which no component knows`)
    checkParticipants(instance, swap, components, original, instance.events[index]!)
    return index
  })
}

function checkParticipants(
  instance: Instance,
  swap: Swap,
  components: Int32Array,
  { label, participants }: EventInstance,
  image: EventInstance,
): void {
  const nameOf = (component: number) => instance.components[component]!.name
  instance.components.forEach((_, component) => {
    const counterpart = components[component]!
    const knows = participants.includes(component)
    if (image.participants.includes(counterpart) === knows) return
    const here = `${nameOf(component)} ${knows ? 'knows' : 'does not know'} ${label}`
    const there = `${nameOf(counterpart)} ${knows ? 'does not know' : 'knows'} ${image.label}`
    refuse(instance, swap, `${here} but ${there}`)
  })
}

function checkFairness(instance: Instance, swap: Swap, events: Int32Array): void {
  const keyOf = (strength: string, members: Iterable<number>) =>
    `${strength} ${[...members].sort((a, b) => a - b).join()}`
  const known = new Set(instance.fairness.map(({ strength, events: members }) => keyOf(strength, members)))
  for (const { strength, label, events: members } of instance.fairness) {
    const image = members.map((event) => events[event]!)
    if (!known.has(keyOf(strength, image)))
      refuse(instance, swap, `${strength} fairness of ${label} has no counterpart`)
  }
}
