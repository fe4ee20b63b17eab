/** How a check reports implementations: what was covered, a failure with the command that shows it, a limit. */
import { describe, expect, it, vi } from 'vitest'
import { checkKernel } from '../src/cli/check-kernel.ts'
import type { CheckContext } from '../src/cli/context.ts'
import { ProgressBar } from '../src/cli/progress.ts'
import { summaryLine } from '../src/cli/summary.ts'
import { table } from '../src/cli/table.ts'
import type { Implementation } from '../src/interleave/implementation.ts'
import { sound } from './cli-fixtures/systems.ts'

const implementations = vi.hoisted((): Implementation[] => {
  const whole = { ok: true, covered: 'exhaustive: 20 schedules at workers=2', schedules: 20, steps: 80 }
  const follow = () => ({ ok: true, steps: 0, text: 'follows' })
  return [
    {
      system: 'sound',
      name: 'kernel/good',
      exhaustive: () => whole,
      random: ({ runs, seed }) => ({
        ok: true,
        covered: `${runs} schedules, seed ${seed}`,
        schedules: runs,
        steps: 4 * runs,
      }),
      follow,
    },
    {
      system: 'sound',
      name: 'kernel/mutant',
      exhaustive: () => ({ ...whole, ok: false, failure: 'step 3 is refused\n1 lock.take(worker0)' }),
      random: () => ({
        ok: false,
        covered: '3 schedules, seed 5',
        schedules: 3,
        steps: 9,
        bound: '100 steps',
      }),
      follow,
    },
    { system: 'another', name: 'kernel/another', exhaustive: () => whole, random: () => whole, follow },
  ]
})
vi.mock('../properties/index.ts', () => ({ implementations }))

const context: CheckContext = {
  set: {},
  limits: {},
  search: {},
  random: undefined,
  seed: 5,
  updateTraces: false,
  bar: new ProgressBar(false),
}

describe('the implementations of a system', () => {
  it('are explored whole and at random, and only those of the system', async () => {
    const checked = await checkKernel({ system: sound, file: undefined }, context)
    expect(checked.map(({ report }) => [report.name, report.covered])).toEqual([
      ['kernel/good', 'exhaustive: 20 schedules at workers=2'],
      ['kernel/good', '1000 schedules, seed 5'],
      ['kernel/mutant', 'exhaustive: 20 schedules at workers=2'],
      ['kernel/mutant', '3 schedules, seed 5'],
    ])
  })

  it('fail with the steps and the command; a limit is no failure', async () => {
    const failures = (await checkKernel({ system: sound, file: undefined }, context)).flatMap(
      (checked) => checked.failures,
    )
    expect(failures).toEqual([
      {
        code: 1,
        headline: 'kernel/mutant: step 3 is refused',
        lines: ['  1 lock.take(worker0)'],
        command: 'npx lockstep check sound --only kernel',
      },
    ])
  })

  it('are explored at random only where that is asked for', async () => {
    const checked = await checkKernel({ system: sound, file: undefined }, { ...context, random: 7 })
    expect(checked.map(({ report }) => report.schedules)).toEqual([7, 3])
  })

  it('show in the summary and in the table', async () => {
    const checked = await checkKernel({ system: sound, file: undefined }, context)
    const report = {
      system: 'sound',
      title: '',
      file: undefined,
      claims: undefined,
      mutants: [],
      implementations: checked.map((found) => found.report),
      failures: [],
      notes: [],
      exitCode: 1,
    } as const
    expect(summaryLine(report)).toContain(
      'kernel/mutant: not decided, 3 schedules, seed 5, bound reached: 100 steps',
    )
    expect(table([report])).toMatch(/ 1,043$/)
  })

  it("are none for a user's own file", async () => {
    expect(await checkKernel({ system: sound, file: '/mine.ts' }, context)).toEqual([])
  })
})
