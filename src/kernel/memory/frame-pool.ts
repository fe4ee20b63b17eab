/**
 * Frames with reference counts: one for each page table entry that maps the frame, for an operation that
 * withdrew it and has not let go, and for a pin. A frame is free exactly at zero.
 */
import assert from 'node:assert/strict'
import type { Board } from '../../hw/board.ts'
import type { Frame, Page } from '../../statemachines/identifiers.ts'
import { FreeList } from './free-list.ts'

const NONE = -1

export class FramePool {
  readonly free: FreeList
  readonly #board: Board
  readonly #references: Uint16Array
  /** The page each frame was pinned through. */
  readonly #pins: Int32Array

  constructor(board: Board) {
    this.#board = board
    this.free = new FreeList(board.frames)
    this.#references = new Uint16Array(board.frames.size)
    this.#pins = new Int32Array(board.frames.size).fill(NONE)
  }

  referencesTo(frame: Frame): number {
    return this.#references[this.#board.frames.indexOf(frame)]!
  }

  pinnedBy(frame: Frame): Page | undefined {
    const page = this.#pins[this.#board.frames.indexOf(frame)]!
    return page === NONE ? undefined : this.#board.pages.at(page)
  }

  /** The frame is held from now on, by one reference. */
  take(frame: Frame): void {
    this.free.take(frame)
    this.#references[this.#board.frames.indexOf(frame)] = 1
  }

  refer(frame: Frame): void {
    assert(this.referencesTo(frame) > 0, `${frame} gets one more reference though it is free`)
    this.#references[this.#board.frames.indexOf(frame)]!++
  }

  /** Lets go of one reference; the last one frees the frame. */
  release(frame: Frame): void {
    assert(this.referencesTo(frame) > 0, `${frame} loses a reference it does not have`)
    this.#references[this.#board.frames.indexOf(frame)]!--
    if (this.referencesTo(frame) === 0) this.free.give(frame)
  }

  pin(frame: Frame, page: Page): void {
    this.refer(frame)
    this.#pins[this.#board.frames.indexOf(frame)] = this.#board.pages.indexOf(page)
  }

  unpin(frame: Frame): void {
    this.#pins[this.#board.frames.indexOf(frame)] = NONE
    this.release(frame)
  }
}
