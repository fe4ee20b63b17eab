/** Channels between real threads: content and order, death in mid-stream, the event loop, peers that lie. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AsyncUpgradableReceiver } from '../src/live/async-upgradable.ts'
import { LiveBroker } from '../src/live/live-broker.ts'
import { readRing } from '../src/mom/metrics.ts'
import { PeerFault } from '../src/mom/peer-fault.ts'
import { Item, type Lie, Report, fill, isRight } from './live-tasks.ts'

const tasks = new URL('live-tasks.ts', import.meta.url)
const SIZE = { capacity: 64, slotWords: 16 }
const MESSAGES = 20_000

let broker: LiveBroker

beforeEach(() => {
  broker = new LiveBroker()
})

afterEach(async () => {
  await broker.close()
})

const ringOf = (name: string) =>
  broker.registry.channels().find((channel) => channel.name === name)!.transports[0]!.ring
const depthOf = (name: string) => readRing(broker.memory, ringOf(name))

describe('threads', () => {
  it('receive from one another everything in order, and learn that the sender has left', async () => {
    broker.open('items', SIZE)
    broker.open('report', SIZE)
    const reports = await broker.connect().receiver('report')
    const peers = [
      broker.startThread(tasks, 'produce', { name: 'items', count: MESSAGES }),
      broker.startThread(tasks, 'consume', { name: 'items', report: 'report' }),
    ]
    const report = Report.create()
    expect(await reports.receiveAsync([undefined, report])).toBe('received')
    expect(report).toMatchObject({ count: MESSAGES, wrong: 0, outcome: 'closed' })
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([
      { outcome: 'finished' },
      { outcome: 'finished' },
    ])
    expect(await reports.receiveAsync([undefined, report])).toBe('closed')
  })

  for (const task of ['echo', 'echoAsync']) {
    it(`answer the main thread, which never blocks (${task})`, async () => {
      broker.open('ping', SIZE)
      broker.open('pong', SIZE)
      const host = broker.connect()
      const ping = await host.sender('ping')
      const pong = await host.receiver('pong')
      const peer = broker.startThread(tasks, task)
      const item = Item.create()
      let turns = 0
      const timer = setInterval(() => turns++, 0)
      for (let number = 0; number < 2_000; number++) {
        expect(await ping.sendAsync(0, fill(item, number))).toBe('sent')
        expect(await pong.receiveAsync([item])).toBe('received')
        expect(isRight(item, number)).toBe(true)
      }
      clearInterval(timer)
      expect(turns).toBeGreaterThan(0)
      ping.close()
      expect(await pong.receiveAsync([item])).toBe('closed')
      expect(await peer.ended).toEqual({ outcome: 'finished' })
    })
  }

  it('that are killed in mid-stream lose nothing they sent, and the receiver learns of it', async () => {
    broker.open('items', SIZE)
    const items = await broker.connect().receiver('items')
    const producer = broker.startThread(tasks, 'produce', { name: 'items' })
    const item = Item.create()
    let count = 0
    while (count < MESSAGES) {
      expect(await items.receiveAsync([item])).toBe('received')
      expect(isRight(item, count++)).toBe(true)
    }
    producer.kill()
    let outcome = await items.receiveAsync([item])
    for (; outcome === 'received'; outcome = await items.receiveAsync([item])) {
      expect(isRight(item, count++)).toBe(true)
    }
    expect(outcome).toBe('dead')
    expect(depthOf('items')).toEqual({ depth: 0, published: count })
    expect(await producer.ended).toEqual({ outcome: 'died', why: 'it was killed' })
  })

  it('that wait for a receiver are told when it is killed, and a successor goes on where it stopped', async () => {
    broker.open('items', SIZE)
    const items = await broker.connect().sender('items')
    const first = broker.startThread(tasks, 'takeAndHang', { name: 'items', count: 10 })
    const item = Item.create()
    let sent = 0
    while (sent < SIZE.capacity + 10) {
      expect(await items.sendAsync(0, fill(item, sent++))).toBe('sent')
    }
    const waiting = items.sendAsync(0, fill(item, sent))
    first.kill()
    expect(await waiting).toBe('dead')
    await first.ended
    const successor = await broker.connect('successor').receiver('items')
    for (let number = 10; number < sent; number++) {
      expect(await successor.receiveAsync([item])).toBe('received')
      expect(isRight(item, number)).toBe(true)
    }
    expect(await items.sendAsync(0, fill(item, sent))).toBe('sent')
  })

  it('upgrade a channel while messages flow, and the receiver notices nothing', async () => {
    broker.open('items', [SIZE, { capacity: 8, slotWords: 12 }])
    const items = await broker.connect().receiver('items')
    broker.startThread(tasks, 'produceUpgrading', { name: 'items', count: MESSAGES })
    const item = Item.create()
    for (let number = 0; number < MESSAGES; number++) {
      expect(await items.receiveAsync([item])).toBe('received')
      expect(isRight(item, number)).toBe(true)
    }
    expect(await items.receiveAsync([item])).toBe('closed')
    if (!(items instanceof AsyncUpgradableReceiver)) throw new Error('it has one transport only')
    expect(items.standing.epoch).toBe(MESSAGES / 100)
  })

  it('that throw are dead to their peers, also before they used their end', async () => {
    broker.open('items', SIZE)
    const items = await broker.connect().receiver('items')
    const peer = broker.startThread(tasks, 'throws', { name: 'items' })
    expect(await items.receiveAsync([])).toBe('dead')
    expect(await peer.ended).toEqual({ outcome: 'died', why: 'thrown by a task' })
  })

  it('are refused an end that another holds', async () => {
    broker.open('items', SIZE)
    const host = broker.connect()
    await host.receiver('items')
    await expect(host.receiver('items')).rejects.toThrow('the receiver of items belongs to host.1')
    await expect(host.sender('others')).rejects.toThrow('no channel is named others')
    const peer = broker.startThread(tasks, 'takeAndHang', { name: 'items', count: 1 })
    expect(await peer.ended).toEqual({ outcome: 'died', why: 'the receiver of items belongs to host.1' })
  })
})

describe('a main thread that waits', () => {
  it('is told when nothing comes for a time, and when its own end is closed', async () => {
    broker.open('items', SIZE)
    const host = broker.connect()
    const items = await host.receiver('items')
    expect(await items.receiveAsync([], 5)).toBe('empty')
    const waiting = items.receiveAsync([])
    items.close()
    expect(await waiting).toBe('empty')
    const sender = await host.sender('items')
    expect(sender.trySend(0, Item.create())).toBe('closed')
  })
})

describe('a peer that lies', () => {
  const lies: readonly Pick<Lie, 'end' | 'what'>[] = [
    { end: 'sender', what: 'index' },
    { end: 'sender', what: 'header' },
    { end: 'sender', what: 'number' },
    { end: 'receiver', what: 'index' },
  ]
  for (const { end, what } of lies) {
    it(`is the fault of that peer alone (${end}, ${what})`, async () => {
      broker.open('items', SIZE)
      broker.open('others', SIZE)
      const [shape] = broker.registry.channels()[0]!.transports
      const host = broker.connect()
      const item = Item.create()
      const { place } = broker.memory
      broker.startThread(tasks, 'lie', { name: 'items', end, place, shape: shape!, what } satisfies Lie)
      if (end === 'sender') {
        const honest = await host.receiver('items')
        expect(await honest.receiveAsync([item])).toBe('faulty')
        expect(honest.fault).toBeInstanceOf(PeerFault)
      } else {
        const honest = await host.sender('items')
        let outcome = await honest.sendAsync(0, item)
        while (outcome === 'sent') outcome = await honest.sendAsync(0, item)
        expect(outcome).toBe('faulty')
        expect(honest.fault).toBeInstanceOf(PeerFault)
      }
      const sender = await host.sender('others')
      const receiver = await host.receiver('others')
      expect(sender.trySend(0, fill(item, 7))).toBe('sent')
      expect(receiver.tryReceive([item])).toBe('received')
    })
  }
})
