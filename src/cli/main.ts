/** The command table: names, options and what they mean, and which exit code each kind of error has. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { BadInputError } from '../checker/json-file.ts'
import { UsageError } from '../model/instance.ts'
import { collectBound } from './bounds-option.ts'
import type { CheckOptions } from './check.ts'
import type { ExplainOptions } from './explain.ts'
import type { ExportOptions } from './export.ts'
import { exitCode } from './exit-code.ts'
import { addMom } from './mom/command.ts'
import type { ReplayCommandOptions } from './replay.ts'
import type { StatsOptions } from './stats.ts'
import { addSwarm } from './swarm/command.ts'

/** A whole number of at least `least`, for commander. */
const whole = (least: number) => (text: string) => {
  if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) return Number(text)
  throw new InvalidArgumentError(`It takes a whole number of at least ${least}.`)
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')

const set = () =>
  new Option('--set <name=value>', 'override a bound; may be repeated').argParser(collectBound)
const json = () => new Option('--json', 'print one JSON document')
const verbose = () => new Option('--verbose', 'coverage holes; stack traces of errors')

/** What `--approximate` takes besides. */
function addApproximate(command: Command): void {
  command
    .addOption(
      new Option('--approximate <set>', 'claims, with a visited set that may miss states').choices([
        'bitstate',
        'compact',
      ]),
    )
    .addOption(new Option('--memory <MiB>', 'the size of that set').argParser(whole(1)))
    .addOption(new Option('--order <order>', 'the order of that search').choices(['breadth', 'depth']))
    .addOption(new Option('--depth <events>', 'how far that search goes').argParser(whole(1)))
    .option('--spill <folder>', 'where what of it does not fit in memory is kept meanwhile')
}

function addCheck(program: Command): void {
  const command = program
    .command('check')
    .description('check claims, mutants and implementations; of every system where none is named')
    .argument('[system...]', 'slugs, or files of your own that export systems')
    .addOption(set())
    .addOption(new Option('--only <part>', 'check one part').choices(['claims', 'mutants', 'kernel']))
    .addOption(new Option('--random <runs>', 'random walks and schedules instead of all').argParser(whole(1)))
    .addOption(new Option('--engine <engine>', 'claims and mutants by a second engine').choices(['spin']))
    .addOption(new Option('--seed <seed>', 'the seed of random ones').argParser(whole(0)).default(42))
    .addOption(new Option('--max-states <states>', 'stop at this many states').argParser(whole(1)))
    .addOption(new Option('--max-seconds <seconds>', 'stop after this time').argParser(whole(1)))
    .addOption(new Option('--max-memory <MiB>', 'stop at this size of the state store').argParser(whole(1)))
    .addOption(
      new Option('--reduction <kind>', 'this reduction, whatever the size').choices([
        'symmetry',
        'partial-order',
        'both',
      ]),
    )
    .option('--no-reduction', 'the full graph, whatever its size')
    .addOption(new Option('--workers <threads>', 'search with this many threads').argParser(whole(1)))
    .option('--paranoid', 'ask every state, not a sample, whether the claims are symmetric')
    .option('--update-traces', "write the mutants' shortest traces")
    .addOption(json())
    .addOption(verbose())
    .action(async (names: string[], options: CheckOptions) => {
      process.exitCode = await (await import('./check.ts')).runCheck(names, options)
    })
  addApproximate(command)
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .description('re-execute a trace and say whether its verdict still stands')
    .argument('<file>', 'a trace, *.itf.json')
    .addOption(
      new Option('--until <steps>', 'stop after this many steps and print the state').argParser(whole(0)),
    )
    .option('--mutant <name>', "replay on this mutant, or on the system itself with 'none'")
    .addOption(json())
    .addOption(verbose())
    .action(async (file: string, options: ReplayCommandOptions) => {
      process.exitCode = await (await import('./replay.ts')).runReplay(file, options)
    })
}

