/**
 * Publish and subscribe over one ring that a publisher overwrites: subscribers come, go and fall behind, under three
 * policies. README.md has the protocol in words.
 */
import { component, each, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { type Policy, type TopicSize, publisher } from '../../src/statemachines/mom/publisher.ts'
import { sequencedSlot } from '../../src/statemachines/mom/sequenced-slot.ts'
import { subscriber } from '../../src/statemachines/mom/subscriber.ts'
import { type Cursor, subscriptionRecord } from '../../src/statemachines/mom/subscription-record.ts'
import { subscription } from '../../src/statemachines/mom/subscription.ts'
import { tailWord } from '../../src/statemachines/mom/tail-word.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

/** How many subscribers, slots and messages there are. */
export type TopicBounds = { subscribers: number; slots: number; messages: number }

const POLICIES: readonly Policy[] = ['block', 'dropOldest', 'disconnect']

/** Positions wrap at the second message, and their range is a multiple of the slots. */
function sizeOf({ slots, messages }: { slots: number; messages: number }): TopicSize {
  const modulus = slots * 2 * (messages + 1)
  return { slots, messages, modulus, start: modulus - 1 }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

export const domains = ({ subscribers, slots, messages }: TopicBounds) => {
  const { modulus } = sizeOf({ slots, messages })
  return {
    subscriber: ids('subscriber', subscribers),
    slot: ids('slot', slots),
    message: ids('message', messages),
    position: range(modulus),
    cursor: ['absent', 'joining', 'cut', ...range(modulus)] as Cursor[],
    missed: range(messages + 1),
    half: ['first' as const, 'second' as const],
    flag: [false, true],
    policy: [...POLICIES],
  }
}

export type TopicDomains = ReturnType<typeof domains>

export const components = (all: TopicDomains, bounds: TopicBounds) => {
  const size = sizeOf(bounds)
  return {
    publisher: component(publisher, { input: { ...size, subscribers: all.subscriber } }),
    tail: component(tailWord, { input: { position: size.start } }),
    slot: each(all.slot, (id) =>
      component(sequencedSlot, { input: { position: firstBefore(id, size) }, identity: { slot: id } }),
    ),
    record: each(all.subscriber, (id) => component(subscriptionRecord, { identity: { subscriber: id } })),
    subscriber: each(all.subscriber, (id) =>
      component(subscriber, {
        input: { slots: size.slots, modulus: size.modulus },
        identity: { subscriber: id },
      }),
    ),
    subscription: each(all.subscriber, (id) =>
      observer(subscription, { input: size, identity: { subscriber: id } }),
    ),
  }
}

/** The position a slot would hold if the stream had begun earlier: the last before the start that falls on it. */
function firstBefore(slot: string, { slots, start, modulus }: TopicSize): number {
  const before = range(slots).map((steps) => (start - 1 - steps + modulus) % modulus)
  return before.find((position) => slot === `slot${position % slots}`) ?? 0
}

export type TopicState = StateOf<typeof components>

const LOOK = { subscriber: 'subscriber', slot: 'slot', position: 'position', written: 'flag' } as const
const OF_CURSOR = { subscriber: 'subscriber', cursor: 'cursor' } as const
const OF_POSITION = { subscriber: 'subscriber', position: 'position' } as const

export const topic = defineSystem({
  name: 'topic',
  title: 'Publish and subscribe over one overwritten ring, with three policies for who is slow',
  bounds: { subscribers: 1, slots: 2, messages: 5 },
  domains,
  components,
  events: {
    'topic.open': { policy: 'policy' },
    'cursor.announce': { subscriber: 'subscriber' },
    'tail.read': OF_POSITION,
    'cursor.set': OF_POSITION,
    'cursor.read': OF_CURSOR,
    'slot.claim': { slot: 'slot', position: 'position' },
    'slot.write': { slot: 'slot', half: 'half', message: 'message' },
    'message.send': { slot: 'slot', position: 'position', message: 'message' },
    'tail.set': { position: 'position' },
    'slot.look': LOOK,
    'topic.empty': LOOK,
    'slot.copy': { subscriber: 'subscriber', slot: 'slot', half: 'half', message: 'message' },
    'message.receive': { subscriber: 'subscriber', message: 'message', rest: 'message' },
    'cursor.advance': OF_POSITION,
    'gap.report': { subscriber: 'subscriber', missed: 'missed' },
    'subscriber.cut': OF_CURSOR,
    'cut.miss': OF_CURSOR,
    'cut.learn': OF_CURSOR,
    'subscriber.leave': { subscriber: 'subscriber' },
  },
  fairness: [
    weak([
      'topic.open',
      'slot.claim',
      'slot.write',
      'message.send',
      'tail.set',
      'subscriber.cut',
      'cut.miss',
    ]),
    weak(['cursor.read']),
    weak(
      [
        'tail.read',
        'cursor.set',
        'slot.look',
        'slot.copy',
        'message.receive',
        'gap.report',
        'cursor.advance',
        'cut.learn',
      ],
      ['subscriber'],
    ),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { subscribers: 1, slots: 2, messages: 5 }, states: 3047, transitions: 5737 },
    { bounds: { subscribers: 2, slots: 1, messages: 3 }, states: 46101, transitions: 126756 },
  ],
})
