/** The ring of several producers and its channel: their ends in one thread. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { EndTakenError, HEADER_WORDS } from '../src/mom/channel-shape.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { SharedCounters, layCounters, readRing } from '../src/mom/metrics.ts'
import { MpscReceiver } from '../src/mom/mpsc-receiver.ts'
import { MpscConsumer, layMpscRing, startRingAt } from '../src/mom/mpsc-ring.ts'
import { MpscSender } from '../src/mom/mpsc-sender.ts'
import { type MpscShape, layMpscChannel, mpscHeaderOf } from '../src/mom/mpsc-shape.ts'
import { COMMITTED, FREE, PRODUCERS_MAX, lapsAhead, slotOf, wordOf } from '../src/mom/mpsc-slot.ts'
import { Presence } from '../src/mom/peer-crash.ts'

const numbered = messageType({ number: 'int' })
const text = messageType({ text: ['one', 'two'] })
const SLOT_WORDS = 1 + HEADER_WORDS + numbered.words

const memoryOf = (layout: Layout) =>
  new AtomicsMemory(new Int32Array(new SharedArrayBuffer(layout.length * 4)))

function makeShape({ capacity = 4, senders = 2 } = {}) {
  const layout = new Layout()
  const shape = layMpscChannel(layout, 'channel', { capacity, slotWords: SLOT_WORDS, senders })
  return { shape, layout }
}

function makeEnds({ capacity = 4, start = 0 } = {}) {
  const { shape, layout } = makeShape({ capacity })
  const memory = memoryOf(layout)
  startRingAt(memory, shape.ring, start)
  const options = { patience: NO_PATIENCE }
  const senders = [
    new MpscSender(memory, shape, 0, options),
    new MpscSender(memory, shape, 1, options),
  ] as const
  return { memory, shape, senders, receiver: new MpscReceiver(memory, shape, options) }
}

const message = numbered.create()
const inbox = [message, text.create()]
const send = (sender: MpscSender, number: number) =>
  sender.trySend(0, Object.assign(numbered.create(), { number }))

function receiveAll(receiver: MpscReceiver): [sender: number, number: number][] {
  const received: [number, number][] = []
  receiver.drain(inbox, Infinity, () => received.push([receiver.sender, message.number]))
  return received
}

describe('the channel', () => {
  it('hands on what several senders send, in the order of their claims, and says when it is full', () => {
    const { senders, receiver } = makeEnds()
    const outcomes = [0, 1, 1, 0, 0].map((id, number) => send(senders[id]!, number))
    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent', 'full'])
    const expected = [[0, 0], [1, 1], [1, 2], [0, 3]] // prettier-ignore
    expect(receiveAll(receiver)).toEqual(expected)
    expect(receiver.tryReceive(inbox)).toBe('empty')
    expect(send(senders[0], 4)).toBe('sent')
  })

  it.each([
    [1, -3],
    [2, 2 ** 31 - 5],
    [4, 2 ** 26 - 7],
    [256, -300],
    [1024, -2000],
    [1024, 2 ** 31 - 2000],
  ])('of %i slots goes on from position %i across all wraps', (capacity, start) => {
    const { senders, receiver } = makeEnds({ capacity, start })
    for (let round = 0; round < 4; round++) {
      const numbers = Array.from({ length: capacity }, (_, index) => round * capacity + index)
      expect(numbers.every((number) => send(senders[number % 2]!, number) === 'sent')).toBe(true)
      expect(send(senders[0], -1)).toBe('full')
      expect(receiveAll(receiver).map(([, number]) => number)).toEqual(numbers)
    }
  })

  it('can be read by who measures', () => {
    const { memory, shape, senders, receiver } = makeEnds({ start: -1 })
    for (const number of [0, 1, 2]) send(senders[0], number)
    receiver.drain(inbox, 1, () => {})
    expect(readRing(memory, shape.ring)).toEqual({ depth: 2, published: 2 })
  })

  it('counts stalls', () => {
    const { shape, layout } = makeShape({ capacity: 1 })
    const words = layCounters(layout, 'counters')
    const memory = memoryOf(layout)
    const counters = new SharedCounters(memory, words)
    const sender = new MpscSender(memory, shape, 0, { counters })
    send(sender, 0)
    send(sender, 1)
    expect(counters.read().stalls).toBe(1)
  })

  it('goes on past a message that cannot be encoded', () => {
    const { senders, receiver } = makeEnds()
    const bad = Object.assign(text.create(), { text: 'three' })
    expect(() => senders[0].trySend(1, bad)).toThrow('field text is one of one, two, not three')
    send(senders[1], 7)
    expect(receiveAll(receiver)).toEqual([[1, 7]])
  })

  it('is closed or dead when all senders have left', () => {
    const { memory, shape, senders, receiver } = makeEnds()
    send(senders[0], 5)
    senders[0].close()
    expect(receiveAll(receiver)).toEqual([[0, 5]])
    expect(receiver.tryReceive(inbox)).toBe('empty')
    new Presence(memory, shape.senderPresences[1]!).declareDead(senders[1].incarnation, [])
    expect(receiver.tryReceive(inbox)).toBe('dead')
    receiver.close()
    expect(new MpscSender(memory, shape, 1).trySend(0, message)).toBe('closed')
  })

  it('lets successors take the ends that were left, and nobody else', () => {
    const { memory, shape, senders, receiver } = makeEnds()
    expect(() => new MpscSender(memory, shape, 1)).toThrow(EndTakenError)
    expect(() => new MpscReceiver(memory, shape)).toThrow(EndTakenError)
    send(senders[1], 1)
    send(senders[1], 2)
    expect(receiver.tryReceive(inbox)).toBe('received')
    senders[1].close()
    receiver.close()
    const sender = new MpscSender(memory, shape, 1)
    const successor = new MpscReceiver(memory, shape)
    send(sender, 3)
    expect(receiveAll(successor).map(([, number]) => number)).toEqual([2, 3])
    expect(successor.fault).toBeUndefined()
  })
})

describe('what a sender writes against the protocol', () => {
  const fault = (change: (memory: AtomicsMemory, shape: MpscShape) => void): string => {
    const { memory, shape, senders, receiver } = makeEnds()
    send(senders[0], 1)
    send(senders[0], 2)
    expect(receiver.tryReceive(inbox)).toBe('received')
    change(memory, shape)
    expect(receiver.tryReceive(inbox)).toBe('faulty')
    expect(receiver.tryReceive(inbox)).toBe('faulty')
    return receiver.fault!.message
  }
  const second = (shape: MpscShape) => slotOf(shape.ring, 1)

  it.each<[string, (memory: AtomicsMemory, shape: MpscShape) => void]>([
    ['slot word 513 is of another round', (memory, shape) => memory.store(second(shape), 513)],
    ['claimed by 9, who is no producer', (memory, shape) => memory.store(second(shape), 11)],
    [
      'of sender 2, and there are 2',
      (memory, { ring }) => memory.set(slotOf(ring, 1) + 1, mpscHeaderOf(0, 0, 2)),
    ],
    ['sender 0 is of epoch 3', (memory, { ring }) => memory.set(slotOf(ring, 1) + 1, mpscHeaderOf(0, 3, 0))],
    ['sender 0 is of kind 8', (memory, { ring }) => memory.set(slotOf(ring, 1) + 1, mpscHeaderOf(8, 0, 0))],
    ['says that it is number 4', (memory, shape) => memory.set(second(shape) + 2, 4)],
    ['says that it is number 0', (memory, shape) => memory.set(second(shape) + 2, 0)],
  ])('is its fault: %s', (expected, change) => {
    expect(fault(change)).toContain(expected)
  })

  it('is its fault too where other senders find it', () => {
    const { memory, shape, senders } = makeEnds()
    memory.store(shape.ring.tail, 40)
    expect(send(senders[0], 1)).toBe('faulty')
    expect(senders[0].fault?.message).toContain('the tail is at 40')
    const words = makeEnds()
    for (const position of [0, 1, 2, 3])
      words.memory.store(slotOf(words.shape.ring, position), wordOf(words.shape.ring, position + 8, FREE))
    expect(send(words.senders[0], 1)).toBe('faulty')
    expect(() => new MpscConsumer(words.memory, { ...words.shape.ring, tail: 0 }, [])).toThrow(
      'no slot of the ring',
    )
  })
})

describe('the ring', () => {
  it('has slots of two words at least, and as many producers as a word can name', () => {
    const size = { capacity: 4, slotWords: 1 }
    expect(() => layMpscRing(new Layout(), 'ring', size)).toThrow('a word of state and at least one more')
    expect(() => layMpscRing(new Layout(), 'ring', { capacity: 3, slotWords: 2 })).toThrow('power of two')
    expect(() => makeShape({ senders: PRODUCERS_MAX + 1 })).toThrow('1 to 253 senders')
    const { shape, layout } = makeShape()
    expect(() => new MpscSender(memoryOf(layout), shape, 2)).toThrow('has 2 senders')
  })

  it('compares rounds by the sign of their difference, of as many bits as there are', () => {
    for (const capacity of [1, 2, 256, 512, 65_536]) {
      const ring = layMpscRing(new Layout(), 'ring', { capacity, slotWords: 2 })
      for (const position of [0, -capacity, 2 ** 31 - capacity, 2 ** 24 * capacity - capacity]) {
        const laps = [-2, -1, 0, 1, 2]
        const words = laps.map((lap) => wordOf(ring, (position + lap * capacity) | 0, COMMITTED))
        expect(words.map((word) => lapsAhead(ring, word, position))).toEqual(laps)
      }
    }
  })

  it('gives up the claim of a producer that was stopped while all rounds passed, and loses nothing', () => {
    const { layout, shape } = makeShape()
    class Stopped extends AtomicsMemory {
      stale: number | undefined
      override load(index: number): number {
        const seen = index === shape.ring.tail ? this.stale : undefined
        if (seen !== undefined) this.stale = undefined
        return seen ?? super.load(index)
      }
    }
    const memory = new Stopped(new Int32Array(layout.length))
    startRingAt(memory, shape.ring, 4 * 2 ** 24)
    const sender = new MpscSender(memory, shape, 0)
    const receiver = new MpscReceiver(memory, shape)
    memory.stale = 2
    expect(send(sender, 0)).toBe('sent')
    // Position 2 of this round is given up, and passed over by both sides.
    expect(memory.load(slotOf(shape.ring, 2)) & 0xff).toBe(0xff)
    expect([1, 2, 3].map((number) => send(sender, number))).toEqual(['sent', 'sent', 'full'])
    expect(receiveAll(receiver).map(([, number]) => number)).toEqual([0, 1, 2])
    expect(send(sender, 3)).toBe('sent')
  })
})
