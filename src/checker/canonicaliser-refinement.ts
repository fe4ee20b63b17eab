/**
 * Colour refinement (Weisfeiler and Leman) on the bipartite graph of components and identifiers: what a state
 * says of an identifier is joined with what it says of those it is found together with.
 */
import type { Symmetry } from './symmetry.ts'
import { scatter } from './symmetry-colours.ts'

/** An odd number without pattern, the golden ratio's: it keeps the parts of a sum apart. */
const ODD = 0x9e3779b9

/** Makes the signature of one element differ from those of elements that look like it. */
export function singleOut(signatures: Int32Array, element: number): void {
  signatures[element] = scatter(signatures[element]! + ODD)
}

/** Refines the signatures of all elements in place until no more of them are told apart. */
export function refineSignatures(symmetry: Symmetry, ids: Int32Array, signatures: Int32Array): void {
  let classes = classCount(symmetry, signatures)
  for (;;) {
    const next = refinedOnce(symmetry, ids, signatures)
    const more = classCount(symmetry, next)
    if (more <= classes) return
    classes = more
    signatures.set(next)
  }
}

function refinedOnce(symmetry: Symmetry, ids: Int32Array, signatures: Int32Array): Int32Array {
  const next = signatures.map(scatter)
  const count = signatures.length
  const { cells, starts, width } = symmetry.rows
  ids.forEach((state, component) => {
    const start = starts[component]! + state * width
    const colours = cells.subarray(start, start + count)
    let context = 0
    for (let element = 0; element < count; element++)
      context = (context + scatter(colours[element]! + Math.imul(signatures[element]!, ODD))) | 0
    for (let element = 0; element < count; element++)
      next[element]! += scatter(colours[element]! + Math.imul(context, ODD))
  })
  return next
}

function classCount({ group }: Symmetry, signatures: Int32Array): number {
  return group.ranges.reduce((sum, { start, end }) => sum + new Set(signatures.subarray(start, end)).size, 0)
}
