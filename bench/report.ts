/**
 * The benchmark's tables: what each contender cost, and how ours compares with it.
 */
import Table from 'cli-table3'
import { cpus } from 'node:os'
import type { Comparison, Cost } from './peers.ts'
import { disagreements } from './peers.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en')
const seconds = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(2))
const ratio = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(2)}x`)
const perState = (bytes: number | undefined, states: number): string =>
  bytes === undefined ? '-' : (bytes / states).toFixed(1)

const HEAD = [
  '',
  'states',
  'transitions',
  'whole s',
  'compile s',
  'search s',
  'CPU s',
  'states/s',
  'states/CPU s',
  'ours/it wall',
  'ours/it CPU',
  'store B/state',
  'peak B/state',
]

function quotient(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b
}

function row(cost: Cost, ours: Cost): string[] {
  const isOurs = cost === ours
  const rate = cost.states / cost.secondsSearch
  const cpuRate = quotient(cost.states, cost.cpuSecondsSearch)
  return [
    cost.contender,
    count(cost.states),
    count(cost.transitions),
    seconds(cost.secondsWhole),
    seconds(cost.secondsCompile),
    seconds(cost.secondsSearch),
    seconds(cost.cpuSecondsSearch),
    count(rate),
    cpuRate === undefined ? '-' : count(cpuRate),
    isOurs ? '' : ratio(ours.states / ours.secondsSearch / rate),
    isOurs ? '' : ratio(quotient(quotient(ours.states, ours.cpuSecondsSearch), cpuRate)),
    perState(cost.storeBytes, cost.states),
    perState(cost.peakBytes, cost.states),
  ]
}

/** One comparison as text: a title line, the table, and whether the counts are equal. */
export function printComparison(comparison: Comparison): string {
  const { subject, costs } = comparison
  const [ours] = costs
  if (ours === undefined) return ''
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    colAligns: ['left', ...HEAD.slice(1).map(() => 'right' as const)],
  })
  for (const cost of costs) table.push(row(cost, ours))
  const bounds = Object.entries(subject.bounds).map(([name, value]) => `${name}=${value}`)
  const wrong = disagreements(comparison)
  const others = costs.length === 1 ? 'pinned counts' : 'SPIN and the pinned counts'
  const verdict =
    wrong.length === 0 ? `equal counts: yes (${others})` : `equal counts: NO\n${wrong.join('\n')}`
  return `${subject.system.name} ${bounds.join(' ')}\n${table.toString()}\n${verdict}\n`
}

/** What the figures depend on: processor, runtime, tools. */
export function printEnvironment(spin: string): string {
  const [processor] = cpus()
  return `${cpus().length} x ${processor?.model ?? 'unknown processor'}, Node ${process.version}, ${spin}`
}
