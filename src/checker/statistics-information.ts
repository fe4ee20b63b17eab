/**
 * How much the components of a product say, and say of each other: Shannon's entropy of each one's local
 * state over the reachable states, every state counted once, and the mutual information of pairs.
 */
import { unpack } from './layout.ts'
import type { StateSpace } from './statistics-space.ts'

/** Two components that know of each other. */
export type Dependence = {
  readonly one: number
  readonly other: number
  /** Bits that either tells of the other. */
  readonly mutualInformation: number
  /** The same as a share of the smaller entropy: 0 independent, 1 the one follows from the other. */
  readonly share: number
  /** Pairs of local states that occur together, of so many that could. */
  readonly occurring: number
  readonly possible: number
  /** Exactly: the local state of `one` follows from that of `other`, the other way round, both, or neither. */
  readonly follows: 'one' | 'other' | 'both' | 'neither'
}

/** Joint counts are kept in an array up to this many pairs, in a map beyond. */
const DENSE_MAX = 2 ** 22

/** Entropy in bits of what occurs `counts` times of `total`. */
export function entropyOf(counts: Iterable<number>, total: number): number {
  let sum = 0
  for (const count of counts) if (count > 0) sum += count * Math.log2(count)
  return Math.max(0, Math.log2(total) - sum / total)
}

/** For each component, how many states have each of its local states. */
export function occurrencesOf({ product, layout, vectors, size }: StateSpace): Int32Array[] {
  return product.tables.map((table, component) => {
    const counts = new Int32Array(table.size)
    const field = layout.fields[component]!
    for (let state = 0; state < size; state++) counts[unpack(vectors, state * layout.words, field)]!++
    return counts
  })
}

// The numbers of pairs of local states that occur, in no order that matters.
function jointCounts({ layout, vectors, product }: StateSpace, one: number, other: number): Iterable<number> {
  const { words, fields } = layout
  const { word, shift, width } = fields[one]!
  const { word: otherWord, shift: otherShift, width: otherWidth } = fields[other]!
  const mask = 2 ** width - 1
  const otherMask = 2 ** otherWidth - 1
  const size = product.tables[other]!.size
  const possible = product.tables[one]!.size * size
  const isDense = possible <= DENSE_MAX
  const dense = new Int32Array(isDense ? possible : 0)
  const sparse = new Map<number, number>()
  for (let at = 0; at < vectors.length; at += words) {
    const id = (vectors[at + word]! >>> shift) & mask
    const pair = id * size + ((vectors[at + otherWord]! >>> otherShift) & otherMask)
    if (isDense) dense[pair]!++
    else sparse.set(pair, (sparse.get(pair) ?? 0) + 1)
  }
  return isDense ? dense.filter((count) => count > 0) : sparse.values()
}

const occurring = (counts: Int32Array): number => counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)

/** The mutual information of every two components that are not constant, most dependent first. */
export function dependencesOf(space: StateSpace, occurrences: readonly Int32Array[]): Dependence[] {
  const entropies = occurrences.map((counts) => entropyOf(counts, space.size))
  const values = occurrences.map(occurring)
  const varying = values.flatMap((count, component) => (count > 1 ? [component] : []))
  return varying
    .flatMap((one, rank) =>
      varying.slice(rank + 1).map((other): Dependence => {
        const joint = [...jointCounts(space, one, other)]
        const [least, most] = [entropies[one]!, entropies[other]!].sort((a, b) => a - b)
        const mutualInformation = Math.max(0, least! + most! - entropyOf(joint, space.size))
        const followsOne = joint.length === values[other]
        const followsOther = joint.length === values[one]
        return {
          one,
          other,
          mutualInformation,
          share: Math.min(1, mutualInformation / least!),
          occurring: joint.length,
          possible: values[one]! * values[other]!,
          follows: followsOne ? (followsOther ? 'both' : 'one') : followsOther ? 'other' : 'neither',
        }
      }),
    )
    .sort((a, b) => b.share - a.share || b.mutualInformation - a.mutualInformation)
}
