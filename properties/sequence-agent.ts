/** The deciding side of the programs in sequence.ts: what it does, and what that means in the words of the chart. */
import { memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { GapDetector, StatusReader, StatusSource, eventsBetween } from '../src/mom/sequence.ts'
import { RingConsumer, type RingShape } from '../src/mom/spsc-ring.ts'

export type Size = {
  readonly events: number
  readonly capacity: number
  /** Messages that may be lost or sent again, as the chart counts them. */
  readonly faults: number
  /** The number before the first event: as in the chart, the last but one of 16. */
  readonly start: number
  /** Whether each message is sent again, while the faults allow it. */
  readonly repeats?: boolean
  /** Whether the agent commits as soon as it has something to decide, and reads on only then. */
  readonly isEager?: boolean
}

/** How both sides are built; a mutant builds one with a bug. */
export type Parts = {
  readonly source: new (memory: SharedMemory, word: number) => StatusSource
  readonly reader: new (memory: SharedMemory, word: number) => StatusReader
  readonly detector: new (known: number) => GapDetector
}

export const CORRECT: Parts = { source: StatusSource, reader: StatusReader, detector: GapDetector }

export type Words = { readonly word: number; readonly ring: RingShape; readonly numbers: number }

/** The chart's number of a status. */
export const numberOf = ({ numbers }: Words, status: number): number => (status >> 4) & (numbers - 1)
export const messageOf = (words: Words, status: number): string => `message${numberOf(words, status)}`

type AgentSelf = {
  readonly memory: SharedMemory
  readonly reader: StatusReader
  readonly ring: RingConsumer
  readonly knowledge: GapDetector
  /** What it does next, by what it has found. */
  doing: 'polling' | 'receiving' | 'reading' | 'deciding' | 'checking'
  /** There is something to decide, and it is not known to be stale. */
  isReady: boolean
  isDecided: boolean
}

const operations = {
  polling(self: AgentSelf, isEager: boolean): void {
    if (isEager && self.isReady) self.doing = 'deciding'
    else if (self.ring.available(1) > 0) self.doing = 'receiving'
    else self.doing = self.isReady ? 'deciding' : 'checking'
  },
  receiving(self: AgentSelf): void {
    const novelty = self.knowledge.learn(self.memory.get(self.ring.slot(0)))
    self.ring.release(1)
    if (novelty === 'next') self.isDecided = false
    self.isReady = novelty !== 'gap' && !self.isDecided
    self.doing = novelty === 'gap' ? 'reading' : 'polling'
  },
  reading(self: AgentSelf): void {
    self.knowledge.resynchronise(self.reader.read())
    self.isDecided = false
    self.isReady = true
    self.doing = 'polling'
  },
  deciding(self: AgentSelf): void {
    const { known } = self.knowledge
    self.isReady = false
    self.doing = 'polling'
    if (self.reader.commit(known) !== 'matched') return
    self.reader.finish(known)
    self.isDecided = true
  },
  checking(self: AgentSelf): void {
    const isNew = self.reader.hasNews(self.knowledge.known)
    if (!isNew) self.memory.pause()
    self.doing = isNew ? 'reading' : 'polling'
  },
} as const

/** What the agent has found a message to be, read off what it knows since. */
function judgement({ before, after }: MemoryStep<AgentSelf>): string {
  if (after.doing === 'reading') return 'gap.detect'
  return after.knowledge.known === before.knowledge.known ? 'message.discard' : 'message.accept'
}

/** A commit: the number that it names, and then whether it is the current one. */
function committing(words: Words, step: MemoryStep<AgentSelf>): GroundEvent[] {
  const { kind, expected, value = 0, result } = step.access!
  const { known } = step.before.knowledge
  const outcome = (type: string, status: number): GroundEvent[] => {
    const number = numberOf(words, status)
    return [
      { type: 'transaction.open', number },
      { type, number },
    ]
  }
  if (kind === 'load')
    return eventsBetween(known, Number(result)) === 0 ? [] : outcome('transaction.refuse', known)
  if (kind === 'store' && (value & 1) === 0)
    return [{ type: 'transaction.apply', number: numberOf(words, known) }]
  const isHeld = kind === 'store' || result === expected
  return outcome(isHeld ? 'transaction.match' : 'transaction.refuse', expected ?? value)
}

function agentEvents(words: Words, step: MemoryStep<AgentSelf>): GroundEvent[] {
  const { access, before, word } = step
  const { kind, index, result } = access!
  const read = Number(result)
  if (kind === 'get') return [{ type: 'message.receive', message: messageOf(words, read) }]
  if (kind === 'store' && index === words.ring.head)
    return [{ type: judgement(step), message: messageOf(words, word(before.ring.slot(0))) }]
  if (index !== words.word) return []
  if (before.doing === 'deciding') return committing(words, step)
  return [
    { type: before.doing === 'reading' ? 'status.read' : 'status.check', number: numberOf(words, read) },
  ]
}

export function agentOf({ isEager }: Size, words: Words, { reader: Reader, detector: Detector }: Parts) {
  return memoryThread({
    name: 'agent',
    self: (memory): AgentSelf => {
      const reader = new Reader(memory, words.word)
      const knowledge = new Detector(reader.read())
      const ring = new RingConsumer(memory, words.ring)
      return { memory, reader, ring, knowledge, doing: 'polling', isReady: false, isDecided: true }
    },
    // It looks for ever whether there is something new.
    daemon: true,
    operation(self) {
      operations[self.doing](self, isEager === true)
      return 'again'
    },
    event: (step) => agentEvents(words, step),
  })
}
