/**
 * The ends of a topic at every access of memory: they sleep and wake each other, leave, die and are succeeded, and
 * what was published is received or counted as missed.
 */
import {
  type MemoryClaim,
  type MemoryProgram,
  type MemoryThread,
  type MemoryView,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { Doorbell, NO_PATIENCE, Waiter } from '../src/mom/doorbell.ts'
import type { Decodable, Encodable, Inbox } from '../src/mom/fifo.ts'
import { Layout } from '../src/mom/layout.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { TopicPublisher, dropSubscriber } from '../src/mom/topic-publisher.ts'
import { type TopicOutcome, TopicSubscriber } from '../src/mom/topic-subscriber.ts'
import { type Policy, type TopicShape, layTopic, startTopicAt } from '../src/mom/topic.ts'

export type Scene = {
  readonly policy: Policy
  readonly messages: number
  /** Who may be cut off at any access; the publisher has a successor then. */
  readonly mortal?: 'publisher' | 'subscriber'
  readonly spurious?: number
}

/** How the ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly publisher: new (...parts: ConstructorParameters<typeof TopicPublisher>) => TopicPublisher
  readonly subscriber: new (...parts: ConstructorParameters<typeof TopicSubscriber>) => TopicSubscriber
}

const WORDLESS: Encodable & Decodable = Object.freeze({ words: 0, encode() {}, decode() {} })
const INBOX: Inbox = Object.freeze(Array.from({ length: 8 }, () => WORDLESS))

type Made = { readonly scene: Scene; readonly shape: TopicShape; readonly ends: Ends }

/** A thread waits in an operation of its own: what it went through before is no part of the state then. */
function waitFor(memory: SharedMemory, end: { readonly bell: Doorbell; canGoOn(): boolean }): void {
  new Waiter(memory, end.bell, NO_PATIENCE).until(() => end.canGoOn())
}

type PublisherSelf = {
  readonly memory: SharedMemory
  end: TopicPublisher | undefined
  next: number
  sent: number
  isFull: boolean
}

/** The kinds of a successor's messages go on one after those that the publisher may have sent. */
function publisherOf({ scene, shape, ends }: Made, first = 0): MemoryThread<PublisherSelf> {
  const isSuccessor = first > 0
  const make = (memory: SharedMemory) => new ends.publisher(memory, shape, { patience: NO_PATIENCE })
  return memoryThread({
    name: isSuccessor ? 'successor' : 'publisher',
    ...(isSuccessor ? { starts: { after: 'host', having: 'done' as const } } : {}),
    mayCrash: !isSuccessor && scene.mortal === 'publisher',
    self: (memory): PublisherSelf => {
      const end = isSuccessor ? undefined : make(memory)
      return { memory, end, next: first, sent: 0, isFull: false }
    },
    operation(self) {
      const { end, memory } = self
      if (end === undefined) self.end = make(memory)
      else if (self.isFull) {
        waitFor(memory, end)
        self.isFull = false
      } else if (self.next === first + scene.messages) {
        if (isSuccessor || scene.mortal !== 'publisher') end.close()
        return 'done'
      } else {
        self.isFull = end.trySend(self.next, WORDLESS) === 'full'
        if (self.isFull) return 'again'
        self.next++
        self.sent++
      }
      return 'again'
    },
  })
}

type SubscriberSelf = {
  readonly memory: SharedMemory
  readonly end: TopicSubscriber
  last: TopicOutcome | 'waited'
  received: readonly number[]
  missed: number
}

function subscriberOf({ scene, shape, ends }: Made): MemoryThread<SubscriberSelf> {
  return memoryThread({
    name: 'subscriber',
    mayCrash: scene.mortal === 'subscriber',
    // A publisher that may have a successor does not close.
    daemon: scene.mortal === 'publisher',
    self: (memory): SubscriberSelf => {
      const end = new ends.subscriber(memory, shape, 0, { patience: NO_PATIENCE })
      return { memory, end, last: 'waited', received: [], missed: 0 }
    },
    operation(self) {
      const { end, memory } = self
      if (self.last === 'empty') {
        waitFor(memory, end)
        self.last = 'waited'
        return 'again'
      }
      self.last = end.tryReceive(INBOX)
      if (self.last === 'received') self.received = [...self.received, end.kind]
      else if (self.last === 'missed') self.missed += end.missed
      else if (self.last === 'dead' && scene.mortal === 'publisher') memory.pause()
      else if (self.last !== 'empty') return 'done'
      return 'again'
    },
  })
}

/** The host of whoever may die. */
function hostOf({ scene: { mortal = 'publisher' }, shape }: Made): MemoryThread {
  return memoryThread({
    name: 'host',
    starts: { after: mortal, having: 'crashed' },
    self: (memory) => ({ memory }),
    operation({ memory }) {
      const bells = shape.subscriberBells.map((word) => new Doorbell(memory, word))
      if (mortal === 'subscriber') dropSubscriber(memory, shape, 0)
      else new Presence(memory, shape.publisherPresence).declareDead(1, bells)
      return 'done'
    },
  })
}

const isRising = (kinds: readonly number[]): boolean =>
  kinds.every((kind, index) => index === 0 || kind > kinds[index - 1]!)

function claimsOf(
  publishers: readonly MemoryThread<PublisherSelf>[],
  subscriber: MemoryThread<SubscriberSelf>,
): { readonly [name: string]: MemoryClaim } {
  const sent = (view: MemoryView) => publishers.reduce((sum, publisher) => sum + view.self(publisher).sent, 0)
  // Who has died may have published one message more than its data says.
  const isCut = (view: MemoryView) => publishers.some((publisher) => view.status(publisher) === 'crashed')
  return {
    inOrder: {
      kind: 'always',
      sentence: 'messages are received once and in order',
      holds: (view) => isRising(view.self(subscriber).received),
    },
    allTold: {
      kind: 'atEnd',
      sentence: 'what was published is received or counted as missed',
      holds: (view) => {
        const { received, missed, last } = view.self(subscriber)
        const more = received.length + missed - sent(view)
        if (view.status(subscriber) === 'crashed' || last === 'cut') return true
        return more === 0 || (more === 1 && isCut(view))
      },
    },
    allPublished: {
      kind: 'atEnd',
      sentence: 'a publisher that lives publishes all it has',
      holds: (view) =>
        publishers.every((one) => view.status(one) !== 'running' && view.status(one) !== 'parked'),
    },
    subscriberSleeps: {
      kind: 'sometimes',
      sentence: 'the subscriber sleeps',
      holds: (view) => view.status(subscriber) === 'parked',
    },
  }
}

/** A publisher and a subscriber with their bells, one slot, and all that may happen to them. */
export function endsOf(name: string, title: string, scene: Scene, wrong: Partial<Ends> = {}): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const { policy } = scene
  const shape = layTopic(layout, 'topic', { capacity: 1, slotWords: 2, subscribers: 1, policy })
  const made: Made = {
    scene,
    shape,
    ends: { publisher: TopicPublisher, subscriber: TopicSubscriber, ...wrong },
  }
  const publishers = [
    publisherOf(made),
    ...(scene.mortal === 'publisher' ? [publisherOf(made, scene.messages + 1)] : []),
  ]
  const subscriber = subscriberOf(made)
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => startTopicAt(memory, shape.ring, -2),
    threads: [...publishers, subscriber, ...(scene.mortal === undefined ? [] : [hostOf(made)])],
    claims: claimsOf(publishers, subscriber),
    options: {
      crashesMax: scene.mortal === undefined ? 0 : 1,
      spuriousWakesMax: scene.spurious ?? 0,
    },
  }
}

export const BLOCKING: Scene = { policy: 'block', messages: 2 }
export const DROPPING: Scene = { policy: 'dropOldest', messages: 3 }
const MORTAL: Scene = { policy: 'block', messages: 1, mortal: 'publisher' }

/** What is explored of the ends. */
export const programs: readonly MemoryProgram[] = [
  endsOf('topic-ends-block', 'a publisher that waits, and a subscriber', BLOCKING),
  endsOf('topic-ends-spurious', 'somebody wakes for no reason', { ...BLOCKING, spurious: 1 }),
  endsOf('topic-ends-drop', 'a publisher that overwrites, and a subscriber', DROPPING),
  endsOf('topic-publisher-dies', 'the publisher dies and another takes its end', MORTAL),
  endsOf('topic-subscriber-dies', 'the subscriber dies while the publisher may wait for it', {
    ...BLOCKING,
    messages: 3,
    mortal: 'subscriber',
  }),
]
