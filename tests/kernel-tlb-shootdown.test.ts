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
import type { SpaceSwitch } from '../src/kernel/memory/space-switch.ts'
import { TlbShootdown } from '../src/kernel/memory/tlb-shootdown.ts'
import { instantiate } from '../src/model/instance.ts'
import * as wrong from './tlb-shootdown-bugs.ts'

describe('the kernel refines the charts', () => {
  test('under random schedules of random scenarios', () => {
    expect(fc.check(refinement, { numRuns: 200, seed: 42 })).toMatchObject({ failed: false, numRuns: 200 })
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

const built =
  (Kernel: typeof TlbShootdown, Switch?: typeof SpaceSwitch): BuildTlbShootdown =>
  (board, prefer) =>
    new Kernel(board, prefer, Switch)

/** `kind event`: how the bug shows, and at which event; then what the failure says. */
const bugs: readonly (readonly [string, BuildTlbShootdown, string, string])[] = [
  ['frees early', built(wrong.FreesBeforeAcknowledgements), 'refused frame.free', 'by shootdown.'],
  ['acknowledges first', built(wrong.AcknowledgesBeforeFlushing), 'refused ipi.acknowledge', 'by handler.'],
  ['forgets one target', built(wrong.ForgetsOneTarget), 'refused frame.free', 'by shootdown.'],
  ['loses the interrupt', built(wrong.LosesTheInterrupt), 'diverged ipi.send', 'cpu1 context.pending'],
  ['compares with less', built(wrong.ComparesWithLess), 'refused tlb.invalidate', 'by space.'],
  ['invalidates two behind', built(wrong.InvalidatesTwoBehind), 'refused tlb.invalidate', 'by space.'],
  ['skips lazy CPUs for tables', built(wrong.SkipsLazyCpusForTables), 'refused ipi.skip', 'table0'],
  ['tells before publishing', built(wrong.TellsBeforePublishing), 'refused ipi.send', 'by shootdown.'],
  ['waits with interrupts off', built(wrong.WaitsWithInterruptsOff), 'stuck', 'waits for frame.free(cpu1'],
  ['drops unacknowledged', built(wrong.DropsWithoutAcknowledging), 'unfinished', 'waits for frame.free'],
  ['forgets to flush', built(wrong.ForgetsToFlush), 'diverged tlb.flush', 'expected nothing, got'],
  [
    'hands out dirty frames',
    built(wrong.HandsOutDirtyFrames),
    'threw page.map',
    'frame0 is new to page0 and',
  ],
  [
    'compares before joining',
    built(TlbShootdown, wrong.ComparesBeforeJoining),
    'refused space.resume',
    'by space.',
  ],
  [
    'resumes uncompared',
    built(TlbShootdown, wrong.ResumesWithoutComparing),
    'refused space.resume',
    'by space.',
  ],
]

/** Choices after which scheduling is fair; a random schedule has up to 96. */
const CHOICES_MAX = 12

describe('a kernel with one wrong decision is caught, and shrinks', () => {
  test.each(bugs)('%s', (_, build, shows, says) => {
    const { counterexample } = sample(tlbShootdownSetup(build), { runs: 2000, seed: 42 })
    const { kind, event, text } = counterexample!.failure
    expect([kind, ...(event === undefined ? [] : [event.type])].join(' ')).toBe(shows)
    expect(text).toContain(says)
    expect(counterexample!.choices.length).toBeLessThanOrEqual(CHOICES_MAX)
  })
})

describe('the trace of a chart mutant, followed by the kernel', () => {
  const follow = (mutant: string, until?: number) => {
    const instance = instantiate(tlbShootdown, tlbShootdown.mutants[mutant]!.bounds, mutant)
    const events = check(instance).violation!.events.map((index) => instance.events[index]!.event)
    return { ...implementation.follow(instance.bounds, events, until), of: events.length }
  }

  const parts: readonly (readonly [string, RegExp])[] = [
    [
      'freesBeforeAcknowledgements',
      /frame\.free\(.*does not offer it; cpu\d has not acknowledged to cpu\d yet/,
    ],
    ['freesWithoutTelling', /frame\.free\(.*; cpu\d has not looked at cpu\d yet, .* offers ipi\.send\(/],
    ['acknowledgesBeforeFlushing', /ipi\.acknowledge\(.*'s handler offers tlb\.invalidate\(/],
    ['joinsWithoutComparing', /space\.resume\(.*; .* offers space\.refresh\(/],
    ['skipsLazyCoresForTables', /ipi\.skip\(.* offers ipi\.send\(/],
  ]

  test.each(parts)('%s: parts where the mutant is wrong, and says why', (mutant, text) => {
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
