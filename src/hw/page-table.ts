/**
 * The page table of one address space: a word for each page, which the kernel writes and the walkers of all
 * CPUs read. Writing one tells nobody; that is what shootdowns are for.
 */
import type { Frame, Page } from '../statemachines/identifiers.ts'
import type { Numbering } from './numbering.ts'
import { ABSENT, type Translation, decode, encode } from './translation.ts'

export class PageTable {
  readonly #pages: Numbering<Page>
  readonly #frames: Numbering<Frame>
  readonly #entries: Uint32Array

  constructor(pages: Numbering<Page>, frames: Numbering<Frame>) {
    this.#pages = pages
    this.#frames = frames
    this.#entries = new Uint32Array(pages.size)
  }

  read(page: Page): Translation | undefined {
    return decode(this.#entries[this.#pages.indexOf(page)]!, this.#frames)
  }

  write(page: Page, translation: Translation): void {
    this.#entries[this.#pages.indexOf(page)] = encode(translation, this.#frames)
  }

  clear(page: Page): void {
    this.#entries[this.#pages.indexOf(page)] = ABSENT
  }
}
