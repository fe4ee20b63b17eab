/** The channel with credit and buffers: its ends in one thread. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { BufferGiver, BufferTaker, byteViews, layPool } from '../src/mom/buffer-pool.ts'
import { EndTakenError, HEADER_WORDS } from '../src/mom/channel-shape.ts'
import { DESCRIPTOR_WORDS, NO_BUFFER, layCredit } from '../src/mom/credit-flow.ts'
import { CreditReceiver } from '../src/mom/credit-receiver.ts'
import { CreditSender } from '../src/mom/credit-sender.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { PeerFault } from '../src/mom/peer-fault.ts'

const memoryOf = (layout: Layout) =>
  new AtomicsMemory(new Int32Array(new SharedArrayBuffer(layout.length * 4)))

const numbered = messageType({ number: 'int' })
const slotWords = HEADER_WORDS + DESCRIPTOR_WORDS + numbered.words

function makeEnds({ start = 0, isPooled = false } = {}) {
  const layout = new Layout()
  const pool = { buffers: 2, bufferWords: 4 }
  const size = { window: 3, slotWords, units: [1, 2] }
  const shape = layCredit(layout, 'credit', isPooled ? { ...size, pool } : size)
  const memory = memoryOf(layout)
  memory.store(shape.released, start)
  const options = { patience: NO_PATIENCE, views: byteViews(memory.words) }
  const sender = new CreditSender(memory, shape, options)
  const receiver = new CreditReceiver(memory, shape, options)
  const message = numbered.create()
  const inbox = [numbered.create(), numbered.create()] as const
  const send = (kind = 0) => sender.trySend(kind, message)
  const receive = () => receiver.tryReceive(inbox)
  return { memory, shape, sender, receiver, message, inbox, send, receive }
}

describe('the account', () => {
  for (const start of [0, 2 ** 31 - 2, -2]) {
    it(`is spent by units and comes back, from ${start}`, () => {
      const { sender, receiver, send, receive } = makeEnds({ start })
      for (let round = 0; round < 5; round++) {
        expect([send(0), send(1), send(0)]).toEqual(['sent', 'sent', 'full'])
        expect([receive(), receive(), receive()]).toEqual(['received', 'received', 'empty'])
        expect(sender.credit).toBe(0)
      }
      receiver.done()
      expect([send(1), send(1), sender.credit]).toEqual(['sent', 'full', 1])
    })
  }

  it('what is kept stays outstanding until it is released', () => {
    const { receiver, send, receive } = makeEnds()
    expect([send(1), send(0), receive()]).toEqual(['sent', 'sent', 'received'])
    const held = receiver.keep()
    expect([receive(), receive(), send(0), send(0)]).toEqual(['received', 'empty', 'sent', 'full'])
    receiver.release(held)
    expect(send(1)).toBe('sent')
  })

  it('nothing more can be released than was taken', () => {
    const { receiver } = makeEnds()
    expect(() => receiver.release({ kind: 0, buffer: NO_BUFFER })).toThrow(RangeError)
  })

  it('credit that comes another way may be repeated and late', () => {
    const { sender, receiver, send, receive } = makeEnds()
    send(1)
    send(0)
    receive()
    receiver.done()
    const older = receiver.credit
    receive()
    receiver.done()
    sender.learn(receiver.credit)
    sender.learn(receiver.credit)
    sender.learn(older)
    expect([older, receiver.credit, sender.credit]).toEqual([2, 3, 3])
  })

  it('a message that takes more than the window cannot be declared', () => {
    expect(() => layCredit(new Layout(), 'credit', { window: 2, slotWords, units: [1, 3] })).toThrow(
      RangeError,
    )
  })
})

describe('owners and faults', () => {
  it('credit for what was not used is a fault of the receiver', () => {
    const { memory, shape, sender, send } = makeEnds()
    send(1)
    send(0)
    memory.store(shape.released, 4)
    expect([send(0), send(0)]).toEqual(['faulty', 'faulty'])
    expect(sender.fault?.message).toMatch(/released 4 units, and 3 were used/)
    expect(() => sender.learn(99)).toThrow(PeerFault)
  })

  it('a sender that goes beyond its window is found out', () => {
    const { memory, shape, receiver, send, receive } = makeEnds()
    send(1)
    receive()
    receiver.keep()
    // The sender makes itself believe that what it sent is released.
    memory.store(shape.released, 2)
    expect([send(1), receive(), receive()]).toEqual(['sent', 'faulty', 'faulty'])
    expect(receiver.fault?.message).toMatch(/4 units are outstanding, and the window is 3/)
  })

  it('without credit it still says that the receiver has left', () => {
    const { receiver, send, sender } = makeEnds()
    send(1)
    send(0)
    receiver.close()
    expect([send(0), sender.send(0, numbered.create())]).toEqual(['closed', 'closed'])
  })

  it('what was sent before closing is received', () => {
    const { sender, send, receive } = makeEnds()
    send(0)
    sender.close()
    expect([receive(), receive()]).toEqual(['received', 'closed'])
  })

  it('an account is not handed on', () => {
    const { memory, shape, sender } = makeEnds()
    expect(() => new CreditReceiver(memory, shape)).toThrow(EndTakenError)
    sender.close()
    expect(() => new CreditSender(memory, shape)).toThrow(/not handed on/)
  })
})

describe('buffers', () => {
  it('go round with their bytes', () => {
    const { sender, receiver, send, receive } = makeEnds({ isPooled: true })
    expect(sender.tryTakeBuffer()).toBeUndefined()
    receiver.prime()
    for (let round = 1; round <= 5; round++) {
      const buffer = sender.takeBuffer()!
      sender.view(buffer).fill(round)
      sender.attach(buffer)
      expect(send()).toBe('sent')
      expect(() => sender.view(buffer)).toThrow(RangeError)
      expect(receive()).toBe('received')
      expect([...receiver.view(receiver.buffer)]).toEqual(Array.from({ length: 16 }, () => round))
    }
  })

  it('stay with the sender where the message was not sent', () => {
    const { sender, receiver, send } = makeEnds({ isPooled: true })
    receiver.prime()
    send(1)
    send(0)
    const buffer = sender.takeBuffer()!
    sender.attach(buffer)
    expect(send()).toBe('full')
    expect(sender.view(buffer)).toHaveLength(16)
  })

  it('a message may come without one', () => {
    const { receiver, send, receive } = makeEnds({ isPooled: true })
    expect([send(), receive(), receiver.buffer]).toEqual(['sent', 'received', NO_BUFFER])
  })

  for (const [what, buffer] of [
    ['that there is not', 2],
    ['that the receiver has already', 0],
  ] as const) {
    it(`a message with a buffer ${what} is a fault of the sender`, () => {
      const { memory, shape, receiver, send, receive } = makeEnds({ isPooled: true })
      send()
      memory.set(shape.channel.ring.slots + HEADER_WORDS, buffer)
      expect([receive(), receive()]).toEqual(['faulty', 'faulty'])
      expect(receiver.fault?.message).toMatch(new RegExp(`buffer ${buffer}`))
    })
  }

  it('a number returned twice is a fault of the receiver', () => {
    const layout = new Layout()
    const shape = layPool(layout, 'pool', { buffers: 3, bufferWords: 1 })
    const memory = memoryOf(layout)
    const giver = new BufferGiver(memory, shape, (at) => at)
    const taker = new BufferTaker(memory, shape, (at) => at)
    giver.prime()
    memory.set(shape.free.slots + 1, 0)
    expect(taker.take()).toBe(0)
    expect(() => taker.take()).toThrow(/buffer 0, which it does not have/)
    expect(() => giver.giveBack(1)).toThrow(RangeError)
  })

  it('a pool has at least one buffer of at least one word', () => {
    for (const size of [
      { buffers: 0, bufferWords: 1 },
      { buffers: 1, bufferWords: 0 },
    ])
      expect(() => layPool(new Layout(), 'pool', size)).toThrow(RangeError)
  })
})
