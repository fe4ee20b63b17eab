/** Seeded bugs of the production doorbell: one method, or the order of two, replaced in each. */
import { Doorbell, Waiter } from '../src/mom/doorbell.ts'
import { type Parts, SMALL, programOf } from './doorbell.ts'

class ArmsPlainly extends Doorbell {
  override arm(): void {
    this.memory.set(this.word, 1)
  }
}

/** What was asleep once is asleep now, and what was awake is awake. */
class BelievesWhatItSaw extends Doorbell {
  private seen: boolean | undefined
  override ring(): boolean {
    this.seen ??= this.memory.load(this.word) === 1
    return this.seen && super.ring()
  }
}

class LeavesTheFlagUp extends Doorbell {
  override ring(): boolean {
    if (this.memory.load(this.word) !== 1) return false
    this.memory.notify(this.word, 1)
    return true
  }
}

class SleepsOnWhateverItHolds extends Doorbell {
  override sleep(): 'rung' {
    this.memory.wait(this.word, this.memory.load(this.word))
    return 'rung'
  }
}

class SleepsWithoutLooking extends Waiter {
  override until(isReady: () => boolean): boolean {
    this.bell.arm()
    this.bell.sleep()
    this.bell.disarm()
    return isReady()
  }
}

class LooksBeforeArming extends Waiter {
  override until(isReady: () => boolean): boolean {
    if (isReady()) return true
    this.bell.arm()
    this.bell.sleep()
    this.bell.disarm()
    return isReady()
  }
}

const mutant = (sentence: string, killedBy: string, wrong: Partial<Parts>) => ({
  sentence,
  killedBy,
  program: programOf('doorbell', sentence, SMALL, wrong),
})

export const mutants = {
  sleepsWithoutLooking: mutant('sleeps without looking again after arming (liburing #541)', 'deadlock', {
    waiter: SleepsWithoutLooking,
  }),
  looksBeforeArming: mutant('looks before it arms and not after (cloud-hypervisor #897)', 'deadlock', {
    waiter: LooksBeforeArming,
  }),
  ringsBeforePublishing: mutant('rings, and then publishes what it rang for (libevpl #165)', 'deadlock', {
    move: (store, ring) => {
      ring()
      store()
    },
  }),
  believesWhatItSaw: mutant('decides by what the flag once was (Disruptor #119)', 'deadlock', {
    bell: BelievesWhatItSaw,
  }),
  ringsAtOnePosition: mutant(
    'rings when it is at a position, not when it has passed it (openvmm #4267)',
    'deadlock',
    {
      move: (store, ring, moved) => {
        store()
        if (moved === 0) ring()
      },
    },
  ),
  leavesTheFlagUp: mutant('notifies without taking the flag, before its owner sleeps', 'deadlock', {
    bell: LeavesTheFlagUp,
  }),
  sleepsOnWhateverItHolds: mutant('sleeps although the flag has been taken', 'deadlock', {
    bell: SleepsOnWhateverItHolds,
  }),
  armsPlainly: mutant('arms by a plain store (liburing #541)', 'race', { bell: ArmsPlainly }),
}
