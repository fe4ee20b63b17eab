/**
 * A program made ready for a search: its memory, its threads' tables, its initial state, and where in a state
 * vector everything lies. All searches and replays of one program may share it.
 */
import { ExplorableMemory } from './explorable-memory.ts'
import { LocalStates } from './local-states.ts'
import type { MemoryProgram, MemoryThread } from './memory-program.ts'
import { ThreadData } from './thread-data.ts'
import { WordLines } from './word-lines.ts'

/** The program says something that makes no sense, such as two threads of one name. */
export class MemoryProgramError extends Error {
  override readonly name = 'MemoryProgramError'
}

/** The most that a count in a state vector holds. */
const COUNT_MAX = 255
const THREADS_MAX = 100

export class MemoryInstance {
  readonly program: MemoryProgram
  readonly memory: ExplorableMemory
  readonly lines: WordLines
  readonly tables: readonly LocalStates[]
  readonly location: (index: number) => string
  readonly options: {
    readonly crashesMax: number
    readonly spuriousWakesMax: number
    readonly timeoutsMax: number
    readonly idlePausesMax: number
    readonly progress: boolean
  }
  /**
   * Where a state's fields begin: its lines at 0, the local state of each thread, the mode of each thread (its
   * place in a queue, the pauses it may still get past), counts of what is limited, the state of the judge.
   */
  readonly layout: {
    readonly locals: number
    readonly modes: number
    readonly counts: number
    readonly judge: number
    readonly width: number
  }
  readonly #words: readonly number[]

  /** Throws MemoryProgramError, and what the program's own `prepare` and `self` throw. */
  constructor(program: MemoryProgram) {
    const { threads, words, prepare, location = (index: number) => `word${index}`, options = {} } = program
    refuseIllFormed(program)
    this.program = program
    this.location = location
    this.options = {
      crashesMax: options.crashesMax ?? 1,
      spuriousWakesMax: options.spuriousWakesMax ?? 0,
      timeoutsMax: options.timeoutsMax ?? Infinity,
      idlePausesMax: options.idlePausesMax ?? 0,
      progress: options.progress ?? true,
    }
    this.memory = new ExplorableMemory(words)
    this.lines = new WordLines(words)
    const contents = Array.from({ length: words }, () => 0)
    const copies = new ThreadData(this.memory)
    this.memory.open(contents, () => prepare?.(this.memory))
    this.tables = threads.map((thread) => this.#tableOf(thread, contents, copies))
    this.#words = contents
    const locals = this.lines.count
    const modes = locals + threads.length
    const counts = modes + threads.length
    this.layout = { locals, modes, counts, judge: counts + 1, width: counts + 2 }
  }

  #tableOf(thread: MemoryThread, contents: number[], copies: ThreadData): LocalStates {
    const made = this.memory.open(contents, () => thread.self(this.memory))
    return new LocalStates(thread, made, this.memory, copies)
  }

  initial(): Int32Array {
    const { locals, modes, judge, width } = this.layout
    const state = new Int32Array(width)
    state.set(this.lines.intern(this.#words))
    for (const [thread, { initial, pauses }] of this.tables.entries()) {
      state[locals + thread] = initial
      state[modes + thread] = pauses ? this.options.idlePausesMax << 8 : 0
    }
    state[judge] = this.program.follows?.judge.initial ?? 0
    return state
  }

  /** The index of a thread of the program, given itself or another of its name. */
  indexOf({ name }: { readonly name: string }): number {
    const index = this.tables.findIndex(({ thread }) => thread.name === name)
    if (index >= 0) return index
    throw new MemoryProgramError(`the program ${this.program.name} has no thread ${name}`)
  }
}

function refuseIllFormed({ name, words, threads, options = {} }: MemoryProgram): void {
  const refuse = (what: string): never => {
    throw new MemoryProgramError(`the program ${name} ${what}`)
  }
  if (!Number.isInteger(words) || words < 1)
    refuse(`has ${words} words; it needs a whole number of at least 1`)
  if (!threads.some(({ daemon }) => daemon !== true))
    refuse('has no thread that must end: all of its threads are daemons')
  if (threads.length > THREADS_MAX) refuse(`has ${threads.length} threads; at most ${THREADS_MAX} can be`)
  const names = threads.map((thread) => thread.name)
  const twice = names.find((other, index) => names.indexOf(other) !== index)
  if (twice !== undefined) refuse(`has two threads named ${twice}`)
  for (const { name: thread, starts } of threads) {
    if (starts !== undefined && (!names.includes(starts.after) || starts.after === thread))
      refuse(`lets thread ${thread} start after ${starts.after}, which is no other thread of it`)
  }
  for (const [option, value] of Object.entries(options)) {
    if (typeof value === 'boolean' || value === Infinity) continue
    if (!Number.isInteger(value) || value < 0 || value >= COUNT_MAX)
      refuse(`has the option ${option} of ${value}; it must be a whole number from 0 to ${COUNT_MAX - 1}`)
  }
  if (options.idlePausesMax === Infinity || options.spuriousWakesMax === Infinity)
    refuse('lets threads get past pauses, or wake, without limit; its states would have no end')
}
