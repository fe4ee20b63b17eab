/**
 * The recorded driver: re-executes a trace on the charts. Every event must be accepted and lead to the
 * recorded state; then the verdict is worked out anew and compared with the one in the file. On another
 * variant of the system it says where that variant parts from the trace, and who refuses.
 */
import { printEvent } from '../model/event.ts'
import { type Instance, instantiate } from '../model/instance.ts'
import type { System } from '../model/system.ts'
import { Judge, type Run } from './judge.ts'
import { BadInputError } from './json-file.ts'
import { canonical } from './local-state.ts'
import { Product, type Vector } from './product.ts'
import { type LocalState, type Locals, type Trace, localsOf } from './trace.ts'
import { type TraceFile, bindTrace } from './trace-file.ts'

/** A component that a step moved. */
export type Change = { readonly component: string; readonly before: LocalState; readonly after: LocalState }

export type ReplayStep = {
  /** 1 for the first event. */
  readonly index: number
  /** `lock.take(worker0)`. */
  readonly label: string
  readonly changes: readonly Change[]
}

export type Replay = {
  readonly instance: Instance
  readonly initial: Locals
  readonly steps: readonly ReplayStep[]
  /** The state reached. */
  readonly last: Locals
  /** Where an event was refused: a sentence saying at which step, by whom and in which state. */
  readonly parted: string | undefined
  /** Where a state is not the recorded one: the step, the component, what was recorded and what is. */
  readonly difference: string | undefined
  /** Whether the run ends as recorded; undefined where `until` stopped it before the end. */
  readonly stands: boolean | undefined
  /** The verdict in one sentence. */
  readonly conclusion: string
}

export type ReplayOptions = {
  /** Stops after this many events. */
  readonly until?: number
  /** Replays on this variant, or on the system without a mutant (`none`); absent, on the recorded one. */
  readonly mutant?: string
}

