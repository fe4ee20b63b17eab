/** A violation as a failure of the check: its sentence, its steps, and the command that replays it. */
import type { Violation } from '../checker/result.ts'
import { type Found, traceOf } from '../checker/trace.ts'
import { printBounds } from '../checker/trace-file.ts'
import type { ClaimInstance } from '../model/instance.ts'
import { failureTracePath, saveTrace } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import type { Target } from './load.ts'
import type { Failure } from './report.ts'
import { stateLines, stepLines, stepsOf } from './steps.ts'

const SENTENCES: Readonly<Record<Violation['kind'], (label: string) => string>> = {
  invariant: (label) => `${label} is violated`,
  observer: (label) => `the observer ${label} refuses an event`,
  stuck: () => 'it is stuck: nothing is enabled',
  progress: (label) => `${label} is never served`,
  error: (label) => `it throws: ${label}`,
}

function codeOf({ kind }: Violation, target: Target): ExitCode {
  if (kind === 'stuck' || kind === 'progress') return exitCode.stuck
  if (kind !== 'error') return exitCode.violated
  return target.file === undefined ? exitCode.internal : exitCode.input
}

/** The claim's own sentence, where the violation is of a claim that has one. */
function claimSentence(claims: readonly ClaimInstance[], name: string): string[] {
  const sentence = claims.find((claim) => claim.name === name)?.claim.sentence
  return sentence === undefined ? [] : [`  claim: ${sentence}`]
}

/** Writes the trace of a violation, where failures keep theirs unless told otherwise, and describes it. */
export function violationFailure(
  target: Target,
  found: Found,
  path = failureTracePath(target, found.violation.claim),
): Failure {
  const { instance, violation } = found
  const trace = traceOf(found)
  const variant = instance.mutant === undefined ? '' : `, mutant ${instance.mutant}`
  const sentence = SENTENCES[violation.kind](violation.label)
  const steps = stepsOf(trace)
  const { event } = trace.verdict
  const last = trace.states.at(-1)!.locals
  return {
    code: codeOf(violation, target),
    headline: `${instance.system.name}: ${sentence}, at ${printBounds(instance.bounds)}${variant}`,
    lines: [
      ...claimSentence(instance.claims, violation.claim),
      ...(steps.length === 0 ? ['  in the initial state'] : stepLines(steps, trace.loop)),
      ...(event === undefined
        ? []
        : [`  then ${instance.events.find((known) => known.event === event)?.label ?? event.type} throws`]),
      ...(violation.kind === 'stuck' || steps.length === 0
        ? ['  the state there:', ...stateLines(last).map((line) => `  ${line}`)]
        : []),
    ],
    command: saveTrace(target, found, path),
  }
}
