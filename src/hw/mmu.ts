/**
 * The memory management unit of one CPU: a TLB hit translates, however stale; a miss walks the page table
 * and caches what it finds. An access that the translation does not allow is a fault, which the caller gets.
 */
import type { Page, Rights } from '../statemachines/identifiers.ts'
import type { Memory } from './memory.ts'
import type { PageTable } from './page-table.ts'
import type { Tlb } from './tlb.ts'
import type { Translation } from './translation.ts'

/** No translation at all, or one that allows reading alone. */
export type PageFault = { readonly fault: 'absent' | 'protected' }

export class Mmu {
  readonly tlb: Tlb
  readonly #table: PageTable
  readonly #memory: Memory
  /** The page table register: whether the address space is loaded. Without it the walker finds nothing. */
  readonly #loaded = new Uint8Array([1])

  constructor(tlb: Tlb, table: PageTable, memory: Memory) {
    this.tlb = tlb
    this.#table = table
    this.#memory = memory
  }

  get isLoaded(): boolean {
    return this.#loaded[0] === 1
  }

  /** Loads the address space. What the TLB kept of it, tagged, is used again. */
  load(): void {
    this.#loaded[0] = 1
  }

  /** Loads another address space; the TLB keeps its entries. */
  unload(): void {
    this.#loaded[0] = 0
  }

  /** What the page table says now. */
  walk(page: Page): Translation | undefined {
    return this.isLoaded ? this.#table.read(page) : undefined
  }

  translate(page: Page, rights: Rights): Translation | PageFault {
    const translation = this.tlb.lookUp(page) ?? this.#refill(page)
    if (translation === undefined) return { fault: 'absent' }
    return rights === 'write' && translation.rights === 'read' ? { fault: 'protected' } : translation
  }

  #refill(page: Page): Translation | undefined {
    const found = this.walk(page)
    if (found !== undefined) this.tlb.fill(page, found)
    return found
  }

  /** The byte at an offset into the page, as a program on this CPU reads it. */
  read(page: Page, offset: number): number | PageFault {
    const translation = this.translate(page, 'read')
    return 'fault' in translation ? translation : this.#memory.bytesOf(translation.frame)[offset]!
  }

  /** Stores a byte as a program on this CPU does; the result is a fault, or undefined where the store is done. */
  write(page: Page, offset: number, byte: number): PageFault | undefined {
    const translation = this.translate(page, 'write')
    if ('fault' in translation) return translation
    this.#memory.bytesOf(translation.frame)[offset] = byte
    return undefined
  }
}
