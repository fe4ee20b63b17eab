/**
 * The benchmark of the middleware: the same messages through ours, the same ring in C, and what others have built.
 * Times are reported and judge nothing; a message that is wrong, lost or out of order ends it with exit code 1.
 */
import { Command, InvalidArgumentError } from 'commander'
import { spawnSync } from 'node:child_process'
import { printEnvironment } from '../report.ts'
import { CRing, FLAGS, gccMissing } from './c-ring.ts'
import { costOf, goalsOf } from './goals.ts'
import { type Effort, type Result, inTurns } from './rounds.ts'
import { type Subject, costs, nameOf, ratesOf, trips } from './subjects.ts'
import { goalsTable, loadLine, tableOf } from './tables.ts'

type Options = {
  readonly quick?: boolean
  readonly json?: boolean
  readonly rounds?: number
  readonly milliseconds: number
  readonly only: readonly string[]
}

type Part = { readonly name: string; readonly title: string; readonly subjects: readonly Subject[] }

/** What is measured in the same turns; ratios are taken within a part only. */
const PARTS: readonly Part[] = [
  { name: 'rate16', title: '16 B, one way', subjects: ratesOf(4) },
  { name: 'rate64', title: '64 B, one way', subjects: ratesOf(16) },
  { name: 'trip', title: '16 B, round trip', subjects: trips() },
  { name: 'cpu16', title: '16 B, one thread', subjects: costs().filter(({ words }) => words === 4) },
  { name: 'cpu64', title: '64 B, one thread', subjects: costs().filter(({ words }) => words === 16) },
]

const ROUNDS_DEFAULT = 9
const ROUNDS_QUICK = 3
const MILLISECONDS_DEFAULT = 100

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return value
}

function jsonOf(environment: string, results: readonly Result[]): string {
  const told = results.map((result) => ({
    name: nameOf(result.subject),
    ...result.subject,
    bytes: result.subject.words * Int32Array.BYTES_PER_ELEMENT,
    nanoseconds: costOf(result),
    rounds: result.nanoseconds,
  }))
  return JSON.stringify({ environment, results: told, goals: goalsOf(results) }, null, 2)
}

async function bench({ json = false, quick = false, rounds, milliseconds, only }: Options): Promise<void> {
  const say = (text: string): void => (json ? undefined : console.log(text))
  const note = (text: string): void => (process.stderr.isTTY ? console.error(text) : undefined)
  const missing = gccMissing()
  const effort: Effort = { rounds: rounds ?? (quick ? ROUNDS_QUICK : ROUNDS_DEFAULT), milliseconds }
  const gcc = spawnSync('gcc', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim()
  const tools = missing ?? `${gcc} ${FLAGS.join(' ')}`
  const environment = `${printEnvironment(tools)}; ${effort.rounds} rounds of ${milliseconds} ms, in turns`
  say(`${environment}\n${loadLine()}\n`)
  const c = missing === undefined ? new CRing() : undefined
  const results: Result[] = []
  try {
    for (const { name, title, subjects } of PARTS) {
      if (only.length > 0 && !only.includes(name)) continue
      const measured = await inTurns(subjects, effort, c, note)
      say(tableOf(title, measured))
      results.push(...measured)
    }
  } finally {
    c?.dispose()
  }
  say(`${goalsTable(goalsOf(results))}\n${loadLine()}`)
  if (json) console.log(jsonOf(environment, results))
}

const program = new Command('bench:mom')
  .description('measures the channels, the same ring in C, and other transports with the same messages')
  .option('--quick', `${ROUNDS_QUICK} rounds instead of ${ROUNDS_DEFAULT}`)
  .option('--rounds <n>', 'rounds of each, of which the median is reported', wholeNumber)
  .option('--milliseconds <n>', 'how long a round takes, about', wholeNumber, MILLISECONDS_DEFAULT)
  .option('--only <parts...>', PARTS.map(({ name }) => name).join(', '), [])
  .option('--json', 'print one JSON document instead of tables')
  .parse()
const options = program.opts<Options>()
const unknown = options.only.find((part) => PARTS.every(({ name }) => name !== part))
if (unknown !== undefined)
  program.error(
    `error: there is no '${unknown}' to measure; there are ${PARTS.map(({ name }) => name).join(', ')}`,
    {
      exitCode: 64,
    },
  )
await bench(options)
