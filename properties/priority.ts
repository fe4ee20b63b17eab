/**
 * The production channel with priorities at every access of memory, beside its chart: each look at a lane, each
 * access of the doorbell. Programs that the chart does not know (threads that wake for no reason, leave for bulk
 * data) and mutants are judged by the chart's observers alone: order, inversion and starvation of lanes.
 */
import {
  type MemoryJudge,
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { HEADER_WORDS } from '../src/mom/channel-shape.ts'
import { NO_PATIENCE } from '../src/mom/doorbell.ts'
import type { ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import { Layout } from '../src/mom/layout.ts'
import { messageType } from '../src/mom/message.ts'
import {
  PRIORITIES,
  type Priority,
  type PriorityOptions,
  PriorityReceiver,
  PrioritySender,
  type PriorityShape,
  layPriority,
} from '../src/mom/priority.ts'
import { type PriorityBounds, priority } from '../spec/priority/system.ts'
import { memoryJudge } from './memory-judge.ts'
import { Course } from './priority-course.ts'
import { laneObservers } from './priority-observers.ts'

/** A message by its lane; `leave` goes by control, and bulk data is not taken before it. */
export type Sent = Priority | 'leave'

export type Size = {
  /** What is sent, in this order. */
  readonly sent: readonly Sent[]
  /** Slots of each lane, a power of two, and the passes after which a lane is due. */
  readonly bounds: Omit<PriorityBounds, 'leave'>
  /** Where the indices begin. */
  readonly start?: number
  readonly spurious?: number
}

type EndClass<End> = new (memory: SharedMemory, shape: PriorityShape, options: PriorityOptions) => End

/** How the ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly sender: EndClass<PrioritySender>
  readonly receiver: EndClass<PriorityReceiver>
}

const laneOf = (sent: Sent): Priority => (sent === 'leave' ? 'control' : sent)

/** The numbers of the messages in the chart: as many a lane as it has slots, used again and again; 0 gives leave. */
export function numbersOf({ sent, bounds }: Size): number[] {
  const first = { control: 1, normal: 1 + bounds.control, bulk: 1 + bounds.control + bounds.normal }
  const counts = { control: 0, normal: 0, bulk: 0 }
  return sent.map((one) => (one === 'leave' ? 0 : first[one] + (counts[one]++ % bounds[one])))
}

const numbered = messageType({ number: 'int' })

type SenderSelf = {
  readonly end: PrioritySender
  readonly message: ReturnType<typeof numbered.create>
  sent: number
  outcome: SendOutcome
}

function senderOf(size: Size, shape: PriorityShape, Sender: Ends['sender']): MemoryThread<SenderSelf> {
  const numbers = numbersOf(size)
  const tails = new Set(PRIORITIES.map((lane) => shape[lane].ring.tail))
  const bell = shape.control.receiverBell
  return memoryThread({
    name: 'sender',
    self: (memory): SenderSelf => ({
      end: new Sender(memory, shape, { patience: NO_PATIENCE }),
      message: numbered.create(),
      sent: 0,
      outcome: 'sent',
    }),
    operation(self) {
      self.message.number = numbers[self.sent]!
      self.outcome = self.end.send(laneOf(size.sent[self.sent]!), 0, self.message)
      if (self.outcome === 'sent') self.sent++
      return self.outcome === 'sent' && self.sent < numbers.length ? 'again' : 'done'
    },
    event({ access, before }) {
      const { kind, index, result } = access ?? {}
      if (kind === 'store' && tails.has(index!)) {
        const lane = laneOf(size.sent[before.sent]!)
        return { type: 'message.send', lane, message: `message${numbers[before.sent]!}` }
      }
      if (index !== bell) return undefined
      if (kind === 'load') return { type: 'flag.read', armed: result === 1 }
      if (kind === 'compareExchange') return { type: 'flag.take', armed: result === 1 }
      return kind === 'notify' ? { type: 'doorbell.ring' } : undefined
    },
  })
}

type ReceiverSelf = {
  readonly end: PriorityReceiver
  readonly inbox: readonly [ReturnType<typeof numbered.create>]
  /** Messages received, by lane. */
  readonly received: Record<Priority, number>
  /** Whether a message was received before one of another lane that was sent earlier. */
  hasOvertaken: boolean
  outcome: ReceiveOutcome
}

const countOf = ({ received }: ReceiverSelf): number => received.control + received.normal + received.bulk

function receiverOf(
  size: Size,
  shape: PriorityShape,
  Receiver: Ends['receiver'],
): MemoryThread<ReceiverSelf> {
  const { start = 0 } = size
  const needsLeave = size.sent.includes('leave')
  return memoryThread({
    name: 'receiver',
    self: (memory): ReceiverSelf => {
      const options = { patience: NO_PATIENCE, passesMax: size.bounds.passes }
      const end = new Receiver(memory, shape, options)
      if (needsLeave) end.serveDownTo('normal')
      const received = { control: 0, normal: 0, bulk: 0 }
      return { end, inbox: [numbered.create()], received, hasOvertaken: false, outcome: 'received' }
    },
    operation(self) {
      self.outcome = self.end.receive(self.inbox)
      if (self.outcome !== 'received') return 'done'
      if (needsLeave && self.inbox[0].number === 0) self.end.serveDownTo('bulk')
      if (self.end.priority !== laneOf(size.sent[countOf(self)]!)) self.hasOvertaken = true
      self.received[self.end.priority]++
      return countOf(self) < size.sent.length ? 'again' : 'done'
    },
    event: (step: MemoryStep<ReceiverSelf>) => {
      const asks = needsLeave && countOf(step.before) === 0 && step.earlier.length === 0
      const events = new Course(shape, { start, taken: step.before.received }, step).events()
      return asks ? [{ type: 'leave.ask' }, ...events] : events
    },
  })
}

/** What the observers know of a step. */
const isVisible = ({ type }: GroundEvent): boolean => type.startsWith('message.') || type === 'leave.ask'

/** The thread, as somebody sees it who sees messages only. */
function visibly<Self extends object>(thread: MemoryThread<Self>): MemoryThread<Self> {
  return {
    ...thread,
    event: (step) => {
      const events = thread.event?.(step) ?? []
      return (Array.isArray(events) ? (events as GroundEvent[]) : [events as GroundEvent]).filter(isVisible)
    },
  }
}

const CORRECT: Ends = { sender: PrioritySender, receiver: PriorityReceiver }

/** A sender and a receiver; beside the chart where it knows all that they do. */
export function programOf(name: string, title: string, size: Size, wrong: Partial<Ends> = {}): MemoryProgram {
  const { bounds, start = 0, spurious = 0 } = size
  const layout = new Layout({ lineWords: 1 })
  const slotWords = HEADER_WORDS + numbered.words
  const shape = layPriority(layout, 'channel', {
    control: { capacity: bounds.control, slotWords },
    normal: { capacity: bounds.normal, slotWords },
    bulk: { capacity: bounds.bulk, slotWords },
  })
  const ends = { ...CORRECT, ...wrong }
  const isFollowing = spurious === 0 && !size.sent.includes('leave') && Object.keys(wrong).length === 0
  const judge: MemoryJudge = memoryJudge(isFollowing ? priority : laneObservers, { ...bounds, leave: 0 })
  const made = {
    sender: senderOf(size, shape, ends.sender),
    receiver: receiverOf(size, shape, ends.receiver),
  }
  const sender = isFollowing ? made.sender : visibly(made.sender)
  const receiver = isFollowing ? made.receiver : visibly(made.receiver)
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => {
      for (const lane of PRIORITIES) {
        memory.store(shape[lane].ring.tail, start)
        memory.store(shape[lane].ring.head, start)
      }
    },
    threads: [sender, receiver],
    claims: {
      allReceived: {
        kind: 'atEnd',
        sentence: 'every message is received',
        holds: ({ self }) => countOf(self(receiver)) === size.sent.length,
      },
      overtakes: {
        kind: 'sometimes',
        sentence: 'a message has overtaken one of a lower lane',
        holds: ({ self }) => self(receiver).hasOvertaken,
      },
      sleeps: {
        kind: 'sometimes',
        sentence: 'the receiver sleeps',
        holds: ({ status }) => status(receiver) === 'parked',
      },
    },
    follows: { judge },
    options: { spuriousWakesMax: spurious },
  }
}

const BOUNDS = { control: 1, normal: 1, bulk: 2, passes: 2 }

/** Data first, then control that overtakes it. */
export const SMALL: Size = { sent: ['bulk', 'normal', 'control', 'bulk'], bounds: BOUNDS }
/** So much control that the lanes below come due. */
export const FLOOD: Size = {
  sent: ['bulk', 'normal', 'control', 'control', 'control', 'normal'],
  bounds: BOUNDS,
}
/** The bulk lane is full, and leave to take from it comes by control. */
export const LEAVE: Size = { sent: ['bulk', 'bulk', 'leave', 'bulk'], bounds: BOUNDS }

/** What is explored: three beside the chart, then leave, and threads that wake for no reason. */
export const programs: readonly MemoryProgram[] = [
  programOf('priority', 'bulk, normal and control, and bulk once more', SMALL),
  programOf('priority-flood', 'three control messages pass data until it is due', FLOOD),
  programOf('priority-wrap', 'a full lane of bulk data, indices from 2^31 - 2', {
    sent: ['bulk', 'bulk', 'bulk', 'control', 'normal'],
    bounds: BOUNDS,
    start: 2 ** 31 - 2,
  }),
  programOf('priority-leave', 'leave to take bulk data comes past the bulk data', LEAVE),
  programOf('priority-spurious', 'threads wake for no reason, once in a run', {
    ...SMALL,
    sent: ['bulk', 'control', 'bulk'],
    spurious: 1,
  }),
]
