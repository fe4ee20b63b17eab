/**
 * A component is a machine, its input, and the ground events it knows (its alphabet). A family is one
 * component for each identifier of a domain. An observer is a component that never blocks: an event it
 * knows and refuses is a violation.
 */
import type { AnyStateMachine, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate'
import type { FieldOf, Scalar } from './event.ts'

type EventOf<M extends AnyStateMachine> = EventFromLogic<M>
type Fields<M extends AnyStateMachine> = { readonly [F in FieldOf<EventOf<M>, EventOf<M>['type']>]?: Scalar }

/** The values that events of one type must carry for a component to know them; `{}` is every event of it. */
export type Pattern = { readonly [field: string]: Scalar }

export type Component<M extends AnyStateMachine = AnyStateMachine> = {
  readonly kind: 'component'
  readonly machine: M
  readonly input: unknown
  readonly observer: boolean
  /** Fields that must carry these values wherever an event has them: `{ cpu: 'cpu0' }`. */
  readonly identity: Pattern
  /** The event types known, each with patterns of which one must fit; absent: every type the machine mentions. */
  readonly alphabet: { readonly [type: string]: readonly Pattern[] } | undefined
}

export type Family<M extends AnyStateMachine = AnyStateMachine, Id extends string = string> = {
  readonly kind: 'family'
  readonly members: readonly (readonly [Id, Component<M>])[]
}

/** What a system is made of: components and families by name. */
export type Components = { readonly [name: string]: Component | Family }

/** The machine of a component or family. */
export type MachineOf<C> = C extends Component<infer M> ? M : C extends Family<infer M> ? M : never

/** The union of the events of all machines of a system. */
export type EventsOf<C> = { [K in keyof C]: EventFromLogic<MachineOf<C[K]>> }[keyof C]

type Options<M extends AnyStateMachine> = (undefined extends InputFrom<M>
  ? { readonly input?: InputFrom<M> }
  : { readonly input: InputFrom<M> }) & {
  readonly identity?: { readonly [F in FieldOf<EventOf<M>, EventOf<M>['type']>]?: Scalar }
  readonly alphabet?:
    | readonly EventOf<M>['type'][]
    | { readonly [T in EventOf<M>['type']]?: (Fields<M> & Pattern) | readonly (Fields<M> & Pattern)[] }
}

type Alphabet = readonly string[] | { readonly [type: string]: Pattern | readonly Pattern[] }

function patternsOf(alphabet: Alphabet): { [type: string]: readonly Pattern[] } {
  const entries: (readonly [string, Pattern | readonly Pattern[]])[] = isList(alphabet)
    ? alphabet.map((type) => [type, {}])
    : Object.entries(alphabet)
  return Object.fromEntries(
    entries.map(([type, patterns]) => [type, isList(patterns) ? patterns : [patterns]]),
  )
}

const isList = <T>(value: T | readonly T[] | object): value is readonly T[] => Array.isArray(value)

function build<M extends AnyStateMachine>(machine: M, options: Options<M>, observer: boolean): Component<M> {
  const { alphabet } = options
  return {
    kind: 'component',
    machine,
    input: options.input,
    observer,
    identity: (options.identity ?? {}) as Pattern,
    alphabet: alphabet === undefined ? undefined : patternsOf(alphabet as Alphabet),
  }
}

/** A component that takes part in the events it knows and may refuse them. */
export function component<M extends AnyStateMachine>(
  machine: M,
  ...[options]: undefined extends InputFrom<M> ? [options?: Options<M>] : [options: Options<M>]
): Component<M> {
  return build(machine, options ?? ({} as Options<M>), false)
}

/** A chart as a claim: it watches the events it knows and never blocks them; refusing one is a violation. */
export function observer<M extends AnyStateMachine>(
  machine: M,
  ...[options]: undefined extends InputFrom<M> ? [options?: Options<M>] : [options: Options<M>]
): Component<M> {
  return build(machine, options ?? ({} as Options<M>), true)
}

/** One component for each identifier; the member for `cpu0` of the family `tlb` is named `tlb.cpu0`. */
export function each<Id extends string, M extends AnyStateMachine>(
  members: readonly Id[],
  make: (id: Id) => Component<M>,
): Family<M, Id> {
  return { kind: 'family', members: members.map((id) => [id, make(id)] as const) }
}

/** The members of a family in one global state. */
export type FamilyView<S, Id extends string = string> = {
  readonly ids: readonly Id[]
  /** The state of one member; an unknown identifier is an assertion failure. */
  at(id: Id): S
  every(holds: (state: S, id: Id) => boolean): boolean
  some(holds: (state: S, id: Id) => boolean): boolean
  count(holds: (state: S, id: Id) => boolean): number
}

/** A global state as claims see it: `state.allocator.context`, `state.tlb.at('cpu0').matches(...)`. */
export type View<C extends Components> = {
  readonly [K in keyof C]: C[K] extends Family<infer M, infer Id>
    ? FamilyView<SnapshotFrom<M>, Id>
    : SnapshotFrom<MachineOf<C[K]>>
}
