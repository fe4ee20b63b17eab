/**
 * The executable frame allocator beside its charts, with real bytes in its frames: at random, in every state
 * of small scenarios, along the traces of chart mutants; and kernels with one wrong decision each.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { implementationOf, run, sample, schedules } from '../properties/explore-implementation.ts'
import { frameAllocatorSetup, implementation, refinement } from '../properties/frame-allocator.ts'
import { frameAllocator } from '../spec/frame-allocator/system.ts'
import { check } from '../src/checker/explore.ts'
import type { FrameAllocator } from '../src/kernel/memory/frame-allocator.ts'
import { instantiate } from '../src/model/instance.ts'
import * as wrong from './frame-allocator-bugs.ts'

describe('the kernel refines the charts', () => {
  test('under random schedules of random scenarios', () => {
    expect(fc.check(refinement, { numRuns: 200, seed: 42 })).toMatchObject({ failed: false, numRuns: 200 })
  })

  test('in every state of small scenarios', () => {
    const report = implementation.exhaustive()
    expect(report).toMatchObject({ ok: true, steps: 6742 })
    expect(report.covered).toMatch(/^exhaustive: 1,675 states; both sides of a fork write \(cpus=2/)
  })

  test('and every event of the system happens in it', () => {
    const setup = frameAllocatorSetup()
    const runs = fc.sample(fc.tuple(setup.scenarios, schedules()), { numRuns: 200, seed: 42 })
    const types = new Set<string>()
    for (const [scenario, choices] of runs) {
      const result = run(setup, scenario, choices)
      if (result.outcome === 'holds') for (const { type } of result.events) types.add(type)
    }
    expect([...types].sort()).toEqual(Object.keys(frameAllocator.events).sort())
  })
})

const exploring = (Kernel: typeof FrameAllocator) =>
  frameAllocatorSetup((board, prefer) => new Kernel(board, prefer))

/** `kind event`: how the bug shows, and at which event; then what the failure says. */
const bugs: readonly (readonly [string, typeof FrameAllocator, string, string])[] = [
  ['releases early', wrong.ReleasesBeforeFlushing, 'refused frame.release', 'by operation.'],
  ['ends protection early', wrong.EndsProtectionBeforeFlushing, 'refused protection.end', 'by operation.'],
  ['installs early', wrong.InstallsBeforeFlushing, 'refused page.install', 'by operation.'],
  ['shares writable', wrong.SharesWritable, 'refused page.share', 'by entry.page0'],
  [
    'forgets the reference',
    wrong.ForgetsTheReference,
    'diverged page.share',
    'references: expected 2, got 1',
  ],
  ['acknowledges first', wrong.AcknowledgesBeforeFlushing, 'refused ipi.acknowledge', 'by handler.'],
  ['forgets to invalidate', wrong.ForgetsToInvalidate, 'diverged tlb.invalidate', 'expected nothing, got'],
  ['copies too late', wrong.CopiesAfterInstalling, 'threw page.install', 'reads 0 at byte 0 of page'],
  ['copies half the frame', wrong.CopiesHalfTheFrame, 'threw page.install', 'reads 0 at byte 2 of page'],
  ['hands out dirty frames', wrong.HandsOutDirtyFrames, 'threw page.map', 'and still holds'],
]

/** Choices after which scheduling is fair; a random schedule has up to 96. */
const CHOICES_MAX = 4

describe('a kernel with one wrong decision is caught, and shrinks', () => {
  test.each(bugs)('%s', (_, Kernel, shows, says) => {
    const { counterexample } = sample(exploring(Kernel), { runs: 500, seed: 42 })
    const { kind, event, text } = counterexample!.failure
    expect([kind, event!.type].join(' ')).toBe(shows)
    expect(text).toContain(says)
    expect(counterexample!.choices.length).toBeLessThanOrEqual(CHOICES_MAX)
  })
})

test('only a starved device shows a reuse by mapping count: in every state it is found, by a shortest schedule', () => {
  const setup = exploring(wrong.ReusesByMappingCount)
  const report = implementationOf(setup).exhaustive()
  expect(report.ok).toBe(false)
  expect(report.failure).toMatch(
    /^refused at step 16: the system refuses page\.reuse\(.* refused by frame\.frame0/,
  )
  expect(report.failure).toContain('frame.pin(page0, frame0)')
})

describe('the trace of a chart mutant, followed by the kernel', () => {
  const follow = (mutant: string) => {
    const instance = instantiate(frameAllocator, frameAllocator.mutants[mutant]!.bounds, mutant)
    const events = check(instance).violation!.events.map((index) => instance.events[index]!.event)
    return { ...implementation.follow(instance.bounds, events), of: events.length }
  }

  test.each([
    ['releasesBeforeFlushing', /frame\.release\(.*does not offer it; cpu\d has not looked at cpu\d yet/],
    ['endsProtectionBeforeFlushing', /protection\.end\(.* offers ipi\.send\(/],
    ['installsBeforeFlushing', /page\.install\(.* offers ipi\.send\(/],
    ['sharesWritable', /page\.share\(.* waits for page\.share\(/],
    ['reusesByMappingCount', /page\.reuse\(.* offers page\.copy\(.*, device on frame0 offers frame\.unpin\(/],
    ['allocatesHeldFrame', /page\.map\(page1, frame0\).* offers page\.map\(page1, frame1\)/],
  ])('%s: parts where the mutant is wrong, and says why', (mutant, text) => {
    const { ok, steps, of, text: found } = follow(mutant)
    expect(ok).toBe(false)
    expect(found).toMatch(text)
    expect(found).toContain(`step ${steps + 1} of ${of}, `)
  })

  test('a count that only the chart forgets is followed to the end', () => {
    const { of, ...report } = follow('forgetsTheReference')
    expect(report).toEqual({
      ok: true,
      steps: of,
      text: `kernel/memory/frame-allocator follows all ${of} events`,
    })
  })
})
