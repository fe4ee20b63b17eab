/**
 * The production channel with credit and a pool of buffers at every access of memory, beside its chart: taking and
 * returning of buffers, sending, granting, and sleep; in every interleaving, and across the wrap of the account.
 */
import {
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { HEADER_WORDS } from '../src/mom/channel-shape.ts'
import {
  type CreditOptions,
  type CreditShape,
  DESCRIPTOR_WORDS,
  NO_BUFFER,
  layCredit,
} from '../src/mom/credit-flow.ts'
import { CreditReceiver } from '../src/mom/credit-receiver.ts'
import { CreditSender } from '../src/mom/credit-sender.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import type { ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import { type CreditFlowBounds, accountOf, creditFlow } from '../spec/credit-flow/system.ts'
import { ReceiverWords, lastGet } from './credit-words.ts'
import { memoryJudge } from './memory-judge.ts'

export type Size = {
  readonly bounds: Omit<CreditFlowBounds, 'carriers'>
  /** Where the indices and the account begin. */
  readonly start?: number
  readonly spurious?: number
  /** Left to run without the chart, so that what a bug comes to is seen. */
  readonly isFree?: boolean
}

type EndClass<End> = new (memory: SharedMemory, shape: CreditShape, options: CreditOptions<number>) => End

/** How the ends are built; a mutant builds one with a bug. A view of a buffer is the index of its one word. */
export type Ends = {
  readonly sender: EndClass<CreditSender<number>>
  readonly receiver: EndClass<CreditReceiver<number>>
}

const numbered = messageType({ number: 'int' })
const OPTIONS: CreditOptions<number> = { patience: NO_PATIENCE, views: (at) => at }

type SenderSelf = {
  readonly memory: SharedMemory
  readonly end: CreditSender<number>
  readonly message: ReturnType<typeof numbered.create>
  /** The buffer that the next message goes into. */
  buffer: number
  sent: number
  outcome: SendOutcome
}

function fill(self: SenderSelf): void {
  self.buffer = self.end.takeBuffer() ?? NO_BUFFER
  if (self.buffer === NO_BUFFER) self.outcome = 'faulty'
  else self.memory.set(self.end.view(self.buffer), self.sent + 1)
}

function sendIt(self: SenderSelf, units: readonly number[]): void {
  self.message.number = self.sent
  self.end.attach(self.buffer)
  // A message of kind 1 takes two units.
  self.outcome = self.end.send(units[self.sent]! - 1, self.message)
  if (self.outcome !== 'sent') return
  self.sent++
  self.buffer = NO_BUFFER
}

function senderOf({ bounds }: Size, shape: CreditShape, Sender: Ends['sender']): MemoryThread<SenderSelf> {
  const { units } = accountOf({ ...bounds, carriers: 1 })
  const free = shape.pool!.free
  return memoryThread({
    name: 'sender',
    self: (memory): SenderSelf => ({
      memory,
      end: new Sender(memory, shape, OPTIONS),
      message: numbered.create(),
      buffer: NO_BUFFER,
      sent: 0,
      outcome: 'sent',
    }),
    operation(self) {
      if (self.buffer === NO_BUFFER) fill(self)
      else sendIt(self, units)
      return self.outcome === 'sent' && self.sent < units.length ? 'again' : 'done'
    },
    event({ access, before, earlier }) {
      const { kind, index } = access ?? {}
      if (kind !== 'store') return undefined
      if (index === free.head) return { type: 'buffer.take', buffer: `buffer${lastGet(earlier)}` }
      if (index !== shape.channel.ring.tail) return undefined
      return { type: 'message.send', message: `message${before.sent}`, buffer: `buffer${before.buffer}` }
    },
  })
}

type ReceiverSelf = {
  readonly memory: SharedMemory
  readonly end: CreditReceiver<number>
  readonly inbox: readonly ReturnType<typeof numbered.create>[]
  isPrimed: boolean
  received: number
  /** Whether each message was the next, and its buffer held what was written for it. */
  isIntact: boolean
  outcome: ReceiveOutcome
}

/** Takes a message, reads its buffer, and gives everything back. */
function receiveOne(self: ReceiverSelf): void {
  self.outcome = self.end.receive(self.inbox)
  if (self.outcome !== 'received') return
  const content = self.memory.get(self.end.view(self.end.buffer))
  const { number } = self.inbox[self.end.kind]!
  self.isIntact &&= number === self.received && content === number + 1
  self.received++
  self.end.done()
}

function receiverOf(size: Size, shape: CreditShape, Receiver: Ends['receiver']): MemoryThread<ReceiverSelf> {
  const words = new ReceiverWords(shape, { ...size.bounds, carriers: 1 }, size.start ?? 0)
  return memoryThread({
    name: 'receiver',
    self: (memory): ReceiverSelf => ({
      memory,
      end: new Receiver(memory, shape, OPTIONS),
      inbox: [numbered.create(), numbered.create()],
      isPrimed: false,
      received: 0,
      isIntact: true,
      outcome: 'received',
    }),
    operation(self) {
      if (self.isPrimed) receiveOne(self)
      else self.end.prime()
      self.isPrimed = true
      return self.outcome === 'received' && self.received < size.bounds.messages ? 'again' : 'done'
    },
    event: (step) => words.events(step, step.before),
  })
}

const CORRECT: Ends = { sender: CreditSender, receiver: CreditReceiver }

/** A sender whose messages have buffers, and a receiver that refuses every second one. */
export function programOf(name: string, title: string, size: Size, wrong: Partial<Ends> = {}): MemoryProgram {
  const { bounds, start = 0, spurious = 0, isFree = false } = size
  const layout = new Layout({ lineWords: 1 })
  const shape = layCredit(layout, 'credit', {
    window: bounds.window,
    units: [1, 2],
    slotWords: HEADER_WORDS + DESCRIPTOR_WORDS + numbered.words,
    pool: { buffers: bounds.buffers, bufferWords: 1 },
  })
  const ends = { ...CORRECT, ...wrong }
  const sender = senderOf(size, shape, ends.sender)
  const receiver = receiverOf(size, shape, ends.receiver)
  const { ring } = shape.channel
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => {
      const { free } = shape.pool!
      for (const word of [ring.tail, ring.head, free.tail, free.head, shape.released])
        memory.store(word, start)
    },
    threads: [sender, receiver],
    claims: {
      allReceived: {
        kind: 'atEnd',
        sentence: 'every message is received',
        holds: ({ self }) => self(receiver).received === bounds.messages,
      },
      intact: {
        kind: 'always',
        sentence: 'messages come in order, with their buffers as they were filled',
        holds: ({ self }) => self(receiver).isIntact,
      },
      waitsForCredit: {
        kind: 'sometimes',
        sentence: 'the sender has a buffer and sleeps until it has credit',
        holds: ({ self, status }) => self(sender).buffer !== NO_BUFFER && status(sender) === 'parked',
      },
      waitsForABuffer: {
        kind: 'sometimes',
        sentence: 'the sender sleeps until a buffer is free',
        holds: ({ self, status }) => self(sender).buffer === NO_BUFFER && status(sender) === 'parked',
      },
    },
    ...(isFree ? {} : { follows: { judge: memoryJudge(creditFlow, { ...bounds, carriers: 1 }) } }),
    options: { spuriousWakesMax: spurious },
  }
}

/** Two messages of one unit, one of two. */
export const SMALL: Size = { bounds: { messages: 3, window: 2, buffers: 2 } }
export const WRAPPING: Size = { bounds: { messages: 4, window: 2, buffers: 2 }, start: 2 ** 31 - 2 }

export const programs: readonly MemoryProgram[] = [
  programOf('credit-flow', 'three messages, the last of two units', SMALL),
  programOf('credit-flow-wrap', 'four messages, account and indices from 2^31 - 2', WRAPPING),
  programOf('credit-flow-spurious', 'one buffer, threads wake for no reason, once in a run', {
    bounds: { ...SMALL.bounds, buffers: 1 },
    spurious: 1,
  }),
]
