/**
 * Claims must not tell interchangeable identifiers apart: a claim for `cpu0` must say of a state what the
 * claim for `cpu1` says of the state with the two swapped. This is checked, on a sample of the states that a
 * search meets or on all of them.
 */
import type { Predicate } from '../model/claim.ts'
import type { ClaimInstance } from '../model/instance.ts'
import { labelOf } from './claims.ts'
import { EvaluationError } from './component-table.ts'
import { type Swap, refuse } from './permutation.ts'
import { MemoPredicate } from './predicate.ts'
import type { Symmetry } from './symmetry.ts'
import { Reader } from './view.ts'

const QUESTIONS = ['holds', 'final', 'from', 'to'] as const
type Question = (typeof QUESTIONS)[number]

/** The states up to this one are all looked at; after it about as many for each doubling of their number. */
const SAMPLED_ALL = 32

type Answer = 'yes' | 'no' | 'thrown'

const VERBS: Record<Answer, string> = { yes: 'holds', no: 'does not hold', thrown: 'throws' }

/** One part of a claim for one combination of identifiers. */
type Part = { readonly memo: MemoPredicate; readonly label: string }

export class ClaimSymmetry {
  readonly #symmetry: Symmetry
  readonly #parts: readonly Part[]
  /** For each generator and part, the part that takes its place. */
  readonly #counterparts: readonly (readonly number[])[]
  readonly #claims: readonly ClaimInstance[]
  readonly #swaps: readonly Swap[]

  /** Looks at the claims that `only` wants. Throws IllFormedError where a claim has no counterpart. */
  constructor(symmetry: Symmetry, only: (claim: string) => boolean = () => true) {
    const { instance, tables } = symmetry.product
    const reader = new Reader(instance, tables)
    this.#symmetry = symmetry
    this.#claims = instance.claims.filter(({ name }) => only(name))
    const asked = this.#claims.flatMap((claim) =>
      QUESTIONS.flatMap((question) => {
        const predicate = (claim.claim as Partial<Record<Question, Predicate>>)[question]
        return predicate === undefined ? [] : [{ claim, question, predicate }]
      }),
    )
    this.#parts = asked.map(({ claim, question, predicate }) => ({
      memo: new MemoPredicate(claim.name, predicate, claim.ids, reader),
      label: `${question === 'holds' ? '' : `'${question}' of `}claim ${labelOf(claim)}`,
    }))
    const keyOf = (question: string, claim: ClaimInstance) => `${question} ${labelOf(claim)}`
    const indices = new Map(asked.map(({ claim, question }, index) => [keyOf(question, claim), index]))
    const { transpositions, generators } = symmetry.group
    this.#swaps = transpositions.slice(0, generators).map(({ swap }) => swap)
    this.#counterparts = this.#swaps.map((swap) =>
      asked.map(({ claim, question }) => {
        const image = counterpartOf(swap, claim)
        return (
          indices.get(keyOf(question, image)) ??
          refuse(instance, swap, `claim ${labelOf(claim)} becomes ${labelOf(image)}, which does not exist`)
        )
      }),
    )
  }

  /** Whether the state found as number `index` is one of the sample. */
  isSampled(index: number): boolean {
    return index < SAMPLED_ALL || index % 2 ** Math.floor(Math.log2(index / SAMPLED_ALL)) === 0
  }

  /** Asks all claims of a state and of its images. Throws IllFormedError where a claim is not symmetric. */
  check(ids: ArrayLike<number>): void {
    const answers = this.#parts.map((part) => answerOf(part, ids))
    this.#swaps.forEach((swap, generator) => {
      const image = this.#symmetry.image(generator, ids)
      this.#counterparts[generator]!.forEach((counterpart, index) => {
        const here = answers[index]!
        const there = answerOf(this.#parts[counterpart]!, image)
        if (here === there) return
        const before = `${this.#parts[index]!.label} ${VERBS[here]} before`
        const after = `${this.#parts[counterpart]!.label} ${VERBS[there]} after`
        refuse(this.#symmetry.product.instance, swap, `${before} but ${after}`)
      })
    })
  }

  /** The claims that take the place of one another: a witness for one of them is one for all. */
  orbits(): ClaimInstance[][] {
    const byLabel = new Map(this.#claims.map((claim) => [labelOf(claim), claim]))
    const orbits: ClaimInstance[][] = []
    for (const claim of this.#claims) {
      if (!byLabel.delete(labelOf(claim))) continue
      const orbit = [claim]
      for (const member of orbit) {
        for (const image of this.#swaps.map((swap) => labelOf(counterpartOf(swap, member)))) {
          const found = byLabel.get(image)
          if (found !== undefined && byLabel.delete(image)) orbit.push(found)
        }
      }
      orbits.push(orbit)
    }
    return orbits
  }
}

function answerOf({ memo }: Part, ids: ArrayLike<number>): Answer {
  try {
    return memo.holds((component) => ids[component]!) ? 'yes' : 'no'
  } catch (error) {
    if (error instanceof EvaluationError) return 'thrown'
    throw error
  }
}

const counterpartOf = (swap: Swap, claim: ClaimInstance): ClaimInstance => ({
  ...claim,
  ids: Object.fromEntries(Object.entries(claim.ids).map(([domain, id]) => [domain, swap.value(id, domain)])),
})
