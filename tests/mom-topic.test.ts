/** Topics: their ends in one thread. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import { EndTakenError, headerOf } from '../src/mom/channel-shape.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { TopicPublisher, dropSubscriber } from '../src/mom/topic-publisher.ts'
import { TopicSubscriber } from '../src/mom/topic-subscriber.ts'
import {
  type Policy,
  type TopicShape,
  layTopic,
  layTopicRing,
  startTopicAt,
  topicSlot,
} from '../src/mom/topic.ts'

const numbered = messageType({ number: 'int', twice: 'double' })
const message = numbered.create()
const inbox = [message]
const SLOT_WORDS = 2 + numbered.words

function makeTopic(policy: Policy, start = 0) {
  const layout = new Layout()
  const shape = layTopic(layout, 'topic', { capacity: 4, slotWords: SLOT_WORDS, subscribers: 2, policy })
  const memory = new AtomicsMemory(new Int32Array(new SharedArrayBuffer(layout.length * 4)))
  if (start !== 0) startTopicAt(memory, shape.ring, start)
  return { memory, shape, publisher: new TopicPublisher(memory, shape) }
}

const publish = (publisher: TopicPublisher, number: number) =>
  publisher.trySend(0, Object.assign(numbered.create(), { number, twice: 2 * number }))

/** All that a subscriber is told until there is nothing more: numbers, and what else. */
function tellAll(subscriber: TopicSubscriber): (number | string)[] {
  const told: (number | string)[] = []
  for (;;) {
    const outcome = subscriber.tryReceive(inbox)
    if (outcome === 'missed') told.push(`missed ${subscriber.missed}`)
    else if (outcome !== 'received') return [...told, outcome]
    else {
      expect(message.twice).toBe(2 * message.number)
      told.push(message.number)
    }
  }
}

describe.each([0, -6, 2 ** 31 - 8])('a topic at position %i', (start) => {
  it('that overwrites tells who is slow how many messages are lost, exactly', () => {
    const { memory, shape, publisher } = makeTopic('dropOldest', start)
    const subscriber = new TopicSubscriber(memory, shape, 0)
    for (let number = 0; number < 4; number++) publish(publisher, number)
    expect(tellAll(subscriber)).toEqual([0, 1, 2, 3, 'empty'])
    for (let number = 4; number < 15; number++) expect(publish(publisher, number)).toBe('sent')
    // The slot of message 4 holds message 12, so that it knows of what is before 9; and then of one more at a time.
    const first = ['missed 5', 'missed 1', 'missed 1', 11, 12, 13, 14, 'empty']
    expect(tellAll(subscriber)).toEqual(first)
  })

  it('that blocks waits for the slowest, and not for who has left', () => {
    const { memory, shape, publisher } = makeTopic('block', start)
    const [slow, fast] = [new TopicSubscriber(memory, shape, 0), new TopicSubscriber(memory, shape, 1)]
    expect([0, 1, 2, 3, 4].map((number) => publish(publisher, number))).toEqual([
      'sent',
      'sent',
      'sent',
      'sent',
      'full',
    ])
    expect(tellAll(fast)).toEqual([0, 1, 2, 3, 'empty'])
    expect(publish(publisher, 4)).toBe('full')
    expect(slow.tryReceive(inbox)).toBe('received')
    expect([4, 5].map((number) => publish(publisher, number))).toEqual(['sent', 'full'])
    slow.close()
    expect(publish(publisher, 5)).toBe('sent')
    expect(tellAll(fast)).toEqual([4, 5, 'empty'])
  })

  it('that disconnects tells who is slow once, and goes on for the others', () => {
    const { memory, shape, publisher } = makeTopic('disconnect', start)
    const [slow, fast] = [new TopicSubscriber(memory, shape, 0), new TopicSubscriber(memory, shape, 1)]
    for (let number = 0; number < 6; number++) {
      expect(publish(publisher, number)).toBe('sent')
      expect(fast.tryReceive(inbox)).toBe('received')
    }
    expect(() => new TopicSubscriber(memory, shape, 0)).toThrow(EndTakenError)
    expect(tellAll(slow)).toEqual(['cut'])
    const again = new TopicSubscriber(memory, shape, 0)
    slow.close()
    publish(publisher, 6)
    expect([tellAll(again), tellAll(fast)]).toEqual([
      [6, 'empty'],
      [6, 'empty'],
    ])
  })
})

