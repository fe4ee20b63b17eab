/**
 * `lockstep check`: claims, mutants and implementations of one or all systems, with a summary line as each
 * is done, one table at the end, and after it every failure with the command that replays it.
 */
import { BadInputError } from '../checker/json-file.ts'
import { IllFormedError, UsageError } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import { boundsFor } from './bounds-option.ts'
import { type ApproximateOptions, refuseApproximate } from './check-approximate.ts'
import { checkClaims } from './check-claims.ts'
import { checkKernel } from './check-kernel.ts'
import { checkProgram, checkProgramMutants } from './check-memory.ts'
import { checkMutants } from './check-mutants.ts'
import { checkProgramOfFile, programsIn, refuseForPrograms } from './check-program.ts'
import { type CheckContext, argumentOf } from './context.ts'
import { type ExitCode, exitCode, worst } from './exit-code.ts'
import { limitsOf } from './limits-option.ts'
import { type Target, loadTargets, shown } from './load.ts'
import { registeredPrograms } from './memory-programs.ts'
import { ProgressBar } from './progress.ts'
import type { ClaimsReport, ImplementationReport, MutantReport, SystemReport } from './report.ts'
import { plural, print, printJson } from './style.ts'
import { coverageLines, failureLines, summaryLine } from './summary.ts'
import { table } from './table.ts'

export type CheckOptions = ApproximateOptions & {
  readonly set?: Bounds
  readonly only?: 'claims' | 'mutants' | 'kernel'
  readonly random?: number
  readonly engine?: 'spin'
  readonly seed: number
  readonly maxStates?: number
  readonly maxSeconds?: number
  /** MiB. */
  readonly maxMemory?: number
  readonly reduction?: (typeof REDUCTIONS)[number] | false
  readonly workers?: number
  readonly paranoid?: boolean
  readonly json?: boolean
  readonly updateTraces?: boolean
  readonly verbose?: boolean
}

/** What `--reduction` can be. */
export const REDUCTIONS = ['symmetry', 'partial-order', 'both'] as const

function searchOf({ reduction, workers, paranoid }: CheckOptions): CheckContext['search'] {
  const wanted =
    reduction === undefined || reduction === false
      ? reduction
      : { symmetry: reduction !== 'partial-order', partialOrder: reduction !== 'symmetry' }
  return {
    ...(wanted === undefined ? {} : { reduction: wanted }),
    ...(workers === undefined ? {} : { workers }),
    ...(paranoid === undefined ? {} : { paranoid }),
  }
}

function notesOf(mutants: readonly MutantReport[], only: CheckOptions['only'], isRandom: boolean): string[] {
  const missing = mutants.filter(({ trace }) => trace === 'missing').map(({ name }) => name)
  return [
    ...(missing.length === 0
      ? []
      : [`${plural(missing.length, 'mutant')} without a stored trace; --update-traces writes it`]),
    ...(isRandom && only === undefined
      ? ['mutants and progress claims are not for random walks and were left out']
      : []),
  ]
}

type Parts = {
  readonly claims: ClaimsReport | undefined
  readonly mutants: readonly MutantReport[]
  readonly implementations: readonly ImplementationReport[]
}

// A limit that was reached is no failure, but it is never "ok" either.
const boundCodes = ({ claims, mutants, implementations }: Parts): ExitCode[] => {
  const isBound =
    claims?.outcome === 'bound' ||
    mutants.some(({ outcome }) => outcome === 'bound') ||
    implementations.some(({ bound }) => bound !== undefined)
  return isBound ? [exitCode.bound] : []
}

