/** The benchmark's tables: rates, round trips, processor time, and which goals are met. */
import { loadavg } from 'node:os'
import { bareTable } from '../../src/cli/bare-table.ts'
import { type Goal, bestOfC, costOf, ratioOf, resultsLike } from './goals.ts'
import type { Result } from './rounds.ts'
import { type Kind, type Subject, nameOf } from './subjects.ts'

const HEADS: Readonly<Record<Kind, string>> = {
  rate: 'million messages a second',
  trip: 'microseconds there and back',
  cpu: 'ns of processor time, sent and received',
}

const figure = (value: number): string => value.toPrecision(3).replace(/e\+?.*$/, '')
const plain = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : figure(value)
const ratio = (value: number | undefined): string => (value === undefined ? '-' : plain(value))

/** In the unit of its table. */
function inUnit({ kind }: Subject, nanoseconds: number): number {
  if (kind === 'rate') return 1000 / nanoseconds
  return kind === 'trip' ? nanoseconds / 1000 : nanoseconds
}

function row(results: readonly Result[], result: Result): string[] {
  const { subject, nanoseconds } = result
  const rival = bestOfC(results, subject)
  const [port] = resultsLike(results, {
    kind: subject.kind,
    transport: 'MessagePort',
    batch: 1,
    words: subject.words,
  })
  const spread = [Math.min(...nanoseconds), Math.max(...nanoseconds)].map((value) => inUnit(subject, value))
  return [
    nameOf(subject),
    plain(inUnit(subject, costOf(result))),
    `${plain(Math.min(...spread))} to ${plain(Math.max(...spread))}`,
    ratio(rival && ratioOf(result, rival)),
    ratio(port && ratioOf(result, port)),
  ]
}

/** One table: what was measured in the same turns. */
export function tableOf(title: string, results: readonly Result[]): string {
  const [first] = results
  if (first === undefined) return ''
  const { kind } = first.subject
  const head = [title, HEADS[kind], 'rounds from, to', 'speed, of C', 'of MessagePort']
  const columns = kind === 'cpu' ? 4 : 5
  const rows = results.map((result) => row(results, result).slice(0, columns))
  return `${bareTable(head.slice(0, columns), rows).join('\n')}\n`
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ sentence, ratio: value, isMet }) => [
    sentence,
    ratio(value),
    value === undefined ? 'not measured' : isMet ? 'met' : 'missed',
  ])
  return `${bareTable(['goal', 'speed, as a ratio', ''], rows).join('\n')}\n`
}

/** Figures of a machine that does other things are worth little: its load says so. */
export const loadLine = (): string =>
  `load ${loadavg()
    .map((value) => value.toFixed(1))
    .join(', ')} (1, 5, 15 minutes)`
