/**
 * The production ring of a topic at every access of memory, beside its chart, under all three policies: torn copies
 * are thrown away, what was missed is counted, who is slow is waited for or cut off. topic-ends.ts has the ends.
 */
import {
  type MemoryJudge,
  type MemoryProgram,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { Layout } from '../src/mom/layout.ts'
import { type TakeOutcome, TopicReader } from '../src/mom/topic-reader.ts'
import { TopicWriter } from '../src/mom/topic-writer.ts'
import { type Policy, type TopicRing, layTopicRing, startTopicAt } from '../src/mom/topic.ts'
import { topic } from '../spec/topic/system.ts'
import { memoryJudge } from './memory-judge.ts'
import { claimsOf } from './topic-claims.ts'
import { programs as ends } from './topic-ends.ts'
import { TopicWords } from './topic-words.ts'

export type Size = {
  readonly policy: Policy
  readonly subscribers: number
  readonly slots: number
  readonly messages: number
  /** Where positions begin: -2, or as far below another multiple of four. */
  readonly start: number
  /** A subscriber leaves after so many messages. */
  readonly leavesAfter?: number
}

/** How both sides are built; a mutant builds one with a bug. */
export type Ends = {
  readonly writer: new (memory: SharedMemory, ring: TopicRing) => TopicWriter
  readonly reader: new (memory: SharedMemory, ring: TopicRing, id: number) => TopicReader
}

export type PublisherSelf = {
  readonly memory: SharedMemory
  readonly writer: TopicWriter
  readonly content: Int32Array
  sent: number
  isWaiting: boolean
}

function publisherEvent(
  { policy }: Size,
  words: TopicWords,
  { access, before }: MemoryStep<PublisherSelf>,
): GroundEvent | undefined {
  const { kind, index = 0, value = 0, expected = 0, result } = access!
  const subscriber = words.subscriberOf(index)
  const message = `message${before.sent}`
  if (subscriber !== undefined) {
    const found = { subscriber, cursor: words.cursorOf(kind === 'load' ? Number(result) : expected) }
    if (kind !== 'load') return { type: result === expected ? 'subscriber.cut' : 'cut.miss', ...found }
    // A publisher that waits looks again and again; the chart only hears of it when it need not wait any longer.
    const isIdle = before.isWaiting && policy === 'block' && words.isAwaited(found.cursor, before.sent)
    return isIdle ? undefined : { type: 'cursor.read', ...found }
  }
  if (kind !== 'store') return undefined
  if (index === words.ring.tail) return { type: 'tail.set', position: words.positionOf(value) }
  const { slot, half } = words.placeOf(index)
  if (half !== undefined) return { type: 'slot.write', slot, half, message }
  const position = words.positionOf(value)
  return (value & 1) === 0
    ? { type: 'slot.claim', slot, position }
    : { type: 'message.send', slot, position, message }
}

function publisherOf(size: Size, words: TopicWords, Writer: Ends['writer']) {
  return memoryThread({
    name: 'publisher',
    self: (memory): PublisherSelf => ({
      memory,
      writer: new Writer(memory, words.ring),
      content: new Int32Array(2),
      sent: 0,
      isWaiting: false,
    }),
    operation(self) {
      self.isWaiting = !self.writer.mayPublish()
      if (self.isWaiting) {
        self.memory.pause()
        return 'again'
      }
      self.writer.publish(self.content.fill(self.sent))
      self.sent++
      return self.sent === size.messages ? 'done' : 'again'
    },
    event: (step) => publisherEvent(size, words, step),
  })
}

export type SubscriberSelf = {
  readonly memory: SharedMemory
  readonly reader: TopicReader
  last: TakeOutcome | 'outside' | 'joined' | 'left'
  /** The position it began at. */
  first: number
  received: number
  missed: number
}

function subscriberEvents(
  id: number,
  words: TopicWords,
  { access, before, after, ends }: MemoryStep<SubscriberSelf>,
): GroundEvent[] {
  const subscriber = `subscriber${id}`
  const { kind, index = 0, value = 0, expected, result } = access!
  const read = Number(result)
  const [message, rest] = Array.from(after.reader.copy, (content) => `message${content}`)
  const outcome = ends === undefined ? 'open' : after.last
  const received: GroundEvent[] =
    after.received > before.received
      ? [{ type: 'message.receive', subscriber, message: message!, rest: rest! }]
      : []
  if (words.subscriberOf(index) !== undefined) {
    const cursor = words.cursorOf(read)
    if (kind === 'store') return [{ type: 'cursor.set', subscriber, position: words.positionOf(value) }]
    if (kind === 'exchange')
      return outcome === 'left'
        ? [{ type: 'subscriber.leave', subscriber }]
        : [...received, { type: 'cut.learn', subscriber, cursor }]
    if (expected === 0) return [{ type: 'cursor.announce', subscriber }]
    if (read !== expected) return []
    return [...received, { type: 'cursor.advance', subscriber, position: words.positionOf(value) }]
  }
  if (kind !== 'load') return []
  if (index === words.ring.tail) return [{ type: 'tail.read', subscriber, position: words.positionOf(read) }]
  const { slot, half } = words.placeOf(index)
  if (half !== undefined) return [{ type: 'slot.copy', subscriber, slot, half, message: `message${read}` }]
  const look = { subscriber, slot, position: words.positionOf(read), written: (read & 1) === 1 }
  if (words.isEarly(read, before.reader.position)) return [{ type: 'topic.empty', ...look }]
  const missed: GroundEvent[] =
    outcome === 'missed' ? [{ type: 'gap.report', subscriber, missed: after.reader.missed }] : []
  return [{ type: 'slot.look', ...look }, ...received, ...missed]
}

function subscriberOf(id: number, size: Size, words: TopicWords, Reader: Ends['reader']) {
  const { leavesAfter = Infinity } = size
  return memoryThread({
    name: `subscriber${id}`,
    self: (memory): SubscriberSelf => ({
      memory,
      reader: new Reader(memory, words.ring, id),
      last: 'outside',
      first: 0,
      received: 0,
      missed: 0,
    }),
    // It waits for ever for the next message.
    daemon: true,
    operation(self) {
      if (self.last === 'outside') {
        self.reader.join()
        self.first = self.reader.position
        self.last = 'joined'
      } else if (self.received >= leavesAfter) {
        self.reader.leave()
        self.last = 'left'
      } else {
        self.last = self.reader.take()
        if (self.last === 'empty') self.memory.pause()
        if (self.last === 'received') self.received++
        if (self.last === 'missed') self.missed += self.reader.missed
      }
      return self.last === 'left' || self.last === 'cut' ? 'done' : 'again'
    },
    event: (step) => subscriberEvents(id, words, step),
  })
}

/** The chart, opened with a policy. */
function judgeOf({ policy, subscribers, slots, messages }: Size): MemoryJudge {
  const judge = memoryJudge(topic, { subscribers, slots, messages })
  const opened = judge.step(judge.initial, { type: 'topic.open', policy })
  if ('refused' in opened) throw new Error(opened.refused)
  return {
    initial: opened.next,
    step: (state, event) => judge.step(state, event),
    states: (state) => judge.states(state),
  }
}

/** A publisher and subscribers, beside the chart; with a seeded bug, by what it comes to. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Ends> = {},
  isFollowing = Object.keys(wrong).length === 0,
): MemoryProgram {
  const { policy, subscribers, slots, messages, start } = size
  const ends: Ends = { writer: TopicWriter, reader: TopicReader, ...wrong }
  const layout = new Layout({ lineWords: 1 })
  const ring = layTopicRing(layout, 'topic', { capacity: slots, slotWords: 3, subscribers, policy })
  const words = new TopicWords(ring, { start, messages })
  const publisher = publisherOf(size, words, ends.writer)
  const threads = ring.records.map((_, id) => subscriberOf(id, size, words, ends.reader))
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => startTopicAt(memory, ring, start),
    threads: [publisher, ...threads],
    claims: claimsOf(size, ring, publisher, threads),
    ...(isFollowing
      ? { follows: { judge: judgeOf(size), finished: (states) => states['publisher']!.value === 'done' } }
      : {}),
  }
}

const ONE = { subscribers: 1, slots: 2, start: -2 } as const
export const BLOCKING: Size = { ...ONE, policy: 'block', messages: 4 }
export const LEAVING: Size = { ...BLOCKING, leavesAfter: 1 }
export const DROPPING: Size = { ...ONE, policy: 'dropOldest', messages: 5 }
export const DISCONNECTING: Size = { ...ONE, policy: 'disconnect', messages: 4 }
/** Positions are negative after the first message. */
export const SIGNED: Size = { ...DROPPING, start: 2 ** 31 - 2 }

const TWO = { subscribers: 2, slots: 1, messages: 2 } as const

/** What is explored: the ring beside the chart, and its ends by their claims. */
export const programs: readonly MemoryProgram[] = [
  programOf('topic', 'the publisher overwrites, and the subscriber counts', DROPPING),
  programOf('topic-sign', 'positions from 2^31 - 2', SIGNED),
  programOf('topic-block', 'the publisher waits', BLOCKING),
  programOf('topic-leave', 'the publisher waits, and the subscriber leaves', LEAVING),
  programOf('topic-disconnect', 'the publisher cuts off', DISCONNECTING),
  programOf('topic-two', 'two subscribers of one slot, cut off', { ...DISCONNECTING, ...TWO }),
  programOf('topic-two-block', 'two subscribers of one slot, waited for', { ...BLOCKING, ...TWO }),
  ...ends,
]
