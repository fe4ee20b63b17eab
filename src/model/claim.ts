/**
 * Claims: what is asserted of a system. An invariant holds in every state (`always`), a witness in some state
 * (`sometimes`), progress along every fair run (`leadsTo`, `eventually`), and `neverStuck` names the only
 * states in which nothing may be enabled.
 */
import type { Domains, Scalar } from './event.ts'

/** A predicate on a global state and the identifiers the claim quantifies over. */
export type Predicate<State = never, Ids = never> = (state: State, ids: Ids) => boolean

type Common = {
  /** The sentence people read; the claim's name is the key it is registered under. */
  readonly sentence: string
  /** The domains the claim quantifies over; it is checked for every combination of identifiers. */
  readonly forAll: readonly string[]
}

export type Claim =
  | (Common & { readonly kind: 'always' | 'sometimes'; readonly holds: Predicate })
  | (Common & { readonly kind: 'neverStuck'; readonly final: Predicate })
  | (Common & { readonly kind: 'leadsTo'; readonly from: Predicate; readonly to: Predicate })
  | (Common & { readonly kind: 'eventually'; readonly to: Predicate })

type Ids<D extends Domains, N extends keyof D> = { readonly [K in N]: D[K][number] & Scalar }

/**
 * The constructors of claims, typed for one system: `const { always } = claimsOn<State, Domains>()`.
 * Each takes a sentence, optionally the domains to quantify over, and its predicates.
 */
export function claimsOn<State, D extends Domains>() {
  type On<N extends keyof D> = (state: State, ids: Ids<D, N>) => boolean
  const common = (sentence: string, forAll: readonly PropertyKey[]): Common => ({
    sentence,
    forAll: forAll.map(String),
  })
  return {
    /** Holds in every reachable state. */
    always: <N extends keyof D = never>(sentence: string, forAll: readonly N[], holds: On<N>): Claim => ({
      kind: 'always',
      ...common(sentence, forAll),
      holds,
    }),
    /** Holds in at least one reachable state: the proof that an invariant is not vacuous. */
    sometimes: <N extends keyof D = never>(sentence: string, forAll: readonly N[], holds: On<N>): Claim => ({
      kind: 'sometimes',
      ...common(sentence, forAll),
      holds,
    }),
    /** Nothing is enabled only in states where `final` holds. */
    neverStuck: (sentence: string, final: On<never>): Claim => ({
      kind: 'neverStuck',
      ...common(sentence, []),
      final,
    }),
    /** On every fair run, each state where `from` holds is followed by one where `to` holds. */
    leadsTo: <N extends keyof D = never>(
      sentence: string,
      forAll: readonly N[],
      from: On<N>,
      to: On<N>,
    ): Claim => ({
      kind: 'leadsTo',
      ...common(sentence, forAll),
      from,
      to,
    }),
    /** Every fair run reaches, from the initial state, a state where `to` holds. */
    eventually: <N extends keyof D = never>(sentence: string, forAll: readonly N[], to: On<N>): Claim => ({
      kind: 'eventually',
      ...common(sentence, forAll),
      to,
    }),
  }
}
