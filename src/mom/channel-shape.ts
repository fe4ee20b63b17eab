/**
 * Where a channel lies, and what its two ends share: a ring, a doorbell for each end, the presence of both owners,
 * and the header of every message: its kind, the channel's epoch, and its number.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Patience } from './doorbell.ts'
import type { Decodable, Encodable } from './fifo.ts'
import type { Layout } from './layout.ts'
import type { Counters } from './metrics.ts'
import { Presence, type PresenceState } from './peer-crash.ts'
import { PeerFault } from './peer-fault.ts'
import { type RingShape, type RingSize, layRing } from './spsc-ring.ts'

/** The bells may be those of other channels too: a thread sleeps by one, whatever it waits for. */
export type ChannelShape = {
  readonly ring: RingShape
  readonly senderBell: number
  readonly receiverBell: number
  readonly senderPresence: number
  readonly receiverPresence: number
}

/** Words that a channel shares with others: those of its bells, and of the presence of its owners. */
export type Bells = {
  readonly senderBell?: number
  readonly receiverBell?: number
  readonly senderPresence?: number
  readonly receiverPresence?: number
}

/** Words before a message: kind and epoch in one, and the number of the message, modulo 2^32. */
export const HEADER_WORDS = 2
const KIND_BITS = 8
const KIND_MASK = 0xff
/** The kind of the last message in a transport that is left; users' kinds are below it. */
export const FENCE = 255
const EPOCH_MASK = 0xffff

/** Epochs are numbered modulo 2^16. */
export const epochAfter = (epoch: number): number => (epoch + 1) & EPOCH_MASK

export const headerOf = (kind: number, epoch: number): number =>
  (kind & KIND_MASK) | ((epoch & EPOCH_MASK) << KIND_BITS)
export const kindOf = (header: number): number => header & KIND_MASK
export const epochOf = (header: number): number => (header >>> KIND_BITS) & EPOCH_MASK

export type EndOptions = {
  readonly patience?: Patience
  readonly counters?: Counters
  /** Messages of any other epoch are the sender's fault; modulo 2^16. */
  readonly epoch?: number
  /** What a fence is received into (channel-upgrade.ts); a channel without it takes a fence for a fault. */
  readonly fence?: Decodable
  /** The end is taken already, by this incarnation: one owner holds it together with other ends. */
  readonly incarnation?: number
}

/** The end has a living owner; this is a mistake of whoever hands out ends. */
export class EndTakenError extends Error {
  override readonly name = 'EndTakenError'
}

/** Lays a channel, with a bell and a presence of its own for each end that is given none. */
export function layChannel(layout: Layout, name: string, size: RingSize, bells: Bells = {}): ChannelShape {
  return {
    ring: layRing(layout, name, size),
    senderBell: bells.senderBell ?? layout.word(`${name}.senderBell`),
    receiverBell: bells.receiverBell ?? layout.word(`${name}.receiverBell`),
    senderPresence: bells.senderPresence ?? layout.word(`${name}.senderPresence`),
    receiverPresence: bells.receiverPresence ?? layout.word(`${name}.receiverPresence`),
  }
}

/** Takes an end for its new owner, unless it is taken as this incarnation. Throws EndTakenError. */
export function takeEnd(memory: SharedMemory, word: number, end: string, taken?: number): [Presence, number] {
  const presence = new Presence(memory, word)
  const incarnation = taken ?? presence.attach()
  if (incarnation === undefined) throw new EndTakenError(`the ${end} of this channel has a living owner`)
  return [presence, incarnation]
}

/** A message that does not fit would run into the next slot. Throws RangeError: the caller has mixed up channels. */
export function requireRoom({ words }: Encodable, room: number): void {
  if (words > room) throw new RangeError(`a message of ${words} words does not fit into a slot with ${room}`)
}

/** The fault of the peer that was thrown; any other error is thrown on. */
export function faultIn(error: unknown): PeerFault {
  if (error instanceof PeerFault) return error
  throw error
}

export const isGone = (state: PresenceState): state is 'closed' | 'dead' =>
  state === 'closed' || state === 'dead'
