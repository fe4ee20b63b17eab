/** `lockstep stats`: what a product is made of, what makes it large, and what to bound or split. */
import { BadInputError } from '../checker/json-file.ts'
import { SearchError } from '../checker/search-error.ts'
import { type Statistics, statisticsOf } from '../checker/statistics.ts'
import { printBounds } from '../checker/trace-file.ts'
import { IllFormedError, type Instance, instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import { boundsFor } from './bounds-option.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { type LimitOptions, limitsOf } from './limits-option.ts'
import { type Target, loadTarget, shown } from './load.ts'
import { ProgressBar } from './progress.ts'
import { statisticsLines } from './stats-report.ts'
import { colours, number, plural, print, printJson } from './style.ts'

export type StatsOptions = LimitOptions & {
  readonly set?: Bounds
  readonly mutant?: string
  readonly json?: boolean
}

// What a user's own machine throws is bad input; the same of our own systems is our bug.
function withBlame<Result>({ file, system }: Target, body: () => Result): Result {
  try {
    return body()
  } catch (error) {
    if (file === undefined || !(error instanceof IllFormedError || error instanceof SearchError)) throw error
    const text =
      error instanceof SearchError ? `system ${system.name} throws: ${error.message}` : error.message
    throw new BadInputError(`${shown(file)}: ${text}`, { cause: error })
  }
}

function headLines({ system, bounds, mutant }: Instance, statistics: Statistics): string[] {
  const { states, transitions, depth, bound, seconds } = statistics
  const where = `${printBounds(bounds)}${mutant === undefined ? '' : `, mutant ${mutant}`}`
  const size = `${plural(states, 'state')}, ${plural(transitions, 'transition')}, depth ${number(depth)}`
  return [
    `${colours.bold(system.name)} at ${where}: ${size}, explored in ${seconds.toFixed(2)} s`,
    ...(bound === undefined
      ? []
      : [colours.red(`bound reached: ${bound}; the figures are of what was found until then`)]),
  ]
}

/** Prints the figures of one system at its bounds. A limit that was reached ends with its own exit code. */
export async function runStats(name: string, options: StatsOptions): Promise<ExitCode> {
  const { set = {}, mutant, json = false } = options
  const target = await loadTarget(name)
  const bounds = boundsFor(target, [target], set)
  const bar = new ProgressBar(!json)
  const { instance, statistics } = withBlame(target, () => {
    const made = instantiate(target.system, bounds, mutant)
    bar.start(target.system.name)
    try {
      return { instance: made, statistics: statisticsOf(made, limitsOf(options), bar.update) }
    } finally {
      bar.stop()
    }
  })
  const code = statistics.bound === undefined ? exitCode.holds : exitCode.bound
  if (json) {
    const { system, bounds: at } = instance
    printJson({ exitCode: code, system: system.name, bounds: at, mutant: mutant ?? null, ...statistics })
  } else print(...headLines(instance, statistics), ...statisticsLines(statistics))
  return code
}
