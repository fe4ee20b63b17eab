/**
 * The states that a breadth-first search has yet to expand, first in first out, packed in chunks. Chunks that
 * do not fit in memory go to a file and are read back in order. Each chunk has its own layout, so a component
 * whose local states outgrow their field only ends the chunk.
 */
import assert from 'node:assert/strict'
import type { FrontierOptions } from './approximate-result.ts'
import { ChunkFile, type Disk } from './frontier-file.ts'
import { layoutOf, widthFor } from './layout.ts'

const CHUNK_BYTES = 2 ** 20
const MEMORY_BYTES = 256 * 2 ** 20

export const chunkBytesOf = ({ chunkBytes = CHUNK_BYTES }: FrontierOptions): number =>
  Math.max(4, chunkBytes - (chunkBytes % 4))

/** Where each component lies in the vectors of a chunk. */
type Packing = {
  readonly words: number
  readonly wordOf: Int32Array
  readonly shiftOf: Int32Array
  readonly maskOf: Int32Array
}

/** `data` is undefined while the chunk is in the file, at `place`. */
type Chunk = { readonly packing: Packing; data: Int32Array | undefined; place: number; count: number }

function packingFor(widths: readonly number[]): Packing {
  const { words, fields } = layoutOf(widths)
  return {
    words,
    wordOf: Int32Array.from(fields, ({ word }) => word),
    shiftOf: Int32Array.from(fields, ({ shift }) => shift),
    maskOf: Int32Array.from(fields, ({ width }) => (width === 32 ? -1 : 2 ** width - 1)),
  }
}

export class Frontier {
  /** States in it. */
  size = 0
  readonly #components: number
  readonly #chunkWords: number
  readonly #chunksMax: number
  readonly #file: ChunkFile
  readonly #spare: Int32Array[] = []
  /** The chunks between head and tail, from `#first` on. */
  #full: Chunk[] = []
  #first = 0
  #inMemory = 0
  #inFile = 0
  #head: Chunk
  #tail: Chunk
  #taken = 0

  constructor(components: number, options: FrontierOptions = {}, disk?: Disk) {
    this.#components = components
    this.#chunkWords = Math.max(components, chunkBytesOf(options) / 4)
    this.#chunksMax = (options.memoryBytes ?? MEMORY_BYTES) / (4 * this.#chunkWords)
    this.#file = new ChunkFile(options.folder, 4 * this.#chunkWords, disk)
    this.#head = this.#create(packingFor(Array.from({ length: components }, () => 1)))
    this.#tail = this.#head
  }

  /** Bytes written to the file. */
  get spilledBytes(): number {
    return this.#file.written
  }

  /** Appends the state whose local state ids start at `offset`. Throws SpillError, UsageError. */
  push(ids: Int32Array, offset: number): void {
    let { packing, count } = this.#tail
    if ((count + 1) * packing.words > this.#chunkWords || !this.#fits(packing, ids, offset)) {
      this.#extend(ids, offset)
      packing = this.#tail.packing
      count = 0
    }
    const { words, wordOf, shiftOf } = packing
    const data = this.#tail.data!
    const start = count * words
    for (let word = 0; word < words; word++) data[start + word] = 0
    for (let component = 0; component < this.#components; component++)
      data[start + wordOf[component]!]! |= ids[offset + component]! << shiftOf[component]!
    this.#tail.count++
    this.size++
  }

  /** Takes the first state out, to `offset`; there must be one. Throws SpillError. */
  shift(ids: Int32Array, offset: number): void {
    while (this.#taken === this.#head.count) this.#advance()
    const { words, wordOf, shiftOf, maskOf } = this.#head.packing
    const data = this.#head.data!
    const start = this.#taken * words
    for (let component = 0; component < this.#components; component++)
      ids[offset + component] =
        (data[start + wordOf[component]!]! >>> shiftOf[component]!) & maskOf[component]!
    this.#taken++
    this.size--
  }

  close(): void {
    this.#file.close()
  }

  #create(packing: Packing): Chunk {
    const data = this.#spare.pop() ?? new Int32Array(this.#chunkWords)
    return { packing, data, place: -1, count: 0 }
  }

  #fits({ maskOf }: Packing, ids: Int32Array, offset: number): boolean {
    for (let component = 0; component < this.#components; component++)
      if (ids[offset + component]! >>> 0 > maskOf[component]! >>> 0) return false
    return true
  }

  // Begins a new tail, in whose fields the state fits.
  #extend(ids: Int32Array, offset: number): void {
    const { packing } = this.#tail
    if (this.#tail !== this.#head) {
      this.#full.push(this.#tail)
      // Once one is in the file, those behind it follow it, or they would fill memory before their turn.
      if (this.#inMemory >= this.#chunksMax || this.#inFile > 0) this.#spill(this.#tail)
      else this.#inMemory++
    }
    const widths = Array.from(packing.maskOf, (mask, component) =>
      Math.max(32 - Math.clz32(mask), widthFor(ids[offset + component]! + 1)),
    )
    this.#tail = this.#create(this.#fits(packing, ids, offset) ? packing : packingFor(widths))
  }

  #spill(chunk: Chunk): void {
    chunk.place = this.#file.write(chunk.data!)
    this.#spare.push(chunk.data!)
    chunk.data = undefined
    this.#inFile++
  }

  // The next chunk becomes the head: one from the middle, or else the tail.
  #advance(): void {
    assert(this.#head !== this.#tail, 'no state is taken from an empty frontier')
    const next = this.#full[this.#first] ?? this.#tail
    if (this.#head.data !== undefined && this.#head !== next) this.#spare.push(this.#head.data)
    this.#taken = 0
    this.#head = next
    if (next === this.#tail) return
    if (next.data !== undefined) this.#inMemory--
    else {
      next.data = this.#spare.pop() ?? new Int32Array(this.#chunkWords)
      this.#file.read(next.place, next.data)
      this.#inFile--
    }
    this.#first++
    if (this.#first < 1024 || 2 * this.#first < this.#full.length) return
    this.#full = this.#full.slice(this.#first)
    this.#first = 0
  }
}
