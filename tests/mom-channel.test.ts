/**
 * Both ends of channels in one thread: what `send` and `receive` answer, typed messages, a peer that writes what no
 * peer writes, owners that leave or die, and upgrades.
 */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import { EndTakenError, HEADER_WORDS, headerOf, layChannel } from '../src/mom/channel-shape.ts'
import { FENCE_WORDS, UpgradableSender, layUpgradable } from '../src/mom/channel-upgrade.ts'
import { Doorbell } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { SharedCounters, layCounters, publishedBetween, readRing } from '../src/mom/metrics.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { PeerFault } from '../src/mom/peer-fault.ts'
import { layRing } from '../src/mom/spsc-ring.ts'
import { UpgradableReceiver } from '../src/mom/upgradable-receiver.ts'

const numbered = messageType({ number: 'int' })

function channel(capacity = 4) {
  const layout = new Layout()
  const shape = layChannel(layout, 'channel', { capacity, slotWords: 16 })
  const counters = layCounters(layout, 'channel.sender')
  const memory = new AtomicsMemory(new Int32Array(new SharedArrayBuffer(4 * layout.length)))
  const sender = new ChannelSender(memory, shape, { counters: new SharedCounters(memory, counters) })
  const receiver = new ChannelReceiver(memory, shape)
  const message = numbered.create()
  const send = (number: number) => {
    message.number = number
    return sender.trySend(0, message)
  }
  const receive = () => {
    const inbox = [numbered.create()] as const
    const outcome = receiver.tryReceive(inbox)
    return outcome === 'received' ? inbox[0].number : outcome
  }
  return { layout, shape, memory, sender, receiver, send, receive, counters }
}

describe('a channel', () => {
  it('gives what was sent in order, and says empty and full', () => {
    const { send, receive } = channel(2)
    expect(receive()).toBe('empty')
    expect([send(1), send(2), send(3)]).toEqual(['sent', 'sent', 'full'])
    expect([receive(), receive(), receive()]).toEqual([1, 2, 'empty'])
  })

  it('goes through the wrap of its indices', () => {
    const { shape, memory } = channel(2)
    for (const word of [shape.ring.tail, shape.ring.head]) memory.store(word, 2 ** 31 - 3)
    for (const word of [shape.senderPresence, shape.receiverPresence]) memory.store(word, 0)
    const sender = new ChannelSender(memory, shape)
    const receiver = new ChannelReceiver(memory, shape)
    const inbox = [numbered.create()] as const
    for (let number = 0; number < 10; number++) {
      expect(sender.trySend(0, Object.assign(numbered.create(), { number }))).toBe('sent')
      expect(receiver.tryReceive(inbox)).toBe('received')
      expect(inbox[0].number).toBe(number)
    }
    expect(readRing(memory, shape.ring)).toEqual({ depth: 0, published: 2 ** 31 + 7 })
  })

  it('publishes a batch at once', () => {
    const { sender, shape, memory, receive } = channel()
    const before = readRing(memory, shape.ring)
    for (const number of [7, 8, 9]) sender.stage(0, Object.assign(numbered.create(), { number }))
    expect(receive()).toBe('empty')
    sender.flush()
    expect(publishedBetween(before, readRing(memory, shape.ring))).toBe(3)
    expect([receive(), receive(), receive(), receive()]).toEqual([7, 8, 9, 'empty'])
  })

  it('counts stalls, and nothing on the fast way', () => {
    const { send, memory, counters } = channel(1)
    expect([send(1), send(2), send(3)]).toEqual(['sent', 'full', 'full'])
    expect(new SharedCounters(memory, counters).read()).toEqual({ stalls: 2, wakes: 0, parks: 0 })
  })

  it('tells one who waits that nothing came for the time given', () => {
    const { receiver, sender, send } = channel(1)
    expect(receiver.receive([numbered.create()], 1)).toBe('empty')
    expect(send(1)).toBe('sent')
    expect(sender.send(0, numbered.create(), 1)).toBe('full')
  })

  it('refuses a message that would run into the next slot', () => {
    const { sender } = channel()
    const wide = messageType(
      Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`f${index}`, 'int'])),
    )
    expect(() => sender.trySend(0, wide.create())).toThrow('15 words does not fit into a slot with 14')
  })

  it('is left once: whoever ends again changes nothing', () => {
    const { sender, memory, shape, receive } = channel()
    sender.close()
    const successor = new ChannelSender(memory, shape)
    sender.close()
    expect(receive()).toBe('empty')
    successor.close()
    expect(receive()).toBe('closed')
  })

  it('has one owner an end', () => {
    const { memory, shape } = channel()
    expect(() => new ChannelSender(memory, shape)).toThrow(EndTakenError)
    expect(() => new ChannelReceiver(memory, shape)).toThrow(
      'the receiver of this channel has a living owner',
    )
  })

  it('refuses sizes that cannot wrap', () => {
    expect(() => layRing(new Layout(), 'ring', { capacity: 3, slotWords: 1 })).toThrow('a power of two')
    expect(() => layRing(new Layout(), 'ring', { capacity: 2, slotWords: 0 })).toThrow('at least one word')
  })
})