async function checkTarget(
  target: Target,
  set: Bounds,
  options: CheckOptions,
  context: CheckContext,
): Promise<SystemReport> {
  const only = options.approximate === undefined ? options.only : 'claims'
  const wants = (part: CheckOptions['only']) => only === undefined || only === part
  const isRandom = context.random !== undefined
  const claims = !wants('claims')
    ? undefined
    : isRandom
      ? (await import('./check-random.ts')).checkRandom(target, set, context)
      : options.approximate === undefined
        ? checkClaims(target, set, context)
        : (await import('./check-approximate.ts')).checkApproximate(target, set, context, options)
  const programs = target.file === undefined ? await registeredPrograms(target.system.name) : []
  const argument = argumentOf(target)
  const mutants =
    wants('mutants') && !isRandom
      ? [
          ...checkMutants(target, set, context),
          ...programs.flatMap((program) => checkProgramMutants(program, argument, context)),
        ]
      : []
  const kernel = wants('kernel')
    ? [...(await checkKernel(target, context)), ...programs.map((program) => checkProgram(program, context))]
    : []
  const parts: Parts = {
    claims: claims?.report,
    mutants: mutants.map(({ report }) => report),
    implementations: kernel.map(({ report }) => report),
  }
  const failures = [
    ...(claims?.failures ?? []),
    ...[...mutants, ...kernel].flatMap((checked) => checked.failures),
  ]
  return {
    system: target.system.name,
    title: target.system.title,
    file: target.file === undefined ? undefined : shown(target.file),
    ...parts,
    failures,
    notes: [
      ...notesOf(parts.mutants, options.only, isRandom),
      ...(only === options.only ? [] : ['mutants and kernel were left out: --approximate is for claims']),
    ],
    exitCode: worst([...failures.map(({ code }) => code), ...boundCodes(parts)]),
  }
}

// What a user's own file is refused for is bad input; the same of our own systems is our bug.
async function withBlame(target: Target, body: () => Promise<SystemReport>): Promise<SystemReport> {
  try {
    return await body()
  } catch (error) {
    const isUsers = target.file !== undefined && error instanceof Error && !(error instanceof UsageError)
    if (!isUsers || error.name === 'AssertionError') throw error
    const where = shown(target.file ?? '')
    if (error instanceof IllFormedError)
      throw new BadInputError(`${where}: ${error.message}`, { cause: error })
    throw new BadInputError(
      `${where}: system ${target.system.name} throws: ${error.message.split('\n')[0]}`,
      { cause: error },
    )
  }
}

function printReports(reports: readonly SystemReport[], { verbose = false }: CheckOptions): void {
  print('', table(reports))
  for (const report of reports) {
    for (const note of report.notes) print(`${report.system}: ${note}`)
    if (verbose && report.claims?.coverage !== undefined)
      print(...coverageLines(report.system, report.claims.coverage))
  }
  for (const failure of reports.flatMap(({ failures }) => failures)) print('', ...failureLines(failure))
}

/** Checks the systems named, all where none is, and prints what was covered and found. */
export async function runCheck(names: readonly string[], options: CheckOptions): Promise<ExitCode> {
  if (options.random !== undefined && options.only === 'mutants') {
    throw new UsageError('--random has no mutants: whether random walks kill one says little')
  }
  refuseApproximate(options)
  const engine = options.engine === undefined ? undefined : await import('./check-spin.ts')
  engine?.refuseWithoutSpin(options)
  const { programs, rest } = await programsIn(names)
  refuseForPrograms(programs, options)
  const targets = programs.length > 0 && rest.length === 0 ? [] : await loadTargets(rest)
  if (targets.length + programs.length === 0)
    throw new UsageError('there is nothing to check: spec/index.ts lists no system')
  const context: CheckContext = {
    set: options.set ?? {},
    limits: limitsOf(options),
    search: searchOf(options),
    random: options.random,
    seed: options.seed,
    updateTraces: options.updateTraces ?? false,
    bar: new ProgressBar(options.json !== true),
  }
  const overrides = targets.map((target) => boundsFor(target, targets, context.set))
  const reports: SystemReport[] = []
  for (const [index, target] of targets.entries()) {
    const set = overrides[index]!
    const report = await withBlame(target, () =>
      engine === undefined
        ? checkTarget(target, set, options, context)
        : engine.checkWithEngine(target, set, options.only, context),
    ).finally(() => context.bar.stop())
    reports.push(report)
    if (options.json !== true) print(summaryLine(report))
  }
  for (const program of programs) {
    const report = checkProgramOfFile(program, options.only, context)
    reports.push(report)
    if (options.json !== true) print(summaryLine(report))
  }
  if (
    reports.every(
      ({ claims, mutants, implementations }) => !claims && mutants.length + implementations.length === 0,
    )
  ) {
    throw new UsageError(
      `there is nothing to check: ${names.join(', ') || 'the registry'} has no ${options.only}`,
    )
  }
  const code = worst(reports.map((report) => report.exitCode))
  if (options.json === true) printJson({ exitCode: code, systems: reports })
  else printReports(reports, options)
  return code
}
