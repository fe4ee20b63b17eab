/** The threads at the ends of a channel that is upgraded: a sender, its successor, a receiver, the sender's host. */
import { type MemoryThread, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { MemoryAccess } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { type ChannelShape, type EndOptions, FENCE, kindOf } from '../src/mom/channel-shape.ts'
import { START, type Standing, type UpgradableSender } from '../src/mom/channel-upgrade.ts'
import { Doorbell, NO_PATIENCE } from '../src/mom/doorbell.ts'
import { type Message, messageType } from '../src/mom/message.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import type { UpgradableReceiver } from '../src/mom/upgradable-receiver.ts'

export const numbered = messageType({ number: 'int' })
type Numbered = Message<typeof numbered.fields>
const OPTIONS: EndOptions = { patience: NO_PATIENCE }

export type Size = {
  readonly messages: number
  /** Upgrades, to the other of two transports, before the messages of these numbers. */
  readonly upgradesBefore: readonly number[]
  /** The sender gives its role away before this message. */
  readonly handOverBefore?: number
  readonly capacity?: number
  readonly spurious?: number
  /** The sender may die at any access. */
  readonly crashes?: boolean
}

export type Parts = {
  readonly sender: typeof UpgradableSender
  readonly receiver: typeof UpgradableReceiver
}

type SenderSelf = {
  end: UpgradableSender | undefined
  readonly memory: SharedMemory
  readonly message: Numbered
  next: number
  upgrades: number
}

// A successor must be told where its predecessor stood: here in two words, as a broker would.
export type Handed = { readonly transport: number; readonly epoch: number; readonly next: number }

function sendOne(self: SenderSelf, { upgradesBefore }: Size): void {
  const end = self.end!
  const isDue = upgradesBefore[self.upgrades] === self.next
  if (isDue) {
    if (end.upgrade(1 - end.standing.transport) === 'sent') self.upgrades++
    return
  }
  self.message.number = self.next
  if (end.send(0, self.message) === 'sent') self.next++
}

export function senderOf(
  size: Size,
  shapes: readonly ChannelShape[],
  handed: Handed,
  Sender: Parts['sender'],
) {
  return memoryThread({
    name: 'sender',
    mayCrash: size.crashes ?? false,
    self: (memory): SenderSelf => ({
      end: new Sender(memory, shapes, OPTIONS),
      memory,
      message: numbered.create(),
      next: 0,
      upgrades: 0,
    }),
    operation(self) {
      if (self.next === size.handOverBefore) {
        const { transport, epoch } = self.end!.handOver()
        self.memory.store(handed.transport, transport)
        self.memory.store(handed.epoch, epoch)
        self.memory.store(handed.next, self.next)
        return 'done'
      }
      sendOne(self, size)
      return self.next === size.messages ? 'done' : 'again'
    },
    event: ({ access, before }) => sentBy(access, shapes, size, before.next, before.upgrades),
  })
}

export function successorOf(
  size: Size,
  shapes: readonly ChannelShape[],
  handed: Handed,
  Sender: Parts['sender'],
) {
  return memoryThread({
    name: 'successor',
    starts: { after: 'sender', having: 'done' },
    self: (memory): SenderSelf => ({
      end: undefined,
      memory,
      message: numbered.create(),
      next: 0,
      upgrades: size.upgradesBefore.filter((number) => number < (size.handOverBefore ?? 0)).length,
    }),
    operation(self) {
      if (self.end === undefined) {
        const standing: Standing = {
          transport: self.memory.load(handed.transport),
          epoch: self.memory.load(handed.epoch),
        }
        self.end = new Sender(self.memory, shapes, OPTIONS, standing)
        self.next = self.memory.load(handed.next)
      }
      sendOne(self, size)
      return self.next === size.messages ? 'done' : 'again'
    },
    event: ({ access, before, word }) =>
      sentBy(
        access,
        shapes,
        size,
        before.end === undefined ? word(handed.next) : before.next,
        before.upgrades,
      ),
  })
}

/** A store of some ring's tail sends the next message, unless it is that of a fence. */
function sentBy(
  access: MemoryAccess | undefined,
  shapes: readonly ChannelShape[],
  { upgradesBefore }: Size,
  next: number,
  upgrades: number,
): GroundEvent | undefined {
  const isSent = access?.kind === 'store' && shapes.some(({ ring }) => ring.tail === access.index)
  if (!isSent || upgradesBefore[upgrades] === next) return undefined
  return { type: 'message.send', message: `message${next}` }
}

type ReceiverSelf = {
  readonly end: UpgradableReceiver
  readonly inbox: readonly [Numbered]
  readonly received: number[]
  failed: boolean
}

export function receiverOf(size: Size, shapes: readonly ChannelShape[], Receiver: Parts['receiver']) {
  return memoryThread({
    name: 'receiver',
    self: (memory): ReceiverSelf => ({
      end: new Receiver(memory, shapes, OPTIONS, START),
      inbox: [numbered.create()],
      received: [],
      failed: false,
    }),
    operation(self) {
      const outcome = self.end.receive(self.inbox)
      if (outcome === 'received') self.received.push(self.inbox[0].number)
      else self.failed = true
      return outcome === 'received' && self.received.length < size.messages ? 'again' : 'done'
    },
    // The first word of a slot says whether it is a fence; what a message says is for `inOrder`.
    event({ access, before }) {
      const isHeader = shapes.some(({ ring }) => {
        const offset = (access?.index ?? -1) - ring.slots
        return offset >= 0 && offset < ring.capacity * ring.slotWords && offset % ring.slotWords === 0
      })
      if (access?.kind !== 'get' || !isHeader || kindOf(Number(access.result)) === FENCE) return undefined
      return { type: 'message.receive', message: `message${before.received.length}` }
    },
  })
}

/** Whoever hosts the sender and learns of its death. */
export const hostOf = (shapes: readonly ChannelShape[]): MemoryThread =>
  memoryThread({
    name: 'host',
    starts: { after: 'sender', having: 'crashed' },
    daemon: true,
    self: (memory: SharedMemory) => ({ memory }),
    operation({ memory }) {
      const [{ senderPresence, receiverBell }] = shapes as readonly [ChannelShape]
      new Presence(memory, senderPresence).declareDead(1, [new Doorbell(memory, receiverBell)])
      return 'done'
    },
  })
