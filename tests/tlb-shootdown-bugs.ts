/** Kernels of tlb-shootdown that get one decision wrong each, for the test that they are caught. */
import { decide } from '../src/hw/decide.ts'
import type { Thread } from '../src/interleave/thread.ts'
import type { Answer } from '../src/kernel/memory/flush-protocol.ts'
import { SpaceSwitch } from '../src/kernel/memory/space-switch.ts'
import { TlbShootdown } from '../src/kernel/memory/tlb-shootdown.ts'
import type { Cpu, Page } from '../src/statemachines/identifiers.ts'

export class FreesBeforeAcknowledgements extends TlbShootdown {
  override mayFree(): boolean {
    return true
  }
}

export class AcknowledgesBeforeFlushing extends TlbShootdown {
  override *serve(source: Cpu, target: Cpu): Thread {
    yield* this.acknowledge(source, target)
    yield* this.act(source, target)
  }
}

/** It has told the last target, it thinks. */
export class ForgetsOneTarget extends TlbShootdown {
  override *tellOthers(cpu: Cpu, page: Page): Thread {
    for (const target of this.requests.untold.of(cpu).slice(1)) {
      const event = this.telling(cpu, target, page)
      yield { event }
      this.requests.untold.delete(cpu, target)
      if (event.type === 'ipi.send') this.interrupt(cpu, target)
    }
  }

  override mayFree(cpu: Cpu): boolean {
    return this.requests.unacknowledged.isEmpty(cpu)
  }
}

export class LosesTheInterrupt extends TlbShootdown {
  override interrupt(source: Cpu, target: Cpu): void {
    this.requests.unacknowledged.add(source, target)
  }
}

/** `<=` where `=` is meant: a later change is missing too. */
export class ComparesWithLess extends TlbShootdown {
  override isOneBehind(source: Cpu, target: Cpu): boolean {
    const requested = this.generationOf(source) ?? 0
    return requested === this.space.generationSeenBy(target) + 1 && requested <= this.space.generation
  }
}

/** The request is the newest, so one page is invalidated, though an earlier change is missing too. */
export class InvalidatesTwoBehind extends TlbShootdown {
  override isOneBehind(source: Cpu): boolean {
    return this.generationOf(source) === this.space.generation
  }
}

export class SkipsLazyCpusForTables extends TlbShootdown {
  override mustTell(target: Cpu): boolean {
    return ['active', 'joining'].includes(this.space.modeOf(target))
  }
}

export class TellsBeforePublishing extends TlbShootdown {
  override *unmap(cpu: Cpu, page: Page): Thread {
    const frame = yield* this.withdraw(cpu, page)
    yield* this.tellOthers(cpu, page)
    yield* this.publish(cpu, page)
    yield* this.release(cpu, frame)
  }
}

export class WaitsWithInterruptsOff extends TlbShootdown {
  override mayInterrupt(target: Cpu): boolean {
    return this.requests.isIdle(target)
  }
}

export class DropsWithoutAcknowledging extends TlbShootdown {
  override *serve(source: Cpu, target: Cpu): Thread {
    const { type } = yield* decide({ type: 'tlb.flush', source, target }, () => this.answer(source, target))
    this.obey(this.answer(source, target))
    this.taken.delete(target, source)
    this.served.add(target, source)
    if (type !== 'space.drop') yield* this.acknowledge(source, target)
  }
}

export class ForgetsToFlush extends TlbShootdown {
  override obey(answer: Answer): void {
    if (answer.type === 'tlb.flush') this.space.catchUp(answer.target)
    else super.obey(answer)
  }
}

export class HandsOutDirtyFrames extends TlbShootdown {
  override clean(): void {}
}

/** Reads the generation first and marks itself as a user afterwards: a change in between is never seen. */
export class ComparesBeforeJoining extends SpaceSwitch {
  readonly #decided = new Map<Cpu, ReturnType<SpaceSwitch['synchronising']>>()

  override joining(cpu: Cpu): ReturnType<SpaceSwitch['joining']> {
    this.#decided.set(cpu, super.synchronising(cpu))
    return super.joining(cpu)
  }

  override synchronising(cpu: Cpu): ReturnType<SpaceSwitch['synchronising']> {
    return this.#decided.get(cpu) ?? super.synchronising(cpu)
  }
}

export class ResumesWithoutComparing extends SpaceSwitch {
  override synchronising(cpu: Cpu): ReturnType<SpaceSwitch['synchronising']> {
    return { type: 'space.resume', cpu }
  }
}
