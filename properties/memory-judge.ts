/** A system of charts as the judge of production code over shared memory: its product's vectors, numbered. */
import { Product } from '../src/checker/product.ts'
import type { States } from '../src/interleave/specification.ts'
import type { Judgement, MemoryJudge } from '../src/interleave/memory/memory-program.ts'
import { printEvent } from '../src/model/event.ts'
import { instantiate } from '../src/model/instance.ts'
import type { Bounds, System } from '../src/model/system.ts'

class ProductJudge implements MemoryJudge {
  readonly initial = 0
  readonly #build: () => Product
  #built: Product | undefined
  readonly #vectors: (readonly number[])[] = []
  readonly #numbers = new Map<string, number>()

  constructor(build: () => Product) {
    this.#build = build
  }

  // Made when it is first asked: a registry of programs is read more often than all of them are explored.
  get #product(): Product {
    if (this.#built === undefined) {
      this.#built = this.#build()
      this.#number(this.#built.initial())
    }
    return this.#built
  }

  step(state: number, event: Parameters<MemoryJudge['step']>[1]): Judgement {
    const product = this.#product
    const index = product.indexOf(event)
    if (index === undefined)
      return { refused: `${printEvent(event)} is no event of ${product.instance.system.name}` }
    const vector = this.#vectors[state]!
    if (!product.accepts(vector, index)) {
      const refusing = product.refusing(vector, index).join(', ')
      return { refused: `${refusing} refuses ${printEvent(event)}` }
    }
    const { vector: next, refusedBy } = product.step(vector, index)
    if (refusedBy !== undefined) return { refused: `the observer ${refusedBy} refuses ${printEvent(event)}` }
    return { next: this.#number(next) }
  }

  states(state: number): States {
    const product = this.#product
    const snapshots = product.snapshots(this.#vectors[state]!)
    return Object.fromEntries(
      product.instance.components.map(({ name }, index) => {
        const { value, context } = snapshots[index]!
        return [name, { value: value as unknown, context: context as unknown }]
      }),
    )
  }

  #number(vector: readonly number[]): number {
    const key = vector.join(',')
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#vectors.length)
    return this.#vectors.push([...vector]) - 1
  }
}

/** The system at these bounds as a judge; its numbers are its own, so a program makes one for itself. */
export const memoryJudge = (system: System, bounds: Bounds = {}): MemoryJudge =>
  new ProductJudge(() => new Product(instantiate(system, bounds)))
