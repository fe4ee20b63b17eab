/**
 * Channels between real threads under load: millions of messages, each checked for order and content; sleepers that
 * are always woken; full rings; indices that wrap. Counts decide, and a hang: no time does.
 */
import { describe, expect, it, test } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { HEADER_WORDS, layChannel } from '../src/mom/channel-shape.ts'
import { Doorbell, Waiter } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { UNCOUNTED, layCounters } from '../src/mom/metrics.ts'
import { layMpscChannel } from '../src/mom/mpsc-shape.ts'
import { startRingAt } from '../src/mom/mpsc-ring.ts'
import { layUpgradable } from '../src/mom/channel-upgrade.ts'
import { check, fill, stressType } from './mom-stress-message.ts'
import { resultsOf, startSide } from './mom-stress-run.ts'
import type { SideData, SideResult } from './mom-stress-sides.ts'

const slotWords = HEADER_WORDS + stressType.words

type Case = {
  readonly count: number
  readonly capacity: number
  /** Where the indices begin. */
  readonly start?: number
  readonly sender?: Partial<SideData>
  readonly receiver?: Partial<SideData>
}

/** Runs one sender and one receiver to their end. */
async function flow({ count, capacity, start = 0, sender, receiver }: Case) {
  const layout = new Layout()
  const shape = layChannel(layout, 'channel', { capacity, slotWords })
  const counters = [layCounters(layout, 'sender'), layCounters(layout, 'receiver')]
  const memory = ThreadMemory.create(layout.length)
  memory.store(shape.ring.tail, start)
  memory.store(shape.ring.head, start)
  const common = { shape, count }
  const results = await resultsOf(layout, memory, [
    startSide('send', memory, { ...common, seed: 11, counters: counters[0], ...sender }),
    startSide('receive', memory, { ...common, seed: 23, counters: counters[1], ...receiver }),
  ])
  const [sent, received] = results as [SideResult, SideResult]
  return { sent, received, head: memory.load(shape.ring.head) }
}

/** All that was to be sent is accepted, received, and released. */
const whole = (count: number, start = 0) => ({
  sent: { count, outcome: 'sent', fault: undefined },
  received: { count, outcome: 'closed', fault: undefined },
  head: (start + count) | 0,
})

describe('a channel between two threads', () => {
  it('carries a million and a half typed messages in batches of any size', async () => {
    const count = 1_500_000
    const found = await flow({
      count,
      capacity: 1024,
      sender: { batchMax: 100 },
      receiver: { batchMax: 150 },
    })
    expect(found).toMatchObject(whole(count))
  })

  it('carries them one by one', async () => {
    const count = 400_000
    expect(await flow({ count, capacity: 256 })).toMatchObject(whole(count))
  })

  it('loses nothing where it is full nearly always, and says so', async () => {
    const count = 100_000
    const found = await flow({ count, capacity: 2, receiver: { idleMax: 20 } })
    expect(found).toMatchObject(whole(count))
    expect(found.sent.stalls).toBeGreaterThan(1_000)
  })

  it('wakes both sides each time, tens of thousands of times', async () => {
    const count = 60_000
    const found = await flow({
      count,
      capacity: 2,
      sender: { parks: true, idleMax: 200 },
      receiver: { parks: true, idleMax: 200 },
    })
    const { sent, received } = found
    expect(found).toMatchObject(whole(count))
    expect(sent.parks + received.parks).toBeGreaterThan(20_000)
    // Who parks is woken by the other; sometimes it is rung between arming and parking.
    expect(sent.wakes + received.wakes).toBeGreaterThan(10_000)
  })

  it.each([
    ['through the sign', 0x7fff_0000],
    ['through zero', -0x1_0000],
  ])('goes on where its 32-bit indices go %s', async (_, start) => {
    const count = 200_000
    const batches = { batchMax: 40 }
    const found = await flow({ count, capacity: 64, start, sender: batches, receiver: batches })
    expect(found).toMatchObject(whole(count, start))
  })
})