function addListAndExplain(program: Command): void {
  program
    .command('list')
    .description('list the systems')
    .addOption(json())
    .addOption(verbose())
    .action(async (options: { json?: boolean }) => (await import('./list.ts')).runList(options))
  program
    .command('explain')
    .description('components, events, claims, fairness, bounds and mutants of a system')
    .argument('<system>', 'a slug, or a file of your own')
    .addOption(set())
    .addOption(json())
    .addOption(verbose())
    .action(async (name: string, options: ExplainOptions) =>
      (await import('./explain.ts')).runExplain(name, options),
    )
}

function addStats(program: Command): void {
  program
    .command('stats')
    .description('what a product is made of, what makes it large, and what to bound or split')
    .argument('<system>', 'a slug, or a file of your own')
    .addOption(set())
    .option('--mutant <name>', 'of this mutant')
    .addOption(new Option('--max-states <states>', 'stop at this many states').argParser(whole(1)))
    .addOption(new Option('--max-seconds <seconds>', 'stop after this time').argParser(whole(1)))
    .addOption(new Option('--max-memory <MiB>', 'stop at this size of the state store').argParser(whole(1)))
    .addOption(json())
    .addOption(verbose())
    .action(async (name: string, options: StatsOptions) => {
      process.exitCode = await (await import('./stats.ts')).runStats(name, options)
    })
}

const FORMATS = [
  'mermaid: charts; json: machines, for Stately tools;',
  'the product as aut: for CADP and mCRL2, promela: for SPIN, tla: for TLC',
].join(' ')

function addExport(program: Command): void {
  program
    .command('export')
    .description('a system for other tools')
    .argument('<system>', 'a slug, or a file of your own')
    .addOption(
      new Option('--format <format>', FORMATS)
        .choices(['mermaid', 'aut', 'json', 'promela', 'tla'])
        .makeOptionMandatory(),
    )
    .addOption(set())
    .option('--mutant <name>', 'of this mutant (promela, tla)')
    .option('--component <name>', 'one chart only (mermaid, json)')
    .option('--trace <file>', 'a trace as a sequence diagram (mermaid)')
    .option('--output <file>', 'write to a file')
    .addOption(new Option('--json', 'with --output: print what was written as one JSON document'))
    .addOption(verbose())
    .action(async (name: string, options: ExportOptions) => {
      process.exitCode = await (await import('./export.ts')).runExport(name, options)
    })
}

function addConform(program: Command): void {
  program
    .command('conform')
    .description('judge a recorded ftrace log of a Linux scheduler by the charts')
    .argument('<file>', 'the log as text, plain or gzip')
    .option('--hidden <names...>', 'threads that may leave a CPU without a line of their own')
    .addOption(json())
    .addOption(verbose())
    .action(async (file: string, { hidden, json: isJson = false }: { hidden?: string[]; json?: boolean }) => {
      const { conformCommand } = await import('../linux/conform-report.ts')
      const options = { json: isJson, ...(hidden === undefined ? {} : { hidden }) }
      const { text, exitCode: code } = conformCommand(file, options)
      const stream = code === exitCode.input && !isJson ? process.stderr : process.stdout
      stream.write(`${text}\n`)
      process.exitCode = code
    })
}

function createProgram(): Command {
  const program = new Command('lockstep')
    .description(
      'Checks systems of communicating xstate machines, and the kernel that walks in lockstep with them.',
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .showSuggestionAfterError()
  for (const add of [addCheck, addReplay, addListAndExplain, addStats, addExport, addConform]) add(program)
  addSwarm(program, { whole, set, json, verbose })
  addMom(program, { whole, set, json, verbose })
  return program
}

const isVerbose = process.argv.includes('--verbose')

/** One sentence on standard error, the stack only when asked for, and the code of that kind of error. */
function explainError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.holds : exitCode.usage
  const text = oneLine(error instanceof Error ? error.message : String(error))
  const known =
    error instanceof UsageError ? exitCode.usage : error instanceof BadInputError ? exitCode.input : undefined
  const hint = isVerbose ? '' : ' (--verbose prints where)'
  process.stderr.write(known === undefined ? `internal error: ${text}${hint}\n` : `error: ${text}\n`)
  if (isVerbose && error instanceof Error)
    process.stderr.write(`${(error.cause as Error | undefined)?.stack ?? error.stack}\n`)
  return known ?? exitCode.internal
}

// A reader that stops reading, as `head` does, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = explainError(error)
}
