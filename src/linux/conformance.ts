/**
 * One judgement of a scheduler's log, line by line: offers each line to the charts, infers the switches that
 * the log is known not to show, and excuses what lost events may explain. It remembers each such leniency.
 */
import { type Part, Recorded, type Refusal } from '../checker/recorded.ts'
import { printEvent } from '../model/event.ts'
import { type Thread, cpuClaims } from '../statemachines/kernel/scheduled-cpu.ts'
import { threadClaims } from '../statemachines/kernel/scheduled-thread.ts'
import { CPU_MAX, type Entry } from './ftrace.ts'
import { cpuOf, fieldParts, headerParts, machines, switchParts, threadOf } from './scheduler-parts.ts'

export type ConformOptions = {
  /**
   * Names of threads that a CPU may leave without a line (default: `hidden`, the name our captures give to
   * such threads); the idle thread always may. Each such step is counted.
   */
  readonly hidden?: readonly string[]
}

/** A line that the charts refuse. */
export type LogViolation = {
  readonly line: number
  readonly text: string
  readonly claim: string
  readonly sentence: string
  /** The component that refused, its state before the line, and the event it refused. */
  readonly component: string
  readonly state: string
  readonly event: string
  /** The event is a switch that the log does not show and that its next line implies. */
  readonly inferred: boolean
}

const claims: { readonly [name: string]: string | undefined } = { ...cpuClaims, ...threadClaims }

export class Conformance {
  readonly driver = new Recorded(machines)
  readonly hidden = new Map<Thread, { name: string; lines: number[] }>()
  readonly excused: number[] = []
  readonly reordered: number[] = []
  readonly events: { [name: string]: number } = {}
  readonly #names = new Map<Thread, string>()
  readonly #hidden: ReadonlySet<string>
  readonly #headers = new Map<number, Part[]>()
  judged = 0

  constructor({ hidden = ['hidden'] }: ConformOptions) {
    this.#hidden = new Set(hidden)
  }

  /** Judges one line. In a gap, what a lost event may explain is excused. */
  take(entry: Entry, inGap: boolean): LogViolation | undefined {
    const { event, cpu, pid } = entry
    this.#names.set(threadOf(pid, cpu), entry.comm)
    if (event.name === 'sched_switch') this.#names.set(threadOf(event.next, cpu), event.nextComm)
    const violation =
      this.#takeHeader(entry, inGap) ?? this.#violation(entry, this.#offer(fieldParts(entry), entry, inGap))
    if (violation !== undefined) return violation
    this.judged++
    const name = event.name.replace(/^other:/, '')
    this.events[name] = (this.events[name] ?? 0) + 1
    return undefined
  }

  #takeHeader(entry: Entry, inGap: boolean): LogViolation | undefined {
    const header = this.#header(entry)
    const refusal = this.#offer(header, entry, inGap)
    if (refusal?.part.family !== 'cpu') return this.#violation(entry, refusal)
    const current = this.currentOf(refusal.part.id)
    if (current === undefined || !this.#mayHide(current)) return this.#violation(entry, refusal)
    const departure = current.startsWith('idle') ? 'thread.yield' : 'thread.hide'
    const step = switchParts(cpuOf(entry.cpu), current, threadOf(entry.pid, entry.cpu), departure)
    const impossible = this.#offer(step, entry, inGap)
    if (impossible !== undefined) return this.#violation(entry, impossible, true)
    const steps = this.hidden.get(current) ?? { name: this.#names.get(current) ?? current, lines: [] }
    steps.lines.push(entry.line)
    this.hidden.set(current, steps)
    return this.#violation(entry, this.#offer(header, entry, inGap))
  }

  // Most lines have a header that was there before, and the driver is faster with events it has met.
  #header(entry: Entry): Part[] {
    if (entry.event.name === 'tlb_flush') return headerParts(entry)
    const key = entry.pid * (CPU_MAX + 1) + entry.cpu
    const parts = this.#headers.get(key) ?? headerParts(entry)
    this.#headers.set(key, parts)
    return parts
  }

  #mayHide(thread: Thread): boolean {
    return thread.startsWith('idle') || this.#hidden.has(this.#names.get(thread) ?? '')
  }

  /** The thread a CPU runs, where the log has told. */
  currentOf(cpu: string): Thread | undefined {
    const { current } = this.driver.stateOf('cpu', cpu).context as { current: Thread | 'unknown' }
    return current === 'unknown' ? undefined : current
  }

  #offer(parts: readonly Part[], { line }: Entry, inGap: boolean): Refusal | undefined {
    const attempts = inGap ? parts.length : 0
    let refusal = this.driver.take(parts)
    for (let attempt = 0; attempt < attempts && refusal?.part.family === 'thread'; attempt++) {
      this.driver.forget('thread', refusal.part.id)
      this.excused.push(line)
      refusal = this.driver.take(parts)
    }
    return refusal
  }

  #violation({ line }: Entry, refusal: Refusal | undefined, inferred = false): LogViolation | undefined {
    if (refusal === undefined) return undefined
    const { part, state, claim = part.event.type } = refusal
    const event = printEvent(part.event)
    return {
      line,
      text: '',
      claim,
      sentence: claims[claim] ?? claim,
      component: part.id,
      state,
      event,
      inferred,
    }
  }

  /** After lost events of one CPU: any thread may have been woken, moved or changed there meanwhile. */
  forget(lossy: string): void {
    for (const thread of this.driver.idsOf('thread')) this.driver.forget('thread', thread)
    this.driver.forget('cpu', lossy)
    for (const cpu of this.driver.idsOf('cpu')) {
      const thread = this.currentOf(cpu)
      if (thread !== undefined) {
        this.driver.take([{ family: 'thread', id: thread, event: { type: 'thread.observe', cpu } }])
      }
    }
  }
}
