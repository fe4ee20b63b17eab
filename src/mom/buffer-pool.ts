/**
 * Buffers of one size for payloads that are too large for a slot. Messages and a ring of free numbers carry the
 * number of a buffer, and who has the number owns the bytes (as in sDDF and AF_XDP): nothing is copied.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Layout } from './layout.ts'
import { PeerFault } from './peer-fault.ts'
import { RingConsumer, RingProducer, type RingShape, layRing } from './spsc-ring.ts'

export type PoolSize = { readonly buffers: number; readonly bufferWords: number }

export type PoolShape = PoolSize & {
  /** The first word of the first buffer. */
  readonly first: number
  /** The numbers of free buffers, from the receiver to the sender. It has a place for each. */
  readonly free: RingShape
}

/** Lays a pool. Throws RangeError for a size that is none. */
export function layPool(layout: Layout, name: string, { buffers, bufferWords }: PoolSize): PoolShape {
  if (!Number.isSafeInteger(buffers) || buffers < 1 || buffers > 2 ** 20)
    throw new RangeError(`a pool has 1 to 2^20 buffers, not ${buffers}`)
  if (!Number.isSafeInteger(bufferWords) || bufferWords < 1)
    throw new RangeError(`a buffer has at least one word, not ${bufferWords}`)
  const capacity = 2 ** Math.ceil(Math.log2(buffers))
  const free = layRing(layout, `${name}.free`, { capacity, slotWords: 1 })
  const nameOf = (offset: number): string =>
    `${name}.buffer${Math.floor(offset / bufferWords)}.${offset % bufferWords}`
  return { buffers, bufferWords, free, first: layout.block(buffers * bufferWords, nameOf) }
}

/** Makes what a buffer is worked on through, once for each: from its first word and its words. */
export type Views<View> = (at: number, words: number) => View

/** Buffers as bytes of a shared memory. */
export const byteViews =
  ({ buffer, byteOffset }: Int32Array): Views<Uint8Array> =>
  (at, words) =>
    new Uint8Array(buffer, byteOffset + at * 4, words * 4)

/** What both ends know of a pool: which buffers are theirs. A peer cannot hand over what it does not have. */
class PoolEnd<View> {
  protected readonly memory: SharedMemory
  protected readonly shape: PoolShape
  protected readonly views: readonly View[]
  protected readonly own: boolean[]

  constructor(memory: SharedMemory, shape: PoolShape, views: Views<View>) {
    const { buffers, bufferWords, first } = shape
    this.memory = memory
    this.shape = shape
    this.views = Array.from({ length: buffers }, (_, index) =>
      views(first + index * bufferWords, bufferWords),
    )
    this.own = this.views.map(() => false)
  }

  /** The buffer, while it is this end's. Throws RangeError where it is not. */
  view(buffer: number): View {
    this.check(buffer)
    return this.views[buffer]!
  }

  /** Takes over the buffer that the peer has handed to this end. Throws PeerFault. */
  accept(buffer: number): void {
    if (!(buffer >= 0 && buffer < this.shape.buffers))
      throw new PeerFault(`the peer handed over buffer ${buffer}, and there are ${this.shape.buffers}`)
    if (this.own[buffer]!)
      throw new PeerFault(`the peer handed over buffer ${buffer}, which it does not have`)
    this.own[buffer] = true
  }

  /** Before the number is handed to the peer. Throws RangeError where the buffer is not this end's. */
  giveUp(buffer: number): void {
    this.check(buffer)
    this.own[buffer] = false
  }

  protected check(buffer: number): void {
    if (this.own[buffer] !== true) throw new RangeError(`buffer ${buffer} is not this end's`)
  }
}

/** The end of whoever sends: it takes free buffers, fills them, and sends their numbers. */
export class BufferTaker<View> extends PoolEnd<View> {
  protected readonly ring: RingConsumer

  constructor(memory: SharedMemory, shape: PoolShape, views: Views<View>) {
    super(memory, shape, views)
    this.ring = new RingConsumer(memory, shape.free)
  }

  /** A free buffer; undefined where there is none now. Throws PeerFault. */
  take(): number | undefined {
    if (!this.hasFree()) return undefined
    const buffer = this.memory.get(this.ring.slot(0))
    this.accept(buffer)
    this.ring.release(1)
    return buffer
  }

  /** Throws PeerFault. */
  hasFree(): boolean {
    return this.ring.available(1) > 0
  }
}

/** The end of whoever receives: all buffers are its own at first, and come back to it with messages. */
export class BufferGiver<View> extends PoolEnd<View> {
  protected readonly ring: RingProducer

  constructor(memory: SharedMemory, shape: PoolShape, views: Views<View>) {
    super(memory, shape, views)
    this.ring = new RingProducer(memory, shape.free)
    this.own.fill(true)
  }

  /** Gives all buffers to the sender for the first time. */
  prime(): void {
    for (let buffer = 0; buffer < this.shape.buffers; buffer++) {
      this.giveUp(buffer)
      this.memory.set(this.ring.slot(buffer), buffer)
    }
    this.ring.publish(this.shape.buffers)
  }

  /** Gives a buffer back to the sender. Throws RangeError where it is not this end's, and PeerFault. */
  giveBack(buffer: number): void {
    this.giveUp(buffer)
    // There is a place for every buffer; that the ring looks full is an old view of it, and `reserve` looks again.
    if (!this.hasPlace()) throw new PeerFault('the sender has taken fewer buffers than came from it')
    this.memory.set(this.ring.slot(0), buffer)
    this.ring.publish(1)
  }

  protected hasPlace(): boolean {
    return this.ring.reserve(1) > 0
  }
}