describe('a channel of several senders', () => {
  async function flowOfSeveral(
    counts: readonly number[],
    capacity: number,
    start: number,
    rest: Partial<SideData>,
  ) {
    const layout = new Layout()
    const size = { capacity, slotWords: slotWords + 1, senders: counts.length }
    const shape = layMpscChannel(layout, 'channel', size)
    const counters = [...counts, 0].map((_, index) => layCounters(layout, `side${index}`))
    const memory = ThreadMemory.create(layout.length)
    startRingAt(memory, shape.ring, start)
    const data = (index: number) => ({ shape, seed: 5 + index, counters: counters[index], ...rest })
    const results = await resultsOf(layout, memory, [
      ...counts.map((count, id) => startSide('sendAsOneOf', memory, { ...data(id), count, id })),
      startSide('receiveOfSeveral', memory, { ...data(counts.length), batchMax: 64 }),
    ])
    const parks = (results as SideResult[]).reduce((sum, side) => sum + side.parks, 0)
    return { parks, received: results.at(-1) }
  }

  it('keeps the order of each of two, and of all that they send loses none', async () => {
    const counts = [300_000, 300_000]
    const { received } = await flowOfSeveral(counts, 256, 0, {})
    expect(received).toMatchObject({ outcome: 'closed', counts })
  })

  it('does so for three in a ring of four slots, whose words wrap', async () => {
    const counts = [60_000, 50_000, 40_000]
    const { received } = await flowOfSeveral(counts, 4, -0x4000, {})
    expect(received).toMatchObject({ outcome: 'closed', counts })
  })

  it('wakes senders and receiver each time', async () => {
    const counts = [15_000, 15_000]
    const { parks, received } = await flowOfSeveral(counts, 2, 0, { parks: true, idleMax: 200 })
    expect(received).toMatchObject({ outcome: 'closed', counts })
    expect(parks).toBeGreaterThan(5_000)
  })
})

test('a channel is upgraded a thousand times under load', async () => {
  const layout = new Layout()
  const sizes = [64, 2, 512].map((capacity) => ({ capacity, slotWords }))
  const transports = layUpgradable(layout, 'channel', sizes)
  const memory = ThreadMemory.create(layout.length)
  const count = 300_000
  const data = { transports, count, batchMax: 30 }
  const [sent, received] = await resultsOf(layout, memory, [
    startSide('sendAndUpgrade', memory, { ...data, seed: 3, upgrades: 1_000 }),
    startSide('receiveAndFollow', memory, { ...data, seed: 4 }),
  ])
  expect(sent).toMatchObject({ count, outcome: 'sent', upgrades: 1_000 })
  expect(received).toMatchObject({ count, outcome: 'closed', epoch: 1_000 })
})

/** A memory in which nobody sleeps, and that counts how often a thread has spun. */
class CountingMemory extends AtomicsMemory {
  pauses = 0
  override pause(): void {
    this.pauses++
  }
  override wait(): 'ok' {
    return 'ok'
  }
}

describe('a thread that waits', () => {
  it('spins less and less where spinning is of no use, and tries it again now and then', () => {
    const memory = new CountingMemory(new Int32Array(1))
    const parked = { count: 0 }
    const counters = { ...UNCOUNTED, park: () => void parked.count++ }
    const patience = { spinsMax: 128, spinsMin: 16 }
    const waiter = new Waiter(memory, new Doorbell(memory, 0), patience, counters)
    const spun = Array.from({ length: 40 }, () => {
      memory.pauses = 0
      const before = parked.count
      waiter.until(() => parked.count > before)
      return memory.pauses
    })
    expect(spun.slice(0, 4)).toEqual([128, 64, 32, 16])
    expect(new Set(spun.slice(4, 35))).toEqual(new Set([16]))
    expect(spun.slice(35, 39)).toEqual([128, 64, 32, 16])
    // One that pays is doubled.
    waiter.until(() => true)
    memory.pauses = 0
    waiter.until(() => memory.pauses > 20)
    expect(memory.pauses).toBe(21)
  })
})

describe('what would fail these tests', () => {
  it('is a message that differs in one field', () => {
    const message = stressType.create()
    fill(message, 7)
    expect(() => check(message, 7)).not.toThrow()
    message.even = true
    expect(() => check(message, 7)).toThrow(/^message 7 was due, and .*"even":true/)
  })

  it('is a side that waits for ever, with the state of the channel', async () => {
    const layout = new Layout()
    const shape = layChannel(layout, 'channel', { capacity: 2, slotWords })
    const memory = ThreadMemory.create(layout.length)
    const running = [startSide('receive', memory, { shape, count: 1, seed: 1, parks: true })]
    await expect(resultsOf(layout, memory, running, 2_000)).rejects.toThrow(
      /^the sides hang: channel.tail=0 channel.head=0 .*channel.receiverBell=1/,
    )
  })
})
