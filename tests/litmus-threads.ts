/**
 * The store-buffering litmus test: each of two threads writes its own word and then reads the other's. One code for
 * real threads and for the explorable memory.
 */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { Layout } from '../src/mom/layout.ts'

/** How the word is written and read. */
export type Accesses = 'plain' | 'plain write, atomic read' | 'atomic'

/** What the other's word held, after this thread has written its own. */
export function storeThenLoad(memory: SharedMemory, accesses: Accesses, own: number, other: number): number {
  if (accesses === 'atomic') memory.store(own, 1)
  else memory.set(own, 1)
  return accesses === 'plain' ? memory.get(other) : memory.load(other)
}

export type LitmusData = {
  readonly accesses: Accesses
  readonly thread: 0 | 1
  readonly rounds: number
  readonly places: LitmusPlaces
  /** Whether to stop at the first round in which both read 0. */
  readonly stopsAtBothZero: boolean
}

export type LitmusPlaces = {
  /** By thread: the round it is in; and what it read there, plus 1. */
  readonly round: readonly [number, number]
  readonly result: readonly [number, number]
  /** By thread: its word in the first round; that of the next is a line further. */
  readonly words: readonly [number, number]
  readonly lineWords: number
  readonly linesOfWords: number
}

/** Rounds take fresh words in turn: clearing one at once would be one more write to order. */
const LINES = 1024
const LINE_WORDS = 32

export function layLitmus(layout: Layout): LitmusPlaces {
  const pair = (name: string): [number, number] => [layout.word(`${name}0`), layout.word(`${name}1`)]
  const block = (thread: number): number =>
    layout.block(LINES * LINE_WORDS, (offset) => `word${thread}.${offset}`)
  return {
    round: pair('round'),
    result: pair('result'),
    words: [block(0), block(1)],
    lineWords: LINE_WORDS,
    linesOfWords: LINES,
  }
}

/** One of the two threads; how many rounds there were, and in how many both read 0. */
export function litmusThread(memory: SharedMemory, data: LitmusData): { rounds: number; bothZero: number } {
  const { accesses, thread, rounds, places, stopsAtBothZero } = data
  const peer = thread === 0 ? 1 : 0
  let bothZero = 0
  let round = 1
  const meet = (step: number): void => {
    memory.store(places.round[thread], step)
    while (memory.load(places.round[peer]) < step) memory.pause()
  }
  for (; round <= rounds; round++) {
    const line = (round % places.linesOfWords) * places.lineWords
    const [own, other] = [places.words[thread] + line, places.words[peer] + line]
    memory.store(own, 0)
    meet(3 * round)
    const read = storeThenLoad(memory, accesses, own, other)
    memory.store(places.result[thread], read)
    meet(3 * round + 1)
    const isBothZero = read === 0 && memory.load(places.result[peer]) === 0
    // Both see the same, and so both stop.
    meet(3 * round + 2)
    if (!isBothZero) continue
    bothZero++
    if (stopsAtBothZero) break
  }
  return { rounds: Math.min(round, rounds), bothZero }
}
