/**
 * A second opinion on the explorable memory, written to be obviously right: generators that announce accesses,
 * every schedule enumerated by running it from the start, no state matching, no tables.
 */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'

export type NaiveAccess = {
  readonly kind: 'load' | 'store' | 'add' | 'exchange' | 'compareExchange' | 'get' | 'set' | 'wait' | 'notify'
  readonly index: number
  readonly value: number
  readonly expected: number
}

/** A thread: it announces accesses and is given their results; what it returns is its result. */
export type NaiveThread = () => Generator<NaiveAccess, string, number | string>

export type NaiveOutcome = {
  /** Words and results at every end. */
  readonly ends: ReadonlySet<string>
  /** Steps to the nearest race and deadlock. */
  readonly race: number
  readonly deadlock: number
  readonly executions: number
}

type Running = {
  readonly thread: Generator<NaiveAccess, string, number | string>
  access: NaiveAccess | undefined
  result: string
  state: 'ready' | 'parked' | 'woken'
}

const writes = ({ kind, expected, index }: NaiveAccess, words: readonly number[]): boolean =>
  kind === 'compareExchange' ? words[index] === expected : ['store', 'add', 'exchange', 'set'].includes(kind)

const isPlain = ({ kind }: NaiveAccess): boolean => kind === 'get' || kind === 'set'

class NaiveRun {
  readonly words: number[]
  readonly threads: Running[]
  #queue: Running[] = []

  constructor(words: number, threads: readonly NaiveThread[]) {
    this.words = Array.from({ length: words }, () => 0)
    this.threads = threads.map((make) => {
      const thread = make()
      const { value, done } = thread.next()
      return {
        thread,
        access: done === true ? undefined : value,
        result: done === true ? value : '',
        state: 'ready',
      }
    })
  }

  enabled(): Running[] {
    return this.threads.filter(({ access, state }) => access !== undefined && state !== 'parked')
  }

  races(): boolean {
    const ready = this.enabled().filter(({ state, access }) => state === 'ready' && access!.kind !== 'notify')
    return ready.some((one) =>
      ready.some(
        (other) =>
          one !== other &&
          one.access!.index === other.access!.index &&
          (isPlain(one.access!) || isPlain(other.access!)) &&
          (writes(one.access!, this.words) || writes(other.access!, this.words)),
      ),
    )
  }

  step(running: Running): void {
    const result = this.#perform(running, running.access!)
    if (result === undefined) return
    const { value, done } = running.thread.next(result)
    running.access = done === true ? undefined : value
    if (done === true) running.result = value
  }

  #perform(running: Running, { kind, index, value, expected }: NaiveAccess): number | string | undefined {
    const held = this.words[index]!
    if (kind === 'wait') {
      if (running.state === 'woken') {
        running.state = 'ready'
        return 'ok'
      }
      if (held !== value) return 'not-equal'
      running.state = 'parked'
      this.#queue.push(running)
      return undefined
    }
    if (kind === 'notify') {
      const woken = this.#queue.filter(({ access }) => access!.index === index).slice(0, value)
      for (const sleeper of woken) sleeper.state = 'woken'
      this.#queue = this.#queue.filter((sleeper) => !woken.includes(sleeper))
      return woken.length
    }
    if (kind === 'store' || kind === 'set' || kind === 'exchange') this.words[index] = value
    if (kind === 'add') this.words[index] = (held + value) | 0
    if (kind === 'compareExchange' && held === expected) this.words[index] = value
    return kind === 'store' || kind === 'set' ? 0 : held
  }
}

/** Every schedule, or nothing where there are more than `executionsMax`. */
export function exploreNaively(
  words: number,
  threads: readonly NaiveThread[],
  executionsMax: number,
): NaiveOutcome | undefined {
  const ends = new Set<string>()
  let race = Infinity
  let deadlock = Infinity
  let executions = 0
  const pending: number[][] = [[]]
  while (pending.length > 0) {
    const schedule = pending.pop()!
    if (++executions > executionsMax) return undefined
    const run = new NaiveRun(words, threads)
    for (const choice of schedule) run.step(run.enabled()[choice]!)
    if (run.races()) race = Math.min(race, schedule.length)
    const enabled = run.enabled()
    const isEnded = run.threads.every(({ access }) => access === undefined)
    if (isEnded) ends.add(`${run.words.join()} ${run.threads.map(({ result }) => result).join()}`)
    else if (enabled.length === 0) deadlock = Math.min(deadlock, schedule.length)
    pending.push(...enabled.map((_, choice) => [...schedule, choice]))
  }
  return { ends, race, deadlock, executions }
}

/** The same thread as an ordinary function over a memory. */
export function asFunction(make: NaiveThread): (memory: SharedMemory) => string {
  return (memory) => {
    const thread = make()
    let next = thread.next()
    while (next.done !== true) next = thread.next(access(memory, next.value))
    return next.value
  }
}

function access(memory: SharedMemory, { kind, index, value, expected }: NaiveAccess): number | string {
  switch (kind) {
    case 'load':
    case 'get':
      return memory[kind](index)
    case 'store':
    case 'set':
      memory[kind](index, value)
      return 0
    case 'add':
    case 'exchange':
      return memory[kind](index, value)
    case 'compareExchange':
      return memory.compareExchange(index, expected, value)
    case 'wait':
      return memory.wait(index, value)
    case 'notify':
      return memory.notify(index, value)
  }
}