/** The components whose state differs between two global states. */
export function changesBetween(before: Locals, after: Locals): Change[] {
  return Object.entries(after).flatMap(([component, state]) => {
    const previous = before[component]!
    return canonical(previous) === canonical(state) ? [] : [{ component, before: previous, after: state }]
  })
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

class Replayer {
  readonly #trace: TraceFile
  readonly #product: Product
  readonly #judge: Judge
  readonly #vectors: Vector[]
  readonly #events: number[] = []
  readonly #steps: ReplayStep[] = []
  #refusers: readonly string[] = []
  #parted: string | undefined
  #difference: string | undefined

  constructor(trace: TraceFile, instance: Instance) {
    this.#trace = trace
    this.#product = new Product(instance)
    this.#judge = new Judge(this.#product)
    this.#vectors = [this.#product.initial()]
    this.#compare(0)
  }

  get #vector(): Vector {
    return this.#vectors.at(-1)!
  }

  run(until: number): Replay {
    const total = this.#trace.states.length - 1
    while (this.#events.length < Math.min(until, total) && this.#parted === undefined)
      this.#take(this.#events.length + 1)
    const isWhole = this.#events.length === total && this.#parted === undefined
    const objection = isWhole ? this.#objection() : undefined
    const stands = isWhole
      ? objection === undefined && this.#difference === undefined
      : this.#parted === undefined
        ? undefined
        : false
    return {
      instance: this.#product.instance,
      initial: localsOf(this.#product, this.#vectors[0]!),
      steps: this.#steps,
      last: localsOf(this.#product, this.#vector),
      parted: this.#parted,
      difference: this.#difference,
      stands,
      conclusion: this.#conclude(stands, objection, total),
    }
  }

  #take(step: number): void {
    const event = this.#trace.states[step]!.event!
    const index = this.#product.indexOf(event)
    if (index === undefined) {
      this.#parted = `step ${step}, ${printEvent(event)}, is not an event of this variant`
      return
    }
    const refusing = this.#product.refusing(this.#vector, index)
    if (refusing.length > 0) {
      const now = localsOf(this.#product, this.#vector)
      const why = refusing.map((name) => `${name} in ${printLocal(now[name]!)}`).join(' and ')
      this.#parted = `step ${step}, ${printEvent(event)}, is refused by ${why}`
      return
    }
    try {
      const before = localsOf(this.#product, this.#vector)
      const refusers = this.#product.refusers(this.#vector, index)
      const { vector } = this.#product.step(this.#vector, index)
      this.#vectors.push(vector)
      this.#events.push(index)
      this.#refusers = refusers
      this.#steps.push({
        index: step,
        label: printEvent(event),
        changes: changesBetween(before, localsOf(this.#product, vector)),
      })
      this.#compare(step)
    } catch (error) {
      this.#parted = `step ${step}, ${printEvent(event)}, throws: ${message(error)}`
    }
  }

  #compare(step: number): void {
    const recorded = this.#trace.states[step]!.locals
    const changed = changesBetween(recorded, localsOf(this.#product, this.#vector))[0]
    if (changed === undefined) return
    const where = step === 0 ? 'in the initial state' : `after step ${step}`
    const { component, before, after } = changed
    this.#difference ??= `${where}, ${component} is ${printLocal(after)}, recorded as ${printLocal(before)}`
  }

  // Why the run does not end as its verdict says, or undefined where it does.
  #objection(): string | undefined {
    const { kind, label, event } = this.#trace.verdict
    switch (kind) {
      case 'observer':
        return this.#refusers.includes(label) ? undefined : `the observer ${label} accepts the last event`
      case 'stuck':
        return this.#judge.isStuck(this.#vector) ? undefined : 'the last state is not stuck'
      case 'error':
        return this.#errorObjection(event && this.#product.indexOf(event))
      case 'invariant': {
        const claim = this.#claim(label)
        return this.#judge.asks(claim, 'holds', this.#vector) ? `${label} holds in the last state` : undefined
      }
      case 'progress': {
        const run: Run = { vectors: this.#vectors, events: this.#events, loop: this.#trace.loop }
        return this.#judge.progressObjection(this.#claim(label), run)
      }
    }
  }

  #claim(label: string) {
    const claim = this.#judge.claimLabelled(label)
    const { kind } = this.#trace.verdict
    const kinds = kind === 'invariant' ? ['always'] : ['leadsTo', 'eventually']
    if (claim !== undefined && kinds.includes(claim.claim.kind)) return claim
    throw this.#trace.file.refusal(
      ['#meta', 'verdict', 'label'],
      `a claim of ${this.#trace.system} of the kind ${kind}`,
      label,
    )
  }

  #errorObjection(event: number | undefined): string | undefined {
    try {
      if (event === undefined) {
        this.#product.enabled(this.#vector)
        this.#product.instance.claims.forEach((claim) => this.#judge.asksAll(claim, this.#vector))
      } else this.#product.step(this.#vector, event)
    } catch {
      return undefined
    }
    return 'nothing throws at the end of the trace'
  }

  #conclude(stands: boolean | undefined, objection: string | undefined, total: number): string {
    const taken = this.#events.length
    if (this.#parted !== undefined) return `the recorded verdict does not stand: ${this.#parted}`
    if (stands === undefined) return `stopped after ${taken} of ${total} steps; the verdict was not asked for`
    if (stands) return `the recorded verdict still stands: ${printVerdict(this.#trace)}`
    return `the recorded verdict does not stand: ${objection ?? this.#difference}`
  }
}

/** `"idle"`, or with its context `"held" {"owner":"worker0"}`. */
export function printLocal({ value, context, status }: LocalState): string {
  const fields = typeof context === 'object' && context !== null ? Object.keys(context).length : 0
  const name = typeof value === 'string' ? value : JSON.stringify(value)
  return [
    fields === 0 || name !== '{}' ? name : '',
    fields === 0 ? '' : JSON.stringify(context),
    status === undefined ? '' : `(${status})`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** What the verdict of a trace says, in a sentence. */
export function printVerdict({ verdict, loop }: Pick<Trace, 'verdict' | 'loop'>): string {
  const { kind, claim, label, event } = verdict
  switch (kind) {
    case 'invariant':
      return `${label} is violated in the last state`
    case 'observer':
      return `the observer ${label} refuses the last event`
    case 'stuck':
      return `nothing is enabled in the last state, which ${claim} forbids`
    case 'progress':
      return `${label} is never served ${loop === undefined ? 'and nothing is enabled any more' : 'on this fair run'}`
    case 'error':
      return event === undefined
        ? `it throws in the last state: ${label}`
        : `${printEvent(event)} throws after the last state: ${label}`
  }
}

/**
 * Replays a trace on its system. Throws BadInputError where the trace does not fit the system, UsageError for
 * a variant that does not exist.
 */
export function replay(trace: TraceFile, system: System, options: ReplayOptions = {}): Replay {
  if (trace.system !== system.name) {
    throw new BadInputError(
      `${trace.file.path}: expected a trace of ${system.name}, found one of ${trace.system}`,
    )
  }
  const { instance } = bindTrace(trace, system)
  const { mutant, until = Number.POSITIVE_INFINITY } = options
  const variant =
    mutant === undefined
      ? instance
      : instantiate(system, trace.bounds, mutant === 'none' ? undefined : mutant)
  return new Replayer(trace, variant).run(until)
}
