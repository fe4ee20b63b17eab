/** The channel with priorities: its ends in one thread. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { EndTakenError, HEADER_WORDS } from '../src/mom/channel-shape.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { type Priority, PriorityReceiver, PrioritySender, layPriority } from '../src/mom/priority.ts'

const numbered = messageType({ number: 'int' })
const SLOT = { capacity: 4, slotWords: HEADER_WORDS + numbered.words }

function makeEnds({ capacity = 4, passesMax = 2 } = {}) {
  const layout = new Layout()
  const size = { ...SLOT, capacity }
  const shape = layPriority(layout, 'channel', { control: size, normal: size, bulk: size })
  const memory = new AtomicsMemory(new Int32Array(new SharedArrayBuffer(layout.length * 4)))
  const options = { patience: NO_PATIENCE }
  const sender = new PrioritySender(memory, shape, options)
  const receiver = new PriorityReceiver(memory, shape, { ...options, passesMax })
  const message = numbered.create()
  const inbox = [numbered.create()] as const
  const send = (priority: Priority, number: number) => {
    message.number = number
    return sender.trySend(priority, 0, message)
  }
  const receiveAll = () => {
    const numbers: number[] = []
    while (receiver.tryReceive(inbox) === 'received') numbers.push(inbox[0].number)
    return numbers
  }
  return { memory, shape, sender, receiver, message, inbox, send, receiveAll }
}

describe('the order of lanes', () => {
  it('control goes before normal, normal before bulk, each in order', () => {
    const { send, receiveAll } = makeEnds({ passesMax: 8 })
    for (const [number, priority] of (['bulk', 'bulk', 'normal', 'control', 'normal'] as const).entries())
      expect(send(priority, number)).toBe('sent')
    expect(receiveAll()).toEqual([3, 2, 4, 0, 1])
  })

  it('a lane that was passed over is served, once', () => {
    const { send, receiveAll } = makeEnds({ passesMax: 2 })
    for (const number of [0, 1, 2, 3]) send('control', number)
    send('bulk', 10)
    send('bulk', 11)
    expect(receiveAll()).toEqual([0, 1, 10, 2, 3, 11])
  })

  it('names the lane and the kind of what was received', () => {
    const { receiver, send, inbox } = makeEnds()
    send('normal', 7)
    expect(receiver.tryReceive(inbox)).toBe('received')
    expect([receiver.priority, receiver.kind, inbox[0].number]).toEqual(['normal', 0, 7])
  })

  it('a full lane is full for itself alone', () => {
    const { send, receiveAll } = makeEnds({ capacity: 1 })
    expect([send('bulk', 0), send('bulk', 1), send('control', 2)]).toEqual(['sent', 'full', 'sent'])
    expect(receiveAll()).toEqual([2, 0])
    expect(send('bulk', 1)).toBe('sent')
  })

  it('drains no more than it is asked for, though more is sent meanwhile', () => {
    const { receiver, send, inbox } = makeEnds()
    const numbers: number[] = []
    send('normal', 0)
    const count = receiver.drain(inbox, 3, () => {
      numbers.push(inbox[0].number)
      send('control', numbers.length)
    })
    expect([count, numbers]).toEqual([3, [0, 1, 2]])
    expect(receiver.tryReceive(inbox)).toBe('received')
  })

  it('leaves lanes alone that it is told not to serve', () => {
    const { receiver, send, receiveAll } = makeEnds()
    receiver.serveDownTo('control')
    send('bulk', 0)
    send('normal', 1)
    expect(receiver.canGoOn()).toBe(false)
    send('control', 2)
    expect(receiveAll()).toEqual([2])
    receiver.serveDownTo('bulk')
    expect(receiveAll()).toEqual([1, 0])
  })

  it('refuses a number of passes that would put the lowest lane first', () => {
    expect(() => makeEnds({ passesMax: 0 })).toThrow(RangeError)
  })
})

describe('owners and faults', () => {
  it('one lane is a channel for code that knows of no priorities', () => {
    const { sender, message, receiveAll } = makeEnds()
    message.number = 5
    expect(sender.lane('bulk').trySend(0, message)).toBe('sent')
    expect(receiveAll()).toEqual([5])
  })

  it('an end has one owner', () => {
    const { memory, shape } = makeEnds()
    expect(() => new PrioritySender(memory, shape)).toThrow(EndTakenError)
    expect(() => new PriorityReceiver(memory, shape)).toThrow(EndTakenError)
  })

  it('what was sent before closing is received, and a successor goes on', () => {
    const { memory, shape, sender, receiver, send, inbox, receiveAll } = makeEnds()
    send('bulk', 1)
    send('control', 2)
    sender.close()
    expect(receiver.canGoOn()).toBe(true)
    expect(receiveAll()).toEqual([2, 1])
    expect(receiver.tryReceive(inbox)).toBe('closed')
    const successor = new PrioritySender(memory, shape)
    expect(successor.incarnation).toBe(2)
    expect(successor.trySend('normal', 0, inbox[0])).toBe('sent')
    expect(receiveAll()).toEqual([1])
    receiver.close()
    expect(successor.trySend('normal', 0, inbox[0])).toBe('closed')
  })

  it('a tail out of range makes the channel faulty for the receiver, whichever lane it is of', () => {
    const { memory, shape, receiver, inbox, send } = makeEnds()
    memory.store(shape.bulk.ring.tail, 100)
    expect(receiver.tryReceive(inbox)).toBe('faulty')
    expect(receiver.fault?.message).toMatch(/published 100/)
    send('control', 1)
    expect(receiver.tryReceive(inbox)).toBe('faulty')
  })

  it('a head out of range makes it faulty for the sender', () => {
    const { memory, shape, sender, send } = makeEnds({ capacity: 1 })
    send('normal', 0)
    memory.store(shape.normal.ring.head, 9)
    expect(send('normal', 1)).toBe('faulty')
    expect(send('control', 1)).toBe('faulty')
    expect(sender.fault?.message).toMatch(/published 9/)
  })
})
