/** A channel on a socket by itself: the window, waiting, leaving and dying, and frames that no peer writes. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type Server, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FRAME } from '../src/live/frames.ts'
import { SocketReceiver, SocketSender } from '../src/live/socket-channel.ts'
import { headerOf } from '../src/mom/channel-shape.ts'
import { PeerFault } from '../src/mom/peer-fault.ts'
import { Item, fill, isRight } from './live-tasks.ts'

const SLOT_WORDS = 8
const WINDOW = 4
const OPTIONS = { slotWords: SLOT_WORDS, window: WINDOW }

let folder: string
let server: Server
let left: Socket
let right: Socket

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
  server = createServer({ pauseOnConnect: true }).listen(join(folder, 'test.sock'))
  await once(server, 'listening')
  left = connect(join(folder, 'test.sock'))
  right = (await once(server, 'connection'))[0] as Socket
  if (left.connecting) await once(left, 'connect')
})

afterEach(() => {
  for (const socket of [left, right]) socket.destroy()
  server.close()
  rmSync(folder, { recursive: true })
})

const ends = () => [new SocketSender(left, OPTIONS), new SocketReceiver(right, OPTIONS)] as const

describe('a channel on a socket', () => {
  it('has a window: full when nothing more may be under way, and room again when that was taken', () => {
    const [sender, receiver] = ends()
    const item = Item.create()
    for (let round = 0; round < 10; round++) {
      for (let number = 0; number < WINDOW; number++)
        expect(sender.trySend(0, fill(item, number))).toBe('sent')
      expect(sender.trySend(0, item)).toBe('full')
      expect(sender.send(0, item, 3)).toBe('full')
      for (let number = 0; number < WINDOW; number++) {
        expect(receiver.tryReceive([item])).toBe('received')
        expect(isRight(item, number)).toBe(true)
      }
      expect(receiver.tryReceive([item])).toBe('empty')
    }
    expect(receiver.receive([item], 3)).toBe('empty')
  })

  it('carries on while both event loops go on', async () => {
    const [sender, receiver] = ends()
    const produce = async () => {
      const item = Item.create()
      for (let number = 0; number < 1_000; number++) {
        expect(await sender.sendAsync(0, fill(item, number))).toBe('sent')
      }
      sender.close()
    }
    const consume = async () => {
      const item = Item.create()
      let count = 0
      for (;;) {
        const outcome = await receiver.receiveAsync([item])
        if (outcome !== 'received') return [outcome, count]
        expect(isRight(item, count++)).toBe(true)
      }
    }
    expect(await Promise.all([consume(), produce()])).toEqual([['closed', 1_000], undefined])
  })

  it('gives out what was sent before its sender closed or died, and then says which', async () => {
    for (const leave of ['close', 'abandon'] as const) {
      if (leave === 'abandon') {
        left = connect(join(folder, 'test.sock'))
        right = (await once(server, 'connection'))[0] as Socket
      }
      const [sender, receiver] = ends()
      const item = Item.create()
      for (let number = 0; number < 3; number++) expect(sender.trySend(0, fill(item, number))).toBe('sent')
      sender[leave]()
      for (let number = 0; number < 3; number++) {
        expect(await receiver.receiveAsync([item])).toBe('received')
        expect(isRight(item, number)).toBe(true)
      }
      expect(await receiver.receiveAsync([item])).toBe(leave === 'close' ? 'closed' : 'dead')
      receiver.close()
    }
  })

  it('tells a sender that waits that its receiver has closed or died', async () => {
    for (const leave of ['close', 'abandon'] as const) {
      if (leave === 'abandon') {
        left = connect(join(folder, 'test.sock'))
        right = (await once(server, 'connection'))[0] as Socket
      }
      const [sender, receiver] = ends()
      const item = Item.create()
      for (let number = 0; number < WINDOW; number++) sender.trySend(0, item)
      const waiting = sender.sendAsync(0, item)
      receiver[leave]()
      expect(await waiting).toBe(leave === 'close' ? 'closed' : 'dead')
      expect(sender.trySend(0, item)).toBe(leave === 'close' ? 'closed' : 'dead')
    }
  })

  it('ends what waits when its own side is closed', async () => {
    const [sender, receiver] = ends()
    const waiting = receiver.receiveAsync([])
    receiver.close()
    expect(await waiting).toBe('empty')
    sender.close()
  })
})

const frame = (kind: number, ...body: readonly number[]) => Int32Array.of(body.length, kind, ...body)
const message = (header: number, number: number) => frame(FRAME.message, header, number, 0, 0, 0, 0, 0, 0)

describe('frames that no sender writes', () => {
  const lies: Record<string, readonly Int32Array[]> = {
    'another kind': [frame(9)],
    'another length': [frame(FRAME.message, 0, 0)],
    'a negative length': [Int32Array.of(-1, FRAME.message)],
    credit: [frame(FRAME.credit, 1)],
    'a number that is not the next': [message(headerOf(0, 0), 1)],
    'another epoch': [message(headerOf(0, 1), 0)],
    'a kind of message that nobody takes': [message(headerOf(7, 0), 0)],
    'more than the window': Array.from({ length: 100 }, (_, number) => message(headerOf(0, 0), number)),
  }
  for (const [name, frames] of Object.entries(lies)) {
    it(`are its fault (${name})`, async () => {
      const receiver = new SocketReceiver(right, OPTIONS)
      const bytes = Buffer.concat(frames.map(({ buffer }) => new Uint8Array(buffer)))
      left.write(bytes)
      const item = Item.create()
      let outcome = await receiver.receiveAsync([item])
      while (outcome === 'received') outcome = await receiver.receiveAsync([item])
      expect(outcome).toBe('faulty')
      expect(receiver.fault).toBeInstanceOf(PeerFault)
      expect(receiver.tryReceive([item])).toBe('faulty')
    })
  }

  it('are no message where they are cut off by a death', async () => {
    const receiver = new SocketReceiver(right, OPTIONS)
    left.end(new Uint8Array(message(headerOf(0, 0), 0).buffer).subarray(0, 20))
    expect(await receiver.receiveAsync([Item.create()])).toBe('dead')
  })
})

describe('frames that no receiver writes', () => {
  for (const taken of [1, -1]) {
    it(`are its fault (${taken} taken of none)`, async () => {
      const sender = new SocketSender(left, OPTIONS)
      right.write(new Uint8Array(frame(FRAME.credit, taken).buffer))
      // What was sent before it came would make it a right one.
      await once(left, 'data')
      expect(sender.trySend(0, Item.create())).toBe('faulty')
      expect(sender.fault).toBeInstanceOf(PeerFault)
    })
  }
})
