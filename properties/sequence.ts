/**
 * Production code of sequence numbers at every access of memory, beside its chart: a source raises its number and
 * tells by a ring that may overflow; an agent reads, misses, reads anew, decides and commits.
 */
import { type MemoryProgram, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { Layout } from '../src/mom/layout.ts'
import { type StatusSource, eventsBetween } from '../src/mom/sequence.ts'
import { RingProducer, layRing } from '../src/mom/spsc-ring.ts'
import { domains, sequence } from '../spec/sequence/system.ts'
import { memoryJudge } from './memory-judge.ts'
import { CORRECT, type Parts, type Size, type Words, agentOf, messageOf, numberOf } from './sequence-agent.ts'

type SourceSelf = {
  readonly memory: SharedMemory
  readonly source: StatusSource
  readonly ring: RingProducer
  left: number
  faults: number
  step: 'raise' | 'send' | 'repeat'
}

function tell(self: SourceSelf): boolean {
  if (self.ring.reserve(1) === 0) return false
  self.memory.set(self.ring.slot(0), self.source.status)
  self.ring.publish(1)
  return true
}

function sourceOf({ events, faults, repeats }: Size, words: Words, { source: Source }: Parts) {
  const isDone = ({ left, step }: SourceSelf): boolean => left === 0 && step === 'raise'
  return memoryThread({
    name: 'source',
    self: (memory): SourceSelf => ({
      memory,
      source: new Source(memory, words.word),
      ring: new RingProducer(memory, words.ring),
      left: events,
      faults,
      step: 'raise',
    }),
    operation(self) {
      if (self.step === 'raise') {
        if (self.source.raise(0)) {
          self.left--
          self.step = 'send'
        } else self.memory.pause()
      } else if (tell(self)) {
        const isAgain = self.step === 'send' && repeats === true && self.faults > 0
        if (isAgain) self.faults--
        self.step = isAgain ? 'repeat' : 'raise'
      } else if (self.step === 'repeat') {
        self.step = 'raise'
      } else if (self.faults > 0) {
        self.faults--
        self.step = 'raise'
      } else self.memory.pause()
      return isDone(self) ? 'done' : 'again'
    },
    event({ access, before, after, ends, word }) {
      const { kind, index, result } = access!
      const status = word(words.word)
      // Whichever way it is done: the source's number has changed.
      if (index === words.word && eventsBetween(before.source.status, status) > 0 && result !== status)
        return { type: 'number.raise', number: numberOf(words, status) }
      const message = messageOf(words, before.source.status)
      if (kind === 'store' && index === words.ring.tail) return { type: 'message.send', message }
      const isLost = before.step === 'send' && ends !== undefined && after.step === 'raise'
      return kind === 'load' && isLost ? { type: 'message.lose', message } : undefined
    },
  })
}

/** A source and an agent, beside the chart. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Parts> = {},
): MemoryProgram {
  const { events, faults, capacity } = size
  const parts = { ...CORRECT, ...wrong }
  const layout = new Layout({ lineWords: 1 })
  const bounds = { events, faults, capacity }
  const words: Words = {
    word: layout.word('status'),
    ring: layRing(layout, 'ring', { capacity, slotWords: 1 }),
    numbers: domains(bounds).number.length,
  }
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => memory.store(words.word, size.start << 4),
    threads: [sourceOf(size, words, parts), agentOf(size, words, parts)],
    follows: {
      judge: memoryJudge(sequence, bounds),
      finished: ({ agent, word }) => {
        const { decided, seen } = agent!.context as { decided: boolean; seen: number }
        return decided && seen === (word!.context as { number: number }).number
      },
    },
  }
}

// The second event is the first whose status, with four bits below the number, is negative.
export const SMALL: Size = { events: 4, capacity: 2, faults: 2, start: 2 ** 27 - 2 }
export const EAGER: Size = { ...SMALL, isEager: true }
export const OVERFLOWING: Size = { ...SMALL, capacity: 1, faults: 3 }
export const REPEATING: Size = { ...OVERFLOWING, repeats: true }

/** What is explored. */
export const programs: readonly MemoryProgram[] = [
  programOf('sequence', 'an agent that reads on before it commits', SMALL),
  programOf('sequence-eager', 'an agent that commits before it reads on', EAGER),
  programOf('sequence-overflow', 'messages are lost where the ring is full', OVERFLOWING),
  programOf('sequence-repeat', 'messages come twice', REPEATING),
  programOf('sequence-zero', 'numbers from -2 through 0', { ...SMALL, start: -2 }),
]
