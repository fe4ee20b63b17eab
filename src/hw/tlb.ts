/**
 * The translation look-aside buffer of one CPU: slots tagged with the page they translate. It has a slot for
 * every page, so that only the walker decides what is evicted.
 */
import type { Frame, Page } from '../statemachines/identifiers.ts'
import type { Numbering } from './numbering.ts'
import { ABSENT, type Translation, decode, encode } from './translation.ts'

/** The tag of an empty slot; tags count pages from 1. */
const EMPTY = 0

export class Tlb {
  readonly #pages: Numbering<Page>
  readonly #frames: Numbering<Frame>
  readonly #tags: Uint32Array
  readonly #words: Uint32Array

  constructor(pages: Numbering<Page>, frames: Numbering<Frame>) {
    this.#pages = pages
    this.#frames = frames
    this.#tags = new Uint32Array(pages.size)
    this.#words = new Uint32Array(pages.size)
  }

  /** The cached translation, however old it is. */
  lookUp(page: Page): Translation | undefined {
    const slot = this.#tags.indexOf(this.#tagOf(page))
    return slot < 0 ? undefined : decode(this.#words[slot]!, this.#frames)
  }

  /** Caches a translation in the slot of its page, or in an empty one. */
  fill(page: Page, translation: Translation): void {
    const held = this.#tags.indexOf(this.#tagOf(page))
    const slot = held < 0 ? this.#tags.indexOf(EMPTY) : held
    this.#tags[slot] = this.#tagOf(page)
    this.#words[slot] = encode(translation, this.#frames)
  }

  invalidate(page: Page): void {
    const slot = this.#tags.indexOf(this.#tagOf(page))
    if (slot < 0) return
    this.#tags[slot] = EMPTY
    this.#words[slot] = ABSENT
  }

  flush(): void {
    this.#tags.fill(EMPTY)
    this.#words.fill(ABSENT)
  }

  #tagOf(page: Page): number {
    return this.#pages.indexOf(page) + 1
  }
}
