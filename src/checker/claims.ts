/**
 * The claims of an instance during a search: invariants and witnesses are asked of each new state, and only
 * where the event that led to it touched a component they have read.
 */
import type { ClaimInstance, Instance } from '../model/instance.ts'
import type { Product } from './product.ts'
import { MemoPredicate } from './predicate.ts'
import { Reader, type ReadId } from './view.ts'
import type { Visibility } from './visibility.ts'

/** A claim for one combination of identifiers, with its memo. */
export type Watched = { readonly instance: ClaimInstance; readonly memo: MemoPredicate }

/** `noStaleEntry(cpu0, page1)`: the name of a claim and the identifiers it is asked for. */
export function labelOf({ name, ids }: ClaimInstance): string {
  const values = Object.values(ids)
  return values.length === 0 ? name : `${name}(${values.join(', ')})`
}

export class ClaimWatch {
  readonly reader: Reader
  /** Differs whenever the claims that an event can change may be others than before. */
  version = 0
  readonly #instance: Instance
  readonly #visibility: Visibility | undefined
  #pending: readonly Watched[]
  /** For each event, the claims its participants can change. */
  #touched: (readonly Watched[] | undefined)[] = []
  /** For the label of a claim, the set of claims it stands or falls with; absent, itself alone. */
  readonly #orbitOf = new Map<string, readonly string[]>()

  /** In `orbits` claims stand that are renamings of one another, in a search where a state stands for its renamings. */
  constructor(
    product: Product,
    only: (name: string) => boolean,
    orbits: readonly ClaimInstance[][] = [],
    visibility?: Visibility,
  ) {
    this.#instance = product.instance
    this.#visibility = visibility
    for (const orbit of orbits) {
      const labels = orbit.map(labelOf)
      for (const label of labels) this.#orbitOf.set(label, labels)
    }
    this.reader = new Reader(product.instance, product.tables, visibility?.lens)
    const watched = product.instance.claims
      .filter(({ name }) => only(name))
      .flatMap((instance): Watched[] => {
        const { claim, name, ids } = instance
        if (claim.kind !== 'always' && claim.kind !== 'sometimes') return []
        return [{ instance, memo: new MemoPredicate(name, claim.holds, ids, this.reader) }]
      })
    const isInvariant = ({ instance }: Watched) => instance.claim.kind === 'always'
    this.#pending = [...watched.filter(isInvariant), ...watched.filter((one) => !isInvariant(one))]
    this.#retain()
  }

  /** Witnesses no state has shown yet. */
  get unreached(): ClaimInstance[] {
    return this.#pending.flatMap(({ instance }) => (instance.claim.kind === 'sometimes' ? [instance] : []))
  }

  /** All claims that are still asked; for the initial state, which no event led to. */
  get pending(): readonly Watched[] {
    return this.#pending
  }

  /**
   * The invariant among `claims` that the state at hand violates, if one does. Calls `settle` with each claim
   * that has nothing to say of the state.
   */
  violatedBy(
    claims: readonly Watched[],
    readId: ReadId,
    settle?: (watched: Watched) => void,
  ): ClaimInstance | undefined {
    for (const watched of claims) {
      const { instance, memo } = watched
      const holds = memo.holds(readId)
      if (this.reader.growth > this.#growth) this.#forget()
      if (holds === (instance.claim.kind === 'always')) settle?.(watched)
      else if (holds) this.#reach(watched)
      else return instance
    }
    return undefined
  }

  /** The claims an event can change: one that was true of the parent stays true where nothing it read has moved. */
  claimsFor(event: number): readonly Watched[] {
    return (this.#touched[event] ??= this.#claimsTouched(event))
  }

  // What moved may have been renamed: with a claim, all that it can be renamed to.
  #claimsTouched(event: number): readonly Watched[] {
    const { participants } = this.#instance.events[event]!
    const touched = this.#pending.filter(({ memo }) =>
      participants.some((component) => memo.reads.has(component)),
    )
    if (this.#orbitOf.size === 0) return touched
    const labels = new Set(touched.flatMap(({ instance }) => this.#orbit(instance)))
    return this.#pending.filter(({ instance }) => labels.has(labelOf(instance)))
  }

  #orbit(instance: ClaimInstance): readonly string[] {
    const label = labelOf(instance)
    return this.#orbitOf.get(label) ?? [label]
  }

  #growth = 0
  #forget(): void {
    this.#growth = this.reader.growth
    this.#touched = []
    this.version++
  }

  #reach(watched: Watched): void {
    const reached = this.#orbit(watched.instance)
    this.#pending = this.#pending.filter(({ instance }) => !reached.includes(labelOf(instance)))
    this.#retain()
    this.#forget()
  }

  // What a witness that was reached looks at no longer matters.
  #retain(): void {
    this.#visibility?.retain(this.#pending.map(({ memo }) => memo))
  }
}
