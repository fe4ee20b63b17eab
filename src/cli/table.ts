/** The table at the end of a check: one row a system. */
import { printBounds } from '../checker/trace-file.ts'
import { bareTable } from './bare-table.ts'
import { exitCode } from './exit-code.ts'
import type { ImplementationReport, SystemReport } from './report.ts'
import { colours, number, seconds } from './style.ts'

const HEAD = [
  'system',
  'bound',
  'states',
  'events',
  'depth',
  'time',
  'claims',
  'witnesses',
  'mutants killed',
  'kernel schedules',
]

const mark = (text: string, isGood: boolean): string => (isGood ? colours.green(text) : colours.red(text))

function scheduleColumn(implementations: readonly ImplementationReport[]): string {
  const whole = implementations.filter(({ states }) => states !== undefined)
  const states = whole.reduce((sum, one) => sum + one.states!, 0)
  const sampled = implementations.reduce((sum, { schedules }) => sum + schedules, 0)
  const parts = [
    ...(whole.length === 0 ? [] : [`all of ${number(states)} states`]),
    ...(sampled === 0 ? [] : [number(sampled)]),
  ]
  return mark(
    parts.join(' + '),
    implementations.every(({ ok }) => ok),
  )
}

function row({ system, claims, mutants, implementations, exitCode: code }: SystemReport): string[] {
  const killed = mutants.filter(({ outcome }) => outcome === 'killed').length
  const time =
    (claims?.seconds ?? 0) + [...mutants, ...implementations].reduce((sum, part) => sum + part.seconds, 0)
  const claimColumns =
    claims === undefined
      ? ['-', '-', '-', seconds(time)]
      : [
          claims.states === 0
            ? '-'
            : `${number(claims.states)}${claims.outcome === 'bound' ? ' (bound reached)' : ''}`,
          number(claims.transitions),
          number(claims.depth),
          seconds(time),
        ]
  const verdict =
    claims === undefined
      ? ['-', '-']
      : [
          claims.outcome === 'violated'
            ? mark('violated', false)
            : claims.outcome === 'bound'
              ? 'bound'
              : mark(`${claims.claims.length} hold`, true),
          claims.witnesses.total === 0 || claims.outcome === 'bound' || claims.outcome === 'violated'
            ? '-'
            : mark(
                `${claims.witnesses.reached}/${claims.witnesses.total}`,
                claims.witnesses.reached === claims.witnesses.total,
              ),
        ]
  return [
    mark(system, code === exitCode.holds),
    claims === undefined ? '-' : printBounds(claims.bounds),
    ...claimColumns,
    ...verdict,
    mutants.length === 0 ? '-' : mark(`${killed}/${mutants.length}`, killed === mutants.length),
    implementations.length === 0 ? '-' : scheduleColumn(implementations),
  ]
}

/** The table as text, without borders that a terminal must be wide for. */
export const table = (reports: readonly SystemReport[]): string =>
  bareTable(HEAD, reports.map(row), [0, 1]).join('\n')
