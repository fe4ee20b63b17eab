/** A translation as the hardware keeps it, in page tables and in TLBs: one word, frame number above the flags. */
import type { Frame, Rights } from '../statemachines/identifiers.ts'
import type { Numbering } from './numbering.ts'

/** `write` includes reading. */
export type Translation = { readonly frame: Frame; readonly rights: Rights }

const PRESENT = 1 << 0
const WRITABLE = 1 << 1
const FRAME_SHIFT = 12

/** The word of an entry that translates nothing. */
export const ABSENT = 0

export function encode({ frame, rights }: Translation, frames: Numbering<Frame>): number {
  return (frames.indexOf(frame) << FRAME_SHIFT) | (rights === 'write' ? WRITABLE : 0) | PRESENT
}

export function decode(word: number, frames: Numbering<Frame>): Translation | undefined {
  if ((word & PRESENT) === 0) return undefined
  return { frame: frames.at(word >>> FRAME_SHIFT), rights: (word & WRITABLE) === 0 ? 'read' : 'write' }
}
