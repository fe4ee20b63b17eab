/** Seeded bugs of the production ring: one method of one end replaced in each. */
import { RingConsumer, RingProducer } from '../src/mom/spsc-ring.ts'
import { type Ends, SMALL, type Size, WRAPPING, programOf } from './spsc-ring.ts'

/** Stores the tail as soon as it knows that there is room. */
class PublishesBeforeWriting extends RingProducer {
  override reserve(want: number): number {
    const count = super.reserve(want)
    if (count > 0) this.memory.store(this.shape.tail, (this.tail + count) | 0)
    return count
  }
}

class TakesOneSlotTooMany extends RingProducer {
  override reserve(want: number): number {
    const count = super.reserve(want)
    return count < want ? count + 1 : count
  }
}

/** Compares the indices as if they never wrapped. */
class ComparesWithoutWrap extends RingProducer {
  override reserve(want: number): number {
    const isFull = (): boolean => this.tail - this.seenHead === this.shape.capacity
    if (isFull()) this.seenHead = this.memory.load(this.shape.head)
    return isFull() ? 0 : Math.min(want, 1)
  }
}

class NeverLooksAgain extends RingProducer {
  override reserve(want: number): number {
    return Math.min(want, this.shape.capacity - ((this.tail - this.seenHead) | 0))
  }
}

/** The remainder of a negative index is negative. */
class TakesTheRemainder extends RingProducer {
  override slot(ahead: number): number {
    const { capacity, slotWords, slots } = this.shape
    return slots + ((this.tail + ahead) % capacity) * slotWords
  }
}

class ReleasesBeforeReading extends RingConsumer {
  override available(want: number): number {
    const count = super.available(want)
    if (count > 0) this.memory.store(this.shape.head, (this.head + count) | 0)
    return count
  }
}

class TakesAsManyAsWanted extends RingConsumer {
  override available(want: number): number {
    return super.available(want) > 0 ? want : 0
  }
}

class ReadsTheTailPlainly extends RingConsumer {
  protected override lookAtTail(): number {
    return this.memory.get(this.shape.tail)
  }
}

const mutant = (sentence: string, killedBy: string, ends: Partial<Ends>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('spsc-ring', sentence, size, ends),
})

export const mutants = {
  publishesBeforeWriting: mutant('publishes the tail before the payload (libxdp binding #34)', 'refused', {
    producer: PublishesBeforeWriting,
  }),
  releasesBeforeReading: mutant('gives slots back before it has read them (iceoryx2 #119)', 'refused', {
    consumer: ReleasesBeforeReading,
  }),
  takesOneSlotTooMany: mutant('takes a full ring to have a slot', 'refused', {
    producer: TakesOneSlotTooMany,
  }),
  comparesWithoutWrap: mutant(
    'finds the ring full by a difference that does not wrap (as in the network queue of sDDF)',
    'refused',
    { producer: ComparesWithoutWrap },
    WRAPPING,
  ),
  neverLooksAgain: mutant('decides from the index it once saw (Disruptor #119)', 'refused', {
    producer: NeverLooksAgain,
  }),
  takesTheRemainder: mutant(
    'finds the slot by the remainder of an index that wraps through negative numbers',
    'race',
    { producer: TakesTheRemainder },
    { ...SMALL, start: -1 },
  ),
  takesAsManyAsWanted: mutant(
    'reads as many as it wants, not as there are',
    'refused',
    {
      consumer: TakesAsManyAsWanted,
    },
    { messages: 3, capacity: 4, batch: 2 },
  ),
  readsTheTailPlainly: mutant('reads the tail without an atomic load (liburing #541)', 'race', {
    consumer: ReadsTheTailPlainly,
  }),
}
