/**
 * The benchmark: the same systems in ours, in SPIN and, where it gets that far, in xstate's own exploration.
 * Times are reported and judge nothing; counts that differ end it with exit code 1.
 */
import { Command, InvalidArgumentError } from 'commander'
import { spawnSync } from 'node:child_process'
import { type Size, casesOf } from './cases.ts'
import { compare, disagreements, measureOurs, measureXstate } from './peers.ts'
import { printComparison, printEnvironment } from './report.ts'
import { spinMissing } from './spin.ts'
import { peterson } from './systems/peterson.ts'

const REPEATS_DEFAULT = 3
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

function versionOf(program: string, args: readonly string[]): string {
  return (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').split('\n')[0]!.trim()
}

function compareWithXstate(processes: number): boolean {
  const theirs = measureXstate(processes)
  const ours = measureOurs({ system: peterson, bounds: { processes } })
  const rates = { theirs: theirs.states / theirs.secondsSearch, ours: ours.states / ours.secondsSearch }
  const equal = theirs.states === ours.states && theirs.transitions === ours.transitions
  console.log(
    `peterson processes=${processes}: xstate/graph ${theirs.states} states in ${theirs.secondsSearch.toFixed(2)} s ` +
      `(${Math.round(rates.theirs)} states/s), ` +
      `ours ${ours.secondsSearch.toFixed(2)} s (${Math.round(rates.ours)} states/s), ` +
      `ours/xstate ${(rates.ours / rates.theirs).toFixed(1)}x, equal counts: ${equal ? 'yes' : 'NO'}`,
  )
  return equal
}

async function bench(size: Size, repeats: number): Promise<boolean> {
  const missing = spinMissing()
  const tools = missing ?? `${versionOf('spin', ['-V'])}, ${versionOf('gcc', ['--version'])} -O2`
  console.log(`${printEnvironment(tools)}; median of ${repeats}, interleaved\n`)
  let equal = true
  for (const subject of await casesOf(size)) {
    const comparison = compare(subject, repeats, missing === undefined)
    console.log(printComparison(comparison))
    equal &&= disagreements(comparison).length === 0
  }
  for (const processes of XSTATE_PROCESSES[size]) equal = compareWithXstate(processes) && equal
  return equal
}

const program = new Command('bench')
  .description('measures ours, SPIN and xstate on the same systems')
  .option('--quick', 'about 10^5 states only')
  .option('--full', 'up to 10^7 states, and xstate where it takes minutes')
  .option('--repeat <n>', 'runs of each, of which the median is reported', wholeNumber, REPEATS_DEFAULT)
  .parse()
const options = program.opts<{ quick?: true; full?: true; repeat: number }>()
const size: Size = options.quick === true ? 'quick' : options.full === true ? 'full' : 'default'
process.exitCode = (await bench(size, options.repeat)) ? 0 : 1
