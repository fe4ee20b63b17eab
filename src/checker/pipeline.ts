/**
 * Expansion on other threads. They write the successors of runs of states to the arena; the search commits
 * those batches itself, in the order of the states. So states, parents, traces and counts are those of one
 * thread, whatever the timing, and no lock is held.
 */
import { Worker } from 'node:worker_threads'
import type { Arena } from './arena.ts'
import type { CompiledStepper } from './compiled-stepper.ts'
import { BATCH_MAX } from './stepper.ts'

/** States of a task, at most. */
const STATES_MAX = 256
/** The share of a batch that a task is expected to fill. */
const TASK_FILL = 0.6
const SLOTS_PER_WORKER = 8
/** Looks at a task under way before the thread sleeps until it is done. */
const SPINS = 20_000

const STATE = { FREE: 0, READY: 1, CLAIMED: 2, DONE: 3 } as const
/** Words of a slot. */
const TASK = {
  STATE: 0,
  FROM: 1,
  END: 2,
  REACHED: 3,
  SIZE: 4,
  STUCK: 5,
  ENTRIES: 6,
  LIMIT: 7,
  STUCK_AT: 8,
  SUCCESSORS: 9,
} as const
/** Words of the ring, from the start of the arena; the first ones are the search's own signals. */
const RING = { OVER: -1, GENERATION: 16, WAKE: 17, SHIFT: 18, IDLE: 19, SLOTS: 32, SLOT_WORDS: 16 } as const

/** A run of states that was expanded up to `reached`; its successors lie at `entries`. */
export type Expanded = {
  readonly end: number
  readonly reached: number
  /** How many there are in all, and how many of them are left to be committed. */
  readonly successors: number
  readonly size: number
  readonly entries: number
  readonly stuck: readonly number[]
}

export class Pipeline {
  readonly #words: Int32Array
  readonly #workers: readonly Worker[]
  readonly #slots: number
  readonly #batchesAt: number
  /** Slots with tasks, in the order of their states. */
  readonly #queue: number[] = []
  #stepper: CompiledStepper | undefined
  #generation = 0

