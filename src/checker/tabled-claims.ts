/**
 * The claims of a tabled product as decision diagrams: what an export for another engine asserts. Every kind of
 * claim is here; what an engine cannot express, its export says.
 */
import type { ClaimInstance } from '../model/instance.ts'
import { type Diagram, diagramOf, doneDiagram } from './claim-diagram.ts'
import { labelOf } from './claims.ts'
import { NEVER_STUCK } from './explore.ts'
import type { Tabulation } from './tabulation.ts'

/** An invariant or a witness for one combination of identifiers. */
export type TabledClaim = {
  /** The claim's name, and with its identifiers: `noStaleEntry(cpu0)`. */
  readonly name: string
  readonly label: string
  readonly sentence: string
  readonly holds: Diagram
}

/** Whenever `from` holds, `to` holds then or later; `eventually` is that from the initial state. */
export type TabledProgress = {
  readonly name: string
  readonly label: string
  readonly sentence: string
  /** Absent for `eventually`. */
  readonly from: Diagram | undefined
  readonly to: Diagram
}

export type TabledClaims = {
  readonly invariants: readonly TabledClaim[]
  readonly witnesses: readonly TabledClaim[]
  readonly progress: readonly TabledProgress[]
  /** A state where nothing is enabled is allowed where all of `finals` hold; undefined where nobody asks. */
  readonly stuck: { readonly name: string; readonly finals: readonly Diagram[] } | undefined
}

/** Tables the claims whose names are wanted. */
export function tableClaims(tabulation: Tabulation, isWanted: (name: string) => boolean): TabledClaims {
  const claims = tabulation.instance.claims.filter(({ name }) => isWanted(name))
  const described = (instance: ClaimInstance) => ({
    name: instance.name,
    label: labelOf(instance),
    sentence: instance.claim.sentence,
  })
  const ofKind = (kind: 'always' | 'sometimes') =>
    claims.flatMap((instance): TabledClaim[] =>
      instance.claim.kind === kind
        ? [{ ...described(instance), holds: diagramOf(tabulation, instance.claim.holds, instance.ids) }]
        : [],
    )
  const named = tabulation.instance.claims.filter(({ claim }) => claim.kind === 'neverStuck')
  const name = named[0]?.name ?? NEVER_STUCK
  const isStuckWanted = named.length === 0 ? isWanted(NEVER_STUCK) : named.some((one) => isWanted(one.name))
  const finals = named.flatMap(({ claim, ids }) =>
    claim.kind === 'neverStuck' ? [diagramOf(tabulation, claim.final, ids)] : [],
  )
  return {
    invariants: ofKind('always'),
    witnesses: ofKind('sometimes'),
    progress: claims.flatMap((instance): TabledProgress[] => {
      const { claim, ids } = instance
      if (claim.kind !== 'leadsTo' && claim.kind !== 'eventually') return []
      const from = claim.kind === 'leadsTo' ? diagramOf(tabulation, claim.from, ids) : undefined
      return [{ ...described(instance), from, to: diagramOf(tabulation, claim.to, ids) }]
    }),
    stuck: isStuckWanted
      ? { name, finals: finals.length > 0 ? finals : [doneDiagram(tabulation)] }
      : undefined,
  }
}
