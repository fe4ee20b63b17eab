/** The registry of channels: names, sizes, one owner an end, death at every end, and requests that are none. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { type Answer, Broker } from '../src/mom/broker.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { ChannelShape } from '../src/mom/channel-shape.ts'
import { messageType } from '../src/mom/message.ts'

const Item = messageType({ number: 'int' })
const SIZE = { capacity: 4, slotWords: 4 }

function setUp(words = 1_000) {
  const memory = new AtomicsMemory(new Int32Array(words))
  return { memory, broker: new Broker(memory, { lineWords: 1 }) }
}

function shapeIn(answer: Answer): ChannelShape {
  if ('granted' in answer) return answer.granted.transports[0]!
  throw new Error(JSON.stringify(answer))
}

describe('a broker', () => {
  it('hands out the two ends of a channel, which are of one channel', () => {
    const { memory, broker } = setUp()
    expect(broker.open('items', SIZE)).toEqual({ opened: 'items' })
    expect(broker.open('others', SIZE)).toEqual({ opened: 'others' })
    const sender = new ChannelSender(memory, shapeIn(broker.take('left', 'items', 'sender')))
    const receiver = new ChannelReceiver(memory, shapeIn(broker.take('right', 'items', 'receiver')))
    const other = new ChannelReceiver(memory, shapeIn(broker.take('right', 'others', 'receiver')))
    const item = Item.create()
    item.number = 7
    expect(sender.trySend(0, item)).toBe('sent')
    item.number = 0
    expect(other.tryReceive([item])).toBe('empty')
    expect(receiver.tryReceive([item])).toBe('received')
    expect(item.number).toBe(7)
    expect(broker.channels().map(({ name, owners }) => ({ name, owners }))).toEqual([
      { name: 'items', owners: { sender: 'left', receiver: 'right' } },
      { name: 'others', owners: { receiver: 'right' } },
    ])
  })

  it('refuses a second owner until the first has left', () => {
    const { memory, broker } = setUp()
    broker.open('items', SIZE)
    const shape = shapeIn(broker.take('left', 'items', 'sender'))
    const refusal = { refused: 'the sender of items belongs to left' }
    expect(broker.take('right', 'items', 'sender')).toEqual(refusal)
    const sender = new ChannelSender(memory, shape)
    expect(broker.take('right', 'items', 'sender')).toEqual(refusal)
    sender.close()
    expect(broker.take('right', 'items', 'sender')).toHaveProperty('granted')
    expect(broker.take('left', 'items', 'sender')).toEqual({
      refused: 'the sender of items belongs to right',
    })
  })

  it('says that an owner died at every end it held, and at no other', () => {
    const { memory, broker } = setUp()
    for (const name of ['a', 'b', 'c', 'd']) broker.open(name, SIZE)
    const senders = ['a', 'b', 'c'].map(
      (name) => new ChannelSender(memory, shapeIn(broker.take('left', name, 'sender'))),
    )
    const receivers = ['a', 'b', 'c', 'd'].map(
      (name) => new ChannelReceiver(memory, shapeIn(broker.take('right', name, 'receiver'))),
    )
    const third = new ChannelSender(memory, shapeIn(broker.take('third', 'd', 'sender')))
    senders[1]!.close()
    expect(broker.bury('left')).toEqual(['a', 'c'])
    expect(receivers.map((receiver) => receiver.tryReceive([]))).toEqual(['dead', 'closed', 'dead', 'empty'])
    expect(broker.bury('left')).toEqual([])
    expect(third.trySend(0, Item.create())).toBe('sent')
  })

  it('says it too of an owner that died before it used its end', () => {
    const { memory, broker } = setUp()
    broker.open('items', SIZE)
    const receiver = new ChannelReceiver(memory, shapeIn(broker.take('right', 'items', 'receiver')))
    broker.take('left', 'items', 'sender')
    expect(receiver.tryReceive([])).toBe('empty')
    expect(broker.bury('left')).toEqual(['items'])
    expect(receiver.tryReceive([])).toBe('dead')
  })

  it('does not hit a successor with the death of the one before', () => {
    const { memory, broker } = setUp()
    broker.open('items', SIZE)
    const receiver = new ChannelReceiver(memory, shapeIn(broker.take('right', 'items', 'receiver')))
    const shape = shapeIn(broker.take('left', 'items', 'sender'))
    new ChannelSender(memory, shape).close()
    const next = new ChannelSender(memory, shapeIn(broker.take('next', 'items', 'sender')))
    expect(broker.bury('left')).toEqual([])
    expect(receiver.tryReceive([])).toBe('empty')
    expect(next.trySend(0, Item.create())).toBe('sent')
  })

  it('wakes a peer that sleeps when it says so', () => {
    const { memory, broker } = setUp()
    broker.open('items', SIZE)
    const shape = shapeIn(broker.take('right', 'items', 'receiver'))
    const receiver = new ChannelReceiver(memory, shape)
    broker.take('left', 'items', 'sender')
    receiver.bell.arm()
    broker.bury('left')
    expect(memory.load(shape.receiverBell)).toBe(0)
  })

  it('opens a channel twice where the size is one, and not past the end of its memory', () => {
    const { broker } = setUp(60)
    expect(broker.open('items', SIZE)).toEqual({ opened: 'items' })
    expect(broker.open('items', SIZE)).toEqual({ opened: 'items' })
    expect(broker.open('items', { capacity: 8, slotWords: 4 })).toEqual({
      refused: 'items is open, and of another size',
    })
    expect(broker.open('others', SIZE)).toEqual({ opened: 'others' })
    const refusal = broker.open('third', SIZE)
    expect(refusal).toEqual({ refused: 'third would end at word 84 of a memory of 60' })
    expect(broker.channels()).toHaveLength(2)
    expect(broker.open('small', { capacity: 1, slotWords: 3 })).toEqual({ refused: expect.any(String) })
  })

  const nonsense: readonly (readonly [unknown, string])[] = [
    [undefined, 'a request is an object'],
    [null, 'a request is an object'],
    [7, 'a request is an object'],
    [[], "a request says 'open' or 'take'"],
    [{ take: 1, end: 'sender' }, 'a channel is named by a text'],
    [{ take: 'items', end: 'middle' }, "an end is 'sender' or 'receiver'"],
    [{ take: '__proto__', end: 'sender' }, 'no channel is named __proto__'],
    [{ open: 'a' }, 'a channel has 1 to 16 transports'],
    [{ open: 'a', transports: [] }, 'a channel has 1 to 16 transports'],
    [{ open: 'a', transports: [null] }, 'a transport has a capacity and slotWords'],
    [
      { open: 'a', transports: [SIZE, { capacity: 4, slotWords: 3 }] },
      'slotWords is a whole number from 4 to 16384, not 3',
    ],
    [
      { open: '', transports: [SIZE] },
      'a channel is named by a letter and up to 63 letters, digits, dots, dashes or underscores',
    ],
    [
      { open: 'a', transports: [{ capacity: 0, slotWords: 4 }] },
      'capacity is a power of two up to 1048576, not 0',
    ],
    [
      { open: 'a', transports: [{ capacity: NaN, slotWords: 4 }] },
      'capacity is a power of two up to 1048576, not NaN',
    ],
    [
      { open: 'a', transports: [{ capacity: 6, slotWords: 4 }] },
      'capacity is a power of two up to 1048576, not 6',
    ],
    [
      { open: 'a', transports: [{ capacity: 2 ** 21, slotWords: 4 }] },
      'capacity is a power of two up to 1048576, not 2097152',
    ],
    [
      { open: 'a', transports: [{ capacity: 4, slotWords: 2 }] },
      'slotWords is a whole number from 3 to 16384, not 2',
    ],
    [
      { open: 'a', transports: [{ capacity: 4, slotWords: '4' }] },
      'slotWords is a whole number from 3 to 16384, not 4',
    ],
    [
      { open: 'a', transports: [{ capacity: 4 }] },
      'slotWords is a whole number from 3 to 16384, not undefined',
    ],
  ]
  it('refuses what is no request in a sentence, and changes nothing', () => {
    const { broker } = setUp()
    for (const [request, refused] of nonsense) expect(broker.answer('peer', request)).toEqual({ refused })
    expect(broker.channels()).toEqual([])
  })
})
