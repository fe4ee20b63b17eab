/**
 * `check --engine spin`: the claims and mutants of one system by SPIN, on the Promela that `export` writes. The
 * report has the same shape and exit codes as that of our own engine.
 */
import { labelOf } from '../checker/claims.ts'
import { spinMissing } from '../checker/spin.ts'
import { type SpinResult, checkWithSpin } from '../checker/spin-check.ts'
import { printBounds } from '../checker/trace-file.ts'
import { type Instance, UsageError, instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import { pinFailure, unreachedFailure } from './check-claims.ts'
import type { CheckOptions } from './check.ts'
import { type CheckContext, argumentOf, setOptions } from './context.ts'
import { exitCode, worst } from './exit-code.ts'
import { type Target, shown } from './load.ts'
import type { ClaimsReport, Failure, MutantReport, SystemReport } from './report.ts'
import { number, plural, seconds } from './style.ts'
import { violationFailure } from './violation.ts'

type Checked<R> = {
  readonly report: R
  readonly failures: readonly Failure[]
  readonly notes: readonly string[]
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Refuses what SPIN has no part in, and a machine without SPIN. Throws UsageError. */
export function refuseWithoutSpin({ only, random, updateTraces }: CheckOptions): void {
  if (only === 'kernel')
    throw new UsageError('--engine spin checks claims and mutants; it cannot run the kernel')
  if (random !== undefined) throw new UsageError('--engine spin takes no --random: SPIN explores everything')
  if (updateTraces === true)
    throw new UsageError('--engine spin takes no --update-traces: stored traces are our own')
  const missing = spinMissing()
  if (missing !== undefined) throw new UsageError(`--engine spin needs SPIN and gcc: ${missing}`)
}

// SPIN's processes and files are gone before the signal has its usual effect.
async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let received: NodeJS.Signals | undefined
  const stop = (signal: NodeJS.Signals) => {
    received = signal
    controller.abort(new Error(`interrupted by ${signal}`))
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    return await body(controller.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
    if (received !== undefined) process.kill(process.pid, received)
  }
}

async function spin(
  instance: Instance,
  { limits, bar }: CheckContext,
  only?: readonly string[],
): Promise<SpinResult> {
  const variant = instance.mutant === undefined ? '' : `, mutant ${instance.mutant}`
  bar.start(`${instance.system.name}${variant}`)
  const options = { limits, onProgress: bar.update, ...(only === undefined ? {} : { only }) }
  return interruptible((signal) => checkWithSpin(instance, { ...options, signal })).finally(() => bar.stop())
}

function failuresOf(target: Target, { instance, product, violations }: SpinResult): Failure[] {
  return product === undefined
    ? []
    : violations.map((violation) => violationFailure(target, { instance, product, violation }))
}

const list = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what}: ${[...new Set(names)].join(', ')}`]

function sizeNote({ outcome, states, transitions, secondsCompile, secondsSearch }: SpinResult): string {
  const times = `${seconds(secondsCompile)} in gcc, ${seconds(secondsSearch)} searching`
  const counts = `${plural(states, 'state')} and ${plural(transitions, 'transition')}`
  return outcome === 'violated'
    ? `SPIN stopped at a violation after ${counts}; ${times}`
    : `SPIN counts ${counts}, as many as Lockstep; ${times}`
}

// The verdict on every claim, and what was not asked and why.
function notesOf(result: SpinResult): string[] {
  const { instance, outcome, violations, unreached, claimsChecked, leftOut } = result
  const kindOf = (name: string) => instance.claims.find((claim) => claim.name === name)?.claim.kind
  const violated = new Set(violations.map(({ claim }) => claim))
  const holding = claimsChecked.filter((name) => kindOf(name) !== 'sometimes' && !violated.has(name))
  const witnesses = instance.claims.filter(({ claim }) => claim.kind === 'sometimes').map(labelOf)
  const reached = witnesses.filter((label) => !unreached.includes(label))
  const known = new Set([...claimsChecked, ...violated, ...leftOut.map(({ name }) => name)])
  const later = instance.claims.map(({ name }) => name).filter((name) => !known.has(name))
  const isWhole = outcome === 'holds' || outcome === 'unreached'
  return [
    ...(claimsChecked.length > 0 ? [sizeNote(result)] : []),
    ...list('holds', holding),
    ...list(
      'violated',
      violations.map(({ label }) => label),
    ),
    ...(isWhole ? list('reached', reached) : []),
    ...list('not asked', later),
    ...leftOut.map(({ label, why }) => `left out: ${label}: ${why}`),
  ]
}

function reportOf(result: SpinResult): ClaimsReport & { readonly engine: 'spin' } {
  const { instance, outcome, unreached, states, transitions, depth, bytes, claimsChecked, bound } = result
  const witnesses = instance.claims.filter(({ claim }) => claim.kind === 'sometimes')
  const names = new Set(witnesses.map(({ name }) => name))
  const where = printBounds(instance.bounds)
  const explored =
    outcome === 'violated' ? `stopped at the violation, at ${where}` : `exhaustive by SPIN at ${where}`
  return {
    engine: 'spin',
    bounds: instance.bounds,
    covered: bound === undefined ? explored : `bound reached at ${where}: ${bound}`,
    outcome,
    states,
    transitions,
    depth,
    seconds: result.seconds,
    bytes,
    claims: claimsChecked.filter((name) => !names.has(name)),
    witnesses: { reached: witnesses.length - unreached.length, total: witnesses.length },
    coverage: undefined,
  }
}

async function checkClaims(
  target: Target,
  set: Bounds,
  context: CheckContext,
): Promise<Checked<ClaimsReport>> {
  const instance = instantiate(target.system, set)
  const result = await spin(instance, context)
  const command = `npx lockstep check ${argumentOf(target)} --engine spin --only claims${setOptions(set)}`
  const isWhole = result.outcome === 'holds' || result.outcome === 'unreached'
  const found = isWhole
    ? [...unreachedFailure(result, command), ...pinFailure(target.system, result, command)]
    : failuresOf(target, result)
  return { report: reportOf(result), failures: found, notes: notesOf(result) }
}

async function checkMutant(
  target: Target,
  name: string,
  set: Bounds,
  context: CheckContext,
): Promise<Checked<MutantReport | undefined>> {
  const { bounds = {}, killedBy, sentence } = target.system.mutants[name]!
  const instance = instantiate(target.system, { ...set, ...bounds }, name)
  const result = await spin(instance, context, [killedBy])
  if (result.violations.some(({ kind }) => kind === 'error'))
    return { report: undefined, failures: failuresOf(target, result), notes: [] }
  const left = result.leftOut.find((claim) => claim.name === killedBy)
  if (left !== undefined)
    return { report: undefined, failures: [], notes: [`left out: mutant ${name}: ${killedBy}: ${left.why}`] }
  const violation = result.violations.find(({ claim }) => claim === killedBy)
  const outcome: MutantReport['outcome'] =
    violation !== undefined ? 'killed' : result.bound === undefined ? 'survived' : 'bound'
  const command = `npx lockstep check ${argumentOf(target)} --engine spin --only mutants${setOptions(set)}`
  const where = printBounds(instance.bounds)
  const survived: Failure = {
    code: exitCode.survived,
    headline: `${target.system.name}: mutant ${name} survived SPIN: ${killedBy} does not notice it at ${where}`,
    lines: [`  mutant: ${sentence}`, `  ${number(result.states)} states explored`],
    command,
  }
  const report: MutantReport = {
    name,
    sentence,
    bounds: instance.bounds,
    killedBy,
    outcome,
    steps: violation?.events.length,
    states: result.states,
    seconds: result.seconds,
    trace: 'not compared',
  }
  return { report, failures: outcome === 'survived' ? [survived] : [], notes: [] }
}

/** Checks one system with SPIN. Throws UsageError, IllFormedError. */
export async function checkWithEngine(
  target: Target,
  set: Bounds,
  only: CheckOptions['only'],
  context: CheckContext,
): Promise<SystemReport> {
  const claims = only === 'mutants' ? undefined : await checkClaims(target, set, context)
  const mutants: Checked<MutantReport | undefined>[] = []
  for (const name of only === 'claims' ? [] : Object.keys(target.system.mutants))
    mutants.push(await checkMutant(target, name, set, context))
  const reports = mutants.flatMap(({ report }) => (report === undefined ? [] : [report]))
  const checked = [...(claims === undefined ? [] : [claims]), ...mutants]
  const failures = checked.flatMap((part) => part.failures)
  const isBound = claims?.report?.outcome === 'bound' || reports.some(({ outcome }) => outcome === 'bound')
  return {
    system: target.system.name,
    title: target.system.title,
    file: target.file === undefined ? undefined : shown(target.file),
    claims: claims?.report,
    mutants: reports,
    implementations: [],
    failures,
    notes: [
      ...checked.flatMap(({ notes }) => notes),
      ...(only === undefined ? ['the kernel was left out: SPIN cannot run it'] : []),
    ],
    exitCode: worst([...failures.map(({ code }) => code), ...(isBound ? [exitCode.bound] : [])]),
  }
}
