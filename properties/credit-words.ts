/**
 * What the accesses of the receiving end mean to the chart of credit. The word of credit is a carrier that delivers
 * at once: what the sender has not read yet is less than the chart lets it use. The consumer falls asleep where the
 * second look finds nothing, and is rung where a look finds something: what wakes it in between may come too late.
 */
import type { MemoryAccess, MemoryStep } from '../src/interleave/memory/memory-step.ts'
import type { GroundEvent } from '../src/model/event.ts'
import type { CreditShape } from '../src/mom/credit-flow.ts'
import { ARMED } from '../src/mom/doorbell.ts'
import { type CreditFlowBounds, accountOf } from '../spec/credit-flow/system.ts'

type Done = Pick<MemoryStep, 'access' | 'earlier' | 'word'>

/** The receiver when its operation began. */
type Before = { readonly isPrimed: boolean; readonly received: number }

/** The result of a plain read of the operation so far, the last or one before it. */
export const lastGet = (earlier: readonly MemoryAccess[], back = 1): number =>
  Number(earlier.filter(({ kind }) => kind === 'get').at(-back)?.result)

/** What the accesses of the receiving end mean in the words of the chart. */
export class ReceiverWords {
  readonly #shape: CreditShape
  readonly #bounds: CreditFlowBounds
  readonly #start: number

  /** `start`: where the indices and the account begin. */
  constructor(shape: CreditShape, bounds: CreditFlowBounds, start: number) {
    this.#shape = shape
    this.#bounds = bounds
    this.#start = start
  }

  events(step: Done, before: Before): GroundEvent[] {
    const { access } = step
    if (access === undefined) return []
    const { kind, index, value, result } = access
    const { free, first } = this.#shape.pool!
    const message = `message${before.received}`
    if (kind === 'get' && index! >= first && index! < first + this.#bounds.buffers)
      return [{ type: before.received % 2 === 0 ? 'message.accept' : 'message.refuse', message }]
    if (kind === 'load' && index === this.#shape.channel.ring.tail)
      return this.#look(step, Number(result), before)
    if (kind === 'load' && index === free.head)
      return [{ type: 'head.read', free: (step.word(free.tail) - Number(result)) | 0 }]
    if (kind !== 'store') return []
    if (index === free.tail) return this.#returns(step, before)
    if (index === this.#shape.released) return this.#grants(value!)
    if (index !== this.#shape.channel.ring.head) return []
    const [buffer, number] = [lastGet(step.earlier, 2), lastGet(step.earlier)]
    return [{ type: 'message.receive', message: `message${number}`, buffer: `buffer${buffer}` }]
  }

  /** Nothing found in the second look: asleep, until something is found. */
  #look({ earlier }: Done, tail: number, before: Before): GroundEvent[] {
    const isAsleep = earlier.some((access, at) => this.#isSecondLook(access, earlier.slice(0, at)))
    const isEmpty = tail === ((this.#start + before.received) | 0)
    if (!isEmpty) return isAsleep ? [{ type: 'doorbell.ring' }] : []
    return this.#isArmed(earlier) && !isAsleep ? [{ type: 'consumer.sleep' }] : []
  }

  // In one operation only the last look finds something.
  #isSecondLook({ kind, index }: MemoryAccess, earlier: readonly MemoryAccess[]): boolean {
    return kind === 'load' && index === this.#shape.channel.ring.tail && this.#isArmed(earlier)
  }

  #isArmed(earlier: readonly MemoryAccess[]): boolean {
    const { receiverBell } = this.#shape.channel
    const last = earlier.findLast(({ kind, index }) => kind === 'store' && index === receiverBell)
    return last?.value === ARMED
  }

  #returns({ earlier }: Done, before: Before): GroundEvent[] {
    const written = earlier.filter(({ kind }) => kind === 'set')
    const returns = written.map(({ value }) => ({ type: 'buffer.return', buffer: `buffer${value!}` }))
    return before.isPrimed ? returns : [{ type: 'pool.prime' }, ...returns]
  }

  #grants(released: number): GroundEvent[] {
    const { start, modulus, window } = accountOf(this.#bounds)
    const units = (released - this.#start) | 0
    const grant = { carrier: 'carrier0', credit: (start + window + units) % modulus }
    return [
      { type: 'credit.grant', ...grant },
      { type: 'credit.arrive', ...grant },
    ]
  }
}
