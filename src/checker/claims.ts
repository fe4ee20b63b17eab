/**
 * The claims of an instance during a search: invariants and witnesses are asked of each new state, and only
 * where the event that led to it touched a component they have read.
 */
import type { ClaimInstance, Instance } from '../model/instance.ts'
import type { Product } from './product.ts'
import { MemoPredicate } from './predicate.ts'
import { Reader, type ReadId } from './view.ts'

/** A claim for one combination of identifiers, with its memo. */
export type Watched = { readonly instance: ClaimInstance; readonly memo: MemoPredicate }

/** `noStaleEntry(cpu0, page1)`: the name of a claim and the identifiers it is asked for. */
export function labelOf({ name, ids }: ClaimInstance): string {
  const values = Object.values(ids)
  return values.length === 0 ? name : `${name}(${values.join(', ')})`
}

export class ClaimWatch {
  readonly reader: Reader
  readonly #instance: Instance
  readonly #invariants: readonly Watched[]
  #witnesses: readonly Watched[]
  /** For each event, the claims its participants can change. */
  #touched: (readonly Watched[] | undefined)[] = []
  #growth = 0
  readonly reached = new Map<string, number>()

  constructor(product: Product, only: (name: string) => boolean) {
    this.#instance = product.instance
    this.reader = new Reader(product.instance, product.tables)
    const watched = product.instance.claims
      .filter(({ name }) => only(name))
      .flatMap((instance): Watched[] => {
        const { claim, name, ids } = instance
        if (claim.kind !== 'always' && claim.kind !== 'sometimes') return []
        return [{ instance, memo: new MemoPredicate(name, claim.holds, ids, this.reader) }]
      })
    this.#invariants = watched.filter(({ instance }) => instance.claim.kind === 'always')
    this.#witnesses = watched.filter(({ instance }) => instance.claim.kind === 'sometimes')
  }

  /** Witnesses no state has shown yet. */
  get unreached(): ClaimInstance[] {
    return this.#witnesses.map(({ instance }) => instance)
  }

  /** The invariant that a new state violates, if one does. `event` is undefined for the initial state. */
  violatedBy(index: number, event: number | undefined, readId: ReadId): ClaimInstance | undefined {
    for (const { instance, memo } of this.#claimsFor(event)) {
      const holds = memo.holds(readId)
      if (instance.claim.kind === 'always') {
        if (!holds) return instance
      } else if (holds) this.#reach(instance, index)
    }
    return undefined
  }

  #reach(instance: ClaimInstance, index: number): void {
    const label = labelOf(instance)
    if (this.reached.has(label)) return
    this.reached.set(label, index)
    this.#witnesses = this.#witnesses.filter((watched) => watched.instance !== instance)
    this.#touched = []
  }

  #all(): Watched[] {
    return [...this.#invariants, ...this.#witnesses]
  }

  // Sound because a claim that was true of the parent stays true where nothing it read has moved.
  #claimsFor(event: number | undefined): readonly Watched[] {
    if (event === undefined) return this.#all()
    if (this.reader.growth !== this.#growth) {
      this.#growth = this.reader.growth
      this.#touched = []
    }
    return (this.#touched[event] ??= this.#all().filter(({ memo }) =>
      this.#instance.events[event]!.participants.some((component) => memo.reads.has(component)),
    ))
  }
}
