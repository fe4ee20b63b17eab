/**
 * What accesses of a channel whose owners may die mean in the words of the charts of peer-crash. The judge is that
 * system but for its two ends, whose order of looking is not that of the code; all that they act on is judged.
 */
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { type System, defineSystem } from '../src/model/system.ts'
import type { ChannelShape } from '../src/mom/channel-shape.ts'
import { ARMED } from '../src/mom/doorbell.ts'
import {
  type PeerCrashBounds,
  type PeerCrashDomains,
  components,
  domains,
} from '../spec/peer-crash/system.ts'

export type End = 'producer' | 'consumer'
export const otherEnd = (end: End): End => (end === 'producer' ? 'consumer' : 'producer')

/** The words of one end. */
export const bellOf = (end: End, shape: ChannelShape): number =>
  end === 'producer' ? shape.senderBell : shape.receiverBell
export const presenceOf = (end: End, shape: ChannelShape): number =>
  end === 'producer' ? shape.senderPresence : shape.receiverPresence

/** What the word of an end's presence says of its last owner: whether it is dead, and its number. */
export const isDead = (presence: number): boolean => (presence & 3) === 3
export const ownerIn = (presence: number): number => presence >>> 2

const END = { end: 'end' } as const
const SLOT = { position: 'position', message: 'message' } as const
const BOUNDS = { messages: 3, capacity: 2, crashes: 1, successors: 0 }
const RING_EVENTS = {
  'tail.read': { ...END, position: 'position' },
  'head.read': { ...END, position: 'position' },
  'slot.write': SLOT,
  'message.send': SLOT,
  'slot.read': SLOT,
  'message.receive': SLOT,
  'bell.ring': { bell: 'end' },
  'bell.read': END,
  'thread.park': END,
  'thread.wake': END,
  'peer.crash': END,
  'death.ring': END,
} as const

/** The ring, the bells, the death words, the host that stores them, and the abstract channel. */
export const withoutEnds: System = defineSystem({
  name: 'peer-crash',
  title: 'What the two ends of a channel act on while one of them may die',
  bounds: BOUNDS,
  boundsMin: { crashes: 0, successors: 0 },
  domains,
  components: (values: PeerCrashDomains, bounds: PeerCrashBounds) => {
    const { ring, bell, death, host, budget, channel } = components(values, bounds)
    return { ring, bell, death, host, budget, channel }
  },
  events: {
    ...RING_EVENTS,
    'death.read': { ...END, verdict: 'verdict' },
    'death.report': END,
    'ring.leave': {},
    'successor.attach': END,
    'death.announce': END,
    'ring.free': {},
  },
  claims: {},
})

/**
 * The same without death words and host. Where a successor follows, the chart announces no death, and the code
 * declares it first: only then is the end free.
 */
export const acrossOwners: System = defineSystem({
  name: 'peer-crash',
  title: 'What the two ends of a channel act on, whoever owns them',
  bounds: BOUNDS,
  boundsMin: { crashes: 0, successors: 0 },
  domains,
  components: (values: PeerCrashDomains, bounds: PeerCrashBounds) => {
    const { ring, bell, budget, channel } = components(values, bounds)
    return { ring, bell, budget, channel }
  },
  events: RING_EVENTS,
  claims: {},
})

/** An end's data as far as its steps need it. */
export type EndSelf = {
  /** The position of the next message to send, or to receive. */
  next: number
  outcome: string
}

/** The position of a slot, which is the first one from `from` on that it can be. */
function positionIn({ ring }: ChannelShape, index: number, from: number): number {
  const slot = Math.floor((index - ring.slots) / ring.slotWords)
  return from + ((slot - from) & (ring.capacity - 1))
}

const moved = (type: string, from: number, to: number): GroundEvent[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    type,
    position: from + index,
    message: `message${from + index}`,
  }))

