/**
 * The proof that a system is symmetric: the renaming of local states must be an automorphism of the tables.
 * Every entry, whether it refuses an event, accepts it, or knows where it leads, must be that of its image
 * under each generator; each is compared once.
 */
import { REFUSED, UNKNOWN } from './component-table.ts'
import type { Symmetry } from './symmetry.ts'

/** How much of an entry was compared: whether the event is accepted, or all there is to it. */
const ACCEPTANCE = 1
const ALL = 2

export class SymmetryCheck {
  readonly #symmetry: Symmetry
  /** For each component and entry of its table, how much of it was compared. */
  readonly #compared: Uint8Array[]

  constructor(symmetry: Symmetry) {
    this.#symmetry = symmetry
    this.#compared = symmetry.product.tables.map(() => new Uint8Array(0))
  }

  /**
   * Compares the entries that are known and not compared yet; with `force`, it finds out what is not known of
   * their images. Returns whether there were any to compare. Throws IllFormedError where two differ.
   */
  pass(force: boolean): boolean {
    let found = false
    this.#symmetry.product.tables.forEach((table, component) => {
      const compared = this.#fitted(component, table.next.length)
      const width = table.alphabet.length
      // Forcing may replace a table's rows, and adds no states unless the system is not symmetric.
      for (let entry = 0, { size } = table; entry < size * width; entry++) {
        const known = table.next[entry]!
        if (known === UNKNOWN) continue
        const wanted = known >= 0 || known === REFUSED ? ALL : ACCEPTANCE
        if (compared[entry]! >= wanted || !this.#compare(component, entry, known, force)) continue
        compared[entry] = wanted
        found = true
      }
    })
    return found
  }

  #fitted(component: number, length: number): Uint8Array {
    const known = this.#compared[component]!
    if (known.length >= length) return known
    const larger = new Uint8Array(length)
    larger.set(known)
    return (this.#compared[component] = larger)
  }

  // Whether there was everything to compare that there can be.
  #compare(component: number, entry: number, known: number, force: boolean): boolean {
    const symmetry = this.#symmetry
    const { tables } = symmetry.product
    const { alphabet } = tables[component]!
    const position = entry % alphabet.length
    const state = Math.floor(entry / alphabet.length)
    let complete = true
    for (let generator = 0; generator < symmetry.group.generators; generator++) {
      const { components, positions } = symmetry.group.transpositions[generator]!
      const counterpart = tables[components[component]!]!
      const from = symmetry.imageOf(component, state, generator)
      const image = from * counterpart.alphabet.length + positions[component]![position]!
      if (
        !force &&
        (counterpart.next[image] === UNKNOWN || (known >= 0 && counterpart.next[image]! < REFUSED))
      ) {
        complete = false
        continue
      }
      const accepts = symmetry.acceptsImage(generator, component, state, position)
      if (accepts !== (known !== REFUSED)) {
        const verbs = ['accepts', 'refuses'] as const
        symmetry.refuseStep(generator, component, position, accepts ? [verbs[1], verbs[0]] : verbs)
      }
      if (known < 0) continue
      const next = symmetry.stepImage(generator, component, state, position)
      if (next !== symmetry.imageOf(component, known, generator))
        symmetry.refuseStep(generator, component, position, ['goes one way on', 'another way on'])
    }
    return complete
  }
}
