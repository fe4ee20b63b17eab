/**
 * The production doorbell at every access of memory, beside its chart: both ends of a ring sleep and wake each
 * other, and no interleaving, and no waking for no reason, leaves one asleep.
 */
import {
  type MemoryJudge,
  type MemoryProgram,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { MemoryAccess } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { Doorbell, Waiter } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { RingConsumer, RingProducer, type RingShape, layRing } from '../src/mom/spsc-ring.ts'
import { doorbell } from '../spec/doorbell/system.ts'
import { memoryJudge } from './memory-judge.ts'

export type Size = {
  readonly messages: number
  readonly capacity: number
  readonly batch: number
  readonly spurious: number
  /** Looks before arming. */
  readonly spins: number
}

/** How the bells and those who wait by them are built; a mutant builds one with a bug. */
export type Parts = {
  readonly bell: new (memory: SharedMemory, word: number) => Doorbell
  readonly waiter: new (...parts: ConstructorParameters<typeof Waiter>) => Waiter
  /** What an end does for the other after it has moved messages; `store` publishes them. */
  readonly move: (store: () => void, ring: () => void, moved: number) => void
}

const CORRECT: Parts = {
  bell: Doorbell,
  waiter: Waiter,
  move: (store, ring) => {
    store()
    ring()
  },
}

type End = 'producer' | 'consumer'
const other = (end: End): End => (end === 'producer' ? 'consumer' : 'producer')

type Words = { readonly index: Record<End, number>; readonly bell: Record<End, number> }

/** What an access of an end means in the words of the chart, where a store and its draining are two events. */
function eventsOf(end: End, { index, bell }: Words, access: MemoryAccess | undefined): GroundEvent[] {
  const { kind, index: word, value, result } = access ?? {}
  const drain = (of: 'index' | 'flag'): GroundEvent => ({ type: 'store.drain', end, word: of })
  const fence: GroundEvent = { type: 'store.fence', end }
  const isArmed = result === 1
  if (kind === 'load' && word === index[other(end)])
    return [{ type: 'index.read', end, value: Number(result) }]
  if (kind === 'load' && word === bell[other(end)]) return [fence, { type: 'flag.read', end, armed: isArmed }]
  if (kind === 'compareExchange') return [{ type: 'flag.take', end, armed: isArmed }]
  if (kind === 'notify') return [{ type: 'thread.notify', end }]
  if (kind === 'store' && word === bell[end])
    return value === 1
      ? [{ type: 'flag.arm', end }, drain('flag'), fence]
      : [{ type: 'flag.disarm', end }, drain('flag')]
  if (kind === 'wait' && result === 'parked') return [{ type: 'thread.park', end }]
  if (kind === 'wait' && result === 'not-equal') return [{ type: 'thread.stay', end }]
  return []
}

type Self = {
  readonly ring: RingProducer | RingConsumer
  readonly waiter: Waiter
  readonly peerBell: Doorbell
  moved: number
}

/** Messages that can be moved now: slots to fill, or messages to take. */
const movable = ({ ring }: Self, want: number): number =>
  ring instanceof RingProducer ? ring.reserve(want) : ring.available(want)

function threadOf(end: End, size: Size, words: Words, shape: RingShape, parts: Parts) {
  const Ring = end === 'producer' ? RingProducer : RingConsumer
  const type = end === 'producer' ? 'message.send' : 'message.receive'
  return memoryThread({
    name: end,
    self: (memory): Self => ({
      ring: new Ring(memory, shape),
      waiter: new parts.waiter(memory, new parts.bell(memory, words.bell[end]), {
        spinsMax: size.spins,
        spinsMin: size.spins,
      }),
      peerBell: new parts.bell(memory, words.bell[other(end)]),
      moved: 0,
    }),
    operation(self) {
      const count = movable(self, Math.min(size.batch, size.messages - self.moved))
      if (count === 0) {
        self.waiter.until(() => movable(self, 1) > 0)
        return 'again'
      }
      const store = (): void => {
        if (self.ring instanceof RingProducer) self.ring.publish(count)
        else self.ring.release(count)
      }
      parts.move(store, () => self.peerBell.ring(), self.moved)
      self.moved += count
      return self.moved === size.messages ? 'done' : 'again'
    },
    event({ access, before }) {
      if (access?.kind !== 'store' || access.index !== words.index[end]) return eventsOf(end, words, access)
      const moves = Array.from({ length: access.value! - before.moved }, (_, index) => ({
        type,
        message: `message${before.moved + index}`,
      }))
      return [...moves, { type: 'store.drain', end, word: 'index' }]
    },
  })
}

/** Two threads at the ends of a ring, each with a bell; beside the chart where nobody wakes for no reason. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Parts> = {},
): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const shape = layRing(layout, 'ring', { capacity: size.capacity, slotWords: 1 })
  const words: Words = {
    index: { producer: shape.tail, consumer: shape.head },
    bell: { producer: layout.word('producer.bell'), consumer: layout.word('consumer.bell') },
  }
  const parts = { ...CORRECT, ...wrong }
  const { messages, capacity, batch, spurious } = size
  // A mutant is left to run, so that what it comes to is seen: a thread that sleeps for ever.
  const isFollowing = spurious === 0 && Object.keys(wrong).length === 0
  const judge = (): MemoryJudge => memoryJudge(doorbell, { messages, capacity, batch, spurious })
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    threads: [
      threadOf('producer', size, words, shape, parts),
      threadOf('consumer', size, words, shape, parts),
    ],
    claims: {
      everythingMoved: {
        kind: 'atEnd',
        sentence: 'all messages have been sent and received',
        holds: ({ word }) => word(shape.tail) === messages && word(shape.head) === messages,
      },
    },
    ...(isFollowing ? { follows: { judge: judge() } } : {}),
    options: { spuriousWakesMax: spurious * 2, idlePausesMax: size.spins },
  }
}

export const SMALL: Size = { messages: 3, capacity: 1, batch: 1, spurious: 0, spins: 0 }

/** What is explored: beside the chart; with batches; with threads that wake for no reason; with spinning. */
export const programs: readonly MemoryProgram[] = [
  programOf('doorbell', 'one message at a time through a ring of one slot', SMALL),
  programOf('doorbell-batch', 'batches of two through four slots', {
    ...SMALL,
    messages: 7,
    capacity: 4,
    batch: 2,
  }),
  programOf('doorbell-spurious', 'each end wakes for no reason, twice in a run', { ...SMALL, spurious: 1 }),
  programOf('doorbell-spinning', 'each end looks twice before it arms', { ...SMALL, spins: 2 }),
]
