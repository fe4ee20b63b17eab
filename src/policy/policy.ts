/**
 * The one interface of scheduling policies: what an agent asks when it decides which thread runs where. A policy is
 * state that is plain JSON and functions that change it, so that the checker explores it, the kernel runs it and a
 * timed run drives it, unchanged. It sees no message, sequence number or transaction: the agent keeps those.
 */

export type Cpu = `cpu${number}`
export type Thread = `thread${number}`

/** Where a CPU is: CPUs of equal `core` are hardware threads of one core, of equal `cache` share their last cache. */
export type Place = {
  readonly cpu: Cpu
  readonly core: number
  readonly cache: number
  readonly node: number
}

/** The CPUs an agent decides for: all of its enclave, or, of an agent per CPU, its own alone. */
export type Machine = { readonly cpus: readonly Place[] }

/** What is known of a thread besides its life. */
export type Traits = {
  /** Its share of CPU time relative to others; 1024 is that of a thread of ordinary priority. */
  readonly weight: number
  /** `batch` threads run where no `latency` thread wants to. */
  readonly group: 'latency' | 'batch'
  /** How long after a wake-up it should be done: ns in a timed run, ticks in the checker; 0 is "whenever". */
  readonly deadline: number
  /** The virtual machine, or other domain of trust, it belongs to; only those of one domain share a core. */
  readonly domain: string
  /** The CPUs it may run on; empty is any. */
  readonly allowed: readonly Cpu[]
}

export const ORDINARY: Traits = {
  weight: 1024,
  group: 'latency',
  deadline: 0,
  domain: 'none',
  allowed: [],
}

/** Why a thread wants a CPU. `failed`: it was picked, and its transaction failed or lost its CPU before it ran. */
export type Why = 'new' | 'wakeup' | 'preempt' | 'yield' | 'failed'

/** A thread that wants a CPU. */
export type Arrival = {
  readonly thread: Thread
  readonly why: Why
  readonly traits: Traits
  /** CPU time it has had since its last arrival or departure: ns in a timed run, ticks in the checker. */
  readonly ran: number
  /** Where it last ran or was to run. */
  readonly cpu: Cpu | 'none'
}

/** A thread that wants no CPU any more, wherever the policy has it: waiting, picked, or not at all. */
export type Departure = {
  readonly thread: Thread
  readonly why: 'blocked' | 'dead' | 'departed'
  readonly ran: number
}

/** What runs on a CPU, as far as the agent knows, and since when. */
export type Running = { readonly cpu: Cpu; readonly thread: Thread; readonly ran: number }

/**
 * A policy with state of type `S`. Every function but `start` changes `state` in place and reads nothing else. `now`
 * is a time that only rises: ns in a timed run; in the checker it is always 0, and time shows in `ran` alone.
 */
export type Policy<S = unknown> = {
  readonly name: string
  /** One line for lists. */
  readonly title: string
  /** One agent that decides for all CPUs, or one on each CPU that decides for that alone. */
  readonly agents: 'global' | 'per-cpu'
  /**
   * How many times others may be picked while a thread waits: the fairness it promises, checked as a claim. Undefined
   * where it promises nothing to such a thread (batch behind latency).
   */
  readonly waitsAtMost: (given: {
    threads: number
    cpus: number
    traits: Traits
    slice: number
  }) => number | undefined
  readonly start: (machine: Machine) => S
  /** The thread wants a CPU from now on. It is not waiting already. */
  readonly enqueue: (state: S, arrival: Arrival, now: number) => void
  /** The thread wants no CPU any more. It may be one that the policy does not have. */
  readonly dequeue: (state: S, departure: Departure, now: number) => void
  /** The thread to run next on a CPU; it is waiting no more. Undefined leaves the CPU as it is. */
  readonly pick: (state: S, cpu: Cpu, now: number) => Thread | undefined
  /** Whether what runs on a CPU is to give way now to what `pick` would give. Absent: never. */
  readonly preempts?: (state: S, running: Running, now: number) => boolean
  /** Members for all CPUs of one core at once, for policies that may not mix domains on a core; all or none run. */
  readonly pickGroup?: (
    state: S,
    core: readonly Cpu[],
    now: number,
  ) => readonly { readonly cpu: Cpu; readonly thread: Thread }[] | undefined
  /** Makes states equal that mean the same, by subtracting what only grows, so that the checker's space is finite. */
  readonly settle?: (state: S) => void
}
