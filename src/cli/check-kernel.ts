/** The implementations of one system: every schedule within their bound, then random ones. */
import type { Implementation, KernelReport } from '../interleave/implementation.ts'
import { type CheckContext, argumentOf } from './context.ts'
import { exitCode } from './exit-code.ts'
import type { Target } from './load.ts'
import type { Failure, ImplementationReport } from './report.ts'

/** Random schedules where the command line names no number. */
const RUNS = 1000

/** The implementations registered for a target; a user's own file has none. */
export async function implementationsOf({ system, file }: Target): Promise<readonly Implementation[]> {
  if (file !== undefined) return []
  const { implementations } = await import('../../properties/index.ts')
  return implementations.filter((implementation) => implementation.system === system.name)
}

type Checked = { readonly report: ImplementationReport; readonly failures: readonly Failure[] }

function judge(target: Target, name: string, explore: () => KernelReport, options: string): Checked {
  const started = performance.now()
  const { ok, covered, schedules, states, steps, failure, bound } = explore()
  const elapsed = (performance.now() - started) / 1000
  const report = { name, ok, covered, schedules, states, steps, seconds: elapsed, bound }
  if (ok || (bound !== undefined && failure === undefined)) return { report, failures: [] }
  const [headline = 'it fails', ...lines] = (failure ?? 'it fails').split('\n')
  const command = `npx lockstep check ${argumentOf(target)} --only kernel${options}`
  return {
    report,
    failures: [
      {
        code: exitCode.violated,
        headline: `${name}: ${headline}`,
        lines: lines.map((line) => `  ${line}`),
        command,
      },
    ],
  }
}

/** Explores the implementations of a system in lockstep with it. */
export async function checkKernel(target: Target, { random, seed, bar }: CheckContext): Promise<Checked[]> {
  return (await implementationsOf(target)).flatMap(({ name, exhaustive, random: walk }) => {
    bar.start(name)
    const whole = random === undefined ? [judge(target, name, exhaustive, '')] : []
    const runs = random ?? RUNS
    const sampled = judge(target, name, () => walk({ runs, seed }), ` --random ${runs} --seed ${seed}`)
    bar.stop()
    return [...whole, sampled]
  })
}
