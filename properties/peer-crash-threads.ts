/** The threads around a channel whose owners may die: its two ends, those who follow them, and their hosts. */
import { type MemoryThread, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { System } from '../src/model/system.ts'
import type { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import type { ChannelSender } from '../src/mom/channel-sender.ts'
import { type ChannelShape, type EndOptions } from '../src/mom/channel-shape.ts'
import { Doorbell, NO_PATIENCE } from '../src/mom/doorbell.ts'
import type { Decodable, ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import { type Message, messageType } from '../src/mom/message.ts'
import type { Presence } from '../src/mom/peer-crash.ts'
import {
  type End,
  type EndSelf,
  bellOf,
  endEvents,
  hostEvents,
  knownTo,
  otherEnd,
  presenceOf,
} from './peer-crash-words.ts'

export const numbered = messageType({ number: 'int' })
type Numbered = Message<typeof numbered.fields>
const OPTIONS: EndOptions = { patience: NO_PATIENCE }

export type Size = {
  readonly messages: number
  readonly capacity: number
  /** Messages of one `flush`, and of one `drain`. */
  readonly batch: number
  /** The ends whose first owner may die at any access. */
  readonly mortal: readonly End[]
  /** Somebody follows a dead owner. */
  readonly followed?: boolean
  /** Its death is noticed once more, at any time after the first. */
  readonly noticedAgain?: boolean
}

type EndClass<Owner> = new (memory: SharedMemory, shape: ChannelShape, options: EndOptions) => Owner

/** How owners, successors and the words of hosts are built; a mutant builds one with a bug. */
export type Parts = {
  readonly sender: EndClass<ChannelSender>
  readonly receiver: EndClass<ChannelReceiver>
  readonly nextSender: EndClass<ChannelSender>
  readonly nextReceiver: EndClass<ChannelReceiver>
  readonly presence: new (memory: SharedMemory, word: number) => Presence
}

/** What all threads of a program know. */
export type Course = {
  readonly size: Size
  readonly shape: ChannelShape
  readonly parts: Parts
  readonly judge: System
  /** One word a message: how often it was acted on. */
  readonly handled: number
}

type OwnerSelf<Owner> = EndSelf & {
  readonly memory: SharedMemory
  /** A successor has none before its first operation. */
  end: Owner | undefined
  /** Where this owner began. */
  first: number
  /** It has been told that the owner of the other end is dead. */
  told: boolean
}
type SenderSelf = OwnerSelf<ChannelSender> & { outcome: SendOutcome; readonly message: Numbered }
export type ReceiverSelf = OwnerSelf<ChannelReceiver> & {
  outcome: ReceiveOutcome
  readonly inbox: readonly [Handling]
  readonly received: number[]
}

/** Where a thread comes in: a successor once the host of the dead owner is done. */
const asSuccessor = (end: End) => ({
  name: `next-${end}`,
  starts: { after: `host-of-${end}`, having: 'done' as const },
})

/** Waits for a successor of the other end, where there is one; whether to go on. */
function goOnAfterDeath(self: OwnerSelf<unknown>, { size }: Course): boolean {
  self.told = true
  if (size.followed === true) self.memory.pause()
  return size.followed === true
}

/** Stages a batch and sends it; sleeps where nothing could be staged. */
function sendSome(self: SenderSelf, { size }: Course): void {
  const end = self.end!
  let staged = 0
  while (staged < size.batch && self.next + staged < size.messages) {
    self.message.number = self.next + staged
    self.outcome = end.stage(0, self.message)
    if (self.outcome !== 'sent') break
    staged++
  }
  end.flush()
  self.next += staged
  if (staged > 0 || self.outcome !== 'full') return
  self.outcome = end.send(0, self.message)
  if (self.outcome === 'sent') self.next++
}

export function senderOf(course: Course, isSuccessor = false): MemoryThread<SenderSelf> {
  const { size, shape, parts, judge } = course
  return memoryThread({
    ...(isSuccessor ? asSuccessor('producer') : { name: 'producer' }),
    mayCrash: !isSuccessor && size.mortal.includes('producer'),
    self: (memory): SenderSelf => ({
      memory,
      end: isSuccessor ? undefined : new parts.sender(memory, shape, OPTIONS),
      first: 0,
      next: 0,
      message: numbered.create(),
      outcome: 'sent',
      told: false,
    }),
    operation(self) {
      if (self.end === undefined) {
        self.end = new parts.nextSender(self.memory, shape, OPTIONS)
        // What this owner sends next is what the channel has not accepted yet.
        self.first = self.next = self.memory.load(shape.ring.tail)
        return 'again'
      }
      if (self.next === size.messages) {
        self.end.close()
        return 'done'
      }
      sendSome(self, course)
      if (self.outcome === 'dead') return goOnAfterDeath(self, course) ? 'again' : 'done'
      return self.outcome === 'faulty' ? 'done' : 'again'
    },
    event: (step) => knownTo(judge, endEvents('producer', shape, step)),
  })
}

/** Acts on a message while it is in the receiver's hands: read, and not released yet. */
class Handling implements Decodable {
  readonly message = numbered.create()
  private readonly handled: number

  constructor(handled: number) {
    this.handled = handled
  }

  decode(memory: SharedMemory, at: number): void {
    this.message.decode(memory, at)
    memory.add(this.handled + this.message.number, 1)
  }
}

export function receiverOf(course: Course, isSuccessor = false): MemoryThread<ReceiverSelf> {
  const { size, shape, parts, judge, handled } = course
  return memoryThread({
    ...(isSuccessor ? asSuccessor('consumer') : { name: 'consumer' }),
    mayCrash: !isSuccessor && size.mortal.includes('consumer'),
    self: (memory): ReceiverSelf => ({
      memory,
      end: isSuccessor ? undefined : new parts.receiver(memory, shape, OPTIONS),
      first: 0,
      next: 0,
      inbox: [new Handling(handled)],
      received: [],
      outcome: 'received',
      told: false,
    }),
    operation(self) {
      if (self.end === undefined) {
        self.end = new parts.nextReceiver(self.memory, shape, OPTIONS)
        self.first = self.next = self.memory.load(shape.ring.head)
        return 'again'
      }
      self.outcome = 'received'
      const note = (): void => void self.received.push(self.inbox[0].message.number)
      if (self.end.drain(self.inbox, size.batch, note) === 0) {
        self.outcome = self.end.receive(self.inbox)
        if (self.outcome === 'received') note()
      }
      self.next = self.first + self.received.length
      if (self.outcome === 'dead') return goOnAfterDeath(self, course) ? 'again' : 'done'
      return self.outcome === 'received' ? 'again' : 'done'
    },
    event: (step) => knownTo(judge, endEvents('consumer', shape, step)),
  })
}

/** Whoever started the first owner of an end, and sees it dead; and who sees that too, but late. */
export const hostOf = (end: End, { shape, parts, judge }: Course, isLate = false): MemoryThread =>
  memoryThread({
    name: isLate ? `late-host-of-${end}` : `host-of-${end}`,
    starts: isLate ? { after: `host-of-${end}`, having: 'done' } : { after: end, having: 'crashed' },
    daemon: true,
    self: (memory: SharedMemory) => ({ memory }),
    operation({ memory }) {
      const presence = new parts.presence(memory, presenceOf(end, shape))
      presence.declareDead(1, [new Doorbell(memory, bellOf(otherEnd(end), shape))])
      return 'done'
    },
    event: (step) => knownTo(judge, hostEvents(end, shape, step)),
  })
