/**
 * The production ring at every access of memory, beside its chart: each access is an event that the system must
 * accept, from the first slot to the wrap of the 32-bit indices, in every interleaving.
 */
import { type MemoryProgram, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { Layout } from '../src/mom/layout.ts'
import { RingConsumer, RingProducer, type RingShape, layRing } from '../src/mom/spsc-ring.ts'
import { spscRing } from '../spec/spsc-ring/system.ts'
import { memoryJudge } from './memory-judge.ts'

export type Size = {
  readonly messages: number
  readonly capacity: number
  readonly batch: number
  /** Where the indices begin. */
  readonly start?: number
}

/** How the two ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly producer: new (memory: SharedMemory, shape: RingShape) => RingProducer
  readonly consumer: new (memory: SharedMemory, shape: RingShape) => RingConsumer
}

const HALVES = ['first', 'second'] as const
/** The chart's indices wrap after so many rounds. */
const LAPS = 2

/** What accesses of the ring mean in the words of the chart. */
class Vocabulary {
  readonly #shape: RingShape
  readonly #size: Size
  constructor(shape: RingShape, size: Size) {
    this.#shape = shape
    this.#size = size
  }

  position(index: number): number {
    const { capacity } = this.#shape
    return ((index - (this.#size.start ?? 0)) >>> 0) % (capacity * LAPS)
  }

  half(index: number): { slot: string; half: string } {
    const offset = index - this.#shape.slots
    // The chart counts slots from where the indices begin.
    const slot = this.position(Math.floor(offset / 2)) % this.#shape.capacity
    return { slot: `slot${slot}`, half: HALVES[offset % 2]! }
  }

  isSlot = (index: number | undefined): index is number => index !== undefined && index >= this.#shape.slots
}

/** A message is the same number in both its words, from 1 on: a slot never written holds 0. */
const message = (value: number | undefined): string => (value === 0 ? 'none' : `message${value! - 1}`)

type ProducerSelf = { readonly memory: SharedMemory; readonly ring: RingProducer; sent: number }

function write({ memory, ring, sent }: ProducerSelf, count: number): void {
  for (let ahead = 0; ahead < count; ahead++) {
    const at = ring.slot(ahead)
    memory.set(at, sent + ahead + 1)
    memory.set(at + 1, sent + ahead + 1)
  }
  ring.publish(count)
}

function producerOf(size: Size, shape: RingShape, Ring: Ends['producer']) {
  const words = new Vocabulary(shape, size)
  const accepted = ({ sent }: ProducerSelf, tail: number): GroundEvent[] => {
    const count = (tail - (size.start ?? 0) - sent) | 0
    return Array.from({ length: Math.max(count, 0) }, (_, index) => ({
      type: 'message.send',
      message: `message${sent + index}`,
    }))
  }
  return memoryThread({
    name: 'producer',
    self: (memory): ProducerSelf => ({ memory, ring: new Ring(memory, shape), sent: 0 }),
    operation(self) {
      const count = self.ring.reserve(Math.min(size.batch, size.messages - self.sent))
      if (count > 0) write(self, count)
      else self.memory.pause()
      self.sent += count
      return self.sent === size.messages ? 'done' : 'again'
    },
    event({ access, before }) {
      const { kind, index, value, result } = access ?? {}
      if (kind === 'set' && words.isSlot(index))
        return { type: 'slot.write', ...words.half(index), message: message(value) }
      if (kind === 'store' && index === shape.tail)
        return [
          ...accepted(before, value!),
          { type: 'index.publish', index: 'tail', value: words.position(value!) },
        ]
      if (kind === 'load' && index === shape.head)
        return { type: 'index.read', index: 'head', value: words.position(Number(result)) }
      if (kind === 'pause') return { type: 'message.refuse', message: `message${before.sent}` }
      return undefined
    },
  })
}

type ConsumerSelf = { readonly memory: SharedMemory; readonly ring: RingConsumer; received: number }

function consumerOf(size: Size, shape: RingShape, Ring: Ends['consumer']) {
  const words = new Vocabulary(shape, size)
  return memoryThread({
    name: 'consumer',
    self: (memory): ConsumerSelf => ({ memory, ring: new Ring(memory, shape), received: 0 }),
    operation(self) {
      const count = self.ring.available(size.batch)
      for (let ahead = 0; ahead < count; ahead++) {
        const at = self.ring.slot(ahead)
        self.memory.get(at)
        self.memory.get(at + 1)
      }
      if (count > 0) self.ring.release(count)
      else self.memory.pause()
      self.received += count
      return self.received === size.messages ? 'done' : 'again'
    },
    event({ access }) {
      const { kind, index, value, result } = access ?? {}
      if (kind === 'get' && words.isSlot(index)) {
        const { slot, half } = words.half(index)
        const content = message(Number(result))
        const read = { type: 'slot.read', slot, half, content }
        return half === 'first' ? read : [read, { type: 'message.receive', message: content }]
      }
      if (kind === 'store' && index === shape.head)
        return { type: 'index.publish', index: 'head', value: words.position(value!) }
      if (kind === 'load' && index === shape.tail)
        return { type: 'index.read', index: 'tail', value: words.position(Number(result)) }
      return undefined
    },
  })
}

const CORRECT: Ends = { producer: RingProducer, consumer: RingConsumer }

/** Two threads, one at each end of a ring. */
export function programOf(name: string, title: string, size: Size, ends: Partial<Ends> = {}): MemoryProgram {
  const { producer, consumer } = { ...CORRECT, ...ends }
  const layout = new Layout({ lineWords: 1 })
  const shape = layRing(layout, 'ring', { capacity: size.capacity, slotWords: 2 })
  const bounds = { messages: size.messages, capacity: size.capacity, laps: LAPS, batch: size.batch }
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => {
      memory.store(shape.tail, size.start ?? 0)
      memory.store(shape.head, size.start ?? 0)
    },
    threads: [producerOf(size, shape, producer), consumerOf(size, shape, consumer)],
    follows: { judge: memoryJudge(spscRing, bounds) },
  }
}

/** Small enough to be read; where mutants are explored unless they need more. */
export const SMALL: Size = { messages: 4, capacity: 2, batch: 1 }
export const WRAPPING: Size = { messages: 4, capacity: 2, batch: 2, start: 2 ** 31 - 2 }
const BATCHED: Size = { messages: 8, capacity: 4, batch: 3, start: -4 }

/** What is explored: small, across the wrap at 2^31 with batches, across 2^32. */
export const programs: readonly MemoryProgram[] = [
  programOf('spsc-ring', 'one message at a time', SMALL),
  programOf('spsc-ring-wrap', 'batches of two, indices from 2^31 - 2', WRAPPING),
  programOf('spsc-ring-batch', 'batches of three, indices from -4, through all of 2^32', BATCHED),
]
