/** How a swarm's progress and its end are told: figures, each violation once, and the shortened counterexample. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { BadInputError } from '../../checker/json-file.ts'
import { Judge } from '../../checker/judge.ts'
import { Product } from '../../checker/product.ts'
import { shorten } from '../../checker/shorten.ts'
import type { Found } from '../../checker/trace.ts'
import { printBounds } from '../../checker/trace-file.ts'
import { instantiate } from '../../model/instance.ts'
import type { Folded, Summary } from '../../swarm/fold.ts'
import type { Subject } from '../../swarm/job.ts'
import { bindViolation } from '../../swarm/run-job.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Target } from '../load.ts'
import type { Failure } from '../report.ts'
import { number, plural, print, printJson, seconds } from '../style.ts'
import { failureLines } from '../summary.ts'
import { violationFailure } from '../violation.ts'

/** Violations that are listed; the rest are counted. */
const LISTED_MAX = 10

/** A line for the person at the terminal, apart from the results. */
export const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

/** `tlb-shootdown at cpus=3, mutant leavesTheEntry`. */
export function printSubject({ system, bounds, mutant }: Subject): string {
  return `${system} at ${printBounds(bounds)}${mutant === undefined ? '' : `, mutant ${mutant}`}`
}

export type EndOptions = { readonly output?: string; readonly json?: boolean }

function shortened(target: Target, { bounds, mutant }: Subject, { violation }: Folded): Found {
  const instance = instantiate(target.system, bounds, mutant)
  const product = new Product(instance)
  const found = bindViolation(instance, product, violation)
  if (typeof found !== 'string') {
    try {
      return { ...found, violation: shorten(new Judge(product), found.violation) }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  const why = typeof found === 'string' ? `it has no event ${found}` : 'its events do not lead there'
  throw new BadInputError(
    `${target.system.name} is not the same here as where ${violation.label} was found violated: ${why}`,
  )
}

function coverageLine({ sweepsWhole, omission, statesMost, depth }: Summary): string {
  const missed =
    omission === undefined
      ? 'no sweep saw all it could reach'
      : `${plural(sweepsWhole, 'sweep')} saw all they could reach; a state that each arrives at is missed by all ` +
        `with probability ${omission.toPrecision(2)}`
  const largest = `the largest search visited ${plural(statesMost, 'state')}`
  return `  ${largest}, the deepest went ${number(depth)} events deep; ${missed}`
}

function violationLines({ violations }: Summary): string[] {
  const lines = violations.slice(0, LISTED_MAX).map(({ violation, foundBy }) => {
    const { label, events, end } = violation
    return `  ${label} after ${plural(events.length, 'event')}, found by ${plural(foundBy.length, 'job')} (end ${end})`
  })
  const rest = violations.length - lines.length
  return rest > 0 ? [...lines, `  and ${plural(rest, 'more')}`] : lines
}

function verdictLine(subject: Subject, { exact, unreached, violations, done }: Summary): string {
  const what = printSubject(subject)
  if (violations.length > 0) return `${what}: ${plural(violations.length, 'distinct violation')}`
  if (exact === 'holds') return `${what}: holds; the exact search was exhaustive`
  if (exact === 'unreached')
    return `${what}: no state shows ${unreached.join(', ')}; the exact search was exhaustive`
  return `${what}: not decided, no violation found by ${plural(done, 'job')}`
}

function codeOf({ exact, failures }: Summary, failure: Failure | undefined): ExitCode {
  if (failure !== undefined) return failure.code
  if (exact !== undefined) return exact === 'holds' ? exitCode.holds : exitCode.survived
  return failures.length > 0 ? exitCode.input : exitCode.bound
}

/** Tells how a swarm ended, and stores the shortened counterexample where there is one. */
export function reportEnd(
  target: Target,
  subject: Subject,
  summary: Summary,
  { output, json = false }: EndOptions,
): ExitCode {
  const [first] = summary.violations
  const found = first === undefined ? undefined : shortened(target, subject, first)
  const failure = found && violationFailure(target, found, ...(output === undefined ? [] : [resolve(output)]))
  const code = codeOf(summary, failure)
  if (json) {
    printJson({ exitCode: code, ...subject, ...summary, failure })
    return code
  }
  const { jobs, done, failures, states, violating } = summary
  print(
    `${done} of ${plural(jobs, 'job')} done, ${plural(states, 'state')} visited in all in ${seconds(summary.seconds)}` +
      ` of searching; ${number(violating)} found a violation`,
    coverageLine(summary),
    ...failures.map(({ sentence }) => `  refused: ${sentence}`),
    verdictLine(subject, summary),
    ...violationLines(summary),
  )
  if (failure === undefined) return code
  assert(first !== undefined && found !== undefined, 'a failure is of a violation')
  const [before, after] = [first.violation.events.length, found.violation.events.length]
  const how = after < before ? `shortened to ${number(after)}` : 'which no search around it made fewer'
  print('', `the first, a run of ${plural(before, 'event')}, ${how}:`, ...failureLines(failure))
  return code
}