  /** `threads` besides the calling one. */
  constructor(arena: Arena, threads: number) {
    this.#words = arena.words
    this.#slots = Math.max(SLOTS_PER_WORKER, SLOTS_PER_WORKER * threads)
    this.#batchesAt = arena.batches.at
    const workerData = {
      memory: arena.memory,
      ring: { ...RING, slots: this.#slots },
      task: TASK,
      state: STATE,
    }
    const entry = new URL('expander.mjs', import.meta.url)
    this.#workers = Array.from({ length: threads }, () => {
      const worker = new Worker(entry, { workerData, execArgv: [] })
      worker.unref()
      return worker
    })
  }

  /** Whether there are tasks not taken yet. */
  get isBusy(): boolean {
    return this.#queue.length > 0
  }

  /**
   * Puts the states from `next` on in the queue, as far as there is room: first those up to `levelEnd`, then up to
   * `count`, each expected to have so many successors.
   */
  fill(next: number, levelEnd: number, count: number, successors: number): void {
    const states = Math.min(STATES_MAX, Math.max(1, Math.floor((BATCH_MAX * TASK_FILL) / successors)))
    while (this.#queue.length < this.#slots) {
      const last = this.#queue.at(-1)
      const from = last === undefined ? next : this.#words[this.#at(last) + TASK.END]!
      const until = from < levelEnd ? levelEnd : count
      if (from >= until) return
      this.#dispatch(from, Math.min(until, from + states))
    }
  }

  /** Hands the code of a stepper to the threads; no task may be under way. */
  load(stepper: CompiledStepper): void {
    this.#stepper = stepper
    this.#generation++
    this.#workers.forEach((worker, index) => {
      // A line of its own for each: they are written all the time.
      const signalAt = 4 * (RING.SLOTS + (this.#slots + index) * RING.SLOT_WORDS)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ generation: this.#generation, module: stepper.module, signalAt })
    })
    Atomics.store(this.#words, RING.GENERATION, this.#generation)
    this.#wake()
  }

  #dispatch(from: number, end: number): void {
    const stepper = this.#stepper!
    const slot = Array.from({ length: this.#slots }, (_, index) => index).find(
      (index) => this.#words[this.#at(index) + TASK.STATE] === STATE.FREE,
    )!
    const at = this.#at(slot)
    const bytes = 4 * STATES_MAX + stepper.batchBytes
    const stuckAt = this.#batchesAt + (slot + 1) * bytes
    this.#words[RING.SHIFT] = stepper.shift
    this.#words.set([from, end, 0, 0, 0, stuckAt + 4 * STATES_MAX, BATCH_MAX, stuckAt], at + TASK.FROM)
    Atomics.store(this.#words, at + TASK.STATE, STATE.READY)
    this.#queue.push(slot)
    this.#wake()
  }

  /**
   * The expansion of the first task. While another thread is at it, this one expands later tasks. Undefined
   * where a renewed layout is needed first; then nothing is under way any more.
   */
  take(): Expanded | undefined {
    const at = this.#at(this.#queue[0]!)
    for (;;) {
      const state = Atomics.load(this.#words, at + TASK.STATE)
      if (state === STATE.DONE) break
      const mine = this.#queue.map((slot) => this.#at(slot)).find((one) => this.#claim(one))
      if (mine === undefined) this.#await(at, state)
      else if (!this.#expand(mine)) {
        this.drain()
        return undefined
      }
    }
    this.#queue.shift()
    const words = this.#words
    const stuckAt = (words[at + TASK.STUCK_AT]! >>> 0) / 4
    const expanded = {
      end: words[at + TASK.END]!,
      reached: words[at + TASK.REACHED]!,
      successors: words[at + TASK.SUCCESSORS]!,
      size: words[at + TASK.SIZE]!,
      entries: words[at + TASK.ENTRIES]! >>> 0,
      stuck: [...words.subarray(stuckAt, stuckAt + words[at + TASK.STUCK]!)],
    }
    Atomics.store(words, at + TASK.STATE, STATE.FREE)
    return expanded
  }

  // A task takes some microseconds, going to sleep and waking up many.
  #await(at: number, state: number): void {
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(this.#words, at + TASK.STATE) !== state) return
    Atomics.wait(this.#words, at + TASK.STATE, state)
  }

  #claim(at: number): boolean {
    return Atomics.compareExchange(this.#words, at + TASK.STATE, STATE.READY, STATE.CLAIMED) === STATE.READY
  }

  // Expands a task on this thread; false where a local state has outgrown its field.
  #expand(at: number): boolean {
    const words = this.#words
    const [from, end] = [words[at + TASK.FROM]!, words[at + TASK.END]!]
    const result = this.#stepper!.expandInto(words[at + TASK.ENTRIES]! >>> 0, from, end)
    if (result === undefined) {
      Atomics.store(words, at + TASK.STATE, STATE.DONE)
      return false
    }
    words[at + TASK.REACHED] = result.reached
    words[at + TASK.SIZE] = words[at + TASK.SUCCESSORS] = result.size
    words[at + TASK.STUCK] = result.stuck.length
    words.set(result.stuck, (words[at + TASK.STUCK_AT]! >>> 0) / 4)
    Atomics.store(words, at + TASK.STATE, STATE.DONE)
    return true
  }

  /** Waits for tasks under way and forgets all. */
  drain(): void {
    for (const slot of this.#queue.splice(0)) {
      const at = this.#at(slot)
      while (!this.#claim(at) && Atomics.load(this.#words, at + TASK.STATE) === STATE.CLAIMED)
        Atomics.wait(this.#words, at + TASK.STATE, STATE.CLAIMED)
      Atomics.store(this.#words, at + TASK.STATE, STATE.FREE)
    }
  }

  /** Ends the threads. */
  stop(): void {
    this.drain()
    Atomics.store(this.#words, RING.GENERATION, RING.OVER)
    this.#wake()
  }

  #at(slot: number): number {
    return RING.SLOTS + slot * RING.SLOT_WORDS
  }

  #wake(): void {
    Atomics.add(this.#words, RING.WAKE, 1)
    // Notifying takes a lock and some time; threads say when they sleep.
    if (Atomics.load(this.#words, RING.IDLE) > 0) Atomics.notify(this.#words, RING.WAKE)
  }
}
