/** Sequence numbers, each part by itself. */
import { describe, expect, it } from 'vitest'
import { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import {
  GapDetector,
  StatusReader,
  StatusSource,
  eventsBetween,
  isNewer,
  stateOf,
  statusAfter,
} from '../src/mom/sequence.ts'

const numbered = (number: number, state = 0) => (number << 4) | (state << 1)

describe('a status', () => {
  it('holds a number and a state, and is compared across the wrap', () => {
    const last = numbered(2 ** 27 - 1, 5)
    const next = statusAfter(last, 2)
    expect([stateOf(last), stateOf(next)]).toEqual([5, 2])
    expect(next).toBe(numbered(-(2 ** 27), 2))
    expect([eventsBetween(last, next), eventsBetween(next, last)]).toEqual([1, -1])
    expect([isNewer(next, last), isNewer(last, next), isNewer(last, numbered(2 ** 27 - 1))]).toEqual([
      true,
      false,
      false,
    ])
    expect(statusAfter(numbered(-1), 0)).toBe(0)
  })

  it('keeps a state that is too large to itself', () => {
    expect(statusAfter(0, 9)).toBe(numbered(1, 1))
  })
})

describe('a source and who commits', () => {
  const make = () => {
    const memory = new AtomicsMemory(new Int32Array(1))
    return { memory, source: new StatusSource(memory, 0), reader: new StatusReader(memory, 0) }
  }

  it('commits on what is current, and on nothing older', () => {
    const { source, reader } = make()
    const early = reader.read()
    expect(source.raise(3)).toBe(true)
    expect(reader.commit(early)).toBe('stale')
    const known = reader.read()
    expect([known, stateOf(known)]).toEqual([source.status, 3])
    expect(reader.commit(known)).toBe('matched')
    reader.finish(known)
    expect(source.raise(0)).toBe(true)
  })

  it('lets nothing happen, and nobody else commit, while a decision is carried out', () => {
    const { source, reader } = make()
    const known = reader.read()
    reader.commit(known)
    expect([source.raise(1), reader.commit(known), reader.hasNews(known)]).toEqual([false, 'busy', false])
    expect(source.status).toBe(known)
    reader.finish(known)
    expect([source.raise(1), reader.hasNews(known)]).toEqual([true, true])
  })

  it('goes on after the death of one that had matched, and with a successor of the source', () => {
    const { memory, source, reader } = make()
    source.raise(1)
    reader.commit(reader.read())
    reader.release()
    const successor = new StatusSource(memory, 0)
    expect(successor.status).toBe(source.status)
    expect(successor.raise(2)).toBe(true)
  })

  it('does not believe a word that others have counted, or that has gone back', () => {
    const { memory, source, reader } = make()
    source.raise(0)
    memory.store(0, numbered(7))
    expect(() => source.raise(0)).toThrow('the status word holds 112, and its source is at 16')
    expect(() => reader.hasNews(numbered(9))).toThrow('the source is at 112, and has told of 144 before')
  })
})

describe('what the agent knows', () => {
  it('grows by the next message, and by nothing else', () => {
    const detector = new GapDetector(numbered(-2))
    const numbers = [-1, -1, 0, 2, 1, 2, -2]
    expect(numbers.map((number) => detector.learn(numbered(number)))).toEqual([
      'next',
      'known',
      'next',
      'gap',
      'next',
      'next',
      'known',
    ])
    expect(detector.known).toBe(numbered(2))
    detector.resynchronise(numbered(9, 1))
    expect(detector.learn(numbered(8))).toBe('known')
    expect(detector.known).toBe(numbered(9, 1))
  })

  it('is of no message that says what only the word of the source can', () => {
    expect(() => new GapDetector(0).learn(numbered(1) | 1)).toThrow('a message says status 17')
  })
})
