/**
 * What an access of the receiving end means to the chart of priorities, which depends on what the operation did
 * before: a look at a lane chooses the next message, or is the second look before sleeping, or tells a thread that
 * has woken that there is something, which the chart does not ask.
 */
import type { MemoryAccess } from '../src/interleave/memory/memory-step.ts'
import type { GroundEvent } from '../src/model/event.ts'
import { ARMED } from '../src/mom/doorbell.ts'
import { PRIORITIES, type Priority, type PriorityShape } from '../src/mom/priority.ts'

type Done = { readonly access?: MemoryAccess; readonly earlier: readonly MemoryAccess[] }

/** Where the indices began, and what had been taken from each lane when the operation began. */
type Began = { readonly start: number; readonly taken: Readonly<Record<Priority, number>> }

type Phase = 'choosing' | 'rechecking' | 'waking'

/** One operation, up to the step that is asked about. It takes one message at most, at its end. */
export class Course {
  readonly #shape: PriorityShape
  readonly #access: MemoryAccess | undefined
  readonly #began: Began
  #phase: Phase = 'choosing'
  /** The lane found to hold something since the plan was made. */
  #found: Priority | undefined
  /** What was read last from a slot: the number of the message. */
  #content = 0

  constructor(shape: PriorityShape, began: Began, step: Done) {
    this.#shape = shape
    this.#began = began
    this.#access = step.access
    for (const access of step.earlier) this.#note(access)
  }

  events(): GroundEvent[] {
    const access = this.#access
    if (access === undefined) return []
    const { kind, index, value, result } = access
    if (kind === 'wait' && result === 'parked') return [{ type: 'consumer.park' }]
    if (kind === 'wait' && result === 'not-equal') return [{ type: 'consumer.stay' }]
    if (this.#isBell(access)) {
      if (value === ARMED) return [{ type: 'flag.arm' }]
      return [{ type: 'flag.clear' }]
    }
    const looked = this.#lookedAt(access)
    if (looked !== undefined) return [this.#look(looked, this.#shows(access))]
    const lane = PRIORITIES.find((name) => kind === 'store' && this.#shape[name].ring.head === index)
    if (lane === undefined) return []
    const taken = { type: 'message.receive', lane, message: `message${this.#content}` }
    // A tail seen before is not read again, and is as good.
    return this.#found === lane ? [taken] : [this.#look(lane, true), taken]
  }

  #look(lane: Priority, found: boolean): GroundEvent {
    return { type: 'lane.look', lane, found }
  }

  #note(access: MemoryAccess): void {
    const { kind, result } = access
    if (kind === 'get') this.#content = Number(result)
    if (kind === 'wait') this.#phase = 'waking'
    if (this.#isBell(access)) this.#noteBell(access.value === ARMED)
    const lane = this.#lookedAt(access)
    if (lane === undefined || !this.#shows(access)) return
    if (this.#phase === 'choosing') this.#found = lane
    if (this.#phase === 'waking') this.#phase = 'choosing'
  }

  #noteBell(isArmed: boolean): void {
    this.#found = undefined
    if (isArmed) this.#phase = 'rechecking'
    else if (this.#phase === 'rechecking') this.#phase = 'choosing'
  }

  #isBell({ kind, index }: MemoryAccess): boolean {
    return kind === 'store' && index === this.#shape.control.receiverBell
  }

  #lookedAt({ kind, index }: MemoryAccess): Priority | undefined {
    return PRIORITIES.find((lane) => kind === 'load' && this.#shape[lane].ring.tail === index)
  }

  #shows(look: MemoryAccess): boolean {
    const head = this.#began.start + this.#began.taken[this.#lookedAt(look)!]
    return look.result !== (head | 0)
  }
}
