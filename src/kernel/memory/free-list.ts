/** Frames nobody has: a stack in a typed array, so that the frame given back last is the first to be used again. */
import assert from 'node:assert/strict'
import type { Numbering } from '../../hw/numbering.ts'
import type { Frame } from '../../statemachines/identifiers.ts'

export class FreeList {
  readonly #frames: Numbering<Frame>
  readonly #stack: Uint32Array
  #height: number

  constructor(frames: Numbering<Frame>) {
    this.#frames = frames
    this.#height = frames.size
    this.#stack = Uint32Array.from(frames.ids, (_, index) => frames.size - 1 - index)
  }

  has(frame: Frame): boolean {
    return this.#placeOf(frame) >= 0
  }

  /** Free frames, the one to be taken first in front. */
  get frames(): Frame[] {
    return [...this.#stack.subarray(0, this.#height)].reverse().map((frame) => this.#frames.at(frame))
  }

  take(frame: Frame): void {
    const place = this.#placeOf(frame)
    assert(place >= 0, `${frame} is taken though it is not free`)
    this.#stack.copyWithin(place, place + 1, this.#height)
    this.#height--
  }

  give(frame: Frame): void {
    assert(!this.has(frame), `${frame} is given back twice`)
    this.#stack[this.#height++] = this.#frames.indexOf(frame)
  }

  #placeOf(frame: Frame): number {
    return this.#stack.subarray(0, this.#height).indexOf(this.#frames.indexOf(frame))
  }
}
