/**
 * An end is killed in mid-stream, wherever it is: nothing that was accepted is lost, the survivor receives exactly
 * what was published and learns of the death, and a successor goes on. In threads and in processes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, test } from 'vitest'
import type { AwaitableMemory } from '../src/live/awaitable.ts'
import { UnsupportedError } from '../src/live/linux.ts'
import { MappedMemory } from '../src/live/mapped-memory.ts'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { HEADER_WORDS, layChannel } from '../src/mom/channel-shape.ts'
import { Doorbell } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { layMpscChannel } from '../src/mom/mpsc-shape.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { stressType } from './mom-stress-message.ts'
import { resultsOf, startSide } from './mom-stress-run.ts'
import type { SideData, SideResult } from './mom-stress-sides.ts'

const slotWords = HEADER_WORDS + stressType.words
/** More than will be sent before the end is killed. */
const ENDLESS = 2 ** 30
const WAIT_MS = 60_000

type Where = 'thread' | 'process'

const makeMemory = (where: Where, words: number): AwaitableMemory =>
  where === 'thread' ? ThreadMemory.create(words) : MappedMemory.create(words)

/** Why memory between processes is missing here; undefined where it works. */
function mappingMissing(): string | undefined {
  try {
    MappedMemory.create(1)
    return undefined
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message
    throw error
  }
}

/** Resolves when a counter that only grows has come this far. */
async function reaches(memory: AwaitableMemory, word: number, target: number): Promise<void> {
  for (let waited = 0; memory.load(word) < target; waited++) {
    if (waited > WAIT_MS) throw new Error(`word ${word} stays at ${memory.load(word)} of ${target}`)
    await sleep(1)
  }
}

/** What a host does that has seen the owner of an end die. */
function bury(memory: AwaitableMemory, word: number, bells: readonly number[]): void {
  const presence = new Presence(memory, word)
  const sleepers = bells.map((bell) => new Doorbell(memory, bell))
  expect(presence.declareDead(presence.incarnation(), sleepers)).toBe(true)
}

type Case = {
  readonly where: Where
  readonly capacity: number
  /** How far the channel is when the end is killed. */
  readonly target: number
  readonly both?: Partial<SideData>
}

function setUp({ where, capacity, both }: Case) {
  const layout = new Layout()
  const shape = layChannel(layout, 'channel', { capacity, slotWords })
  const memory = makeMemory(where, layout.length)
  const start = (name: string, data: Partial<SideData>) =>
    startSide(name, memory, { shape, count: ENDLESS, seed: 9, batchMax: 20, ...both, ...data }, where)
  return { layout, shape, memory, start }
}

/** What the survivor received, and what had been published. */
async function killSender(one: Case) {
  const { layout, shape, memory, start } = setUp(one)
  const sender = start('send', {})
  const receiver = start('receive', { seed: 8 })
  await reaches(memory, shape.ring.tail, one.target)
  await sender.kill()
  bury(memory, shape.senderPresence, [shape.receiverBell])
  const published = memory.load(shape.ring.tail)
  const [received] = await resultsOf(layout, memory, [receiver])
  return { received, published }
}

/** What the survivor sent, and what a successor of the receiver found. */
async function killReceiver(one: Case) {
  const { layout, shape, memory, start } = setUp(one)
  const receiver = start('receive', { seed: 8 })
  const sender = start('send', {})
  await reaches(memory, shape.ring.head, one.target)
  await receiver.kill()
  bury(memory, shape.receiverPresence, [shape.senderBell])
  const [sent] = (await resultsOf(layout, memory, [sender])) as [SideResult]
  // What was accepted and not taken is there for a successor, from the first that was not released.
  const first = memory.load(shape.ring.head)
  const successor = start('receive', { seed: 7, first })
  const [received] = await resultsOf(layout, memory, [successor])
  return { sent, received, first, published: memory.load(shape.ring.tail) }
}

const CASES: readonly (readonly [string, Omit<Case, 'where'>])[] = [
  ['at full speed', { capacity: 1024, target: 50_000 }],
  ['in a ring that is always full', { capacity: 2, target: 4_321 }],
  ['where both sides park', { capacity: 4, target: 2_345, both: { parks: true, idleMax: 300, batchMax: 3 } }],
  ['one by one', { capacity: 16, target: 33_333, both: { batchMax: 1 } }],
]

const missing = mappingMissing()
const places: readonly Where[] = missing === undefined ? ['thread', 'process'] : ['thread']

// Skipped where processes of this machine can share no memory, as `missing` says.
test.skipIf(missing !== undefined)('processes are killed too', () => {
  expect(places).toContain('process')
})

describe.each(places)('a %s is killed', (where) => {
  it.each(CASES)('that sends %s', async (_, one) => {
    const { received, published } = await killSender({ ...one, where })
    expect(received).toMatchObject({ outcome: 'dead', count: published })
  })

  it.each(CASES)('that receives %s', async (_, one) => {
    const { sent, received, first, published } = await killReceiver({ ...one, where })
    expect(sent).toMatchObject({ outcome: 'dead', count: published })
    expect(received).toMatchObject({ outcome: 'closed', count: published - first })
  })
})

describe('one of several senders is killed', () => {
  it.each([
    ['in a large ring', 256, {}],
    ['in a ring of two slots, where all park', 2, { parks: true, idleMax: 100 }],
  ] as const)('%s, and the other goes on', async (_, capacity, both) => {
    const layout = new Layout()
    const shape = layMpscChannel(layout, 'channel', { capacity, slotWords: slotWords + 1, senders: 2 })
    const memory = ThreadMemory.create(layout.length)
    const count = 20_000
    const start = (name: string, data: object) =>
      startSide(name, memory, { shape, seed: 6, ...both, ...data })
    const doomed = start('sendAsOneOf', { id: 0, count: ENDLESS })
    const other = start('sendAsOneOf', { id: 1, count, seed: 5 })
    const receiver = start('receiveOfSeveral', { count, batchMax: 8, seed: 4 })
    // It is there, and its messages are among those received.
    await reaches(memory, shape.senderPresences[0]!, 1)
    await reaches(memory, shape.ring.head, memory.load(shape.ring.head) + 3_000)
    await doomed.kill()
    bury(memory, shape.senderPresences[0]!, [shape.receiverBell, shape.senderBells[1]!])
    const [sent, received] = await resultsOf(layout, memory, [other, receiver])
    expect(sent).toMatchObject({ outcome: 'sent', count })
    expect(received).toMatchObject({ outcome: 'dead', counts: [expect.any(Number), count] })
  })
})
