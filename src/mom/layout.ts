/**
 * Where things lie in a shared memory: words by name, one after the other, each group that one thread writes
 * on cache lines of its own. The names are what traces and errors call the words.
 */

/** 128 bytes: processors fetch lines of 64 bytes in pairs. */
const LINE_WORDS = 32

type Region = { readonly base: number; readonly words: number; readonly name: (offset: number) => string }

/** Hands out words from 0 on. All threads that share the memory must lay it out by the same calls. */
export class Layout {
  readonly #lineWords: number
  readonly #regions: Region[] = []
  #length = 0

  /** `lineWords`: words of a line; 1 packs everything, as a search over all states wants it. */
  constructor({ lineWords = LINE_WORDS }: { readonly lineWords?: number } = {}) {
    this.#lineWords = lineWords
  }

  /** Words in use so far: what the memory must have. */
  get length(): number {
    return this.#length
  }

  /** One word on a line of its own; its index. */
  word(name: string): number {
    return this.block(1, () => name)
  }

  /** Words side by side, from a new line on; the index of the first. */
  block(words: number, name: (offset: number) => string): number {
    const base = Math.ceil(this.#length / this.#lineWords) * this.#lineWords
    this.#regions.push({ base, words, name })
    this.#length = base + words
    return base
  }

  /** The name of a word: `tail`, `slot2.1`; the bare index where nothing was laid. */
  nameOf(index: number): string {
    const found = this.#regions.find(({ base, words }) => index >= base && index < base + words)
    return found === undefined ? `word${index}` : found.name(index - found.base)
  }
}
