/** A user's own program over shared memory as a check reports it: in the table beside systems of charts. */
import { UsageError } from '../model/instance.ts'
import { checkProgram, checkProgramMutants } from './check-memory.ts'
import type { CheckOptions } from './check.ts'
import { type CheckContext, quoted } from './context.ts'
import { type ExitCode, exitCode, worst } from './exit-code.ts'
import { isFile, isSystem, loadExports, shown } from './load.ts'
import { type MemorySubject, exportedPrograms } from './memory-programs.ts'
import type { ClaimsReport, MutantReport, SystemReport } from './report.ts'
import { plural } from './style.ts'

/** The programs among the files named, and the names that are left for systems. Throws BadInputError. */
export async function programsIn(
  names: readonly string[],
): Promise<{ readonly programs: readonly MemorySubject[]; readonly rest: readonly string[] }> {
  const programs: MemorySubject[] = []
  const rest: string[] = []
  for (const name of names) {
    const exported = isFile(name) ? await loadExports(name) : {}
    const found = exportedPrograms(exported, name)
    programs.push(...found)
    if (found.length === 0 || Object.values(exported).some(isSystem)) rest.push(name)
  }
  return { programs, rest }
}

/** Refuses what only systems of charts take. */
export function refuseForPrograms(programs: readonly MemorySubject[], options: CheckOptions): void {
  const [first] = programs
  if (first === undefined) return
  const wrong = options.engine === undefined ? options.approximate && '--approximate' : '--engine'
  if (wrong === undefined) return
  throw new UsageError(`${wrong} is for systems of charts; ${first.name} is a program over shared memory`)
}

type Explored = ReturnType<typeof checkProgram>

function claimsReport(subject: MemorySubject, { report, result }: Explored): ClaimsReport {
  const claims = Object.entries(subject.program.claims ?? {})
  const witnesses = claims.filter(([, { kind }]) => kind === 'sometimes')
  const failure = result?.outcome === 'failed' ? result.failure : undefined
  const isUnreached = failure?.kind === 'unreached'
  return {
    bounds: {},
    covered: report.covered,
    outcome:
      report.bound !== undefined ? 'bound' : report.ok ? 'holds' : isUnreached ? 'unreached' : 'violated',
    states: report.states ?? 0,
    transitions: report.steps,
    depth: result?.depth ?? 0,
    seconds: report.seconds,
    bytes: 0,
    // Races, deadlocks and all else that needs no claim are one more.
    claims: ['sound', ...claims.flatMap(([name, { kind }]) => (kind === 'sometimes' ? [] : [name]))],
    witnesses: { reached: result?.witnesses.length ?? 0, total: result === undefined ? 0 : witnesses.length },
    coverage: undefined,
  }
}

const codesOf = (claims: ClaimsReport | undefined, mutants: readonly MutantReport[]): ExitCode[] =>
  claims?.outcome === 'bound' || mutants.some(({ outcome }) => outcome === 'bound') ? [exitCode.bound] : []

/** Explores a user's program and its mutants. */
export function checkProgramOfFile(
  subject: MemorySubject,
  only: CheckOptions['only'],
  context: CheckContext,
): SystemReport {
  const explored = only === 'mutants' ? undefined : checkProgram(subject, context)
  const isRandom = context.random !== undefined
  const argument = quoted(shown(subject.file ?? ''))
  const mutants =
    only === 'claims' || only === 'kernel' || isRandom ? [] : checkProgramMutants(subject, argument, context)
  const reports = mutants.map(({ report }) => report)
  const claims = explored && claimsReport(subject, explored)
  const failures = [...(explored?.failures ?? []), ...mutants.flatMap((checked) => checked.failures)]
  const missing = reports.filter(({ trace }) => trace === 'missing').length
  return {
    system: subject.name,
    title: subject.program.title,
    file: shown(subject.file ?? ''),
    claims,
    mutants: reports,
    implementations: [],
    failures,
    notes:
      missing === 0 ? [] : [`${plural(missing, 'mutant')} without a stored trace; --update-traces writes it`],
    exitCode: worst([...failures.map(({ code }) => code), ...codesOf(claims, reports)]),
  }
}
