/**
 * The mutants of one system: each must be killed by the claim that names it, and its stored shortest trace
 * must still be one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { check } from '../checker/explore.ts'
import type { Result } from '../checker/result.ts'
import { BadInputError } from '../checker/json-file.ts'
import { canonical } from '../checker/local-state.ts'
import { replay } from '../checker/replay.ts'
import { type Found, traceOf } from '../checker/trace.ts'
import { printBounds, readTrace } from '../checker/trace-file.ts'
import { instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import {
  type CheckContext,
  argumentOf,
  replayCommand,
  saveTrace,
  setOptions,
  storedTracePath,
} from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { type Target, shown } from './load.ts'
import type { Failure, MutantReport } from './report.ts'
import { plural } from './style.ts'
import { violationFailure } from './violation.ts'

type Checked = { readonly report: MutantReport; readonly failures: readonly Failure[] }
type Comparison = { readonly trace: MutantReport['trace']; readonly failures: readonly Failure[] }

function stale(path: string, code: ExitCode, headline: string, command: string): Comparison {
  return { trace: 'stale', failures: [{ code, headline, lines: [`  stored in ${shown(path)}`], command }] }
}

// Another shortest trace than the stored one is fine, as long as the stored one still replays.
function compare(target: Target, found: Found, path: string): Comparison {
  const { name } = found.instance.system
  const update = `npx lockstep check ${argumentOf(target)} --only mutants --update-traces`
  if (!existsSync(path)) return { trace: 'missing', failures: [] }
  try {
    const stored = readTrace(readFileSync(path, 'utf8'), shown(path))
    if (canonical(stored.bounds) !== canonical(found.instance.bounds))
      return { trace: 'not compared', failures: [] }
    const { stands, conclusion } = replay(stored, target.system)
    const { mutant } = found.instance
    if (stands !== true || stored.mutant !== mutant) {
      const why = stands === true ? `it is one of ${stored.mutant}` : conclusion
      return stale(
        path,
        exitCode.violated,
        `${name}: the stored trace of mutant ${mutant} is stale: ${why}`,
        replayCommand(path),
      )
    }
    const fresh = traceOf(found)
    if (
      canonical(stored.states.map(({ event }) => event)) === canonical(fresh.states.map(({ event }) => event))
    ) {
      return { trace: 'same', failures: [] }
    }
    if (stored.states.length === fresh.states.length) return { trace: 'equivalent', failures: [] }
    const lengths = `${plural(stored.states.length - 1, 'step')} instead of ${fresh.states.length - 1}`
    return stale(
      path,
      exitCode.violated,
      `${name}: the stored trace of mutant ${mutant} is not a shortest one: ${lengths}`,
      update,
    )
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error
    return stale(path, exitCode.input, `${name}: ${error.message}`, update)
  }
}

function survived(target: Target, mutant: string, result: Result, set: Bounds): Failure {
  const { instance, violation, product } = result
  const { killedBy, sentence } = target.system.mutants[mutant]!
  const command = `npx lockstep check ${argumentOf(target)} --only mutants${setOptions(set)}`
  if (violation?.kind === 'error') return violationFailure(target, { instance, product, violation })
  const where = printBounds(instance.bounds)
  return {
    code: exitCode.survived,
    headline: `${target.system.name}: mutant ${mutant} survived: ${killedBy} does not notice it at ${where}`,
    lines: [`  mutant: ${sentence}`, `  ${plural(result.states, 'state')} explored`],
    command,
  }
}

function checkMutant(target: Target, mutant: string, set: Bounds, context: CheckContext): Checked {
  const { bounds = {}, killedBy, sentence } = target.system.mutants[mutant]!
  const instance = instantiate(target.system, { ...set, ...bounds }, mutant)
  context.bar.start(`${target.system.name}, mutant ${mutant}`)
  const result = check(instance, {
    limits: context.limits,
    only: [killedBy],
    onProgress: context.bar.update,
    ...context.search,
  })
  context.bar.stop()
  const { violation, product, states, seconds } = result
  const isKilled = violation?.claim === killedBy
  const report = {
    name: mutant,
    sentence,
    bounds: instance.bounds,
    killedBy,
    outcome: isKilled ? 'killed' : result.bound === undefined ? 'survived' : 'bound',
    steps: isKilled ? violation.events.length : undefined,
    states,
    seconds,
  } as const
  if (!isKilled) {
    const failures = result.bound === undefined ? [survived(target, mutant, result, set)] : []
    return { report: { ...report, trace: 'not compared' }, failures }
  }
  const path = storedTracePath(target, mutant)
  const found: Found = { instance, product, violation }
  if (context.updateTraces) {
    saveTrace(target, found, path)
    return { report: { ...report, trace: 'written' }, failures: [] }
  }
  const { trace, failures } = compare(target, found, path)
  return { report: { ...report, trace }, failures }
}

/** Checks every mutant of a system. Bounds a mutant names itself are kept; others can be overridden. */
export function checkMutants(target: Target, set: Bounds, context: CheckContext): Checked[] {
  return Object.keys(target.system.mutants).map((mutant) => checkMutant(target, mutant, set, context))
}
