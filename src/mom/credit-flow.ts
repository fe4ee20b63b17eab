/**
 * Credit: where a channel with an account and a pool of buffers lies, and what its two ends share. Units are counted
 * from the beginning, modulo 2^32, so that a number that is read twice, late or not at all does no harm.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type PoolShape, type PoolSize, type Views, layPool } from './buffer-pool.ts'
import { type Bells, type ChannelShape, EndTakenError, type EndOptions, layChannel } from './channel-shape.ts'
import type { Decodable, Encodable } from './fifo.ts'
import type { Layout } from './layout.ts'

export type CreditShape = {
  readonly channel: ChannelShape
  /** The word in which the receiver says how many units it has released: the sender may go `window` beyond it. */
  readonly released: number
  /** Units that may be outstanding: sent, and not released. */
  readonly window: number
  /** What a message takes, by its kind; one unit where nothing is said. */
  readonly units: readonly number[]
  readonly pool?: PoolShape
}

export type CreditSize = {
  readonly window: number
  /** Words of a slot: the header, `DESCRIPTOR_WORDS`, and the largest message. */
  readonly slotWords: number
  readonly units?: readonly number[]
  /** Buffers for large payloads, which messages may carry. */
  readonly pool?: PoolSize
}

export type CreditOptions<View> = EndOptions & {
  /** Makes the views of the pool's buffers, where there is a pool. */
  readonly views?: Views<View>
}

/** A word between the header and the message: the buffer that comes with it. */
export const DESCRIPTOR_WORDS = 1
/** The message comes without a buffer. */
export const NO_BUFFER = -1

const isUnits = (units: number, window: number): boolean =>
  Number.isSafeInteger(units) && units >= 1 && units <= window

/** Lays a channel with credit: its ring has a slot for each unit, and is never full before credit ends. */
export function layCredit(layout: Layout, name: string, size: CreditSize, bells: Bells = {}): CreditShape {
  const { window, slotWords, units = [] } = size
  if (!isUnits(window, 2 ** 30)) throw new RangeError(`a window has 1 to 2^30 units, not ${window}`)
  for (const [kind, count] of units.entries()) {
    if (!isUnits(count, window))
      throw new RangeError(`a message of kind ${kind} takes 1 to ${window} units, not ${count}`)
  }
  const capacity = 2 ** Math.ceil(Math.log2(window))
  const channel = layChannel(layout, name, { capacity, slotWords }, bells)
  const shape = { channel, window, units, released: layout.word(`${name}.released`) }
  return size.pool === undefined ? shape : { ...shape, pool: layPool(layout, name, size.pool) }
}

/** What a message of this kind takes. */
export const unitsOf = ({ units }: CreditShape, kind: number): number => units[kind] ?? 1

type OwnedEnd = { readonly incarnation: number; close(): void }

/** An account is not handed on: what a dead owner had in its hands is in nobody's books. Throws EndTakenError. */
export function requireFirstOwner(name: string, end: OwnedEnd): void {
  if (end.incarnation === 1) return
  end.close()
  throw new EndTakenError(`the ${name} of this channel has had an owner, and its account is not handed on`)
}

/** A message with its buffer, on the way out. */
export class OutgoingDescriptor implements Encodable {
  buffer = NO_BUFFER
  message: Encodable | undefined

  get words(): number {
    return DESCRIPTOR_WORDS + (this.message?.words ?? 0)
  }

  encode(memory: SharedMemory, at: number): void {
    memory.set(at, this.buffer)
    this.message!.encode(memory, at + DESCRIPTOR_WORDS)
  }
}

/** The message of one kind with its buffer, on the way in. */
export class IncomingDescriptor implements Decodable {
  protected readonly message: Decodable
  protected readonly owner: { acceptBuffer(buffer: number): void }

  /** `owner` takes the buffer over, or throws PeerFault. */
  constructor(message: Decodable, owner: { acceptBuffer(buffer: number): void }) {
    this.message = message
    this.owner = owner
  }

  decode(memory: SharedMemory, at: number): void {
    const buffer = memory.get(at)
    this.message.decode(memory, at + DESCRIPTOR_WORDS)
    this.owner.acceptBuffer(buffer)
  }
}
