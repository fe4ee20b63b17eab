/**
 * Which reductions a search may use for the claims at hand, and what the report says of them. Symmetry keeps
 * shortest traces; partial order keeps verdicts. Progress claims are asked of the full graph: fairness and
 * claims for one identifier cannot be read off a quotient.
 */
import { Canonicaliser } from './canonicaliser.ts'
import { ClaimSymmetry } from './claim-symmetry.ts'
import type { Product } from './product.ts'
import type { Reducers } from './reduced-stepper.ts'
import { type Symmetry, symmetryOf } from './symmetry.ts'

/** Which reductions the caller wants. */
export type Allowed = { readonly symmetry: boolean; readonly partialOrder: boolean }

/** What was in force in a search, and how large it was with it. */
export type Reduction = {
  /** The domains whose identifiers were interchangeable. */
  readonly symmetry: readonly string[]
  /** In how many ways their identifiers can be renamed. */
  readonly order: number
  readonly partialOrder: boolean
  readonly states: number
  readonly transitions: number
}

/** Symmetry as one search uses it, with its checks. */
export class SymmetryInForce {
  readonly symmetry: Symmetry
  readonly claims: ClaimSymmetry
  readonly canonicaliser: Canonicaliser
  readonly #paranoid: boolean

  /** Undefined where nothing is interchangeable. Throws IllFormedError where the system is not symmetric. */
  static of(
    product: Product,
    only: (claim: string) => boolean,
    paranoid: boolean,
  ): SymmetryInForce | undefined {
    const symmetry = symmetryOf(product)
    return symmetry === undefined ? undefined : new SymmetryInForce(symmetry, only, paranoid)
  }

  private constructor(symmetry: Symmetry, only: (claim: string) => boolean, paranoid: boolean) {
    this.symmetry = symmetry
    this.claims = new ClaimSymmetry(symmetry, only)
    this.canonicaliser = new Canonicaliser(symmetry)
    this.#paranoid = paranoid
  }

  get domains(): string[] {
    return this.symmetry.group.ranges.map(({ domain }) => domain)
  }

  readonly canonicalise: NonNullable<Reducers['canonicalise']> = (ids) => this.canonicaliser.canonicalise(ids)

  /** Asks the claims of a state and its images, where it is in the sample. Throws IllFormedError. */
  sample(index: number, ids: () => ArrayLike<number>): void {
    if (this.#paranoid || this.claims.isSampled(index)) this.claims.check(ids())
  }
}
