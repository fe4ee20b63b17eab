/**
 * A system: components, the vocabulary of events with the domain of each field, bounds, claims, fairness,
 * symmetry, mutants and pinned counts. `instantiate` (instance.ts) makes it concrete at one bound.
 */
import type { AnyStateMachine } from 'xstate'
import type { Claim } from './claim.ts'
import type { Components, EventsOf, MachineOf, View } from './component.ts'
import type { Domains, FieldOf, Vocabulary } from './event.ts'

/** The parameters of an instance: whole numbers, at least 1 unless the system says otherwise. */
export type Bounds = { readonly [name: string]: number }

/**
 * A fairness assumption on an event class: the events of the given types, split by the values of `by`.
 * Weak: a class that stays enabled is taken. Strong: a class enabled again and again is taken.
 */
export type Fairness<Type extends string = string, Field extends string = string> = {
  readonly strength: 'weak' | 'strong'
  readonly types: readonly Type[]
  readonly by: readonly Field[]
}

/** Weak fairness of each class of `types`, one class for each combination of the values of `by`. */
export const weak = <const T extends string, const F extends string = never>(
  types: readonly T[],
  by: readonly F[] = [],
): Fairness<T, F> => ({ strength: 'weak', types, by })

/** Strong fairness of each class of `types`, one class for each combination of the values of `by`. */
export const strong = <const T extends string, const F extends string = never>(
  types: readonly T[],
  by: readonly F[] = [],
): Fairness<T, F> => ({ strength: 'strong', types, by })

/** One named decision replaced by a wrong one, and the claim that must notice. */
export type Mutant<Names extends string = string, ClaimNames extends string = string> = {
  /** The bug in one sentence, with the real bug it is seeded from. */
  readonly sentence: string
  /** The machine with the decision replaced, for each component or family it belongs to. */
  readonly replace: { readonly [N in Names]?: AnyStateMachine }
  readonly killedBy: ClaimNames
  /** Bounds at which it shows, where the default ones are too small or too large. */
  readonly bounds?: Bounds
}

/** Exact size of the reachable state space at a bound, agreed on with a second engine. */
export type PinnedCount = { readonly bounds: Bounds; readonly states: number; readonly transitions: number }

export type System = {
  readonly name: string
  readonly title: string
  readonly bounds: Bounds
  /** The least value of a bound where it is not 1. */
  readonly boundsMin?: Bounds
  readonly domains: (bounds: never) => Domains
  readonly components: (domains: never, bounds: never) => Components
  readonly events: { readonly [type: string]: { readonly [field: string]: string } | undefined }
  readonly claims: { readonly [name: string]: Claim }
  readonly fairness: readonly Fairness[]
  readonly symmetric: readonly string[]
  readonly mutants: { readonly [name: string]: Mutant }
  readonly pinned: readonly PinnedCount[]
}

/** The state that claims of a system with these components see. */
export type StateOf<Make extends (...args: never[]) => Components> = View<ReturnType<Make>>

type Description<B extends Bounds, D extends Domains, C extends Components, K extends string> = {
  readonly name: string
  readonly title: string
  readonly bounds: B
  readonly boundsMin?: { readonly [N in keyof B]?: number }
  readonly domains: (bounds: B) => D
  readonly components: (domains: D, bounds: B) => C
  readonly events: Vocabulary<EventsOf<NoInfer<C>>, NoInfer<D>>
  readonly claims: { readonly [N in K]: Claim }
  readonly fairness?: readonly Fairness<
    EventsOf<NoInfer<C>>['type'] | 'after',
    FieldOf<EventsOf<NoInfer<C>>, EventsOf<NoInfer<C>>['type']> & string
  >[]
  readonly symmetric?: readonly (keyof NoInfer<D> & string)[]
  readonly mutants?: {
    readonly [name: string]: {
      readonly sentence: string
      readonly replace: { readonly [N in keyof NoInfer<C>]?: MachineOf<NoInfer<C>[N]> }
      readonly killedBy: NoInfer<K> | (string & keyof NoInfer<C>) | 'neverStuck'
      readonly bounds?: { readonly [N in keyof B]?: number }
    }
  }
  readonly pinned?: readonly { readonly bounds: B; readonly states: number; readonly transitions: number }[]
}

/**
 * Describes a system. Names of events, fields, domains, components and claims are checked by the compiler
 * against the machines; what types cannot see is checked by `instantiate`, which refuses with one sentence.
 */
export function defineSystem<
  const B extends Bounds,
  D extends Domains,
  C extends Components,
  K extends string,
>(description: Description<B, D, C, K>): System {
  const { fairness = [], symmetric = [], mutants = {}, pinned = [], ...rest } = description
  return { ...rest, fairness, symmetric, mutants, pinned } as unknown as System
}
