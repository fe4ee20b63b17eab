/** The benchmark's tables: what each contender cost, how ours compares with SPIN's best, and small systems. */
import { cpus } from 'node:os'
import { bareTable } from '../src/cli/bare-table.ts'
import {
  type Comparison,
  type Cost,
  type Verdict,
  bytesPerState,
  disagreements,
  secondsWhole,
  verdictOf,
} from './cost.ts'
import { MILLISECONDS_WANTED, type SmallRun } from './small.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en')
const seconds = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2))
const ratio = (value: number): string => `${value.toFixed(2)}x`
const printBounds = (bounds: Readonly<Record<string, number>>): string =>
  Object.entries(bounds)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

const HEAD = [
  '',
  'states',
  'transitions',
  'before s',
  'search s',
  'CPU s',
  'verdict s',
  'states/s',
  'rate wall',
  'rate CPU',
  'verdict',
  'search',
  'store B/state',
  'peak B/state',
]

const tableOf = (...[head, rows, textColumns]: Parameters<typeof bareTable>): string =>
  bareTable(head, rows, textColumns).join('\n')

const cpuRate = ({ states, cpuSecondsSearch }: Cost): number | undefined =>
  cpuSecondsSearch === undefined ? undefined : states / cpuSecondsSearch

// Rates compare with our full search, the times to a verdict with our default: ours in units of the row's.
function row(cost: Cost, full: Cost, ours: Cost): string[] {
  const rate = cost.states / cost.secondsSearch
  const [ourCpuRate, itsCpuRate] = [cpuRate(full), cpuRate(cost)]
  const cpuRatio = ourCpuRate === undefined || itsCpuRate === undefined ? '-' : ratio(ourCpuRate / itsCpuRate)
  return [
    cost.contender,
    count(cost.states),
    count(cost.transitions),
    seconds(cost.secondsBefore),
    seconds(cost.secondsSearch),
    seconds(cost.cpuSecondsSearch),
    seconds(secondsWhole(cost)),
    count(rate),
    cost === full || !cost.exact ? '' : ratio(full.states / full.secondsSearch / rate),
    cost === full || !cost.exact ? '' : cpuRatio,
    cost === ours ? '' : ratio(secondsWhole(cost) / secondsWhole(ours)),
    cost === ours ? '' : ratio(cost.secondsSearch / ours.secondsSearch),
    bytesPerState(cost).toFixed(1),
    (cost.peakBytes / cost.states).toFixed(1),
  ]
}

function verdictLines({ ours, best, ...ratios }: Verdict): string[] {
  return [
    `best of SPIN: ${best.contender}, search ${seconds(best.secondsSearch)} s, ` +
      `${seconds(secondsWhole(best))} s with spin and gcc; ` +
      `${ours.contender}: search ${seconds(ours.secondsSearch)} s, ${seconds(secondsWhole(ours))} s with start-up`,
    `to a verdict ours is faster by ${ratio(ratios.search)} in search, ` +
      `${ratio(ratios.withoutCompiling)} from start-up against SPIN compiled, ${ratio(ratios.whole)} in all; ` +
      `states a second ${ratio(ratios.rate)}; bytes a state smaller than COLLAPSE by ${ratio(ratios.bytesCollapse)}, ` +
      `than SPIN's least by ${ratio(ratios.bytesBest)}`,
  ]
}

/** One comparison as text: a title line, the table, the verdict, and whether the counts are equal. */
export function printComparison(comparison: Comparison): string {
  const { subject, costs } = comparison
  const verdict = verdictOf(comparison)
  const [full] = costs
  if (full === undefined) return ''
  const ours = costs.find(({ contender }) => contender === 'ours') ?? full
  const rows = costs.map((cost) => row(cost, full, ours))
  const wrong = disagreements(comparison)
  const others = verdict === undefined ? 'pinned counts' : 'SPIN and the pinned counts'
  return [
    `${subject.system.name} ${printBounds(subject.bounds)}`,
    tableOf(HEAD, rows),
    ...(verdict === undefined ? [] : verdictLines(verdict)),
    ...(wrong.length === 0 ? [`equal counts: yes (${others})`] : ['equal counts: NO', ...wrong]),
    '',
  ].join('\n')
}

/** All verdicts in one table, the last thing a reader of a long run sees. */
export function printVerdicts(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap((comparison) => {
    const verdict = verdictOf(comparison)
    if (verdict === undefined) return []
    const { subject } = comparison
    const { best, search, withoutCompiling, whole, rate, bytesCollapse, bytesBest } = verdict
    const ratios = [search, withoutCompiling, whole, rate, bytesCollapse, bytesBest].map(ratio)
    return [
      [
        `${subject.system.name} ${printBounds(subject.bounds)}`,
        best.contender,
        count(subject.states),
        ...ratios,
      ],
    ]
  })
  const head = ['ours against the best of SPIN', 'which', 'states', 'search', 'from start-up', 'in all']
  return rows.length === 0
    ? ''
    : `${tableOf([...head, 'rate', 'bytes, COLLAPSE', 'bytes, least'], rows, [0, 1])}\n`
}

/** The small systems: how soon each is decided, and how many as soon as is wanted. */
export function printSmall(runs: readonly SmallRun[]): string {
  const rows = runs.map(({ system, bounds, states, outcome, ...times }) => [
    `${system} ${printBounds(bounds)}`,
    outcome === 'unreached' ? 'witness not reached' : outcome,
    count(states),
    times.milliseconds.toFixed(1),
    times.millisecondsLeast.toFixed(1),
    times.cpuMilliseconds.toFixed(1),
  ])
  const soon = runs.filter(({ milliseconds }) => milliseconds < MILLISECONDS_WANTED).length
  return [
    tableOf(
      ['all claims, after start-up', 'verdict', 'states', 'median ms', 'least ms', 'CPU ms'],
      rows,
      [0, 1],
    ),
    `decided in under ${MILLISECONDS_WANTED} ms: ${soon} of ${runs.length}`,
    '',
  ].join('\n')
}

/** What the figures depend on: processor, runtime, tools. */
export function printEnvironment(tools: string): string {
  const [processor] = cpus()
  return `${cpus().length} x ${processor?.model ?? 'unknown processor'}, Node ${process.version}, ${tools}`
}
