/**
 * The report of `conform` as text, and the whole command as a value: what was judged, what had to be
 * inferred or excused, what the log never did, and for a violation the line that breaks a claim.
 */
import { BadInputError } from '../checker/json-file.ts'
import { type ConformReport, conform } from './conform.ts'
import type { ConformOptions, LogViolation } from './conformance.ts'

/** Lines of a list that is cut in text; the JSON has all of it. */
const LISTED_MAX = 8

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function listed(lines: readonly number[]): string {
  const more = lines.length > LISTED_MAX ? ` and ${lines.length - LISTED_MAX} more` : ''
  return `${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, LISTED_MAX).join(', ')}${more}`
}

function printViolation(file: string, violation: LogViolation): string[] {
  const { line, text, claim, sentence, component, state, event, inferred } = violation
  return [
    `VIOLATED ${claim}: ${sentence}`,
    `  ${file}:${line}: ${text}`,
    `  ${component} was ${state}`,
    `  and refuses ${event}${inferred ? ', a switch that the log does not show but this line implies' : ''}`,
  ]
}

function printLeniency({
  hidden,
  gaps,
  excused,
  reordered,
  announced,
  lines,
  violation,
}: ConformReport): string[] {
  const text = hidden.map(({ thread, name, lines: at }) => {
    const away = at.length === 1 ? '1 switch' : `${at.length} switches`
    return `  inferred: ${away} away from ${thread} (${name}) without a line of its own, before ${listed(at)}`
  })
  for (const { line, cpu, lost, since } of gaps) {
    const what = lost === 'unknown' ? 'events' : plural(lost, 'event')
    text.push(`  gap: ${what} of ${cpu} lost from line ${since} to ${line}; every thread unknown after it`)
  }
  if (excused.length > 0) text.push(`  excused by lost events: ${listed(excused)}`)
  if (reordered.length > 0)
    text.push(`  taken after a later line of the same microsecond on another CPU: ${listed(reordered)}`)
  if (announced !== undefined && announced.overwritten > 0) {
    text.push(`  by the log's header, ${plural(announced.overwritten, 'earlier event')} were overwritten`)
  }
  if (announced !== undefined && announced.entries !== announced.found && violation === undefined) {
    text.push(
      `  the log's header counts ${plural(announced.entries, 'event')}; there are ${announced.found} in ${lines} lines`,
    )
  }
  return text
}

/** The report in text, without a final newline. */
export function printConform(report: ConformReport): string {
  const { file, judged, events, coverage, violation } = report
  const counts = Object.entries(events).map(([name, count]) => `${name} ${count}`)
  const components = coverage.map(({ family, components: count }) => plural(count, family))
  const unused = coverage.flatMap(({ transitionsNeverTaken }) => transitionsNeverTaken)
  const all = coverage.reduce((sum, { transitions }) => sum + transitions, 0)
  const verdict = violation === undefined ? 'conforms' : `does not conform, line ${violation.line}`
  return [
    `${file}: ${verdict}; ${plural(judged, 'event')} judged, ${components.join(', ')}`,
    `  events: ${counts.join(', ')}`,
    ...coverage.map(
      ({ family, resolved, components: count, localStates }) =>
        `  ${family}: ${plural(count, 'component')} in ${plural(localStates, 'local state')}; ` +
        `unknown until the log told: ${resolved}`,
    ),
    ...printLeniency(report),
    `  of ${all} transitions in the charts this log never took ${unused.length}${unused.length === 0 ? '' : ':'}`,
    ...unused.map((transition) => `    ${transition}`),
    ...(violation === undefined ? [] : printViolation(file, violation)),
  ].join('\n')
}

/**
 * The command `conform FILE`: its output and exit code. 0 the log conforms, 1 it breaks a claim, 65 it
 * cannot be read as a log (`{ error }` in JSON).
 */
export function conformCommand(
  file: string,
  { json = false, ...options }: ConformOptions & { readonly json?: boolean } = {},
): { readonly text: string; readonly exitCode: 0 | 1 | 65 } {
  try {
    const report = conform(file, options)
    const text = json
      ? JSON.stringify({ ...report, violation: report.violation ?? null }, undefined, 2)
      : printConform(report)
    return { text, exitCode: report.violation === undefined ? 0 : 1 }
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error
    return { text: json ? JSON.stringify({ error: error.message }) : error.message, exitCode: 65 }
  }
}
