/** Physical memory: the bytes of all frames side by side. It knows nothing of who may reach which. */
import type { Frame } from '../statemachines/identifiers.ts'
import type { Numbering } from './numbering.ts'

/** A frame is small so that whole contents can be compared after every step. */
export const FRAME_BYTES = 4

export class Memory {
  readonly #frames: Numbering<Frame>
  readonly #bytes: Uint8Array

  constructor(frames: Numbering<Frame>) {
    this.#frames = frames
    this.#bytes = new Uint8Array(frames.size * FRAME_BYTES)
  }

  /** The bytes of a frame themselves, not a copy of them. */
  bytesOf(frame: Frame): Uint8Array {
    const start = this.#frames.indexOf(frame) * FRAME_BYTES
    return this.#bytes.subarray(start, start + FRAME_BYTES)
  }

  zero(frame: Frame): void {
    this.bytesOf(frame).fill(0)
  }

  copy(from: Frame, to: Frame): void {
    this.bytesOf(to).set(this.bytesOf(from))
  }
}
