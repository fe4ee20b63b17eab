/**
 * The contents of the memory, interned a line of 16 words at a time: a state keeps one number a line, and a
 * write looks up the number of the line it leads to. Most steps of a search thus copy a handful of integers.
 */
import { PairTable } from './pair-table.ts'

const LINE_BITS = 4
const LINE_WORDS = 1 << LINE_BITS

export class WordLines {
  /** Lines that hold the words. */
  readonly count: number
  readonly #contents: number[] = []
  readonly #known = new Map<string, number>()
  readonly #writes = new PairTable()
  readonly #written: number[] = []

  constructor(words: number) {
    this.count = Math.ceil(words / LINE_WORDS)
  }

  /** The numbers of the lines that hold these words. */
  intern(words: readonly number[]): number[] {
    return Array.from({ length: this.count }, (_, line) =>
      this.#intern(Array.from({ length: LINE_WORDS }, (__, word) => words[line * LINE_WORDS + word] ?? 0)),
    )
  }

  /** A word, in a state whose lines are its first fields. */
  read(state: Int32Array, index: number): number {
    return this.#contents[(state[index >> LINE_BITS]! << LINE_BITS) | (index & (LINE_WORDS - 1))]!
  }

  write(state: Int32Array, index: number, value: number): void {
    const place = (state[index >> LINE_BITS]! << LINE_BITS) | (index & (LINE_WORDS - 1))
    const write = this.#writes.find(place, value)
    state[index >> LINE_BITS] = write < 0 ? this.#write(place, value) : this.#written[write]!
  }

  #write(place: number, value: number): number {
    const start = place & ~(LINE_WORDS - 1)
    const line = this.#contents.slice(start, start + LINE_WORDS)
    line[place - start] = value
    const id = this.#intern(line)
    this.#writes.add(place, value)
    this.#written.push(id)
    return id
  }

  #intern(line: readonly number[]): number {
    const key = line.join(',')
    const id = this.#known.get(key) ?? this.#known.size
    if (id < this.#known.size) return id
    this.#known.set(key, id)
    this.#contents.push(...line)
    return id
  }
}
