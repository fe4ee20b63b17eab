/** The semantics of the explorable memory: litmus tests, sleeping and waking, pausing, timeouts, crashes, starts. */
import { describe, expect, it } from 'vitest'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'
import {
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import { replayMemory } from '../src/interleave/memory/replay-memory.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'

const [X, Y, FLAG] = [0, 1, 2]

type Cell = { readonly memory: SharedMemory; result: number | string }

/** A thread that makes its accesses in one operation and keeps what `body` returns. */
const once = (
  name: string,
  body: (memory: SharedMemory) => number | string | void,
  rest: Partial<MemoryThread<Cell>> = {},
): MemoryThread<Cell> => ({
  name,
  self: (memory) => ({ memory, result: -1 }),
  operation: (self) => {
    self.result = body(self.memory) ?? 0
    return 'done'
  },
  ...rest,
})

const program = (
  threads: readonly MemoryThread<Cell>[],
  rest: Partial<MemoryProgram> = {},
): MemoryProgram => ({
  name: 'toy',
  title: 'Toy',
  words: 8,
  location: (index) => ['x', 'y', 'flag'][index] ?? `word${index}`,
  threads,
  ...rest,
})

/** The results of the threads at every end, as `1,0`. */
function ends(threads: readonly MemoryThread<Cell>[], rest: Partial<MemoryProgram> = {}): string[] {
  const found = new Set<string>()
  const claims = {
    ...rest.claims,
    seen: {
      kind: 'atEnd' as const,
      sentence: 'every end is listed',
      holds: (view: Parameters<NonNullable<MemoryProgram['claims']>[string]['holds']>[0]) => {
        found.add(
          threads
            .map((thread) => (view.status(thread) === 'crashed' ? '!' : view.self(thread).result))
            .join(),
        )
        return true
      },
    },
  }
  const result = exploreMemory(program(threads, { ...rest, claims }))
  expect(result).toMatchObject({ outcome: 'holds' })
  return [...found].sort()
}

/** The failure, which must be there. */
function failureOf(threads: readonly MemoryThread<Cell>[], rest: Partial<MemoryProgram> = {}) {
  const result = exploreMemory(program(threads, rest))
  if (result.outcome !== 'failed') expect.fail(`it is ${result.outcome}`)
  return result.failure
}

describe('litmus tests', () => {
  it('store buffering: atomics never let both threads read the old value', () => {
    const one = once('one', (memory) => {
      memory.store(X, 1)
      return memory.load(Y)
    })
    const other = once('other', (memory) => {
      memory.store(Y, 1)
      return memory.load(X)
    })
    expect(ends([one, other])).toEqual(['0,1', '1,0', '1,1'])
  })

  it('message passing: what is written before an atomic flag is seen after it', () => {
    const writer = once('writer', (memory) => {
      memory.set(X, 7)
      memory.store(FLAG, 1)
    })
    const reader = once('reader', (memory) => (memory.load(FLAG) === 1 ? memory.get(X) : 'none'))
    expect(ends([writer, reader])).toEqual(['0,7', '0,none'])
  })

  it('message passing over a plain flag is a race', () => {
    const writer = once('writer', (memory) => {
      memory.set(X, 7)
      memory.set(FLAG, 1)
    })
    const reader = once('reader', (memory) => (memory.get(FLAG) === 1 ? memory.get(X) : 'none'))
    const { kind, text, threads } = failureOf([writer, reader])
    expect(kind).toBe('race')
    expect(threads).toEqual(['writer', 'reader'])
    expect(text).toBe(
      'flag may be accessed by two threads at once, one access plain: set by writer, get by reader',
    )
  })

  it('two plain reads are no race, a plain read against an atomic write is', () => {
    const reader = (name: string) => once(name, (memory) => memory.get(X))
    expect(ends([reader('one'), reader('two')])).toEqual(['0,0'])
    expect(failureOf([reader('one'), once('two', (memory) => memory.add(X, 1))]).kind).toBe('race')
  })

  it('a compareExchange that fails writes nothing', () => {
    const reader = once('reader', (memory) => memory.get(X))
    const fails = once('fails', (memory) => memory.compareExchange(X, 1, 2))
    expect(ends([reader, fails])).toEqual(['0,0'])
    expect(failureOf([reader, once('takes', (memory) => memory.compareExchange(X, 0, 2))]).kind).toBe('race')
  })

  it('read-modify-writes are atomic and return what was there', () => {
    const add = (name: string) => once(name, (memory) => memory.add(X, 1))
    expect(ends([add('a'), add('b'), add('c')])).toEqual([
      '0,1,2',
      '0,2,1',
      '1,0,2',
      '1,2,0',
      '2,0,1',
      '2,1,0',
    ])
    const each = once('each', (memory) =>
      [
        memory.or(Y, 6),
        memory.and(Y, 3),
        memory.exchange(Y, -1),
        memory.add(Y, 2 ** 31),
        memory.compareExchange(Y, 2 ** 31 - 1, 5),
        memory.load(Y),
      ].join(' '),
    )
    expect(ends([each])).toEqual([`0 6 2 -1 ${2 ** 31 - 1} 5`])
  })
})

describe('wait and notify', () => {
  const sleeper = (name: string, rest: Partial<MemoryThread<Cell>> = {}) =>
    once(name, (memory) => memory.wait(X, 0), rest)

  it('a wait on another value returns at once, on the same one it sleeps', () => {
    expect(ends([once('one', (memory) => memory.wait(X, 1))])).toEqual(['not-equal'])
    const { kind, text } = failureOf([sleeper('one')])
    expect(kind).toBe('deadlock')
    expect(text).toBe('no thread can go on: one sleeps on x')
  })

  it('comparing and falling asleep is one step', () => {
    const waker = once('waker', (memory) => {
      memory.store(X, 1)
      return memory.notify(X)
    })
    expect(ends([sleeper('sleeper'), waker])).toEqual(['not-equal,0', 'ok,1'])
  })

  it('a notification before the wait is lost', () => {
    const { kind, steps } = failureOf([sleeper('sleeper'), once('waker', (memory) => memory.notify(X))])
    expect(kind).toBe('deadlock')
    expect(steps.map(({ thread }) => thread)).toEqual(['waker', 'sleeper'])
  })

  it('the sleepers of a word wake in the order in which they fell asleep', () => {
    const threads = [
      sleeper('one'),
      sleeper('two'),
      sleeper('three'),
      once('waker', (memory) => memory.notify(X, 1)),
    ]
    // A choice is an index among the threads that can go on: sleepers are none of them.
    const statuses = (schedule: readonly number[]) => {
      const { run } = replayMemory(program(threads), schedule)
      const { lanes } = run.states.at(-1)!
      return ['one', 'two', 'three'].map((name) => lanes[name]!.status).join(' ')
    }
    expect(statuses([0, 0, 0])).toBe('parked parked parked')
    expect(statuses([0, 0, 0, 0])).toBe('running parked parked')
    expect(statuses([1, 0, 0, 0])).toBe('parked running parked')
    expect(statuses([2, 1, 0, 0])).toBe('parked parked running')
  })

  it('the others close up when a sleeper times out', () => {
    const threads = [
      once('one', (memory) => memory.wait(X, 0, 5)),
      sleeper('two'),
      sleeper('three'),
      once('waker', (memory) => memory.notify(X, 1)),
    ]
    // One, Two and Three fall asleep, One times out, the waker wakes the first that is left.
    const { run } = replayMemory(program(threads), [0, 1, 1, 0, 0])
    expect(run.steps.map(({ thread, access }) => [thread, access?.result])).toEqual([
      ['one', 'parked'],
      ['two', 'parked'],
      ['three', 'parked'],
      ['one', 'timed-out'],
      ['waker', 1],
    ])
    const { lanes } = run.states.at(-1)!
    expect([lanes['two']!.status, lanes['three']!.status]).toEqual(['running', 'parked'])
  })

  it('notify wakes as many as it is told and counts them', () => {
    const waker = (count?: number) =>
      once('waker', (memory) => {
        while (memory.load(Y) < 2) memory.pause()
        return memory.notify(X, count)
      })
    const ready = (name: string) =>
      once(
        name,
        (memory) => {
          memory.add(Y, 1)
          return memory.wait(X, 0)
        },
        { daemon: true },
      )
    const counts = (count?: number) => [
      ...new Set(ends([ready('one'), ready('two'), waker(count)]).map((end) => end.split(',')[2])),
    ]
    expect(counts()).toEqual(['0', '1', '2'])
    expect(counts(1)).toEqual(['0', '1'])
    expect(counts(0)).toEqual(['0'])
  })

  it('a wait without a timeout never times out, one with a timeout may, and need not', () => {
    const timed = once('timed', (memory) => memory.wait(X, 0, 10))
    const waker = once('waker', (memory) => memory.notify(X))
    expect(ends([timed, waker])).toEqual(['ok,1', 'timed-out,0'])
    expect(failureOf([timed], { options: { timeoutsMax: 0 } }).kind).toBe('deadlock')
    expect(ends([timed, once('twice', (memory) => memory.wait(X, 0, 1))])).toEqual(['timed-out,timed-out'])
    expect(
      failureOf([timed, once('twice', (memory) => memory.wait(X, 0, 1))], { options: { timeoutsMax: 1 } })
        .kind,
    ).toBe('deadlock')
    expect(failureOf([once('ever', (memory) => memory.wait(X, 0, Infinity))]).kind).toBe('deadlock')
  })

  it('waking for nothing happens as often as the option says, and is no way out of a deadlock', () => {
    const waker = once('waker', (memory) => memory.notify(X))
    const patient = once('patient', (memory) => {
      let wakes = 0
      while (memory.load(X) === 0) wakes += memory.wait(X, 0) === 'ok' ? 1 : 0
      return wakes
    })
    const opener = once('opener', (memory) => (memory.store(X, 1), memory.notify(X)))
    expect(ends([patient, opener])).toEqual(['0,0', '1,1'])
    expect(ends([patient, opener], { options: { spuriousWakesMax: 2 } })).toEqual([
      '0,0',
      '1,0',
      '1,1',
      '2,0',
      '2,1',
      '3,1',
    ])
    expect(failureOf([sleeper('sleeper'), waker], { options: { spuriousWakesMax: 1 } }).kind).toBe('deadlock')
  })
})

describe('pause', () => {
  const spin = once('spin', (memory) => {
    let turns = 0
    while (memory.load(X) === 0) {
      turns++
      memory.pause()
    }
    return turns
  })

  it('a spinning thread goes on only after another has changed a word', () => {
    const writer = once('writer', (memory) => {
      memory.store(Y, 1)
      memory.store(X, 1)
    })
    expect(ends([spin, writer])).toEqual(['0,0', '1,0', '2,0'])
  })

  it('a store of what is there already changes nothing', () => {
    const { kind, text } = failureOf([spin, once('writer', (memory) => memory.store(Y, 0))])
    expect(kind).toBe('deadlock')
    expect(text).toBe('no thread can go on: spin pauses until another thread writes, writer is done')
  })

  it('three threads that spin for a lock by exchange have finitely many states', () => {
    const worker = (name: string) =>
      once(name, (memory) => {
        while (memory.exchange(X, 1) === 1) memory.pause()
        const held = memory.get(Y)
        memory.set(Y, held + 1)
        memory.store(X, 0)
        return held
      })
    expect(ends([worker('one'), worker('two'), worker('three')])).toEqual([
      '0,1,2',
      '0,2,1',
      '1,0,2',
      '1,2,0',
      '2,0,1',
      '2,1,0',
    ])
  })

  it('code that spins n times and then gives up needs n idle pauses', () => {
    const limited = once('limited', (memory) => {
      for (let turn = 0; turn < 3; turn++) {
        if (memory.load(X) === 1) return `after ${turn}`
        memory.pause()
      }
      return 'gave up'
    })
    expect(failureOf([limited]).kind).toBe('deadlock')
    expect(ends([limited], { options: { idlePausesMax: 3 } })).toEqual(['gave up'])
    expect(
      ends([limited, once('writer', (memory) => memory.store(X, 1))], { options: { idlePausesMax: 3 } }),
    ).toEqual(['after 0,0', 'after 1,0', 'after 2,0', 'gave up,0'])
  })
})

describe('crashes, starts and daemons', () => {
  const worker = once(
    'worker',
    (memory) => {
      memory.store(X, 1)
      memory.store(Y, 1)
    },
    { mayCrash: true },
  )

  it('a thread that may crash is cut off at each of its accesses, and not after its end', () => {
    const claims = {
      halfway: {
        kind: 'sometimes' as const,
        sentence: 'the worker has crashed between its stores',
        holds: (view: { word: (index: number) => number; status: (thread: MemoryThread) => string }) =>
          view.status(worker) === 'crashed' && view.word(X) === 1 && view.word(Y) === 0,
      },
    }
    expect(ends([worker], { claims })).toEqual(['!', '0'])
    expect(ends([worker], { options: { crashesMax: 0 } })).toEqual(['0'])
  })

  it('crashes are counted over all threads', () => {
    const other = { ...worker, name: 'other' }
    expect(ends([worker, other])).toEqual(['!,0', '0,!', '0,0'])
    expect(ends([worker, other], { options: { crashesMax: 2 } })).toEqual(['!,!', '!,0', '0,!', '0,0'])
  })

  it('a crash is no way out of a deadlock', () => {
    const doomed = once('doomed', (memory) => memory.wait(X, 0), { mayCrash: true })
    expect(failureOf([doomed]).kind).toBe('deadlock')
  })

  it('a thread that sleeps can crash, and leaves the queue', () => {
    const sleepers = ['one', 'two'].map((name) =>
      once(name, (memory) => memory.wait(X, 0), { daemon: true, mayCrash: name === 'one' }),
    )
    const waker = once('waker', (memory) => memory.notify(X, 1))
    // Two is woken also after One crashed in front of it; One woken and then crashed loses the notification.
    expect(ends([...sleepers, waker])).toEqual([
      '!,-1,0',
      '!,-1,1',
      '!,ok,1',
      '-1,-1,0',
      '-1,ok,1',
      'ok,-1,1',
    ])
  })

  it('a successor starts after a crash only, and a thread that never starts is no deadlock', () => {
    const successor = once('successor', (memory) => memory.load(Y), {
      starts: { after: 'worker', having: 'crashed' },
    })
    expect(ends([worker, successor])).toEqual(['!,0', '0,-1'])
    const follower = once('follower', (memory) => memory.load(Y), {
      starts: { after: 'worker', having: 'done' },
    })
    expect(ends([worker, follower])).toEqual(['!,-1', '0,1'])
    const heir = once('heir', (memory) => memory.load(Y), { starts: { after: 'worker', having: 'either' } })
    expect(ends([worker, heir])).toEqual(['!,0', '0,1'])
  })

  it('a daemon may sleep for ever, and an end is where it rests', () => {
    const server = memoryThread({
      name: 'server',
      self: (memory) => ({ memory, result: 0 }),
      operation: (self) => {
        const served = self.memory.load(Y)
        if (self.memory.load(X) === served) self.memory.wait(X, served)
        else self.memory.store(Y, served + 1)
        return 'again'
      },
      daemon: true,
    })
    const client = once('client', (memory) => {
      memory.add(X, 1)
      memory.notify(X)
    })
    const claims = {
      allServed: {
        kind: 'atEnd' as const,
        sentence: 'every request is served',
        holds: (view: { word: (index: number) => number }) => view.word(X) === view.word(Y),
      },
    }
    expect(exploreMemory(program([server, client, { ...client, name: 'other' }], { claims })).outcome).toBe(
      'holds',
    )
    const silent = once('client', (memory) => void memory.add(X, 1))
    const failed = exploreMemory(program([server, silent], { claims }))
    expect(failed.outcome === 'failed' && failed.failure.claim).toBe('allServed')
  })
})
