/**
 * Kernels that implement the workers and their lock (interleave-system.ts), and kernels that get it wrong in
 * one way each. A bug is a subclass that replaces one decision.
 */
import assert from 'node:assert/strict'
import type { Abstraction, Kernel } from '../src/interleave/execution.ts'
import type { Failure } from '../src/interleave/failure.ts'
import type { Specification, States } from '../src/interleave/specification.ts'
import type { NamedThread, Thread } from '../src/interleave/thread.ts'
import { ids } from '../src/model/event.ts'
import type { ToyEvent, WorkerId } from './interleave-system.ts'

/** The failure of a result that must have one. */
export function failureOf(result: { readonly outcome: string; readonly failure?: Failure }): Failure {
  assert(result.failure !== undefined, `it does not fail: ${result.outcome}`)
  return result.failure
}

/** Every worker takes the lock, drops it, and is done. */
export class LockKernel {
  holder: WorkerId | null = null
  ticks = 0
  readonly workers: readonly WorkerId[]
  readonly places: Record<string, 'idle' | 'critical' | 'done'>

  constructor(count = 2) {
    this.workers = ids('worker', count)
    this.places = Object.fromEntries(this.workers.map((id) => [id, 'idle' as const]))
  }

  mayTake(_self: WorkerId): boolean {
    return this.holder === null
  }

  *take(self: WorkerId): Thread<ToyEvent> {
    yield { event: { type: 'lock.take', worker: self }, when: () => this.mayTake(self) }
    this.holder = self
    this.places[self] = 'critical'
  }

  *drop(self: WorkerId): Thread<ToyEvent> {
    yield { event: { type: 'lock.drop', worker: self } }
    this.holder = null
    this.places[self] = 'done'
  }

  *work(self: WorkerId): Thread<ToyEvent> {
    yield* this.take(self)
    yield* this.drop(self)
  }

  threads(): NamedThread<ToyEvent>[] {
    return this.workers.map((id) => ({ name: id, run: () => this.work(id) }))
  }

  placesOfWorkers(): Abstraction {
    return Object.fromEntries(this.workers.map((id) => [`worker.${id}`, { value: this.places[id] }]))
  }

  abstraction(): Abstraction {
    return { ...this.placesOfWorkers(), lock: { context: { holder: this.holder } } }
  }

  fingerprint(): unknown {
    return [this.holder, this.places, this.ticks % 2]
  }

  beside(specification: Specification): Kernel & { fingerprint: () => unknown } {
    return {
      specification,
      threads: this.threads(),
      abstraction: () => this.abstraction(),
      finished: (states: States) => this.workers.every((id) => states[`worker.${id}`]!.value === 'done'),
      fingerprint: () => this.fingerprint(),
    }
  }
}

/** No lock: the steps of different workers are independent. */
export class UnlockedKernel extends LockKernel {
  override mayTake(): boolean {
    return true
  }

  override abstraction(): Abstraction {
    return this.placesOfWorkers()
  }

  override fingerprint(): unknown {
    return this.places
  }
}

/** Takes the lock without looking whether it is free. */
export class ForgetsTheLock extends LockKernel {
  override mayTake(): boolean {
    return true
  }
}

/** Only worker1 looks: worker0 must go second for it to show. */
export class Worker0ForgetsTheLock extends LockKernel {
  override mayTake(self: WorkerId): boolean {
    return self === 'worker0' || super.mayTake(self)
  }
}

/** Worker0 returns with the lock in its hand. */
export class KeepsTheLock extends LockKernel {
  override *drop(self: WorkerId): Thread<ToyEvent> {
    if (self !== 'worker0') yield* super.drop(self)
  }
}

/** Worker1 spins until worker0 is done, but a worker0 that it overtook never drops the lock. */
export class SpinsForEver extends LockKernel {
  hasSpun = false;

  override *work(self: WorkerId): Thread<ToyEvent> {
    if (self === 'worker0') {
      yield* this.take(self)
      if (!this.hasSpun) yield* this.drop(self)
      return
    }
    do {
      yield { event: { type: 'lock.spin', worker: self } }
      this.hasSpun = true
    } while (this.places['worker0'] !== 'done')
    yield* super.work(self)
  }

  override fingerprint(): unknown {
    return [super.fingerprint(), this.hasSpun]
  }
}

/** Each raises a flag and backs off where it sees the other's: they can do so together for ever. */
export class PoliteKernel extends LockKernel {
  readonly flags = new Map<WorkerId, 'up' | 'lowering' | 'down'>();

  override *work(self: WorkerId): Thread<ToyEvent> {
    const spin = { event: { type: 'lock.spin', worker: self } } as const
    for (;;) {
      yield spin
      this.flags.set(self, 'up')
      yield spin
      if (![...this.flags].some(([other, flag]) => other !== self && flag !== 'down')) break
      this.flags.set(self, 'lowering')
      yield spin
      this.flags.set(self, 'down')
    }
    yield* super.work(self)
    this.flags.set(self, 'down')
  }

  override fingerprint(): unknown {
    return [super.fingerprint(), this.workers.map((id) => this.flags.get(id) ?? 'down')]
  }
}

/** Hardware ticks whenever it likes; a worker takes the lock only after a tick. */
export class TickingKernel extends LockKernel {
  override mayTake(self: WorkerId): boolean {
    return this.ticks > 0 && super.mayTake(self)
  }

  mayTick(): boolean {
    return true
  }

  *clock(): Thread<ToyEvent> {
    for (;;) {
      yield { event: { type: 'clock.tick' }, when: () => this.mayTick() }
      this.ticks++
    }
  }

  override threads(): NamedThread<ToyEvent>[] {
    return [{ name: 'clock', daemon: true, run: () => this.clock() }, ...super.threads()]
  }

  override abstraction(): Abstraction {
    return { ...super.abstraction(), clock: { value: this.ticks % 2 === 0 ? 'even' : 'odd' } }
  }

  override fingerprint(): unknown {
    return [super.fingerprint(), this.ticks > 0]
  }
}
