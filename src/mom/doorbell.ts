/**
 * How an end sleeps until its peer has done something, and no wake-up is lost: publish, then look at the flag;
 * arm the flag, then look again at what the peer publishes. One word a sleeper, whatever it waits for.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type Counters, UNCOUNTED } from './metrics.ts'

/** The sleeper runs, or will look again before it sleeps: nobody need ring. */
const AWAKE = 0
/** The sleeper is about to sleep, or does: whoever publishes now rings. */
export const ARMED = 1

/** One doorbell: `ring` is for all peers, everything else for the one thread whose bell it is. */
export class Doorbell {
  protected readonly memory: SharedMemory
  /** The flag; a host that serves an event loop waits on it in its own way between `arm` and `disarm`. */
  readonly word: number

  constructor(memory: SharedMemory, word: number) {
    this.memory = memory
    this.word = word
  }

  /** From now on peers ring. What they publish must be looked at once more before sleeping. */
  arm(): void {
    this.memory.store(this.word, ARMED)
  }

  disarm(): void {
    this.memory.store(this.word, AWAKE)
  }

  /** Sleeps if nobody has rung since `arm`; milliseconds. */
  sleep(timeoutMs?: number): 'rung' | 'timed-out' {
    return this.memory.wait(this.word, ARMED, timeoutMs) === 'timed-out' ? 'timed-out' : 'rung'
  }

  /**
   * To be called after publishing. Costs one read while the sleeper is awake; only the one peer that takes
   * the flag down notifies. Whether it did.
   */
  ring(): boolean {
    if (this.memory.load(this.word) !== ARMED) return false
    if (this.memory.compareExchange(this.word, ARMED, AWAKE) !== ARMED) return false
    this.memory.notify(this.word, 1)
    return true
  }

  /**
   * Wakes the sleeper whatever the flag says: for the host of a peer that has died, perhaps after it took the flag
   * down and before it notified.
   */
  wake(): void {
    this.memory.store(this.word, AWAKE)
    this.memory.notify(this.word, 1)
  }
}

export type Patience = {
  /** Looks before parking, at most and at least. Two thousand are about 20 microseconds. */
  readonly spinsMax: number
  readonly spinsMin: number
}

export const PATIENCE: Patience = { spinsMax: 2_000, spinsMin: 16 }

/** Parks at once: for a thread that shares its core. */
export const NO_PATIENCE: Patience = { spinsMax: 0, spinsMin: 0 }

/** Of waits that park, one in so many spins as long as it may. It costs a tenth of the parking, about. */
const TRY_EVERY = 32

/**
 * Spins, then parks. It spins longer where spinning has paid, and hardly where it has not, for on a contended
 * core the spinner keeps its peer from running.
 */
export class Waiter {
  readonly bell: Doorbell
  protected readonly memory: SharedMemory
  protected readonly patience: Patience
  protected readonly counters: Counters
  protected spins: number
  /** Waits that parked after the least spinning, since spinning was last tried. */
  protected hopeless = 0

  constructor(memory: SharedMemory, bell: Doorbell, patience = PATIENCE, counters: Counters = UNCOUNTED) {
    this.memory = memory
    this.bell = bell
    this.patience = patience
    this.counters = counters
    this.spins = patience.spinsMax
  }

  /**
   * Returns once `isReady` says so; false where nobody rang for the time given. `isReady` looks at everything
   * that the bell is rung for, in the shared memory itself.
   */
  until(isReady: () => boolean, timeoutMs?: number): boolean {
    if (this.spin(isReady)) return true
    for (;;) {
      this.bell.arm()
      if (isReady()) {
        this.bell.disarm()
        return true
      }
      this.counters.park()
      const outcome = this.bell.sleep(timeoutMs)
      this.bell.disarm()
      if (isReady()) return true
      if (outcome === 'timed-out') return false
    }
  }

  protected spin(isReady: () => boolean): boolean {
    for (let spin = 0; spin < this.spins; spin++) {
      if (isReady()) {
        this.spins = Math.min(this.spins * 2, this.patience.spinsMax)
        return true
      }
      this.memory.pause()
    }
    this.loseHope()
    return false
  }

  // Without a try now and then, two ends that have once parked for each other would do so for ever.
  protected loseHope(): void {
    const { spinsMax, spinsMin } = this.patience
    if (this.spins > spinsMin) this.spins = Math.max(this.spins >> 1, spinsMin)
    else if (spinsMin < spinsMax) {
      this.hopeless = (this.hopeless + 1) % TRY_EVERY
      if (this.hopeless === 0) this.spins = spinsMax
    }
  }
}
