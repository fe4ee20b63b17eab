/**
 * How state vectors become slots of the visited set: the shape of a slot, and a hash that is a bijection, so that
 * a slot's position and its contents together are the vector.
 */
import { type Code, type Locals, getGlobal, i32 } from './assembler.ts'
import type { Layout } from './layout.ts'

/** The mutable globals of the module, by number. */
export const GLOBAL = { batchSize: 0, shift: 1, count: 2, entries: 3, signal: 4, limit: 5 } as const

/** How the set's slots lie in memory. A line is what one cache miss brings. */
export type SetShape = {
  /** Words of a slot. One where the vector's rest fits beside the number of the probe. */
  readonly slotWords: number
  readonly slotsPerLine: number
  readonly lineBytes: number
  /** The least number of lines, as a power of two, for which a slot tells vectors apart. */
  readonly linesLog2Min: number
}

const LINE = 64
/** Probes are numbered 1 to 7 in the low bits of a slot's first word; an empty slot is 0. */
export const PROBE_BITS = 3
export const PROBES = 7
const LINES_LOG2_MIN = 8
/** Below this many lines a one-word slot is worth its larger table. */
const ONE_WORD_LINES_LOG2_MAX = 19

/** Bits of the vector's words beyond the first that are used. */
function bitsBeyondFirst({ words, fields }: Layout): number {
  const used = Array.from({ length: words }, (_, word) =>
    Math.max(0, ...fields.map((field) => (field.word === word ? field.shift + field.width : 0))),
  )
  return used.slice(1).reduce((sum, bits) => sum + bits, 0)
}

/** The smallest slots for vectors of this layout. */
export function setShapeFor(layout: Layout): SetShape {
  const linesLog2 = bitsBeyondFirst(layout) + PROBE_BITS
  const isOneWord = layout.words <= 2 && linesLog2 <= ONE_WORD_LINES_LOG2_MAX
  const slotWords = isOneWord ? 1 : layout.words
  const slotsPerLine = Math.max(2, Math.floor(LINE / (4 * slotWords)))
  return {
    slotWords,
    slotsPerLine,
    lineBytes: 2 ** Math.ceil(Math.log2(slotsPerLine * 4 * slotWords)),
    linesLog2Min: isOneWord ? Math.max(LINES_LOG2_MIN, linesLog2) : LINES_LOG2_MIN,
  }
}

/**
 * The hash of a vector, an expression: for given words after the first it is a bijection of the first, so
 * hash and later words together are the vector.
 */
export function hashOf(words: readonly Code[], l: Locals): Code {
  const [first, ...rest] = words
  const mixed = rest.reduce<Code>((hash, word, at) => {
    const product = i32.mul(at === 0 ? word : i32.xor(hash, word), i32.const(0x9e3779b1))
    return i32.xor(l.tee('mix', product), i32.shrU(l.get('mix'), i32.const(15)))
  }, [])
  const joined = rest.length === 0 ? first! : i32.xor(first!, mixed)
  const once = i32.xor(
    l.tee('mix', i32.mul(joined, i32.const(0x85ebca77))),
    i32.shrU(l.get('mix'), i32.const(16)),
  )
  return i32.xor(l.tee('mix', i32.mul(once, i32.const(0xc2b2ae3d))), i32.shrU(l.get('mix'), i32.const(15)))
}

/** The same of the vector at `offset`, for what is not compiled. */
export function hash(vectors: Int32Array, offset: number, words: number): number {
  let mixed = 0
  for (let word = 1; word < words; word++) {
    mixed = Math.imul(word === 1 ? vectors[offset + word]! : mixed ^ vectors[offset + word]!, 0x9e3779b1)
    mixed ^= mixed >>> 15
  }
  mixed = Math.imul(vectors[offset]! ^ mixed, 0x85ebca77)
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0xc2b2ae3d)
  return mixed ^ (mixed >>> 15)
}

/** The address of the line a hash begins to probe at. */
export const lineOf = (hash: Code, slots: number, { lineBytes }: SetShape): Code =>
  i32.add(i32.mul(i32.shrU(hash, getGlobal(GLOBAL.shift)), i32.const(lineBytes)), i32.const(slots))
