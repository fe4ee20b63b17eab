/**
 * The production ring of several producers at every access of memory, beside its chart: claims, helping, commits,
 * skips of dead owners, across the wraps of positions and of rounds. mpsc-channel.ts has its ends with bells.
 */
import { type MemoryProgram, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { Layout } from '../src/mom/layout.ts'
import { MpscConsumer, MpscProducer, layMpscRing, startRingAt } from '../src/mom/mpsc-ring.ts'
import { COMMITTED, FIRST_OWNER, FREE, STATE_MASK } from '../src/mom/mpsc-slot.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import type { RingShape } from '../src/mom/spsc-ring.ts'
import { domains, mpscRing } from '../spec/mpsc-ring/system.ts'
import { memoryJudge } from './memory-judge.ts'
import { programs as channelPrograms } from './mpsc-channel.ts'

export type Size = {
  readonly producers: number
  /** Of each producer. */
  readonly messages: number
  readonly capacity: number
  /** Whether a producer may be cut off at any access. */
  readonly crashes: number
  /** The first position: one less than a multiple of the chart's positions. */
  readonly start: number
}

/** How the ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly producer: new (memory: SharedMemory, shape: RingShape, id: number) => MpscProducer
  readonly consumer: new (...parts: ConstructorParameters<typeof MpscConsumer>) => MpscConsumer
  readonly fill: (write: () => void, commit: () => void) => void
}

const CORRECT: Ends = {
  producer: MpscProducer,
  consumer: MpscConsumer,
  fill: (write, commit) => {
    write()
    commit()
  },
}

/** In a message: who sent it, and the how many-th of its sender it is. Zero is none. */
const valueOf = (producer: number, message: number): number => (producer << 4) | (message + 1)
const contentOf = (value: number) => ({
  producer: `producer${value >> 4}`,
  message: `message${(value & 15) - 1}`,
})

type Words = { readonly shape: RingShape; readonly presences: readonly number[]; readonly positions: number }

/** The chart's position of a slot's word that holds a value. */
function positionOf({ shape, positions }: Words, index: number, value: number, laps = 0): number {
  const { capacity, slots, slotWords } = shape
  const slot = Math.floor((index - slots) / slotWords)
  return (((value >>> 8) + laps) * capacity + slot) & (positions - 1)
}

type ProducerSelf = { readonly memory: SharedMemory; readonly ring: MpscProducer; sent: number }

/** What an access of a producer means in the words of the chart. */
function producerEvent(words: Words, id: number, step: MemoryStep<ProducerSelf>): GroundEvent | undefined {
  const producer = `producer${id}`
  const own = { producer, message: `message${step.before.sent}` }
  if (step.ends === 'crashed') return { type: 'peer.crash', producer }
  const { kind, index = 0, value = 0, expected = 0, result } = step.access!
  const { shape, positions } = words
  const isTail = index === shape.tail
  if (kind === 'load' && isTail)
    return { type: 'tail.read', producer, position: Number(result) & (positions - 1) }
  if (kind === 'compareExchange' && isTail)
    return { type: 'tail.advance', producer, position: expected & (positions - 1) }
  if (kind === 'set')
    return { type: 'payload.write', ...own, position: positionOf(words, index, step.word(index - 1)) }
  if (kind === 'store') return { type: 'message.send', ...own, position: positionOf(words, index, value) }
  if (kind !== 'compareExchange') return undefined
  const position = positionOf(words, index, expected)
  if (result === expected) return { type: 'slot.claim', producer, position }
  const isBehind = ((Number(result) & ~STATE_MASK) - expected) << 0 < 0
  return isBehind ? { type: 'message.refuse', ...own, position } : { type: 'slot.pass', producer, position }
}

function producerOf(id: number, size: Size, words: Words, { producer: Ring, fill }: Ends) {
  return memoryThread({
    name: `producer${id}`,
    self: (memory): ProducerSelf => ({ memory, ring: new Ring(memory, words.shape, id), sent: 0 }),
    mayCrash: size.crashes > 0,
    operation(self) {
      if (self.ring.claim() !== 'claimed') {
        self.memory.pause()
        return 'again'
      }
      const write = (): void => self.memory.set(self.ring.slot, valueOf(id, self.sent))
      fill(write, () => self.ring.commit())
      self.sent++
      return self.sent === size.messages ? 'done' : 'again'
    },
    event: (step) => producerEvent(words, id, step),
  })
}

type ConsumerSelf = { readonly memory: SharedMemory; readonly ring: MpscConsumer }

/** What an access of the consumer means in the words of the chart. */
function consumerEvent(words: Words, { access, word }: MemoryStep<ConsumerSelf>): GroundEvent | undefined {
  const { kind, index = 0, value = 0, expected = 0, result } = access!
  const read = Number(result)
  const owner = words.presences.indexOf(index)
  if (owner >= 0)
    return { type: 'death.read', producer: `producer${owner}`, verdict: (read & 3) === 3 ? 'dead' : 'alive' }
  const claimed = (held: number) => ({
    producer: `producer${(held & STATE_MASK) - FIRST_OWNER}`,
    position: positionOf(words, index, held),
  })
  if (kind === 'load') {
    const state = read & STATE_MASK
    if (state === FREE) return undefined
    return state === COMMITTED
      ? { type: 'commit.read', position: positionOf(words, index, read) }
      : { type: 'claim.read', ...claimed(read) }
  }
  if (kind === 'get')
    return {
      type: 'message.receive',
      ...contentOf(read),
      position: positionOf(words, index, word(index - 1)),
    }
  if (kind === 'store') return { type: 'slot.release', position: positionOf(words, index, value, -1) }
  if (kind !== 'compareExchange') return undefined
  return { type: read === expected ? 'slot.skip' : 'slot.keep', ...claimed(expected) }
}

function consumerOf(words: Words, { consumer: Ring }: Ends) {
  return memoryThread({
    name: 'consumer',
    self: (memory): ConsumerSelf => {
      const owners = words.presences.map((word) => new Presence(memory, word))
      return { memory, ring: new Ring(memory, words.shape, owners) }
    },
    // It does not know how many messages the dead have sent.
    daemon: true,
    operation({ memory, ring }) {
      if (ring.available()) {
        memory.get(ring.slot)
        ring.release()
      } else memory.pause()
      return 'again'
    },
    event: (step) => consumerEvent(words, step),
  })
}

/** The host of a producer, who says that it has died. */
function hostOf(id: number, { presences }: Words) {
  return memoryThread({
    name: `host${id}`,
    starts: { after: `producer${id}`, having: 'crashed' },
    self: (memory) => ({ presence: new Presence(memory, presences[id]!) }),
    operation({ presence }) {
      presence.declareDead(1, [])
      return 'done'
    },
    event: ({ access }) =>
      access?.kind === 'compareExchange' ? { type: 'death.announce', producer: `producer${id}` } : undefined,
  })
}

/** Producers and a consumer on a ring, beside the chart. */
export function programOf(name: string, title: string, size: Size, wrong: Partial<Ends> = {}): MemoryProgram {
  const ends = { ...CORRECT, ...wrong }
  const { start, ...bounds } = size
  const ids = Array.from({ length: size.producers }, (_, id) => id)
  const layout = new Layout({ lineWords: 1 })
  const shape = layMpscRing(layout, 'ring', { capacity: size.capacity, slotWords: 2 })
  const presences = ids.map((id) => layout.word(`presence${id}`))
  const words: Words = { shape, presences, positions: domains(bounds).position.length }
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => {
      startRingAt(memory, shape, start)
      for (const word of presences) new Presence(memory, word).attach()
    },
    threads: [
      ...ids.map((id) => producerOf(id, size, words, ends)),
      consumerOf(words, ends),
      ...(size.crashes > 0 ? ids.map((id) => hostOf(id, words)) : []),
    ],
    follows: {
      judge: memoryJudge(mpscRing, bounds),
      finished: (states) =>
        ids.every((id) => {
          const { queue } = states[`channel.producer${id}`]!.context as { queue: readonly string[] }
          return queue.length === 0
        }),
    },
    options: { crashesMax: size.crashes },
  }
}

