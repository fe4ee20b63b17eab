/**
 * The benchmark: the same systems in ours, in SPIN and, where it gets that far, in xstate's own exploration.
 * Times are reported and judge nothing; counts that differ end it with exit code 1.
 */
import { Command, InvalidArgumentError } from 'commander'
import { spawnSync } from 'node:child_process'
import { type Case, type Size, casesOf } from './cases.ts'
import { type Comparison, disagreements, verdictOf } from './cost.ts'
import { SPIN_MODES, knownSettings, ourModes } from './modes.ts'
import { measure, measureXstate } from './ours.ts'
import { compare } from './peers.ts'
import { printComparison, printEnvironment, printSmall, printVerdicts } from './report.ts'
import { type SmallRun, measureSmall } from './small.ts'
import { spinMissing } from '../src/checker/spin.ts'
import { peterson } from './systems/peterson.ts'

type Options = {
  readonly quick?: boolean
  readonly full?: boolean
  readonly json?: boolean
  readonly repeat: number
  readonly only: readonly string[]
}

type XstateComparison = {
  readonly processes: number
  readonly states: number
  readonly seconds: { readonly xstate: number; readonly ours: number }
  readonly equal: boolean
}

const REPEATS_DEFAULT = 3
/** What may be measured by itself, besides a system by its name. */
const PARTS = ['small', 'xstate']
/** Processes of Peterson's lock for xstate: 4 takes it a second, 5 about five minutes. */
const XSTATE_PROCESSES: Readonly<Record<Size, readonly number[]>> = {
  quick: [3, 4],
  default: [3, 4],
  full: [3, 4, 5],
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

const versionOf = (program: string, args: readonly string[]): string =>
  (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').split('\n')[0]!.trim()

function compareWithXstate(processes: number): XstateComparison {
  const theirs = measureXstate(processes)
  const setting = { reduction: false, workers: 1 } as const
  const { report: ours } = measure({ system: peterson, bounds: { processes } }, { claims: 'safety', setting })
  return {
    processes,
    states: ours.states,
    seconds: { xstate: theirs.secondsSearch, ours: ours.secondsSearch },
    equal: theirs.states === ours.states && theirs.transitions === ours.transitions,
  }
}

const printXstate = ({ processes, states, seconds, equal }: XstateComparison): string =>
  `peterson processes=${processes}, ${states} states: xstate/graph ${seconds.xstate.toFixed(2)} s, ` +
  `ours ${seconds.ours.toFixed(2)} s, ours/xstate ${(seconds.xstate / seconds.ours).toFixed(1)}x, ` +
  `equal counts: ${equal ? 'yes' : 'NO'}`

function jsonOf(
  environment: string,
  comparisons: readonly Comparison[],
  small: readonly SmallRun[],
  xstate: readonly XstateComparison[],
): string {
  const told = comparisons.map((comparison) => {
    const { subject, costs } = comparison
    const { ours, best, ...ratios } = verdictOf(comparison) ?? {}
    return {
      system: subject.system.name,
      bounds: subject.bounds,
      states: subject.states,
      transitions: subject.transitions,
      costs,
      ...(best === undefined ? {} : { ours: ours?.contender, bestOfSpin: best.contender, ratios }),
      disagreements: disagreements(comparison),
    }
  })
  return JSON.stringify({ environment, comparisons: told, small, xstate }, null, 2)
}

async function bench(size: Size, { repeat, json = false, only }: Options): Promise<boolean> {
  const missing = spinMissing()
  const say = (text: string): void => (json ? undefined : console.log(text))
  const wants = (part: string): boolean => only.length === 0 || only.includes(part)
  const tools = missing ?? `${versionOf('spin', ['-V'])}, ${versionOf('gcc', ['--version'])} -O2`
  const environment = `${printEnvironment(tools)}; median of ${repeat}, interleaved`
  say(`${environment}\n`)
  const ours = ourModes(knownSettings())
  const run = (subject: Case): Comparison => {
    const comparison = compare(subject, repeat, ours, missing === undefined ? SPIN_MODES : [])
    say(printComparison(comparison))
    return comparison
  }
  const comparisons = (await casesOf(size)).filter(({ system }) => wants(system.name)).map(run)
  say(printVerdicts(comparisons))
  const small = wants('small') ? await measureSmall(repeat) : []
  if (small.length > 0) say(printSmall(small))
  const xstate = (wants('xstate') ? XSTATE_PROCESSES[size] : []).map((processes) => {
    const comparison = compareWithXstate(processes)
    say(printXstate(comparison))
    return comparison
  })
  if (json) console.log(jsonOf(environment, comparisons, small, xstate))
  return xstate.every(({ equal }) => equal) && comparisons.every((one) => disagreements(one).length === 0)
}

const program = new Command('bench')
  .description('measures ours, SPIN and xstate on the same systems')
  .option('--quick', 'about 10^5 states only')
  .option('--full', 'up to 10^7 states, and xstate where it takes minutes')
  .option('--repeat <n>', 'runs of each, of which the median is reported', wholeNumber, REPEATS_DEFAULT)
  .option('--only <parts...>', `systems by name, ${PARTS.join(' or ')}`, [])
  .option('--json', 'print one JSON document instead of tables')
  .parse()
const options = program.opts<Options>()
const size: Size = options.quick === true ? 'quick' : options.full === true ? 'full' : 'default'
const names = new Set([...PARTS, ...(await casesOf('full')).map(({ system }) => system.name)])
const unknown = options.only.find((part) => !names.has(part))
if (unknown !== undefined)
  program.error(`error: there is no '${unknown}' to measure; there are ${[...names].join(', ')}`, {
    exitCode: 64,
  })
process.exitCode = (await bench(size, options)) ? 0 : 1