describe('who comes and goes', () => {
  it('gets what is published after it came, and learns that the publisher has left', () => {
    const { memory, shape, publisher } = makeTopic('block')
    publish(publisher, 0)
    const subscriber = new TopicSubscriber(memory, shape, 0)
    publish(publisher, 1)
    publisher.close()
    expect(tellAll(subscriber)).toEqual([1, 'closed'])
    const successor = new TopicPublisher(memory, shape)
    publish(successor, 2)
    new Presence(memory, shape.publisherPresence).declareDead(successor.incarnation, [])
    expect(tellAll(subscriber)).toEqual([2, 'dead'])
    expect(() => new TopicSubscriber(memory, shape, 2)).toThrow('has 2 subscribers')
  })

  it('does not hold the publisher up once its host has said that it died', () => {
    const { memory, shape, publisher } = makeTopic('block')
    expect(new TopicSubscriber(memory, shape, 0).fault).toBeUndefined()
    for (let number = 0; number < 4; number++) publish(publisher, number)
    expect(publish(publisher, 4)).toBe('full')
    dropSubscriber(memory, shape, 0)
    expect(publish(publisher, 4)).toBe('sent')
  })
})

describe('what a peer writes against the protocol', () => {
  it('is the fault of the publisher for this subscriber, and the topic goes on', () => {
    const faults: [string, (memory: AtomicsMemory, shape: TopicShape) => void][] = [
      ['of epoch 2', (memory, { ring }) => memory.store(topicSlot(ring, 0) + 1, headerOf(0, 2))],
      ['of kind 3', (memory, { ring }) => memory.store(topicSlot(ring, 0) + 1, headerOf(3, 0))],
      ['says that it holds 6', (memory, { ring }) => memory.store(topicSlot(ring, 0), 7)],
    ]
    for (const [expected, change] of faults) {
      const { memory, shape, publisher } = makeTopic('block')
      const subscriber = new TopicSubscriber(memory, shape, 0)
      publish(publisher, 0)
      change(memory, shape)
      expect([subscriber.tryReceive(inbox), subscriber.tryReceive(inbox)]).toEqual(['faulty', 'faulty'])
      expect(subscriber.fault?.message).toContain(expected)
      for (let number = 1; number < 9; number++) expect(publish(publisher, number)).toBe('sent')
    }
    const { memory, shape } = makeTopic('block')
    memory.store(shape.ring.tail, 3)
    expect(() => new TopicSubscriber(memory, shape, 0)).toThrow("the topic's tail is at 3")
  })

  it('cuts off a subscriber whose record is nonsense, and no other', () => {
    for (const nonsense of [41, -41]) {
      const { memory, shape, publisher } = makeTopic('block')
      const [bad, good] = [new TopicSubscriber(memory, shape, 0), new TopicSubscriber(memory, shape, 1)]
      memory.store(shape.ring.records[0]!, nonsense)
      for (let number = 0; number < 9; number++) {
        expect(publish(publisher, number)).toBe('sent')
        expect(good.tryReceive(inbox)).toBe('received')
      }
      expect(publisher.fault?.message).toContain(`holds ${nonsense}`)
      expect(tellAll(bad)).toEqual(['cut'])
    }
  })
})

it('has a power of two of slots with room for a message, and somebody to publish to', () => {
  const lay = (size: object) => () =>
    layTopicRing(new Layout(), 'topic', {
      capacity: 4,
      slotWords: 2,
      subscribers: 1,
      policy: 'block',
      ...size,
    })
  expect(lay({ capacity: 6 })).toThrow('power of two')
  expect(lay({ slotWords: 1 })).toThrow('at least two words')
  expect(lay({ subscribers: 0 })).toThrow('at least one subscriber')
})
