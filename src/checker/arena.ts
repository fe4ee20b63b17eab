/**
 * The memory a search works in: one WebAssembly memory, shared with workers, laid out once in regions. It
 * takes address space at once and real memory only where it is touched.
 */
import { totalmem } from 'node:os'

const PAGE = 2 ** 16
/** What 32-bit addresses reach. */
const PAGES_MAX = 2 ** 16
const PAGES_MIN = 2 ** 10
/** Beyond this share of the machine's memory nothing is laid out. */
const MEMORY_SHARE = 0.7
const SHARES = { tables: 1 / 8, claims: 1 / 16, slots: 1 / 4 } as const

/** A run of bytes: address and length, both multiples of 64. */
export type Region = { readonly at: number; readonly bytes: number }

/** The part of WebAssembly that is used; the compiler's library for Node does not declare it. */
type WebAssemblyMemory = { readonly buffer: SharedArrayBuffer }
type WebAssemblyModule = object
type WebAssemblyHost = {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WebAssemblyMemory
  readonly Module: new (bytes: Uint8Array) => WebAssemblyModule
  readonly Instance: new (
    module: WebAssemblyModule,
    imports: { readonly host: object },
  ) => { readonly exports: object }
}

export const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: WebAssemblyHost
}

const align = (bytes: number): number => Math.floor(bytes / PAGE) * PAGE
const powerBelow = (bytes: number): number => 2 ** Math.floor(Math.log2(bytes))

export class Arena {
  readonly memory: WebAssemblyMemory
  readonly pages: number
  /** The whole memory as words; its index is an address divided by four. */
  readonly words: Int32Array
  readonly bytes: Uint8Array
  /** A few words for signals and counters. */
  readonly control: Region
  /** Successors on their way into the store, one part for each worker. */
  readonly batches: Region
  /** Local transition tables. */
  readonly tables: Region
  /** What is known of claims. */
  readonly claims: Region
  /** The visited set; its length is a power of two. */
  readonly slots: Region
  /** State vectors in order of discovery, each with the index of the state it was first reached from. */
  readonly records: Region

  /** Takes what the machine grants, at most `pages`. Throws RangeError where that is next to nothing. */
  constructor(pages = Math.min(PAGES_MAX, Math.floor((totalmem() * MEMORY_SHARE) / PAGE))) {
    this.memory = granted(pages)
    this.pages = this.memory.buffer.byteLength / PAGE
    const { buffer } = this.memory
    this.words = new Int32Array(buffer)
    this.bytes = new Uint8Array(buffer)
    const whole = this.pages * PAGE
    this.control = { at: 0, bytes: PAGE }
    this.batches = { at: PAGE, bytes: align(whole / 64) }
    this.tables = { at: end(this.batches), bytes: align(whole * SHARES.tables) }
    this.claims = { at: end(this.tables), bytes: align(whole * SHARES.claims) }
    this.slots = { at: end(this.claims), bytes: powerBelow(whole * SHARES.slots) }
    this.records = { at: end(this.slots), bytes: whole - end(this.slots) }
  }

  /** A view of a region's first `length` words. */
  view({ at, bytes }: Region, length = bytes / 4): Int32Array {
    return this.words.subarray(at / 4, at / 4 + length)
  }
}

// Where address space is rationed, half of it, and so on.
function granted(pages: number): WebAssemblyMemory {
  try {
    return new webAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (error) {
    if (!(error instanceof RangeError) || pages < 2 * PAGES_MIN) throw error
    return granted(Math.floor(pages / 2))
  }
}

const end = ({ at, bytes }: Region): number => at + bytes
