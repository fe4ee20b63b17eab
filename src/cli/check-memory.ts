/**
 * Programs over shared memory in a check: every interleaving of the accesses of production code, every seeded
 * bug found by what names it, and the stored trace of each still its shortest.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { BadInputError, JsonFile } from '../checker/json-file.ts'
import { defaultLimits, reached } from '../checker/limits.ts'
import { canonical } from '../checker/local-state.ts'
import { exploreMemory } from '../interleave/memory/explore-memory.ts'
import type { MemoryExploration, MemoryFailure } from '../interleave/memory/memory-failure.ts'
import { MemoryProgramError } from '../interleave/memory/memory-instance.ts'
import { walkMemory } from '../interleave/memory/walk-memory.ts'
import { laneLines } from '../interleave/memory/print-memory.ts'
import type { CheckContext } from './context.ts'
import { replayCommand } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { root, shown } from './load.ts'
import { type MemorySubject, mutantsOf } from './memory-programs.ts'
import { replayTrace } from './memory-replay.ts'
import { printMemoryTrace, readMemoryTrace } from './memory-trace.ts'
import type { Failure, ImplementationReport, MutantReport } from './report.ts'
import { kebab, plural } from './style.ts'

type CheckedProgram = {
  readonly report: ImplementationReport
  /** Nothing after random runs. */
  readonly result: MemoryExploration | undefined
  readonly failures: readonly Failure[]
}
type CheckedMutant = { readonly report: MutantReport; readonly failures: readonly Failure[] }
type Comparison = { readonly trace: MutantReport['trace']; readonly failures: readonly Failure[] }

const CODES: Readonly<Record<MemoryFailure['kind'], ExitCode>> = {
  race: exitCode.violated,
  claim: exitCode.violated,
  refused: exitCode.violated,
  access: exitCode.violated,
  threw: exitCode.violated,
  nondeterministic: exitCode.violated,
  deadlock: exitCode.stuck,
  livelock: exitCode.stuck,
  unreached: exitCode.survived,
}

const titleOf = ({ name, mutant }: MemorySubject): string =>
  mutant === undefined ? name : `${name}, mutant ${mutant}`

/** Where the shortest trace of a mutant is kept: under its system, or beside the user's own file. */
export const storedPath = ({ name, mutant = '', system, file }: MemorySubject): string =>
  join(
    file === undefined ? join(root, 'traces', system ?? '') : join(dirname(file), 'traces'),
    name,
    `${kebab(mutant)}.itf.json`,
  )

const failurePath = ({ name, mutant }: MemorySubject, { kind, claim }: MemoryFailure): string =>
  join(
    process.cwd(),
    '.lockstep',
    name,
    `${mutant === undefined ? '' : `${kebab(mutant)}-`}${kebab(claim ?? kind)}.itf.json`,
  )

function save(failure: MemoryFailure, subject: MemorySubject, path: string): string {
  const source = subject.file === undefined ? undefined : relative(dirname(path), subject.file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, printMemoryTrace(failure, subject, source))
  return replayCommand(path)
}

const STATES_MAX = 20_000_000
const secondsSince = (started: number): number => (performance.now() - started) / 1000

function explore(subject: MemorySubject, { limits, bar }: CheckContext) {
  const { program } = subject
  bar.start(titleOf(subject))
  const started = performance.now()
  try {
    const result = exploreMemory(program, {
      statesMax: limits.statesMax ?? STATES_MAX,
      onProgress: (progress) => {
        const elapsed = secondsSince(started)
        const bytes = process.memoryUsage().rss
        bar.update({ ...progress, seconds: elapsed, bytes })
        return reached({ ...defaultLimits, ...limits }, progress.states, elapsed, bytes)
      },
    })
    return { result, seconds: secondsSince(started) }
  } catch (error) {
    if (!(error instanceof MemoryProgramError) || subject.file === undefined) throw error
    throw new BadInputError(`${shown(subject.file)}: ${error.message}`, { cause: error })
  } finally {
    bar.stop()
  }
}

function failed(failure: MemoryFailure, subject: MemorySubject): Failure {
  const { kind, text, steps, states } = failure
  return {
    code: CODES[kind],
    headline: `${titleOf(subject)}: ${kind}: ${text}`,
    lines:
      steps.length === 0 ? ['  in the initial state'] : laneLines(steps, Object.keys(states[0]?.lanes ?? {})),
    command: save(failure, subject, failurePath(subject, failure)),
  }
}

