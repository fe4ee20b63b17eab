/**
 * The production channel, ring, doorbells, presence and typed messages together, beside the abstract channel: what
 * it accepts is received in order, once, and it says that it is full only when it is.
 */
import {
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import { type ChannelShape, HEADER_WORDS, type EndOptions, layChannel } from '../src/mom/channel-shape.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import type { ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { fifo } from '../spec/fifo/system.ts'
import { memoryJudge } from './memory-judge.ts'

export type Size = {
  readonly messages: number
  readonly capacity: number
  /** Messages of one `flush`, and of one `drain`. */
  readonly batch: number
  /** Where the indices begin. */
  readonly start?: number
  readonly spurious?: number
}

type EndClass<End> = new (memory: SharedMemory, shape: ChannelShape, options: EndOptions) => End

/** How the ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly sender: EndClass<ChannelSender>
  readonly receiver: EndClass<ChannelReceiver>
}

const numbered = messageType({ number: 'int' })
const OPTIONS: EndOptions = { patience: NO_PATIENCE }

type SenderSelf = {
  readonly end: ChannelSender
  readonly message: ReturnType<typeof numbered.create>
  sent: number
  outcome: SendOutcome
}

/** Stages a batch, sends it, and sleeps where nothing could be staged. */
function sendSome(self: SenderSelf, { messages, batch }: Size): void {
  let staged = 0
  while (staged < batch && self.sent + staged < messages) {
    self.message.number = self.sent + staged
    self.outcome = self.end.stage(0, self.message)
    if (self.outcome !== 'sent') break
    staged++
  }
  self.end.flush()
  self.sent += staged
  if (staged > 0 || self.outcome !== 'full') return
  // One more, and this time it waits.
  self.outcome = self.end.send(0, self.message)
  if (self.outcome === 'sent') self.sent++
}

/** The messages of these positions, as events. */
const messages = (type: string, from: number, to: number): GroundEvent[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ type, message: `message${from + index}` }))

function senderOf(size: Size, shape: ChannelShape, Sender: Ends['sender']): MemoryThread<SenderSelf> {
  const { ring } = shape
  const { start = 0 } = size
  return memoryThread({
    name: 'sender',
    self: (memory): SenderSelf => ({
      end: new Sender(memory, shape, OPTIONS),
      message: numbered.create(),
      sent: 0,
      outcome: 'sent',
    }),
    operation(self) {
      sendSome(self, size)
      const isGoingOn = self.outcome === 'sent' || self.outcome === 'full'
      return isGoingOn && self.sent < size.messages ? 'again' : 'done'
    },
    event({ access, before, word }) {
      const { kind, index, value, result } = access ?? {}
      if (kind === 'store' && index === ring.tail)
        return messages('message.send', before.sent, (value! - start) | 0)
      if (kind !== 'load' || index !== ring.head) return undefined
      const used = (word(ring.tail) - Number(result)) | 0
      return used === ring.capacity ? { type: 'message.refuse', message: `message${before.sent}` } : undefined
    },
  })
}

type ReceiverSelf = {
  readonly end: ChannelReceiver
  readonly inbox: readonly [ReturnType<typeof numbered.create>]
  /** The numbers of all messages received. */
  readonly received: number[]
  outcome: ReceiveOutcome
}

function receiverOf(size: Size, shape: ChannelShape, Receiver: Ends['receiver']): MemoryThread<ReceiverSelf> {
  const { start = 0 } = size
  return memoryThread({
    name: 'receiver',
    self: (memory): ReceiverSelf => ({
      end: new Receiver(memory, shape, OPTIONS),
      inbox: [numbered.create()],
      received: [],
      outcome: 'received',
    }),
    operation(self) {
      const note = (): void => void self.received.push(self.inbox[0].number)
      if (self.end.drain(self.inbox, size.batch, note) === 0) {
        self.outcome = self.end.receive(self.inbox)
        if (self.outcome === 'received') note()
      }
      return self.outcome === 'received' && self.received.length < size.messages ? 'again' : 'done'
    },
    event({ access, before }) {
      if (access?.kind !== 'store' || access.index !== shape.ring.head) return undefined
      return messages('message.receive', before.received.length, (access.value! - start) | 0)
    },
  })
}

const CORRECT: Ends = { sender: ChannelSender, receiver: ChannelReceiver }

/** A sender and a receiver of numbered messages. */
export function programOf(name: string, title: string, size: Size, wrong: Partial<Ends> = {}): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const { capacity, start = 0, spurious = 0 } = size
  const shape = layChannel(layout, 'channel', { capacity, slotWords: HEADER_WORDS + numbered.words })
  const ends = { ...CORRECT, ...wrong }
  const receiver = receiverOf(size, shape, ends.receiver)
  const bounds = { producers: 1, messages: size.messages, capacity }
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => {
      memory.store(shape.ring.tail, start)
      memory.store(shape.ring.head, start)
    },
    threads: [senderOf(size, shape, ends.sender), receiver],
    claims: {
      inOrder: {
        kind: 'always',
        sentence: 'messages are received as they were sent',
        holds: ({ self }) => self(receiver).received.every((number, index) => number === index),
      },
      allReceived: {
        kind: 'atEnd',
        sentence: 'every message is received',
        holds: ({ self }) => self(receiver).received.length === size.messages,
      },
    },
    follows: { judge: memoryJudge(fifo, bounds) },
    options: { spuriousWakesMax: spurious },
  }
}

export const SMALL: Size = { messages: 4, capacity: 2, batch: 1 }

/** What is explored: from two messages to eight, one by one and in batches, across the wrap, woken for nothing. */
export const programs: readonly MemoryProgram[] = [
  programOf('fifo', 'four messages, one at a time', SMALL),
  programOf('fifo-two', 'two messages through one slot', { messages: 2, capacity: 1, batch: 1 }),
  programOf('fifo-wrap', 'six messages in batches of two, indices from 2^31 - 3', {
    messages: 6,
    capacity: 4,
    batch: 2,
    start: 2 ** 31 - 3,
  }),
  programOf('fifo-eight', 'eight messages through four slots', { messages: 8, capacity: 4, batch: 1 }),
  programOf('fifo-spurious', 'three messages, woken for nothing twice in a run', {
    messages: 3,
    capacity: 1,
    batch: 1,
    spurious: 2,
  }),
]
