/** What is claimed of a topic's ends beside the chart, so that a seeded bug is found by what it comes to. */
import type { MemoryClaim, MemoryThread, MemoryView } from '../src/interleave/memory/memory-program.ts'
import { type TopicRing, messagesAfter } from '../src/mom/topic.ts'
import type { PublisherSelf, Size, SubscriberSelf } from './topic.ts'

type Subscriber = MemoryThread<SubscriberSelf>

/** A claim of each subscriber's data. */
const ofEach =
  (subscribers: readonly Subscriber[]) =>
  (
    kind: 'always' | 'atEnd',
    sentence: string,
    holds: (self: SubscriberSelf, view: MemoryView) => boolean,
  ): MemoryClaim => ({
    kind,
    sentence,
    holds: (view) => subscribers.every((subscriber) => holds(view.self(subscriber), view)),
  })

/** What a run under each policy must be able to come to. */
function witness(
  { policy }: Size,
  publisher: MemoryThread<PublisherSelf>,
  subscribers: readonly Subscriber[],
): MemoryClaim {
  if (policy === 'block')
    return {
      kind: 'sometimes',
      sentence: 'the publisher waits',
      holds: (view) => view.self(publisher).isWaiting,
    }
  const outcome = policy === 'dropOldest' ? 'missed' : 'cut'
  return {
    kind: 'sometimes',
    sentence: `a subscriber is told: ${outcome}`,
    holds: (view) => subscribers.some((subscriber) => view.self(subscriber).last === outcome),
  }
}

const isIn = ({ last }: SubscriberSelf): boolean => last !== 'outside' && last !== 'left' && last !== 'cut'

export function claimsOf(
  size: Size,
  ring: TopicRing,
  publisher: MemoryThread<PublisherSelf>,
  subscribers: readonly Subscriber[],
): { readonly [name: string]: MemoryClaim } {
  const claim = ofEach(subscribers)
  const { policy, start } = size
  return {
    whole: claim('always', 'what is received is whole', ({ last, reader }) => {
      return last !== 'received' || reader.copy[0] === reader.copy[1]
    }),
    inOrder: claim('always', 'what is received is the message of its position', ({ last, reader }) => {
      return last !== 'received' || reader.copy[0] === messagesAfter(reader.position, start) - 1
    }),
    counted: claim('always', 'received and missed add up', ({ reader, first, received, missed }) => {
      return received + missed === messagesAfter(reader.position, first)
    }),
    asThePolicySays: claim('always', 'what happens to the slow is what the policy says', ({ last }) => {
      return (last !== 'missed' || policy === 'dropOldest') && (last !== 'cut' || policy === 'disconnect')
    }),
    onlyTheSlowAreCut: claim('always', 'who is cut off was a ring behind', ({ last, reader }, view) => {
      // It may have received the message that it was at.
      return last !== 'cut' || messagesAfter(view.word(ring.tail), reader.position) >= ring.capacity - 1
    }),
    caughtUp: claim('atEnd', 'whoever is in has received what there is', (self, view) => {
      return !isIn(self) || self.reader.position === view.word(ring.tail)
    }),
    allPublished: {
      kind: 'atEnd',
      sentence: 'everything is published',
      holds: (view) => view.self(publisher).sent === size.messages,
    },
    [policy]: witness(size, publisher, subscribers),
  }
}