/** Explores a program; or runs it along random schedules, where the command line asks for these. */
export function checkProgram(subject: MemorySubject, context: CheckContext): CheckedProgram {
  if (context.random !== undefined) return walkProgram(subject, context.random, context)
  const { result, seconds } = explore(subject, context)
  const { states, transitions } = result
  const bound = result.outcome === 'bound' ? result.bound : undefined
  const isWhole = result.outcome === 'holds'
  const report = {
    name: subject.name,
    ok: isWhole,
    covered: isWhole ? 'exhaustive at every access' : (bound ?? 'stopped at the failure'),
    schedules: 0,
    states,
    steps: transitions,
    seconds,
    bound,
  }
  return { report, result, failures: result.outcome === 'failed' ? [failed(result.failure, subject)] : [] }
}

function walkProgram(subject: MemorySubject, runs: number, { seed }: CheckContext): CheckedProgram {
  const started = performance.now()
  const { outcome, failure, steps, cut } = walkMemory(subject.program, { runs, seed })
  const report = {
    name: subject.name,
    ok: outcome === 'sound',
    covered: `${plural(runs, 'run')}, seed ${seed}${cut === 0 ? '' : `, ${cut} cut off`}`,
    schedules: runs,
    states: undefined,
    steps,
    seconds: secondsSince(started),
    bound: undefined,
  }
  return { report, result: undefined, failures: failure === undefined ? [] : [failed(failure, subject)] }
}

function compare(failure: MemoryFailure, subject: MemorySubject, path: string, command: string): Comparison {
  if (!existsSync(path)) return { trace: 'missing', failures: [] }
  const stale = (code: ExitCode, headline: string, then: string): Comparison => ({
    trace: 'stale',
    failures: [{ code, headline, lines: [`  stored in ${shown(path)}`], command: then }],
  })
  try {
    const trace = readMemoryTrace(new JsonFile(readFileSync(path, 'utf8'), shown(path)))
    const { stands, conclusion } = replayTrace(trace, subject)
    const headline = `${subject.name}: the stored trace of mutant ${subject.mutant} is`
    if (!stands) return stale(exitCode.violated, `${headline} stale: ${conclusion}`, replayCommand(path))
    if (trace.mutant !== subject.mutant || trace.program !== subject.name)
      return stale(exitCode.violated, `${headline} one of ${trace.mutant ?? trace.program}`, command)
    if (canonical(trace.schedule) === canonical(failure.schedule)) return { trace: 'same', failures: [] }
    if (trace.steps.length === failure.steps.length) return { trace: 'equivalent', failures: [] }
    const lengths = `${plural(trace.steps.length, 'step')} instead of ${failure.steps.length}`
    return stale(exitCode.violated, `${headline} not a shortest one: ${lengths}`, command)
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error
    return stale(exitCode.input, `${subject.name}: ${error.message}`, command)
  }
}

function checkMutant(
  subject: MemorySubject,
  argument: string,
  mutant: string,
  context: CheckContext,
): CheckedMutant {
  const { sentence, killedBy } = subject.program.mutants![mutant]!
  const own = mutantsOf(subject).find((other) => other.mutant === mutant)!
  const { result, seconds } = explore(own, context)
  const failure = result.outcome === 'failed' ? result.failure : undefined
  const isKilled = failure !== undefined && (failure.claim === killedBy || failure.kind === killedBy)
  const report = {
    name: mutant,
    sentence,
    bounds: {},
    killedBy,
    outcome: isKilled ? 'killed' : result.outcome === 'bound' ? 'bound' : 'survived',
    steps: isKilled ? failure.steps.length : undefined,
    states: result.states,
    seconds,
  } as const
  const command = `npx lockstep check ${argument} --only mutants`
  if (!isKilled) {
    const otherwise = failure === undefined ? '' : `; it fails with ${failure.claim ?? failure.kind} instead`
    const survived: Failure = {
      code: exitCode.survived,
      headline: `${subject.name}: mutant ${mutant} survived: ${killedBy} does not notice it${otherwise}`,
      lines: [`  mutant: ${sentence}`, `  ${plural(result.states, 'state')} explored`],
      command: failure === undefined ? command : save(failure, own, failurePath(own, failure)),
    }
    return {
      report: { ...report, trace: 'not compared' },
      failures: result.outcome === 'bound' ? [] : [survived],
    }
  }
  const path = storedPath(own)
  if (context.updateTraces) {
    save(failure, own, path)
    return { report: { ...report, trace: 'written' }, failures: [] }
  }
  const { trace, failures } = compare(failure, own, path, `${command} --update-traces`)
  return { report: { ...report, trace }, failures }
}

/** Explores every mutant of a program; `argument` is how it is named on the command line. */
export const checkProgramMutants = (
  subject: MemorySubject,
  argument: string,
  context: CheckContext,
): CheckedMutant[] =>
  Object.keys(subject.program.mutants ?? {}).map((mutant) => checkMutant(subject, argument, mutant, context))
