/**
 * A product as the judge of an implementation: the shape that lockstep asks for, one run at a time on the
 * interned tables. All runs of one product share what xstate has been asked already.
 */
import assert from 'node:assert/strict'
import type { GroundEvent } from '../model/event.ts'
import { printEvent } from '../model/event.ts'
import type { Product } from './product.ts'

/** The product as a specification; see `Specification` in src/interleave for what each part promises. */
export function specificationOf(product: Product) {
  return { label: printEvent, start: () => new ProductRun(product) }
}

class ProductRun {
  readonly #product: Product
  #vector: readonly number[]
  /** Indices by the event object: one step asks for the same event several times. */
  readonly #indices = new WeakMap<GroundEvent, number | undefined>()

  constructor(product: Product) {
    this.#product = product
    this.#vector = product.initial()
  }

  #find(event: GroundEvent): number | undefined {
    if (!this.#indices.has(event)) this.#indices.set(event, this.#product.indexOf(event))
    return this.#indices.get(event)
  }

  #indexOf(event: GroundEvent): number {
    const index = this.#find(event)
    assert(
      index !== undefined,
      `${this.#product.instance.system.name} does not know ${printEvent(event)} at this bound`,
    )
    return index
  }

  knows(event: GroundEvent): boolean {
    return this.#find(event) !== undefined
  }

  accepts(event: GroundEvent): boolean {
    const index = this.#find(event)
    return index !== undefined && this.#product.accepts(this.#vector, index)
  }

  refusing(event: GroundEvent): string[] {
    return this.#product.refusing(this.#vector, this.#indexOf(event))
  }

  step(event: GroundEvent): string | undefined {
    const index = this.#indexOf(event)
    assert(this.#product.accepts(this.#vector, index), `${printEvent(event)} is stepped where it is refused`)
    const { vector, refusedBy } = this.#product.step(this.#vector, index)
    this.#vector = vector
    return refusedBy
  }

  states(): Record<string, { value: unknown; context: unknown }> {
    const snapshots = this.#product.snapshots(this.#vector)
    return Object.fromEntries(
      this.#product.instance.components.map(({ name }, index) => {
        const { value, context } = snapshots[index]!
        return [name, { value: value as unknown, context: context as unknown }]
      }),
    )
  }

  key(): string {
    return this.#vector.join(',')
  }
}
