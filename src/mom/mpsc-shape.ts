/**
 * Where a channel of several senders lies, and the header of its messages: kind and epoch as in other channels,
 * the sender, and the number that the message has among those of its sender.
 */
import { type Bells, headerOf } from './channel-shape.ts'
import type { Layout } from './layout.ts'
import { layMpscRing } from './mpsc-ring.ts'
import { PRODUCERS_MAX } from './mpsc-slot.ts'
import type { RingShape, RingSize } from './spsc-ring.ts'

/** Senders are known by their index in the two lists. */
export type MpscShape = {
  readonly ring: RingShape
  readonly senderBells: readonly number[]
  readonly receiverBell: number
  readonly senderPresences: readonly number[]
  readonly receiverPresence: number
}

export type MpscSize = RingSize & {
  /** Ends that may send; an end that is left can be taken again. */
  readonly senders: number
}

/** Bells of the ends that share one with other channels. */
export type MpscBells = Pick<Bells, 'receiverBell'> & { readonly senderBells?: readonly number[] }

const SENDER_SHIFT = 24

export const mpscHeaderOf = (kind: number, epoch: number, sender: number): number =>
  headerOf(kind, epoch) | (sender << SENDER_SHIFT)
export const senderOf = (header: number): number => header >>> SENDER_SHIFT

/** Lays a channel. Throws RangeError for a size that is none. */
export function layMpscChannel(
  layout: Layout,
  name: string,
  size: MpscSize,
  bells: MpscBells = {},
): MpscShape {
  const { senders } = size
  if (!Number.isInteger(senders) || senders < 1 || senders > PRODUCERS_MAX)
    throw new RangeError(`a channel has 1 to ${PRODUCERS_MAX} senders, not ${senders}`)
  const ids = Array.from({ length: senders }, (_, id) => id)
  return {
    ring: layMpscRing(layout, name, size),
    senderBells: ids.map((id) => bells.senderBells?.[id] ?? layout.word(`${name}.senderBell${id}`)),
    receiverBell: bells.receiverBell ?? layout.word(`${name}.receiverBell`),
    senderPresences: ids.map((id) => layout.word(`${name}.senderPresence${id}`)),
    receiverPresence: layout.word(`${name}.receiverPresence`),
  }
}
