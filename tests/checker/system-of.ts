/**
 * Systems of machines put together in a test, where names are data and types have nothing to check: the
 * domains of fields are written in place.
 */
import { type AnyStateMachine, createMachine } from 'xstate'
import type { Component, Components } from '../../src/model/component.ts'
import type { Scalar } from '../../src/model/event.ts'
import type { System } from '../../src/model/system.ts'

/** Event types with the values of each field. */
export type EventFields = { readonly [type: string]: { readonly [field: string]: readonly Scalar[] } }

type Parts = Partial<Omit<System, 'components' | 'events'>> & {
  readonly components: Components
  readonly events: EventFields
}

/** A system with no claims, fairness or mutants but those given. */
export function systemOf({ components, events, ...rest }: Parts): System {
  const fields = Object.entries(events).flatMap(([type, values]) =>
    Object.keys(values).map((field) => ({ type, field, domain: `${type}/${field}` })),
  )
  const domains = Object.fromEntries(fields.map(({ type, field, domain }) => [domain, events[type]![field]!]))
  const vocabulary = Object.keys(events).map((type) => [
    type,
    Object.fromEntries(fields.filter((one) => one.type === type).map(({ field, domain }) => [field, domain])),
  ])
  return {
    name: 'toy',
    title: 'a toy',
    bounds: {},
    domains: () => domains,
    components: () => components,
    events: Object.fromEntries(vocabulary) as System['events'],
    claims: {},
    fairness: [],
    symmetric: [],
    mutants: {},
    pinned: [],
    ...rest,
  }
}

/** A component whose machine's types are not known; absent alphabet: every event type the machine mentions. */
export function plain(
  machine: AnyStateMachine,
  options: Partial<Pick<Component, 'input' | 'observer' | 'identity' | 'alphabet'>> = {},
): Component {
  return {
    kind: 'component',
    machine,
    input: undefined,
    observer: false,
    identity: {},
    alphabet: undefined,
    ...options,
  }
}

/** Components that know no event: each takes a bit of the state vector and leaves others none to spare. */
export function crowd(count: number): Components {
  const machine = createMachine({ id: 'bystander', initial: 'there', states: { there: {} } })
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`bystander${index}`, plain(machine, { alphabet: {} })]),
  )
}
