/**
 * One execution of a kernel beside its specification, a step at a time. All schedulers drive this one class:
 * what is checked never depends on who chooses.
 */
import assert from 'node:assert/strict'
import type { GroundEvent } from '../model/event.ts'
import type { Failure, FailureKind } from './failure.ts'
import { canonical, differences } from './plain-json.ts'
import { type Runner, ThreadError, createRunner } from './runner.ts'
import type { Specification, SpecificationRun, States } from './specification.ts'
import type { Announcement, NamedThread, Offer } from './thread.ts'

/** What the kernel claims about some components: at least one, each with its value, its context, or both. */
export type Abstraction = {
  readonly [component: string]: { readonly value?: unknown; readonly context?: unknown }
}

/** A kernel at its start, and the system it must be a run of. */
export type Kernel = {
  readonly specification: Specification
  readonly threads: readonly NamedThread[]
  /** The kernel's state in the charts' words; it changes nothing. */
  readonly abstraction: () => Abstraction
  /** Must hold of the charts once every thread but the daemons is done. */
  readonly finished?: (states: States) => boolean
  /**
   * The kernel's whole state as plain JSON, with the local data of every thread; needed to match states. Events
   * announced are added by the explorer, so a position needs to be included only where one event is announced twice.
   */
  readonly fingerprint?: () => unknown
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export class Execution {
  readonly schedule: number[] = []
  readonly steps: (Offer & { label: string })[] = []
  failure: Failure | undefined
  /** Every thread but the daemons is done, and the charts are where they should be then. */
  finished = false
  /** The steps that may be taken next, longest-waiting thread first. */
  offers: readonly Offer[] = []
  readonly #kernel: Kernel
  readonly #specification: SpecificationRun
  #runner: Runner | undefined
  /** Labels by the event object: an announcement stands for many steps while other threads go on. */
  readonly #labels = new WeakMap<GroundEvent, string>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#specification = kernel.specification.start()
    const before = this.#abstract('initially')
    if (before === undefined || !this.#agrees(before, 'initially')) return
    const was = canonical(before, 'the abstraction')
    if (!this.#attempt(() => (this.#runner = createRunner(kernel.threads)))) return
    const after = this.#abstract('after the threads started')
    if (after === undefined) return
    const is = canonical(after, 'the abstraction')
    assert(is === was, `a thread changes shared state before its first yield: from ${was} to ${is}`)
    this.#settle()
  }

  get events(): GroundEvent[] {
    return this.steps.map(({ event }) => event)
  }

  /** Neither finished nor failed: a step can be taken. */
  get running(): boolean {
    return !this.finished && this.failure === undefined
  }

  announced(): readonly Announcement[] {
    return this.#runner!.announced()
  }

  /** Takes a step: the system must accept the event, then the thread does it, then the two must agree. */
  step(choice: number): void {
    const { event, thread, label } = this.#choose(choice)
    const specification = this.#specification
    let accepted = false
    let refusedBy: string | undefined
    const judge = () => {
      accepted = specification.accepts(event)
      refusedBy = accepted ? specification.step(event) : undefined
    }
    if (!this.#attempt(judge, event, 'the specification')) return
    if (!accepted) {
      const names = specification.knows(event)
        ? `refused by ${specification.refusing(event).join(', ')}`
        : 'it is not in its vocabulary'
      return this.fail('refused', `the system refuses ${label} of thread ${thread}: ${names}`, event)
    }
    if (refusedBy !== undefined) {
      return this.fail('refused', `the observer ${refusedBy} refuses ${label} of thread ${thread}`, event)
    }
    if (!this.#attempt(() => this.#runner!.step(choice), event)) return
    const when = `after ${label} of thread ${thread}`
    const abstraction = this.#abstract(when, event)
    if (abstraction !== undefined && this.#agrees(abstraction, when, event)) this.#settle(event)
  }

  /** Takes again a step that was checked before: the same choice after the same choices. */
  replay(choice: number): void {
    const { event } = this.#choose(choice)
    if (!this.#attempt(() => this.#specification.step(event), event, 'the specification')) return
    if (this.#attempt(() => this.#runner!.step(choice), event)) this.#settle(event)
  }

  #choose(choice: number): Offer & { label: string } {
    const offer = this.offers[choice]
    assert(
      this.running && offer !== undefined,
      `choice ${choice} is none of the ${this.offers.length} offered`,
    )
    const step = { ...offer, label: this.#label(offer.event) }
    this.schedule.push(choice)
    this.steps.push(step)
    return step
  }

  #label(event: GroundEvent): string {
    const label = this.#labels.get(event) ?? this.#kernel.specification.label(event)
    this.#labels.set(event, label)
    return label
  }

  /** Ends the execution with a failure; `event` is given where a single step is at fault. */
  fail(kind: FailureKind, text: string, event?: GroundEvent, cause?: unknown): void {
    const { events, steps, schedule } = this
    const step = kind === 'unfollowed' ? schedule.length + 1 : schedule.length
    const failure = { kind, step, event, text, schedule, events, steps }
    this.failure = cause === undefined ? failure : { ...failure, cause }
  }

  /** What every thread announces and whether it may go on, as text: equal wherever the same choices are open. */
  signature(): string {
    return this.announced()
      .map(({ thread, event, enabled }) => {
        if (event === undefined) return `${thread} is done`
        return `${thread} ${enabled ? 'offers' : 'waits for'} ${this.#label(event)}`
      })
      .join(', ')
  }

  /** The identity of this state: charts, kernel, and every thread's announcement. */
  key(): string {
    const { fingerprint } = this.#kernel
    assert(fingerprint !== undefined, 'states are matched on a fingerprint, and the kernel has none')
    return [this.#specification.key(), this.signature(), canonical(fingerprint(), 'the fingerprint')].join(
      ' | ',
    )
  }

  /** Runs code of the kernel or, where `who` names it, of its surroundings; what that throws is a failure. */
  #attempt(act: () => unknown, event?: GroundEvent, who?: string): boolean {
    try {
      act()
      return true
    } catch (error) {
      if (error instanceof ThreadError) this.fail('threw', error.message, event, error.cause)
      else if (who !== undefined) this.fail('threw', `${who} threw: ${messageOf(error)}`, event, error)
      else throw error
      return false
    }
  }

  #abstract(when: string, event?: GroundEvent): Abstraction | undefined {
    let abstraction: Abstraction | undefined
    this.#attempt(() => (abstraction = this.#kernel.abstraction()), event, `the abstraction ${when}`)
    return abstraction
  }

  #agrees(abstraction: Abstraction, when: string, event?: GroundEvent): boolean {
    const found = disagreements(this.#specification.states(), abstraction)
    if (found.length > 0)
      this.fail('diverged', `${when} the kernel is not where the charts are: ${found.join('; ')}`, event)
    return found.length === 0
  }

  // Guards run here, so a guard that throws is laid to the step that made it throw.
  #settle(event?: GroundEvent): void {
    const runner = this.#runner!
    if (!this.#attempt(() => (this.offers = runner.enabled()), event)) return
    const status = runner.status()
    if (status === 'stuck') this.fail('stuck', `no thread can go on: ${this.signature()}`)
    if (status !== 'finished') return
    this.offers = []
    const { finished } = this.#kernel
    const states = this.#specification.states()
    if (finished === undefined || finished(states)) this.finished = true
    else this.fail('unfinished', `every thread is done, but the system is not: ${JSON.stringify(states)}`)
  }
}

function disagreements(states: States, abstraction: Abstraction): string[] {
  const claimed = Object.entries(abstraction)
  assert(claimed.length > 0, 'the abstraction covers no component')
  return claimed.flatMap(([name, local]) => {
    const expected = states[name]
    if (expected === undefined) {
      assert.fail(`the abstraction names ${name}; the components are ${Object.keys(states).join(', ')}`)
    }
    const fields = Object.keys(local)
    assert(fields.length > 0, `the abstraction says nothing of ${name}`)
    return fields.flatMap((field) => {
      assert(
        field === 'value' || field === 'context',
        `the abstraction of ${name} has ${field}; it takes value and context`,
      )
      return differences(expected[field], local[field], `${name} ${field}`)
    })
  })
}