function ringEvents(end: End, shape: ChannelShape, { access, before, word }: MemoryStep<EndSelf>) {
  const { ring } = shape
  const { kind, index = -1, value, result } = access ?? {}
  if (kind === 'load' && index === ring.tail) return [{ type: 'tail.read', end, position: Number(result) }]
  if (kind === 'load' && index === ring.head) return [{ type: 'head.read', end, position: Number(result) }]
  if (kind === 'store' && index === ring.tail) return moved('message.send', before.next, value!)
  if (kind === 'store' && index === ring.head) return moved('message.receive', before.next, value!)
  const offset = index - ring.slots
  const isInSlots = offset >= 0 && offset < ring.capacity * ring.slotWords
  // The last word of a slot is the message, which is its own position; those before it are its header.
  if (!isInSlots || offset % ring.slotWords !== ring.slotWords - 1) return []
  const from = word(end === 'producer' ? ring.tail : ring.head)
  const content = { position: positionIn(shape, index, from), message: `message${value ?? Number(result)}` }
  return [{ type: kind === 'set' ? 'slot.write' : 'slot.read', ...content }]
}

function bellEvents(end: End, shape: ChannelShape, { access, word }: MemoryStep<EndSelf>): GroundEvent[] {
  const { kind, index, value, result } = access ?? {}
  const park = { type: 'thread.park', end }
  const wake = { type: 'thread.wake', end }
  if (index === bellOf(end, shape)) {
    if (kind === 'store') return value === ARMED ? [{ type: 'bell.read', end }] : []
    if (kind !== 'wait') return []
    if (result === 'parked') return [park]
    if (result === 'not-equal') return [park, wake]
    // The notice of an earlier ring may come late and wake whom nobody has rung for since. To the chart it sleeps.
    return word(index) === ARMED ? [] : [wake]
  }
  if (index !== bellOf(otherEnd(end), shape)) return []
  // Who finds the flag down leaves it to the sleeper to look again; who takes it down rings.
  const isRung = kind === 'compareExchange' || (kind === 'load' && result !== ARMED)
  return isRung ? [{ type: 'bell.ring', bell: otherEnd(end) }] : []
}

function presenceEvents(end: End, shape: ChannelShape, { access }: MemoryStep<EndSelf>): GroundEvent[] {
  const { kind, index, result } = access ?? {}
  if (kind === 'store' && index === presenceOf(end, shape)) return [{ type: 'ring.leave' }]
  if (kind !== 'load' || index !== presenceOf(otherEnd(end), shape)) return []
  return [{ type: 'death.read', end: otherEnd(end), verdict: isDead(Number(result)) ? 'dead' : 'alive' }]
}

/** What a step of the owner of an end means. */
export function endEvents(end: End, shape: ChannelShape, step: MemoryStep<EndSelf>): GroundEvent[] {
  if (step.ends === 'crashed') return [{ type: 'peer.crash', end }]
  const isReport = step.ends === 'done' && step.after.outcome === 'dead'
  return [
    ...ringEvents(end, shape, step),
    ...bellEvents(end, shape, step),
    ...presenceEvents(end, shape, step),
    ...(isReport ? [{ type: 'death.report', end }] : []),
  ]
}

/** What a step of the host of an end means. An owner that had closed is not announced, but rung for. */
export function hostEvents(end: End, shape: ChannelShape, { access, earlier }: MemoryStep): GroundEvent[] {
  const { kind, index, expected, result } = access ?? {}
  if (kind === 'compareExchange') return result === expected ? [{ type: 'death.announce', end }] : []
  if (kind !== 'store' || index !== bellOf(otherEnd(end), shape)) return []
  const marked = earlier.find((made) => made.kind === 'compareExchange')
  const isAnnounced = marked !== undefined && marked.result === marked.expected
  return [isAnnounced ? { type: 'death.ring', end } : { type: 'bell.ring', bell: otherEnd(end) }]
}

/** Those of the events that the system has. */
export const knownTo = (system: System, events: readonly GroundEvent[]): GroundEvent[] =>
  events.filter(({ type }) => type in system.events)
