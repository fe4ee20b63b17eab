/**
 * The symmetry of an instance: how local states are renamed when identifiers of a symmetric domain are. A
 * renaming is defined by execution, not by syntax: the image of a step is the step of the images. Whether
 * that is well defined, and so whether the system is symmetric at all, symmetry-check.ts finds out.
 */
import { EvaluationError, REFUSED } from './component-table.ts'
import { refuse } from './permutation.ts'
import type { Product } from './product.ts'
import { SymmetryCheck } from './symmetry-check.ts'
import { OrbitColours } from './symmetry-colours.ts'
import { SymmetryGroup } from './symmetry-group.ts'
import { SymmetryRows } from './symmetry-rows.ts'

export class Symmetry {
  readonly product: Product
  readonly group: SymmetryGroup
  /**
   * Colours and images of the local states. Which colour a colour is depends on the order in which the states
   * were found, so threads that search together must share these rows or exchange them.
   */
  readonly rows: SymmetryRows
  /** For each component, how many of its local states have images and colours. */
  readonly closed: Int32Array
  readonly #colours: OrbitColours
  readonly #check: SymmetryCheck

  /** Throws IllFormedError where the components, events or fairness of the system are not symmetric. */
  constructor(product: Product, domains: readonly string[] = product.instance.system.symmetric) {
    this.product = product
    this.group = new SymmetryGroup(product, domains)
    const { elements, transpositions } = this.group
    this.rows = new SymmetryRows(product.tables.length, elements.length, transpositions.length)
    this.#colours = new OrbitColours(this.group, this.rows)
    this.closed = new Int32Array(product.tables.length)
    this.#check = new SymmetryCheck(this)
    this.close()
  }

  /** The vector that a transposition makes of another. */
  image(transposition: number, ids: ArrayLike<number>): Int32Array {
    const image = new Int32Array(ids.length)
    this.group.transpositions[transposition]!.components.forEach((counterpart, component) => {
      if (ids[component]! >= this.closed[component]!) this.close()
      image[counterpart] = this.imageOf(component, ids[component]!, transposition)
    })
    return image
  }

  /** The image of a local state of a component: a local state of the component's counterpart. */
  imageOf(component: number, state: number, transposition: number): number {
    return this.rows.image(component, state, transposition)
  }

  /**
   * Checks all table entries known so far against their images, each once. With `force`, images that nothing
   * has asked for yet are worked out, which is what proves the symmetry; without, only what is known on both
   * sides is compared. Throws IllFormedError where the system is not symmetric.
   */
  verify(force = true): void {
    do this.close()
    while (this.#check.pass(force))
  }

  /** Gives images and colours to all local states known by now, and to their images. Throws IllFormedError. */
  close(): void {
    const { tables } = this.product
    const reached = Int32Array.from(this.closed)
    for (let grew = true; grew;) {
      grew = false
      tables.forEach((table, component) => {
        for (; reached[component]! < table.size; reached[component]!++) {
          this.#rename(component, reached[component]!)
          grew = true
        }
      })
    }
    this.#checkImages(reached)
    this.#compose(reached)
    this.#colours.extend(this.closed, reached)
    this.closed.set(reached)
  }

  // The state was reached by a step from one that has images already: its images are reached by their steps.
  #rename(component: number, state: number): void {
    const { generators } = this.group
    const { origins, alphabet } = this.product.tables[component]!
    this.rows.reserve(component, state + 1)
    for (let generator = 0; generator < generators; generator++) {
      let image = 0
      if (state > 0) {
        const position = origins[state]! % alphabet.length
        const from = Math.floor(origins[state]! / alphabet.length)
        image = this.stepImage(generator, component, from, position)
        if (image === REFUSED) this.refuseStep(generator, component, position, ['accepts', 'refuses'])
      }
      this.rows.setImage(component, state, generator, image)
    }
  }

  /** Whether a component's counterpart accepts the event that stands at `position` for the component. */
  acceptsImage(generator: number, component: number, state: number, position: number): boolean {
    const { components, events } = this.group.transpositions[generator]!
    const counterpart = this.product.tables[components[component]!]!
    const event = events[this.product.tables[component]!.alphabet[position]!]!
    return this.#attempt(generator, () =>
      counterpart.accepted(this.imageOf(component, state, generator), event),
    )
  }

  /** What a component's counterpart does where the component takes a step: its next state or REFUSED. */
  stepImage(generator: number, component: number, state: number, position: number): number {
    const { components, positions } = this.group.transpositions[generator]!
    const counterpart = this.product.tables[components[component]!]!
    const image = positions[component]![position]!
    return this.#attempt(generator, () => counterpart.step(this.imageOf(component, state, generator), image))
  }

  #attempt<T>(generator: number, ask: () => T): T {
    try {
      return ask()
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      const { swap } = this.group.transpositions[generator]!
      return refuse(this.product.instance, swap, `something throws that did not: ${error.message}`)
    }
  }

  /** Refuses the system because component and counterpart, by the verbs given, do different things on an event. */
  refuseStep(
    generator: number,
    component: number,
    position: number,
    verbs: readonly [string, string],
  ): never {
    const { instance, tables } = this.product
    const { components, events, swap } = this.group.transpositions[generator]!
    const { name } = instance.components[component]!
    const counterpart = instance.components[components[component]!]!.name
    const event = tables[component]!.alphabet[position]!
    const [here, there] = [instance.events[event]!.label, instance.events[events[event]!]!.label]
    return refuse(instance, swap, `${name} ${verbs[0]} ${here} but ${counterpart} ${verbs[1]} ${there}`)
  }

  // A renamed chart is done where the chart is. To swap twice is to do nothing; where it is not, some step
  // that is known by now went wrong.
  #checkImages(reached: Int32Array): void {
    const { transpositions, generators } = this.group
    const { tables, instance } = this.product
    transpositions.slice(0, generators).forEach(({ components, swap }, generator) => {
      reached.forEach((size, component) => {
        const counterpart = components[component]!
        const [table, other] = [tables[component]!, tables[counterpart]!]
        for (let state = this.closed[component]!; state < size; state++) {
          const image = this.imageOf(component, state, generator)
          const isOneDone = table.snapshots[state]!.status !== other.snapshots[image]!.status
          if (!isOneDone && this.imageOf(counterpart, image, generator) === state) continue
          this.#check.pass(false)
          const { name } = table.component
          if (isOneDone)
            refuse(instance, swap, `one of ${name} and ${other.component.name} is done too early`)
          refuse(instance, swap, `and swapped back, ${name} is not in the state it was in`)
        }
      })
    })
  }

  // (first second) is (second-1 second)(first second-1)(second-1 second); shorter spans come first.
  #compose(reached: Int32Array): void {
    const { transpositions, generators } = this.group
    for (let index = generators; index < transpositions.length; index++) {
      const { first, second } = transpositions[index]!
      const outer = this.group.between(second - 1, second)
      const inner = this.group.between(first, second - 1)
      reached.forEach((size, component) => {
        const middle = transpositions[outer]!.components[component]!
        const last = transpositions[inner]!.components[middle]!
        for (let state = this.closed[component]!; state < size; state++) {
          const moved = this.imageOf(middle, this.imageOf(component, state, outer), inner)
          this.rows.setImage(component, state, index, this.imageOf(last, moved, outer))
        }
      })
    }
  }
}

/** The symmetry of a product, or undefined where no two identifiers are interchangeable. Throws IllFormedError. */
export function symmetryOf(product: Product): Symmetry | undefined {
  const symmetry = new Symmetry(product)
  return symmetry.group.order > 1 ? symmetry : undefined
}
