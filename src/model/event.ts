/**
 * Ground events and the vocabulary they are drawn from: event types, their fields, and the domain of each
 * field. An event is one atomic step in which every component that knows it moves together (design, 1).
 */
import type { EventObject } from 'xstate'

/** A field's value. Identifiers are self-describing strings such as `cpu0`, so that a trace reads aloud. */
export type Scalar = string | number | boolean

/** One concrete event: a type and a value for each field of that type. */
export type GroundEvent = { readonly type: string; readonly [field: string]: Scalar }

/** The finite sets that event fields range over, at one bound: `{ cpu: ['cpu0', 'cpu1'] }`. */
export type Domains = { readonly [name: string]: readonly Scalar[] }

type Member<E, T> = E extends { type: infer U } ? (T extends U ? E : never) : never
type DomainFor<D, Value> = {
  [N in keyof D]: D[N] extends readonly (infer V)[] ? (V extends Value ? N : never) : never
}[keyof D]

type FieldsOfEach<E> = E extends unknown ? Exclude<keyof E, 'type'> : never
type ValueOfEach<E, F> = E extends unknown ? (F extends keyof E ? E[F] : never) : never

/** The fields of the events of type `T` in the union `E`; a chart may declare only those it looks at. */
export type FieldOf<E, T> = FieldsOfEach<Member<E, T>>

/**
 * For each event type a system uses, the domain of every field: `{ 'tlb.fill': { cpu: 'cpu', page: 'page' } }`.
 * Types, fields and domains are checked against the machines' own event unions, so a misspelling does not compile.
 */
export type Vocabulary<E extends EventObject, D> = {
  readonly [T in E['type']]?: { readonly [F in FieldOf<E, T>]: DomainFor<D, ValueOfEach<Member<E, T>, F>> }
}

/** `ids('cpu', 3)` is `['cpu0', 'cpu1', 'cpu2']`. */
export function ids<Prefix extends string>(prefix: Prefix, count: number): `${Prefix}${number}`[] {
  return Array.from({ length: count }, (_, index): `${Prefix}${number}` => `${prefix}${index}`)
}

/** The event in one line, as reports print it: `tlb.fill(cpu1, page0, frame2)`. */
export function printEvent({ type, ...fields }: GroundEvent): string {
  const values = Object.values(fields)
  return values.length === 0 ? type : `${type}(${values.join(', ')})`
}

/** Every assignment of a value to each field, in the order of the domains: the same order at every run. */
export function ground(type: string, fields: { readonly [field: string]: readonly Scalar[] }): GroundEvent[] {
  return Object.entries(fields).reduce<GroundEvent[]>(
    (events, [field, values]) =>
      events.flatMap((event) => values.map((value) => ({ ...event, [field]: value }))),
    [{ type }],
  )
}
