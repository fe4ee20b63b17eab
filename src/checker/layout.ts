/**
 * Where each component's local state id lies in the packed state vector: a word, a shift and a width in
 * bits. No field straddles two 32-bit words. Widths grow on demand; then the layout is made anew.
 */
export type Field = { readonly word: number; readonly shift: number; readonly width: number }

export type Layout = { readonly words: number; readonly fields: readonly Field[] }

/** Bits that hold the ids 0 to `size - 1`; at least one, so that every component has a field. */
export const widthFor = (size: number): number => Math.max(1, 32 - Math.clz32(size - 1))

/** A second word of so few bits is kept narrow: then a slot of the visited set takes one word, not two. */
const NARROW = 16

/**
 * The fewest words for fields of at least these widths: first fit, widest first. The bits that are left over
 * go to the fields of each word in turn, so that a field that grows rarely needs a new layout.
 */
export function layoutOf(needed: readonly number[]): Layout {
  const members: number[][] = []
  const free: number[] = []
  const widest = needed.map((_, index) => index).sort((a, b) => needed[b]! - needed[a]! || a - b)
  for (const index of widest) {
    const width = needed[index]!
    let word = free.findIndex((bits) => bits >= width)
    if (word < 0) {
      word = free.push(32) - 1
      members.push([])
    }
    free[word]! -= width
    members[word]!.push(index)
  }
  const fields: Field[] = []
  members.forEach((indices, word) => {
    let shift = 0
    const isNarrow = word === 1 && members.length === 2 && 32 - free[word]! <= NARROW
    indices.forEach((index, rank) => {
      const spare = isNarrow ? 0 : Math.floor((free[word]! + rank) / indices.length)
      const width = needed[index]! + spare
      fields[index] = { word, shift, width }
      shift += width
    })
  })
  return { words: Math.max(1, members.length), fields }
}

const maskOf = (width: number): number => (width === 32 ? -1 : (1 << width) - 1)

/** The local state id at `field` of the vector that starts at `offset`. */
export const unpack = (store: Int32Array, offset: number, { word, shift, width }: Field): number =>
  (store[offset + word]! >>> shift) & maskOf(width)

/** Writes a whole vector of local state ids at `offset`. */
export function pack(
  store: Int32Array,
  offset: number,
  { words, fields }: Layout,
  ids: ArrayLike<number>,
): void {
  for (let word = 0; word < words; word++) store[offset + word] = 0
  for (let index = 0; index < fields.length; index++) {
    const { word, shift } = fields[index]!
    store[offset + word]! |= ids[index]! << shift
  }
}