describe('an owner that is gone', () => {
  it('is told after everything it sent', () => {
    const { sender, send, receive } = channel()
    send(1)
    sender.close()
    expect([receive(), receive()]).toEqual([1, 'closed'])
  })

  it('is told to a sender, whatever room there is', () => {
    const { receiver, send } = channel()
    receiver.close()
    expect(send(1)).toBe('closed')
  })

  it('is dead when its host says so, and only that owner', () => {
    const { shape, memory, sender, send, receive } = channel()
    const presence = new Presence(memory, shape.senderPresence)
    send(1)
    expect(presence.declareDead(sender.incarnation + 1, [])).toBe(false)
    expect(presence.declareDead(sender.incarnation, [new Doorbell(memory, shape.receiverBell)])).toBe(true)
    expect([receive(), receive()]).toEqual([1, 'dead'])
    const successor = new ChannelSender(memory, shape)
    expect(presence.declareDead(sender.incarnation, [])).toBe(false)
    expect(successor.trySend(0, Object.assign(numbered.create(), { number: 2 }))).toBe('sent')
    expect(receive()).toBe(2)
  })

  it('leaves a full ring to a successor', () => {
    const { sender, memory, shape, send, receive } = channel(2)
    expect([send(1), send(2)]).toEqual(['sent', 'sent'])
    sender.leave()
    const successor = new ChannelSender(memory, shape)
    const three = Object.assign(numbered.create(), { number: 3 })
    expect(successor.trySend(0, three)).toBe('full')
    expect(receive()).toBe(1)
    expect(successor.trySend(0, three)).toBe('sent')
    expect([receive(), receive()]).toEqual([2, 3])
  })
})

describe('a peer that writes what no peer writes', () => {
  const slotOf = ({ shape }: ReturnType<typeof channel>) => shape.ring.slots

  it.each([
    ['a tail too far ahead', 'tail', 5],
    ['a tail behind the head', 'tail', -1],
  ])('is found out by %s', (_, word, value) => {
    const ends = channel()
    ends.memory.store(ends.shape.ring[word as 'tail'], value)
    expect(ends.receive()).toBe('faulty')
    expect(ends.receiver.fault).toBeInstanceOf(PeerFault)
    expect(ends.receiver.fault?.message).toContain(`published ${value}`)
    expect(ends.receive()).toBe('faulty')
  })

  it('is found out by a head that runs ahead of the tail', () => {
    const ends = channel(1)
    expect(ends.send(1)).toBe('sent')
    ends.memory.store(ends.shape.ring.head, 9)
    expect(ends.send(2)).toBe('faulty')
    expect(ends.sender.fault?.message).toContain('the consumer published 9')
  })

  it.each([
    ['another epoch', headerOf(0, 3), 0, 'of epoch 3'],
    ['another number', headerOf(0, 0), 5, 'says that it is number 5'],
    ['a kind that nobody receives', headerOf(9, 0), 0, 'of kind 9'],
    ['a fence where there is none', headerOf(255, 0), 0, 'of kind 255'],
  ])('is found out by %s', (_, header, number, text) => {
    const ends = channel()
    ends.send(1)
    ends.memory.set(slotOf(ends), header)
    ends.memory.set(slotOf(ends) + 1, number)
    expect(ends.receive()).toBe('faulty')
    expect(ends.receiver.fault?.message).toContain(text)
  })

  it('does no harm to a channel beside it', () => {
    const [one, other] = [channel(), channel()]
    one.memory.store(one.shape.ring.tail, 99)
    expect(one.receive()).toBe('faulty')
    expect([other.send(1), other.receive()]).toEqual(['sent', 1])
  })
})