/** Positions from the last of 32 bits on: they wrap with the first message. */
export const SMALL: Size = { producers: 2, messages: 1, capacity: 2, crashes: 0, start: -1 }
export const REFUSING: Size = { ...SMALL, messages: 2, capacity: 1 }
export const MORTAL: Size = { ...SMALL, crashes: 1 }
/** Rounds have 24 bits, which is less than positions have here. */
export const ROUND_WRAP: Size = { ...SMALL, messages: 2, start: 2 ** 25 - 1 }

/** What is explored: the ring beside the chart, and its ends by their claims. */
export const programs: readonly MemoryProgram[] = [
  programOf('mpsc-ring', 'two producers, positions from -1', SMALL),
  programOf('mpsc-ring-full', 'two producers with two messages each and a single slot', REFUSING),
  programOf('mpsc-ring-round-wrap', 'two messages each, rounds from the last of 24 bits', ROUND_WRAP),
  programOf('mpsc-ring-position-sign', 'two messages each, positions from 2^31 - 1', {
    ...ROUND_WRAP,
    start: 2 ** 31 - 1,
  }),
  programOf('mpsc-ring-three', 'three producers', { ...SMALL, producers: 3 }),
  programOf('mpsc-ring-crash', 'a producer dies at any access', MORTAL),
  programOf('mpsc-ring-crash-full', 'a producer dies at any access, and the ring has a single slot', {
    ...REFUSING,
    crashes: 1,
  }),
  ...channelPrograms,
]
