/** The table at the end of a check: one row a system. */
import Table from 'cli-table3'
import { printBounds } from '../checker/trace-file.ts'
import { exitCode } from './exit-code.ts'
import type { SystemReport } from './report.ts'
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

function row({ system, claims, mutants, implementations, exitCode: code }: SystemReport): string[] {
  const killed = mutants.filter(({ outcome }) => outcome === 'killed').length
  const time =
    (claims?.seconds ?? 0) + [...mutants, ...implementations].reduce((sum, part) => sum + part.seconds, 0)
  const schedules = implementations.map(({ ok, states, schedules: ran }) =>
    mark(states === undefined ? number(ran) : `all of ${number(states)} states`, ok),
  )
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
    schedules.length === 0 ? '-' : schedules.join(' + '),
  ]
}

/** The table as text, without borders that a terminal must be wide for. */
export function table(reports: readonly SystemReport[]): string {
  const chars = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  }
  const bare = {
    ...chars,
    left: '',
    right: '',
    mid: '',
    'left-mid': '',
    'mid-mid': '',
    'right-mid': '',
    middle: '  ',
  }
  const output = new Table({
    head: HEAD.map((title) => colours.bold(title)),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: HEAD.map((_, index) => (index < 2 ? 'left' : 'right')),
  })
  output.push(...reports.map(row))
  return output
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
