/** How an end waits in a thread whose event loop must go on: the doorbell's protocol, with a promise to sleep on. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EndOptions } from '../mom/channel-shape.ts'
import { ARMED, type Doorbell } from '../mom/doorbell.ts'
import { type Counters, UNCOUNTED } from '../mom/metrics.ts'
import type { AwaitableMemory } from './awaitable.ts'

/** Operations in a row that need not wait before the event loop has its turn all the same. */
const TURN = 256

/** The waiter of one end, that is of one bell; it serves one operation at a time. */
export class LoopWaiter {
  readonly #memory: AwaitableMemory
  readonly #bell: Doorbell
  readonly #counters: Counters
  #operations = 0
  #isOver = false

  constructor(memory: AwaitableMemory, bell: Doorbell, { counters = UNCOUNTED }: EndOptions) {
    this.#memory = memory
    this.#bell = bell
    this.#counters = counters
  }

  /** What `act` comes to, once that is not `pending`; or `pending` where the time is over or the end left. */
  async untilNot<T>(pending: T, act: () => T, isReady: () => boolean, timeoutMs?: number): Promise<T> {
    if (++this.#operations % TURN === 0) await nextTurn()
    for (;;) {
      const outcome = act()
      if (outcome !== pending || !(await this.#until(isReady, timeoutMs))) return outcome
    }
  }

  /** Ends what waits; false where that was so already. */
  stop(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#bell.wake()
    return true
  }

  // Arm, look again, and only then sleep: as Waiter of doorbell.ts, without spinning.
  async #until(isReady: () => boolean, timeoutMs?: number): Promise<boolean> {
    while (!this.#isOver) {
      this.#bell.arm()
      if (isReady()) {
        this.#bell.disarm()
        return true
      }
      this.#counters.park()
      const outcome = await this.#memory.waitAsync(this.#bell.word, ARMED, timeoutMs)
      this.#bell.disarm()
      if (isReady()) return true
      if (outcome === 'timed-out') return false
    }
    return false
  }
}