describe('typed messages', () => {
  const order = messageType({
    side: ['buy', 'sell'],
    count: 'uint',
    delta: 'int',
    price: 'double',
    isFirm: 'flag',
  })
  const memory = new AtomicsMemory(new Int32Array(16))

  it('come out as they went in', () => {
    const values = { side: 'sell', count: 2 ** 32 - 1, delta: -(2 ** 31), price: -0.1, isFirm: true } as const
    const sent = Object.assign(order.create(), values)
    sent.encode(memory, 3)
    const received = order.create()
    received.decode(memory, 3)
    expect({ ...received }).toEqual(values)
    expect(order.words).toBe(6)
  })

  it('are refused where a peer has written none of the texts', () => {
    order.create().encode(memory, 0)
    memory.set(0, 2)
    expect(() => order.create().decode(memory, 0)).toThrow('field side holds 2, and has 2 values')
    const wrong = Object.assign(order.create(), { side: 'keep' })
    expect(() => wrong.encode(memory, 0)).toThrow('field side is one of buy, sell, not keep')
  })

  it.each(['at-most', '1st', 'encode', 'constructor', '__proto__'])('have no field named %s', (name) => {
    expect(() => messageType({ [name]: 'int' })).toThrow('cannot be named')
  })
})

describe('an upgrade', () => {
  function upgradable() {
    const layout = new Layout()
    const slotWords = HEADER_WORDS + FENCE_WORDS
    const shapes = layUpgradable(layout, 'channel', [
      { capacity: 2, slotWords },
      { capacity: 8, slotWords },
    ])
    const memory = new AtomicsMemory(new Int32Array(new SharedArrayBuffer(4 * layout.length)))
    const sender = new UpgradableSender(memory, shapes)
    return { shapes, memory, sender, receiver: new UpgradableReceiver(memory, shapes) }
  }
  const inbox = [numbered.create()] as const
  const number = (value: number) => Object.assign(numbered.create(), { number: value })

  it('goes on in the other ring, and the receiver follows', () => {
    const { sender, receiver } = upgradable()
    expect([sender.trySend(0, number(1)), sender.upgrade(1), sender.trySend(0, number(2))]).toEqual(
      Array.from({ length: 3 }, () => 'sent'),
    )
    expect([receiver.tryReceive(inbox), inbox[0].number]).toEqual(['received', 1])
    expect([receiver.tryReceive(inbox), inbox[0].number]).toEqual(['received', 2])
    expect(receiver.standing).toEqual({ transport: 1, epoch: 1 })
  })

  it('leaves everything as it was where the old ring has no room for the fence', () => {
    const { sender, receiver } = upgradable()
    expect([sender.trySend(0, number(1)), sender.trySend(0, number(2))]).toEqual(['sent', 'sent'])
    expect(sender.upgrade(1, 1)).toBe('full')
    expect(sender.standing).toEqual({ transport: 0, epoch: 0 })
    expect([receiver.tryReceive(inbox), sender.trySend(0, number(3))]).toEqual(['received', 'sent'])
  })

  it('is not followed to where there is nothing', () => {
    const { sender, receiver, memory, shapes } = upgradable()
    expect(() => sender.upgrade(2)).toThrow('no number 2')
    sender.upgrade(1)
    memory.set(shapes[0]!.ring.slots + HEADER_WORDS, 7)
    expect(receiver.tryReceive(inbox)).toBe('faulty')
    expect(receiver.fault?.message).toContain('leads to transport 7')
  })

  it('happens seventy thousand times, through the wrap of epochs', () => {
    const { sender, receiver } = upgradable()
    for (let round = 0; round < 70_000; round++) {
      if (sender.upgrade(1 - sender.standing.transport) !== 'sent') throw new Error('no room for the fence')
      sender.trySend(0, number(round))
      if (receiver.tryReceive(inbox) !== 'received' || inbox[0].number !== round)
        throw new Error(`lost ${round}`)
    }
    expect(receiver.standing).toEqual({ transport: 0, epoch: 70_000 % 65_536 })
  })

  it('outlives the change of an owner', () => {
    const { sender, receiver, memory, shapes } = upgradable()
    sender.upgrade(1)
    sender.trySend(0, number(1))
    const successor = new UpgradableSender(memory, shapes, {}, sender.handOver())
    successor.upgrade(0)
    successor.trySend(0, number(2))
    expect([receiver.tryReceive(inbox), inbox[0].number]).toEqual(['received', 1])
    expect([receiver.tryReceive(inbox), inbox[0].number]).toEqual(['received', 2])
  })
})
