/** Every way in which a program over shared memory can fail, and what it says then: toys with one fault each. */
import { describe, expect, it } from 'vitest'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'
import {
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import { printMemoryFailure } from '../src/interleave/memory/print-memory.ts'
import { replayMemory } from '../src/interleave/memory/replay-memory.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { walkMemory } from '../src/interleave/memory/walk-memory.ts'

type Self = { memory: SharedMemory; count: number }

const thread = (
  name: string,
  operation: (self: Self) => 'again' | 'done',
  rest: Partial<MemoryThread<Self>> = {},
): MemoryThread<Self> => ({ name, self: (memory) => ({ memory, count: 0 }), operation, ...rest })

const program = (threads: readonly MemoryThread[], rest: Partial<MemoryProgram> = {}): MemoryProgram => ({
  name: 'toy',
  title: 'Toy',
  words: 4,
  threads,
  ...rest,
})

function failureOf(threads: readonly MemoryThread[], rest: Partial<MemoryProgram> = {}) {
  const result = exploreMemory(program(threads, rest))
  if (result.outcome !== 'failed') expect.fail(`it is ${result.outcome}`)
  return result.failure
}

const writer = thread('writer', ({ memory }) => {
  memory.store(0, 1)
  return 'done'
})

describe('claims', () => {
  const twice = thread('twice', (self) => {
    self.memory.add(0, 1)
    return ++self.count === 2 ? 'done' : 'again'
  })

  it('a false claim is found by the shortest run, which its schedule replays', () => {
    const claims = {
      small: { kind: 'always', sentence: 'the word is below 3', holds: (view) => view.word(0) < 3 },
    } satisfies MemoryProgram['claims']
    const threads = [twice, { ...twice, name: 'also' }]
    const failure = failureOf(threads, { claims })
    expect(failure).toMatchObject({
      kind: 'claim',
      claim: 'small',
      text: 'it is false that the word is below 3 (small)',
    })
    expect(failure.steps.length).toBe(3)
    expect(failure.states.map(({ words }) => words[0])).toEqual([0, 1, 2, 3])
    const replayed = replayMemory(program(threads, { claims }), failure.schedule)
    expect(replayed.failure).toEqual(failure)
    expect(replayMemory(program(threads, { claims }), failure.schedule.slice(0, 2)).failure).toBeUndefined()
    expect(replayMemory(program(threads, { claims }), [...failure.schedule, 0]).unfollowed).toBe(
      'choice 0 of step 4 cannot be made: the run has failed before',
    )
    expect(replayMemory(program(threads, { claims }), [7]).unfollowed).toBe(
      'choice 7 of step 1 cannot be made: 2 steps are possible',
    )
  })

  it('claims see the data of threads as of their last operation, and read the memory through it', () => {
    const claims = {
      counted: {
        kind: 'always',
        sentence: 'the count of the thread is the word',
        holds: (view) => view.self(twice).count === view.self(twice).memory.load(0),
      },
      halfway: {
        kind: 'sometimes',
        sentence: 'the thread has counted once',
        holds: (view) => view.self(twice).count === 1,
      },
    } satisfies MemoryProgram['claims']
    const result = exploreMemory(program([twice], { claims }))
    expect(result).toMatchObject({
      outcome: 'holds',
      states: 3,
      transitions: 2,
      depth: 2,
      witnesses: ['halfway'],
    })
  })

  it('a claim must not write, and what it throws is told', () => {
    const claims = {
      meddling: {
        kind: 'always',
        sentence: 'it writes',
        holds: (view) => view.self(twice).memory.add(0, 1) === 0,
      },
    } satisfies MemoryProgram['claims']
    expect(failureOf([twice], { claims })).toMatchObject({
      kind: 'threw',
      text: 'the claim meddling threw: add of word 0 in a claim or an event, which may only read',
    })
  })

  it('a witness that is never met, and an end that is never reached, are failures', () => {
    const never = { kind: 'sometimes', sentence: 'the word is 9', holds: () => false } as const
    expect(failureOf([writer], { claims: { never } })).toMatchObject({
      kind: 'unreached',
      claim: 'never',
      text: 'no state is one in which the word is 9 (never)',
    })
    const polling = thread('polling', ({ memory }) => (memory.load(0), 'again'), { daemon: true })
    const atRest = { kind: 'atEnd', sentence: 'all is well', holds: () => true } as const
    expect(failureOf([writer, polling], { claims: { atRest } }).text).toBe(
      'no run comes to rest, so nothing is said by: all is well (atRest)',
    )
  })
})

describe('progress', () => {
  const mutual = (name: string, own: number, other: number) =>
    thread(name, ({ memory }) => {
      memory.store(own, 1)
      if (memory.load(other) === 0) return 'done'
      memory.store(own, 0)
      return 'again'
    })

  it('threads that wait for each other in circles can still end, unless nothing leads out', () => {
    expect(exploreMemory(program([mutual('one', 0, 1), mutual('two', 1, 0)])).outcome).toBe('failed')
    const polite = (name: string, own: number, other: number) =>
      thread(name, ({ memory }) => {
        memory.store(own, 1)
        const isFree = memory.load(other) === 0
        memory.store(own, 0)
        return isFree ? 'done' : 'again'
      })
    expect(exploreMemory(program([polite('one', 0, 1), polite('two', 1, 0)])).outcome).toBe('holds')
    const failure = failureOf([mutual('one', 0, 1), mutual('two', 1, 0)])
    expect(failure.kind).toBe('livelock')
    const replayed = replayMemory(program([mutual('one', 0, 1), mutual('two', 1, 0)]), failure.schedule)
    expect(replayed.failure?.kind).toBe('livelock')
    expect(
      exploreMemory(program([mutual('one', 0, 1), mutual('two', 1, 0)], { options: { progress: false } }))
        .outcome,
    ).toBe('holds')
  })

  it('polling for what a crashed thread never does is a livelock', () => {
    const mortal = { ...writer, mayCrash: true }
    const poller = thread('poller', ({ memory }) => (memory.load(0) === 1 ? 'done' : 'again'))
    const failure = failureOf([mortal, poller])
    expect(failure.kind).toBe('livelock')
    expect(failure.steps.map(({ ends }) => ends)).toEqual(['crashed'])
  })

  it('a crash is no end that a thread may wait for', () => {
    const polling = thread('polling', ({ memory }) => (memory.load(0) === 2 ? 'done' : 'again'), {
      mayCrash: true,
    })
    expect(failureOf([polling]).kind).toBe('livelock')
  })

  it('an operation that never makes an access goes on for ever', () => {
    expect(failureOf([thread('idle', () => 'again')])).toMatchObject({
      kind: 'livelock',
      text: "thread idle goes on for ever without an access: its operation returns 'again'",
    })
    const counting = thread('counting', (self) => (self.count++ < 0 ? 'done' : 'again'))
    expect(failureOf([counting]).kind).toBe('livelock')
  })
})

describe('code that breaks the rules', () => {
  it('an index outside the words and a value that is no whole number are failures, not crashes of the tool', () => {
    const far = thread('far', ({ memory }) => (memory.load(0), memory.store(4, 1), 'done'))
    expect(failureOf([far])).toMatchObject({
      kind: 'access',
      text: 'thread far: store of word 4, and the words are 0 to 3',
      threads: ['far'],
    })
    const early = thread('early', ({ memory }) => (memory.load(Number.NaN), 'done'))
    expect(failureOf([early])).toMatchObject({ kind: 'access', steps: [] })
    const half = thread('half', ({ memory }) => (memory.store(0, 0.5), 'done'))
    expect(failureOf([half]).text).toBe('thread half: store of word 0 with 0.5, which is no whole number')
    expect(failureOf([writer], { prepare: (memory) => memory.store(-1, 0) })).toMatchObject({
      kind: 'access',
      text: 'the initial state cannot be made: store of word -1, and the words are 0 to 3',
    })
  })

  it('what an operation throws, or returns instead of its outcome, is told with the steps before', () => {
    const throwing = thread('throwing', ({ memory }) => {
      if (memory.load(0) === 1) throw new Error('the word is 1')
      return 'done'
    })
    expect(failureOf([writer, throwing])).toMatchObject({
      kind: 'threw',
      text: 'thread throwing threw: the word is 1',
    })
    const silent = thread('silent', ({ memory }) => memory.load(0) as never)
    expect(failureOf([silent]).text).toBe(
      "the operation of thread silent returned 0, neither 'again' nor 'done'",
    )
  })

  it('state outside the data of a thread is found out', () => {
    let count = 0
    const counting = thread('counting', ({ memory }) => (memory.load(count++ % 2), 'done'))
    expect(failureOf([counting])).toMatchObject({ kind: 'nondeterministic', threads: ['counting'] })
    const arrow = memoryThread({
      name: 'arrow',
      self: (memory) => {
        const self = { memory, count: 0, add: (): number => ++self.count }
        return self
      },
      operation: (self) => {
        self.memory.load(0)
        return self.add() === 2 ? 'done' : 'again'
      },
    })
    expect(failureOf([arrow])).toMatchObject({
      kind: 'nondeterministic',
      text:
        'thread arrow did not do the same again when its operation was executed again: ' +
        'it changes data that it keeps outside its self, in a closure perhaps',
    })
  })

  it('an operation that makes another access with the same results is found out', () => {
    let executions = 0
    const fickle = thread('fickle', ({ memory }) => {
      memory.load(++executions > 2 ? 1 : 0)
      memory.load(2)
      return 'done'
    })
    expect(failureOf([fickle]).text).toBe(
      'thread fickle did not do the same again when its operation was executed again: ' +
        'load of word 1 (0) where it made load of word 0 (0) before',
    )
  })

  it('a catch that swallows the suspension is found out, a finally is no problem', () => {
    const swallowing = thread('swallowing', ({ memory }) => {
      try {
        memory.load(0)
      } catch {
        return 'done'
      }
      return 'done'
    })
    expect(failureOf([swallowing]).text).toBe(
      'thread swallowing catches the exception that suspends it at an access; ' +
        'a catch around an access must throw again what it does not know',
    )
    const locking = (name: string) =>
      thread(name, ({ memory }) => {
        if (memory.compareExchange(0, 0, 1) !== 0) return 'again'
        try {
          memory.set(1, memory.get(1) + 1)
        } finally {
          memory.store(0, 0)
        }
        return 'done'
      })
    expect(exploreMemory(program([locking('one'), locking('two')])).outcome).toBe('holds')
  })
})

describe('limits and walks', () => {
  const counting = (name: string) =>
    thread(name, (self) => {
      self.memory.add(0, 1)
      return ++self.count === 40 ? 'done' : 'again'
    })

  it('a bound that is reached is never "holds"', () => {
    const result = exploreMemory(program([counting('one'), counting('two')]), { statesMax: 100 })
    expect(result).toMatchObject({ outcome: 'bound', bound: '100 states' })
  })

  it('a program that makes no sense is refused in one sentence', () => {
    expect(() => exploreMemory(program([writer, writer]))).toThrow(
      'the program toy has two threads named writer',
    )
    expect(() => exploreMemory(program([writer], { words: 0 }))).toThrow('the program toy has 0 words')
    expect(() => exploreMemory(program([{ ...writer, daemon: true }]))).toThrow('no thread that must end')
    expect(() =>
      exploreMemory(program([{ ...writer, starts: { after: 'nobody', having: 'done' } }])),
    ).toThrow('after nobody, which is no other thread of it')
    expect(() => exploreMemory(program([writer], { options: { crashesMax: -1 } }))).toThrow('crashesMax')
  })

  it('random walks find what is easy to find, the same for the same seed, and say what they covered', () => {
    const racing = thread('racing', ({ memory }) => (memory.get(0), 'done'))
    const walk = walkMemory(program([counting('one'), racing]), { runs: 100, seed: 42 })
    expect(walk.outcome).toBe('failed')
    expect(walk.failure?.kind).toBe('race')
    expect(walkMemory(program([counting('one'), racing]), { runs: 100, seed: 42 })).toEqual(walk)
    const sound = walkMemory(program([counting('one'), counting('two')]), { runs: 20, seed: 1 })
    expect(sound).toMatchObject({ outcome: 'sound', runs: 20, cut: 0, steps: 20 * 80 })
    expect(walkMemory(program([counting('one')]), { runs: 2, seed: 1, stepsMax: 10 })).toMatchObject({
      cut: 2,
    })
  })

  it('a failure prints a lane for each thread', () => {
    const sleeper = thread('sleeper', ({ memory }) => (memory.wait(0, 0), 'done'))
    const waker = thread(
      'waker',
      ({ memory }) => (memory.notify(0, 1), memory.compareExchange(0, 0, 1), 'done'),
    )
    expect(printMemoryFailure(failureOf([sleeper, waker]))).toBe(
      [
        'deadlock after step 3: no thread can go on: sleeper sleeps on word0, waker is done',
        '     sleeper                waker',
        '  1                         notify word0 1 → 0',
        '  2  wait word0 0 → parked',
        '  3                         compareExchange word0 0 1 → 0 (done)',
        'schedule: 1.0.0',
      ].join('\n'),
    )
  })
})
