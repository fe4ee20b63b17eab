/**
 * What is built from channels, between real threads under load: every call has one outcome, every lane its order,
 * no unit and no buffer is lost, every subscriber knows what it missed, no commit rests on stale knowledge.
 */
import { describe, expect, it, test } from 'vitest'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { HEADER_WORDS, layChannel } from '../src/mom/channel-shape.ts'
import { DESCRIPTOR_WORDS, layCredit } from '../src/mom/credit-flow.ts'
import { Layout } from '../src/mom/layout.ts'
import { layPriority } from '../src/mom/priority.ts'
import { NAME_WORDS } from '../src/mom/request-reply.ts'
import { type Policy, TOPIC_HEADER_WORDS, layTopic } from '../src/mom/topic.ts'
import { stressType } from './mom-stress-message.ts'
import { type RunningSide, resultsOf, startSide } from './mom-stress-run.ts'

const slotWords = HEADER_WORDS + stressType.words

/** Lays something, starts sides on it, and returns their results. */
async function run<Shape>(
  lay: (layout: Layout) => Shape,
  start: (shape: Shape, side: (name: string, data: object) => RunningSide) => readonly RunningSide[],
): Promise<readonly object[]> {
  const layout = new Layout()
  const shape = lay(layout)
  const memory = ThreadMemory.create(layout.length)
  const side = (name: string, data: object): RunningSide => startSide(name, memory, data)
  return (await resultsOf(layout, memory, start(shape, side))) as object[]
}

const WAITS = [
  ['that spin and park', {}],
  ['that park at once', { parks: true }],
] as const

describe.each(WAITS)('between threads %s', (_, waits) => {
  // Parking costs a hundred times as much as spinning.
  const scale = 'parks' in waits ? 0.1 : 1

  it('every call has exactly one outcome', async () => {
    const count = 100_000 * scale
    const room = 8
    const [client, server] = (await run(
      (layout) => {
        const words = slotWords + NAME_WORDS
        const lay = (name: string, capacity: number) =>
          layChannel(layout, name, { capacity, slotWords: words })
        return { requests: lay('requests', 4), cancels: lay('cancels', 4), replies: lay('replies', room) }
      },
      (shape, side) => [
        side('call', { ...shape, ...waits, count, slots: 6, room, seed: 3 }),
        side('serve', { ...shape, ...waits, count, seed: 4 }),
      ],
    )) as [{ answered: number; expired: number; cancelled: number }, object]
    const { answered, expired, cancelled } = client
    expect(answered + expired + cancelled).toBe(count)
    for (const outcome of [answered, expired, cancelled]) expect(outcome).toBeGreaterThan(100)
    expect(server).toMatchObject({ outcome: 'closed' })
  })

  it('every lane of three keeps its order, and nothing is lost', async () => {
    const count = 200_000 * scale
    const size = { capacity: 8, slotWords }
    const [sent, received] = (await run(
      (layout) => layPriority(layout, 'channel', { control: size, normal: size, bulk: size }),
      (shape, side) => [
        side('sendByPriority', { shape, count, seed: 5, ...waits }),
        side('receiveByPriority', { shape, count, seed: 6, ...waits }),
      ],
    )) as [{ counts: number[] }, object]
    expect(sent.counts.reduce((sum, lane) => sum + lane, 0)).toBe(count)
    expect(received).toEqual({ outcome: 'closed', counts: sent.counts })
  })

  it('all units and buffers come back, whatever order they are released in', async () => {
    const count = 100_000 * scale
    const size = {
      window: 12,
      slotWords: slotWords + DESCRIPTOR_WORDS,
      units: [1, 3, 2],
      pool: { buffers: 4, bufferWords: 64 },
    }
    const [sent, received] = (await run(
      (layout) => layCredit(layout, 'channel', size),
      (shape, side) => [
        side('sendOnCredit', { shape, count, seed: 7, ...waits }),
        side('receiveOnCredit', { shape, count, seed: 8, ...waits }),
      ],
    )) as [{ units: number }, { buffers: number; units: number }]
    expect(received).toMatchObject({ received: count, units: sent.units, fault: undefined })
    expect(received.buffers).toBeGreaterThan(count / 6)
  })

  it('a topic that blocks gives every message to every subscriber', async () => {
    const count = 100_000 * scale
    const results = await publishTo(2, 'block', count, waits)
    const all = { outcome: 'closed', received: count, missed: 0, fault: undefined }
    expect(results.slice(1)).toEqual([all, all])
  })
})

async function publishTo(subscribers: number, policy: Policy, count: number, rest: object, sleepsFor = 0) {
  const size = { capacity: 16, slotWords: 1 + TOPIC_HEADER_WORDS + stressType.words, subscribers, policy }
  return run(
    (layout) => layTopic(layout, 'topic', size),
    (shape, side) => [
      side('publish', { shape, count, seed: 1, ...rest }),
      ...shape.ring.records.map((_, id) =>
        side('subscribe', { shape, count, seed: 2, id, ...rest, sleepsFor: id === 0 ? sleepsFor : 0 }),
      ),
    ],
  )
}

/** More than a ring holds. */
const ASLEEP = 1_000

test('a topic that drops the oldest tells every subscriber exactly how many it missed', async () => {
  const count = 300_000
  const [, slow, other] = (await publishTo(2, 'dropOldest', count, {}, ASLEEP)) as {
    received: number
    missed: number
  }[]
  for (const subscriber of [slow!, other!]) {
    expect(subscriber).toMatchObject({ outcome: 'closed', fault: undefined })
    expect(subscriber.received + subscriber.missed).toBe(count)
    expect(subscriber.received).toBeGreaterThan(0)
  }
  expect(slow!.missed).toBeGreaterThan(0)
})

test('a topic that disconnects cuts off who sleeps, after what it had received', async () => {
  const [, slow, other] = (await publishTo(2, 'disconnect', 300_000, {}, ASLEEP)) as { outcome: string }[]
  expect(slow).toMatchObject({ outcome: 'cut', missed: 0, fault: undefined })
  expect(['cut', 'closed']).toContain(other!.outcome)
  expect(other).toMatchObject({ missed: 0, fault: undefined })
})

test('no commit is made on stale knowledge, and nothing happens while one is carried out', async () => {
  const count = 300_000
  const [source, reader] = (await run(
    (layout) => ({
      word: layout.word('status'),
      shape: layChannel(layout, 'events', { capacity: 8, slotWords: HEADER_WORDS + 1 }),
    }),
    (data, side) => [
      side('raiseStatus', { ...data, count, seed: 9 }),
      side('commitStatus', { ...data, count, seed: 10 }),
    ],
  )) as [{ status: number }, { matched: number; stale: number }]
  expect(reader).toMatchObject({ outcome: 'closed', status: source.status, busy: 0 })
  expect(reader.matched).toBeGreaterThan(0)
  expect(reader.stale).toBeGreaterThan(0)
})
