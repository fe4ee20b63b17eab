/**
 * One execution of an operation of production code, from its start along a log of results to the access beyond
 * them or to its end, and all the ways in which the code can break the rules on the way.
 */
import type { Access } from './access.ts'
import { AccessError, type ExplorableMemory, type Logged, SUSPENDED } from './explorable-memory.ts'
import type { MemoryFailureKind } from './memory-failure.ts'
import type { MemoryThread, OperationOutcome } from './memory-program.ts'
import type { ThreadData } from './thread-data.ts'

/** What a thread's code did wrong. */
export type Problem = { readonly kind: MemoryFailureKind; readonly text: string; readonly cause?: unknown }

/** What an execution came to. */
export type Executed =
  | { readonly pending: Access }
  | { readonly outcome: OperationOutcome; readonly data: object }
  | { readonly problem: Problem }

/** Executions that are all made twice; after them one in sixteen is. */
const TWICE_AT_FIRST = 2_000

export class ReExecution {
  readonly #thread: MemoryThread
  readonly #memory: ExplorableMemory
  readonly #copies: ThreadData
  readonly #known = new Map<string, object>()
  readonly #keys = new Map<object, string>()
  /** What the thread's `self` made: a closure in it would change it, and not the copy that is kept. */
  readonly #made: object
  readonly #madeKey: string
  #executions = 0

  constructor(thread: MemoryThread, made: object, memory: ExplorableMemory, copies: ThreadData) {
    this.#thread = thread
    this.#memory = memory
    this.#copies = copies
    this.#made = made
    this.#madeKey = copies.key(made)
  }

  /** Copies data that code has made; equal data is one object. Throws where some part of it is no data. */
  intern(made: object): object {
    const data = this.#copies.copy(made, `self of ${this.#thread.name}`)
    const key = this.#copies.key(data)
    const known = this.#known.get(key) ?? data
    this.#known.set(key, known)
    this.#keys.set(known, key)
    return known
  }

  keyOf(data: object): string {
    return this.#keys.get(data)!
  }

  /**
   * Executes the operation that begins with the data along a log. What state other than its data and the memory
   * it uses shows when it is executed twice.
   */
  execute(data: object, log: readonly Logged[]): Executed {
    this.#executions++
    const executed = this.#executeOnce(data, log)
    if ('problem' in executed) return executed
    if (this.#executions > TWICE_AT_FIRST && this.#executions % 16 !== 0) return executed
    const isKept = this.#copies.key(data) === this.#keys.get(data)
    if (!isKept || this.#copies.key(this.#made) !== this.#madeKey)
      return {
        problem: this.#unsteady('it changes data that it keeps outside its self, in a closure perhaps'),
      }
    const again = this.#executeOnce(data, log)
    const difference = this.#difference(executed, again)
    return difference === undefined ? executed : { problem: this.#unsteady(difference) }
  }

  #difference(executed: Executed, again: Executed): string | undefined {
    if ('problem' in again) return again.problem.text
    const one = this.#print(executed)
    const other = this.#print(again)
    return one === other ? undefined : `it came to ${one} and then to ${other}`
  }

  #print(executed: Executed): string {
    if ('problem' in executed) return executed.problem.text
    if ('pending' in executed) return `the access ${JSON.stringify(executed.pending)}`
    return `'${executed.outcome}' with the data ${this.#copies.key(executed.data)}`
  }

  #unsteady(what: string): Problem {
    const { name } = this.#thread
    const text = `thread ${name} did not do the same again when its operation was executed again: ${what}`
    return { kind: 'nondeterministic', text }
  }

  #executeOnce(data: object, log: readonly Logged[]): Executed {
    const memory = this.#memory
    const { name } = this.#thread
    let thrown: unknown
    let outcome: unknown
    let copy = data
    try {
      copy = this.#copies.copy(data, `self of ${name}`)
      outcome = memory.executing(log, () => this.#thread.operation(copy))
    } catch (error) {
      thrown = error
    }
    const { fault, pending, served } = memory
    if (fault instanceof AccessError)
      return { problem: { kind: 'access', text: `thread ${name}: ${fault.message}`, cause: fault } }
    if (fault !== undefined) return { problem: this.#unsteady(fault.message) }
    if (pending !== undefined && thrown !== SUSPENDED) return { problem: this.#swallowed() }
    if (served < log.length)
      return { problem: this.#unsteady(`it makes ${served} accesses, not ${log.length}`) }
    if (pending !== undefined) return { pending }
    if (thrown !== undefined) return { problem: this.#threw(thrown) }
    if (outcome === 'again' || outcome === 'done') return this.#committed(outcome, copy)
    const text = `the operation of thread ${name} returned ${String(outcome)}, neither 'again' nor 'done'`
    return { problem: { kind: 'threw', text } }
  }

  #committed(outcome: 'again' | 'done', copy: object): Executed {
    try {
      return { outcome, data: this.intern(copy) }
    } catch (error) {
      return { problem: this.#threw(error) }
    }
  }

  #swallowed(): Problem {
    const { name } = this.#thread
    const text =
      `thread ${name} catches the exception that suspends it at an access; ` +
      'a catch around an access must throw again what it does not know'
    return { kind: 'nondeterministic', text }
  }

  #threw(error: unknown): Problem {
    const message = error instanceof Error ? error.message : String(error)
    const hint = /private (?:member|field|name|method)/.test(message)
      ? '; data of a thread is copied, and #private fields cannot be'
      : ''
    return { kind: 'threw', text: `thread ${this.#thread.name} threw: ${message}${hint}`, cause: error }
  }
}
