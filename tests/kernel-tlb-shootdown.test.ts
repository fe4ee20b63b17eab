/**
 * The executable shootdown beside its charts: at random, in every state of small scenarios, along the traces
 * of chart mutants; and kernels with one wrong decision each, which must be caught.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { run, sample, schedules } from '../properties/explore-implementation.ts'
import {
  type BuildTlbShootdown,
  implementation,
  refinement,
  tlbShootdownSetup,
} from '../properties/tlb-shootdown.ts'
import { tlbShootdown } from '../spec/tlb-shootdown/system.ts'
import { check } from '../src/checker/explore.ts'
import { decide } from '../src/hw/decide.ts'
import type { Thread } from '../src/interleave/thread.ts'
import type { Answer } from '../src/kernel/memory/flush-protocol.ts'
import { SpaceSwitch } from '../src/kernel/memory/space-switch.ts'
import { TlbShootdown } from '../src/kernel/memory/tlb-shootdown.ts'
import { instantiate } from '../src/model/instance.ts'
import type { Cpu, Page } from '../src/statemachines/identifiers.ts'

describe('the kernel refines the charts', () => {
  test('under random schedules of random scenarios', () => {
    fc.assert(refinement, { numRuns: 200, seed: 42 })
  })

  test('in every state of small scenarios, two of them with lazy CPUs', () => {
    const report = implementation.exhaustive()
    expect(report).toMatchObject({ ok: true, steps: 5112 })
    expect(report.covered).toMatch(/^exhaustive: 1,660 states; .*overlap \(cpus=2 pages=2\).*is lazy/)
  })

  test('and says so with what it covered, the same twice', () => {
    const report = implementation.random({ runs: 20, seed: 7 })
    expect(report).toMatchObject({ ok: true, schedules: 20 })
    expect(report.covered).toBe('20 random scenarios and schedules, seed 7')
    expect(implementation.random({ runs: 20, seed: 7 })).toEqual(report)
  })

  test('and every event of the system happens in it', () => {
    const setup = tlbShootdownSetup()
    const runs = fc.sample(fc.tuple(setup.scenarios, schedules()), { numRuns: 200, seed: 42 })
    const types = new Set<string>()
    for (const [scenario, choices] of runs) {
      const result = run(setup, scenario, choices)
      if (result.outcome === 'holds') for (const { type } of result.events) types.add(type)
    }
    expect([...types].sort()).toEqual(Object.keys(tlbShootdown.events).sort())
  })
})

class FreesBeforeAcknowledgements extends TlbShootdown {
  override mayFree(): boolean {
    return true
  }
}

class AcknowledgesBeforeFlushing extends TlbShootdown {
  override *serve(source: Cpu, target: Cpu): Thread {
    yield* this.acknowledge(source, target)
    yield* this.act(source, target)
  }
}

/** It has told the last target, it thinks. */
class ForgetsOneTarget extends TlbShootdown {
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

class LosesTheInterrupt extends TlbShootdown {
  override interrupt(source: Cpu, target: Cpu): void {
    this.requests.unacknowledged.add(source, target)
  }
}

/** `<=` where `=` is meant: a later change is missing too. */
class ComparesWithLess extends TlbShootdown {
  override isOneBehind(source: Cpu, target: Cpu): boolean {
    const requested = this.generationOf(source) ?? 0
    return requested === this.space.generationSeenBy(target) + 1 && requested <= this.space.generation
  }
}

/** The request is the newest, so one page is invalidated, though an earlier change is missing too. */
class InvalidatesTwoBehind extends TlbShootdown {
  override isOneBehind(source: Cpu): boolean {
    return this.generationOf(source) === this.space.generation
  }
}

class SkipsLazyCpusForTables extends TlbShootdown {
  override mustTell(target: Cpu): boolean {
    return ['active', 'joining'].includes(this.space.modeOf(target))
  }
}

class TellsBeforePublishing extends TlbShootdown {
  override *unmap(cpu: Cpu, page: Page): Thread {
    const frame = yield* this.withdraw(cpu, page)
    yield* this.tellOthers(cpu, page)
    yield* this.publish(cpu, page)
    yield* this.release(cpu, frame)
  }
}

class WaitsWithInterruptsOff extends TlbShootdown {
  override mayInterrupt(target: Cpu): boolean {
    return this.requests.isIdle(target)
  }
}

class DropsWithoutAcknowledging extends TlbShootdown {
  override *serve(source: Cpu, target: Cpu): Thread {
    const { type } = yield* decide({ type: 'tlb.flush', source, target }, () => this.answer(source, target))
    this.obey(this.answer(source, target))
    this.taken.delete(target, source)
    this.served.add(target, source)
    if (type !== 'space.drop') yield* this.acknowledge(source, target)
  }
}

class ForgetsToFlush extends TlbShootdown {
  override obey(answer: Answer): void {
    if (answer.type === 'tlb.flush') this.space.catchUp(answer.target)
    else super.obey(answer)
  }
}

class HandsOutDirtyFrames extends TlbShootdown {
  override clean(): void {}
}

/** Reads the generation first and marks itself as a user afterwards: a change in between is never seen. */
class ComparesBeforeJoining extends SpaceSwitch {
  override *rejoin(cpu: Cpu): Thread {
    let type: ReturnType<SpaceSwitch['synchronising']>['type'] = 'space.resume'
    yield* decide({ type: 'space.join', cpu }, () => {
      type = super.synchronising(cpu).type
      return this.joining(cpu)
    })
    this.board.mmu(cpu).load()
    this.space.setMode(cpu, 'joining')
    yield { event: { type, cpu } }
    if (type === 'space.refresh') this.board.tlb(cpu).flush()
    if (type === 'space.refresh') this.space.catchUp(cpu)
    this.space.setMode(cpu, 'active')
  }
}

class ResumesWithoutComparing extends SpaceSwitch {
  override synchronising(cpu: Cpu): ReturnType<SpaceSwitch['synchronising']> {
    return { type: 'space.resume', cpu }
  }
}

const built =
  (Kernel: typeof TlbShootdown, Switch?: typeof SpaceSwitch): BuildTlbShootdown =>
  (board, prefer) =>
    new Kernel(board, prefer, Switch)

/** The bug, how it shows, at which event, what the failure says, and at most how many choices it takes. */
const bugs: readonly [string, BuildTlbShootdown, string, string | undefined, string, number][] = [
  [
    'frees before acknowledgements',
    built(FreesBeforeAcknowledgements),
    'refused',
    'frame.free',
    'by shootdown.',
    0,
  ],
  [
    'acknowledges before flushing',
    built(AcknowledgesBeforeFlushing),
    'refused',
    'ipi.acknowledge',
    'by handler.',
    0,
  ],
  ['forgets one target', built(ForgetsOneTarget), 'refused', 'frame.free', 'by shootdown.', 0],
  [
    'loses the interrupt',
    built(LosesTheInterrupt),
    'diverged',
    'ipi.send',
    'controller.cpu1 context.pending',
    0,
  ],
  ['compares with less', built(ComparesWithLess), 'refused', 'tlb.invalidate', 'by space.', 4],
  ['invalidates two behind', built(InvalidatesTwoBehind), 'refused', 'tlb.invalidate', 'by space.', 12],
  ['skips lazy CPUs for tables', built(SkipsLazyCpusForTables), 'refused', 'ipi.skip', 'table0', 12],
  ['tells before publishing', built(TellsBeforePublishing), 'refused', 'ipi.send', 'by shootdown.', 0],
  [
    'waits with interrupts off',
    built(WaitsWithInterruptsOff),
    'stuck',
    undefined,
    'waits for frame.free(cpu1',
    4,
  ],
  [
    'drops without acknowledging',
    built(DropsWithoutAcknowledging),
    'stuck',
    undefined,
    'waits for frame.free',
    12,
  ],
  ['forgets to flush', built(ForgetsToFlush), 'diverged', 'tlb.flush', 'expected nothing, got', 12],
  [
    'hands out dirty frames',
    built(HandsOutDirtyFrames),
    'threw',
    'page.map',
    'frame0 is new to page0 and still holds',
    0,
  ],
  [
    'compares before joining',
    built(TlbShootdown, ComparesBeforeJoining),
    'refused',
    'space.resume',
    'by space.',
    12,
  ],
  [
    'resumes without comparing',
    built(TlbShootdown, ResumesWithoutComparing),
    'refused',
    'space.resume',
    'by space.',
    12,
  ],
]

describe('a kernel with one wrong decision is caught, and shrinks', () => {
  test.each(bugs)('%s', (_, build, kind, type, text, choicesMax) => {
    const { counterexample } = sample(tlbShootdownSetup(build), { runs: 2000, seed: 42 })
    expect(counterexample?.failure.kind).toBe(kind)
    expect(counterexample?.failure.event?.type).toBe(type)
    expect(counterexample?.failure.text).toContain(text)
    expect(counterexample?.choices.length).toBeLessThanOrEqual(choicesMax)
  })
})

describe('the trace of a chart mutant, followed by the kernel', () => {
  const follow = (mutant: keyof typeof tlbShootdown.mutants, until?: number) => {
    const instance = instantiate(tlbShootdown, tlbShootdown.mutants[mutant]!.bounds, mutant)
    const events = check(instance).violation!.events.map((index) => instance.events[index]!.event)
    return { ...implementation.follow(instance.bounds, events, until), of: events.length }
  }

  test.each([
    [
      'freesBeforeAcknowledgements',
      /frame\.free\(.*does not offer it; cpu\d has not acknowledged to cpu\d yet/,
    ],
    ['freesWithoutTelling', /frame\.free\(.*; cpu\d has not looked at cpu\d yet, .* offers ipi\.send\(/],
    ['acknowledgesBeforeFlushing', /ipi\.acknowledge\(.*'s handler offers tlb\.invalidate\(/],
    ['joinsWithoutComparing', /space\.resume\(.*; .* offers space\.refresh\(/],
    ['skipsLazyCoresForTables', /ipi\.skip\(.* offers ipi\.send\(/],
  ])('%s: parts where the mutant is wrong, and says why', (mutant, text) => {
    const { ok, steps, of, text: found } = follow(mutant)
    expect(ok).toBe(false)
    expect(found).toMatch(text)
    expect(found).toContain(`step ${steps + 1} of ${of}, `)
  })

  test('up to a step before that it follows', () => {
    const { steps, of } = follow('freesBeforeAcknowledgements')
    expect(follow('freesBeforeAcknowledgements', steps)).toMatchObject({
      ok: true,
      steps,
      text: `kernel/memory/tlb-shootdown follows the first ${steps} of ${of} events`,
    })
  })

  test('a wait that only the mutant turns into a deadlock is followed to the end', () => {
    expect(follow('waitsWithInterruptsOff')).toMatchObject({ ok: true })
  })
})
