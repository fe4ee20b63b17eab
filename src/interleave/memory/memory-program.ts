/**
 * A program for the explorable memory: threads of production code over shared words, with what is claimed of
 * every state, and the specification their steps must follow. This is what users of the search write.
 */
import type { GroundEvent } from '../../model/event.ts'
import type { States } from '../specification.ts'
import type { MemoryStep } from './memory-step.ts'
import type { SharedMemory } from './shared-memory.ts'

/** What an operation returns: whether the thread goes on with another. */
export type OperationOutcome = 'again' | 'done'

// `operation` and `event` are methods, whose parameters are bivariant: threads of different data fit one list.

/**
 * A thread. Its operation is called again and again until it returns 'done'. States are matched between
 * operations and at every access within one, so an operation should be short: a loop that waits for others
 * returns 'again' or pauses, or else its states are without number.
 */
export type MemoryThread<Self extends object = object> = {
  /** Unique in its program. */
  readonly name: string
  /**
   * The thread's own data, made once in the initial state: plain data, and instances of classes whose fields are
   * plain data (a ring's end, say), which may hold the memory. It is copied for every execution, with prototypes
   * and with references that are shared within it; the memory, functions and deeply frozen objects are not copied.
   */
  readonly self: (memory: SharedMemory) => Self
  /**
   * One operation of production code: synchronous, deterministic, all its state in `self` and in the memory. It
   * is executed from its start for every access, so it must let an exception that it did not make pass.
   */
  operation(self: Self): OperationOutcome
  /** What a step means to the specification that the program follows; several where a batch is published. */
  event?(step: MemoryStep<Self>): GroundEvent | readonly GroundEvent[] | undefined
  /** It starts only once another thread has crashed or is done: a supervisor, a successor. */
  readonly starts?: { readonly after: string; readonly having: 'crashed' | 'done' | 'either' }
  /** It may be cut off instead of making an access, at any of them, while `crashesMax` allows. */
  readonly mayCrash?: boolean
  /** It need not finish: that it waits for ever is no deadlock once all others have ended. */
  readonly daemon?: boolean
}

/** Gives a thread the type of its data where it is written in place; it changes nothing. */
export const memoryThread = <Self extends object>(thread: MemoryThread<Self>): MemoryThread<Self> => thread

/** Parked: asleep in `wait`. Unstarted: what it `starts` after has not happened. */
export type ThreadStatus = 'unstarted' | 'running' | 'parked' | 'done' | 'crashed'

/** A state, as claims read it. Whatever is called on it or on a thread's data may read the memory, never write. */
export type MemoryView = {
  readonly word: (index: number) => number
  /** A thread's data as of the end of its last operation; it must not be changed. */
  readonly self: <Self extends object>(thread: MemoryThread<Self>) => Self
  readonly status: (thread: MemoryThread) => ThreadStatus
  /** The components of the specification that the program follows. */
  readonly specification: () => States
}

/**
 * - always: of every state
 * - atEnd: of every state in which all threads but the daemons have ended and no thread can go on by itself
 * - sometimes: of some state; a search that has seen every state and not this one fails
 */
export type MemoryClaim = {
  readonly kind: 'always' | 'atEnd' | 'sometimes'
  readonly sentence: string
  readonly holds: (view: MemoryView) => boolean
}

/** What follows an event: the next state, or what refuses it: `fifo refuses message.receive(message1)`. */
export type Judgement = { readonly next: number } | { readonly refused: string }

/** A specification as the search needs it: its states are numbers, and it remembers nothing but them. */
export type MemoryJudge = {
  readonly initial: number
  readonly step: (state: number, event: GroundEvent) => Judgement
  readonly states: (state: number) => States
}

export type MemoryOptions = {
  /** Crashes in one run, of threads that may crash. Default: 1. */
  readonly crashesMax?: number
  /** How often a parked thread may come back without being notified, in one run. Default: 0. */
  readonly spuriousWakesMax?: number
  /**
   * How many waits with a finite timeout may time out in one run; without limit by default. 0 shows whether a
   * timeout hides a lost wake-up.
   */
  readonly timeoutsMax?: number
  /**
   * How many pauses in a row a thread gets past although no other thread has changed a word. Default: 0, which
   * suits loops that spin without end; code that spins n times and then parks needs n.
   */
  readonly idlePausesMax?: number
  /** Whether an end must be reachable from every state. Default: true. */
  readonly progress?: boolean
}

/** A program with one seeded bug, and what must find it: a kind of failure or the name of a claim. */
export type MemoryMutant = {
  readonly sentence: string
  readonly program: MemoryProgram
  readonly killedBy: string
}

export type MemoryProgram = {
  /** In kebab case; traces and reports cite it. */
  readonly name: string
  readonly title: string
  /** The words of the memory, all 0 at first. */
  readonly words: number
  /** The name of a word, as traces print it: `tail`, `slot2.payload0`. Default: `word7`. */
  readonly location?: (index: number) => string
  /** Brings the memory to its initial state before any thread runs. */
  readonly prepare?: (memory: SharedMemory) => void
  readonly threads: readonly MemoryThread[]
  readonly claims?: { readonly [name: string]: MemoryClaim }
  /** The specification that the threads' events must be a run of, and what must hold of it at every end. */
  readonly follows?: {
    readonly judge: MemoryJudge
    readonly finished?: (states: States) => boolean
  }
  readonly options?: MemoryOptions
  readonly mutants?: { readonly [name: string]: MemoryMutant }
}
