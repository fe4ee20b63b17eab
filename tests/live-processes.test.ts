/** Channels between processes, over memory that both map and over sockets: content, order, and SIGKILL. */
import { connect as connectSocket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { LiveBroker } from '../src/live/live-broker.ts'
import { MappedMemory, MappingError } from '../src/live/mapped-memory.ts'
import { connect } from '../src/live/socket-connection.ts'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { readRing } from '../src/mom/metrics.ts'
import { PeerFault } from '../src/mom/peer-fault.ts'
import { Item, type Lie, Report, fill, isRight } from './live-tasks.ts'

const tasks = new URL('live-tasks.ts', import.meta.url)
const SIZE = { capacity: 64, slotWords: 16 }
const WORDS = 2 ** 14
const MESSAGES = 2_000

let broker: LiveBroker

afterEach(async () => {
  await broker.close()
})

describe('memory that processes map', () => {
  it('is one memory, with atomic accesses and sleepers that are woken', async () => {
    broker = new LiveBroker()
    const memory = MappedMemory.create(1_024)
    if (!('path' in memory.place)) throw new Error('it has no path')
    const { path } = memory.place
    const other = MappedMemory.open(path, 1_024)
    memory.store(1_000, 7)
    expect(other.load(1_000)).toBe(7)
    expect(other.compareExchange(1_000, 7, 8)).toBe(7)
    expect(memory.get(1_000)).toBe(8)
    expect(memory.wait(1_000, 7)).toBe('not-equal')
    expect(memory.wait(1_000, 8, 5)).toBe('timed-out')
    expect(await memory.waitAsync(1_000, 8, 5)).toBe('timed-out')
    const woken = memory.waitAsync(1_000, 8)
    other.store(1_000, 9)
    other.notify(1_000)
    expect(await woken).toBe('ok')
    expect(() => memory.notify(1_024)).toThrow('no word has the index 1024')
    expect(() => MappedMemory.open(path, 1_025)).toThrow(MappingError)
  })

  it('adds without loss from several threads of several processes', async () => {
    broker = new LiveBroker(MappedMemory.create(WORDS))
    const data = { place: broker.memory.place, word: WORDS - 1, count: 200_000 }
    const peers = [
      await broker.startProcess(tasks, 'add', data),
      broker.startThread(tasks, 'add', data),
      broker.startThread(tasks, 'add', data),
    ]
    for (const { ended } of peers) expect(await ended).toEqual({ outcome: 'finished' })
    expect(broker.memory.load(WORDS - 1)).toBe(3 * data.count)
  })
})

const TRANSPORTS = [
  { by: 'memory', transport: 'memory', create: () => MappedMemory.create(WORDS) },
  { by: 'socket', transport: 'any', create: () => ThreadMemory.create(WORDS) },
] as const

for (const { by, transport, create } of TRANSPORTS) {
  describe(`processes by ${by}`, () => {
    const start = (name: string, data?: unknown) => broker.startProcess(tasks, name, data, transport)

    it('receive from one another everything in order, and learn that the sender has left', async () => {
      broker = new LiveBroker(create())
      broker.open('items', SIZE)
      broker.open('report', SIZE)
      const reports = await broker.connect().receiver('report')
      const consumer = await start('consume', { name: 'items', report: 'report' })
      const producer = await start('produce', { name: 'items', count: MESSAGES })
      const report = Report.create()
      expect(await reports.receiveAsync([undefined, report])).toBe('received')
      expect(report).toMatchObject({ count: MESSAGES, wrong: 0, outcome: 'closed' })
      expect(await producer.ended).toEqual({ outcome: 'finished' })
      expect(await consumer.ended).toEqual({ outcome: 'finished' })
    })

    it('answer a thread of another process', async () => {
      broker = new LiveBroker(create())
      broker.open('ping', SIZE)
      broker.open('pong', SIZE)
      const peer = await start('echoAsync')
      const host = broker.connect()
      const ping = await host.sender('ping')
      const pong = await host.receiver('pong')
      const item = Item.create()
      for (let number = 0; number < 200; number++) {
        expect(await ping.sendAsync(0, fill(item, number))).toBe('sent')
        expect(await pong.receiveAsync([item])).toBe('received')
        expect(isRight(item, number)).toBe(true)
      }
      ping.close()
      expect(await pong.receiveAsync([item])).toBe('closed')
      expect(await peer.ended).toEqual({ outcome: 'finished' })
    })

    it('that are killed in mid-stream lose nothing they sent, and the receiver learns of it', async () => {
      broker = new LiveBroker(create())
      broker.open('items', SIZE)
      const items = await broker.connect().receiver('items')
      const notes = MappedMemory.create(1)
      const producer = await start('produce', { name: 'items', note: { place: notes.place, word: 0 } })
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
      // It may have died between the last it sent and its note.
      expect([notes.load(0), notes.load(0) + 1]).toContain(count)
      const { ring } = broker.registry.channels()[0]!.transports[0]!
      expect(readRing(broker.memory, ring)).toEqual({ depth: 0, published: count })
      expect(await producer.ended).toEqual({ outcome: 'died', why: 'it was ended by SIGKILL' })
    })

    it('that wait for a receiver are told when it is killed', async () => {
      broker = new LiveBroker(create())
      broker.open('items', SIZE)
      const items = await broker.connect().sender('items')
      const receiver = await start('takeAndHang', { name: 'items', count: 10 })
      const item = Item.create()
      // Over a socket as many more are under way as its window has.
      let outcome = await items.sendAsync(0, fill(item, 0))
      for (let number = 1; number < SIZE.capacity + 10; number++) {
        expect(outcome).toBe('sent')
        outcome = await items.sendAsync(0, fill(item, number))
      }
      receiver.kill()
      for (let number = 0; outcome === 'sent'; number++)
        outcome = await items.sendAsync(0, fill(item, number))
      expect(outcome).toBe('dead')
    })
  })
}

describe('a process that lies in mapped memory', () => {
  it('is faulty to its receiver, and nothing else is harmed', async () => {
    broker = new LiveBroker(MappedMemory.create(WORDS))
    broker.open('items', SIZE)
    const [shape] = broker.registry.channels()[0]!.transports
    const { place } = broker.memory
    const items = await broker.connect().receiver('items')
    const lie: Lie = { name: 'items', end: 'sender', what: 'number', place, shape: shape! }
    await broker.startProcess(tasks, 'lie', lie)
    expect(await items.receiveAsync([Item.create()])).toBe('faulty')
    expect(items.fault).toBeInstanceOf(PeerFault)
  })
})

describe("the broker's socket", () => {
  /** What comes back for a text, until the broker ends the connection or has answered so many lines. */
  const say = async (text: string, lines = 1): Promise<unknown[]> => {
    const socket = connectSocket(await broker.listen())
    let said = ''
    socket.on('error', () => {}).write(text)
    for await (const bytes of socket) {
      said += String(bytes)
      if (said.split('\n').length > lines) break
    }
    return said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown)
  }

  it('cuts off what is no request and refuses what is a wrong one', async () => {
    broker = new LiveBroker()
    expect(await say('{"good day": 1}\n')).toEqual([])
    expect(await say('no JSON\n')).toEqual([])
    expect(await say('x'.repeat(70_000))).toEqual([])
    expect(await say('{"hello": 1}\n{"open": "a", "transports": [{"capacity": 3}]}\n[]\n', 3)).toEqual([
      { owner: 'process.1' },
      { refused: 'capacity is a power of two up to 1048576, not 3' },
      { refused: "a request says 'open' or 'take'" },
    ])
    expect(await say('{"attach": "a", "end": "sender"}\n')).toEqual([{ refused: 'no channel is named a' }])
  })

  it('takes frames for what they are: one that is none ends that channel for its receiver alone', async () => {
    broker = new LiveBroker()
    broker.open('items', SIZE)
    const items = await broker.connect().receiver('items')
    const socket = connectSocket(await broker.listen())
    socket.on('error', () => {}).write('{"attach": "items", "end": "sender"}\n')
    socket.on('data', () => socket.write(Buffer.alloc(64, 0xff)))
    expect(await items.receiveAsync([])).toBe('dead')
    socket.destroy()
  })

  it('serves connections of the same process too, and frees their ends when they leave', async () => {
    broker = new LiveBroker(MappedMemory.create(WORDS))
    const path = await broker.listen()
    const connection = await connect(path)
    await connection.open('items', SIZE)
    const sender = await connection.sender('items')
    const receiver = await broker.connect().receiver('items')
    const item = Item.create()
    expect(sender.trySend(0, fill(item, 3))).toBe('sent')
    connection.close()
    expect(await receiver.receiveAsync([item])).toBe('received')
    expect(await receiver.receiveAsync([item])).toBe('closed')
    await expect(connect(path.replace('broker', 'none'))).rejects.toThrow('ENOENT')
  })
})
