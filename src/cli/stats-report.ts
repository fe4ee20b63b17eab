/** The figures of `lockstep stats` as lines for people: families folded, most telling first, bars for depth. */
import type { ComponentStatistics, PairStatistics, Statistics } from '../checker/statistics.ts'
import { bareTable } from './bare-table.ts'
import { colours, number, plural } from './style.ts'

/** Pairs that tell less of each other are not listed. */
const SHARE_MIN = 0.5
const PAIRS_MAX = 8
const NEVER_MAX = 4
const LEVEL_ROWS_MAX = 24
const BAR_WIDTH = 40
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

const fixed = (value: number): string => (value < 100 ? value.toFixed(2) : number(Math.round(value)))
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function range(values: readonly number[], print: (value: number) => string): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(print)
  return least === most ? most! : `${least}..${most}`
}

function membersOf({ components }: Statistics, family: string): readonly ComponentStatistics[] {
  return components.filter((component) => component.family === family)
}

const nameOf = (family: string, members: number): string =>
  members === 1 ? family : `${family} (${plural(members, 'member')})`

function componentLines(statistics: Statistics): string[] {
  const rows = statistics.families.map(({ family, members }) => {
    const all = membersOf(statistics, family)
    const figures = (['localStates', 'events', 'steps', 'selfLoops', 'bits'] as const).map((key) =>
      range(
        all.map((component) => component[key]),
        number,
      ),
    )
    return [`${nameOf(family, members)}${all[0]!.observer ? ', observer' : ''}`, ...figures]
  })
  return bareTable(['component', 'local states', 'events', 'local steps', 'self-loops', 'bits'], rows)
}

function multiplicityLines(statistics: Statistics): string[] {
  const families = statistics.families.toSorted((a, b) => b.multiplicity - a.multiplicity)
  const rows = families.map(({ family, members, multiplicity }) => {
    const all = membersOf(statistics, family)
    return [
      nameOf(family, members),
      range(
        all.map((component) => component.multiplicity),
        fixed,
      ),
      fixed(multiplicity),
      range(
        all.map((component) => component.entropy),
        fixed,
      ),
    ]
  })
  const head = ['what multiplies the product', 'each by', 'together by', 'entropy, bits']
  const free = statistics.families.flatMap(({ family }) => {
    const all = membersOf(statistics, family)
    const names = all.filter(({ multiplicity }) => multiplicity === 1).map(({ name }) => name)
    return names.length === all.length ? [family] : names
  })
  return [
    ...bareTable(head, rows),
    ...(free.length === 0
      ? []
      : [`each of these follows from all the others, and adds no states: ${free.join(', ')}`]),
  ]
}

function pairLines({ pairs }: Statistics): string[] {
  const near = pairs.filter(({ share }) => share >= SHARE_MIN)
  const follows = ({ one, other, follows: who }: PairStatistics): string =>
    ({ neither: '', one: `; ${one} follows`, other: `; ${other} follows`, both: '; each follows' })[who]
  const rows = near
    .slice(0, PAIRS_MAX)
    .map((pair) => [
      `${pair.one} and ${pair.other}${follows(pair)}`,
      pair.mutualInformation.toFixed(2),
      percent(pair.share),
      `${number(pair.occurring)} of ${number(pair.possible)}`,
    ])
  if (rows.length === 0) return ['no two components tell half of each other']
  const more = near.length - rows.length
  return [
    ...bareTable(['pairs that depend', 'bits shared', 'of the smaller', 'pairs that occur'], rows),
    ...(more === 0 ? [] : [`and ${plural(more, 'pair')} more (--json)`]),
  ]
}

function eventLines({ events, transitions }: Statistics): string[] {
  const types = [...new Set(events.map(({ type }) => type))].map((type) => {
    const all = events.filter((event) => event.type === type)
    const [top] = all.toSorted((a, b) => b.taken - a.taken)
    const never = all.filter(({ taken }) => taken === 0).length
    return { type, top: top!, never, count: all.length, taken: all.reduce((sum, one) => sum + one.taken, 0) }
  })
  const rows = types
    .toSorted((a, b) => b.taken - a.taken)
    .map(({ type, top, never, count, taken }) => [
      type,
      top.taken === 0 ? '-' : `${top.label} ${number(top.taken)}`,
      number(count),
      never === 0 ? '-' : number(never),
      number(taken),
      percent(taken / Math.max(1, transitions)),
    ])
  const head = ['event', 'most often', 'ground', 'never enabled', 'taken', 'of all']
  const never = events.filter(({ taken }) => taken === 0).map(({ label }) => label)
  const rest = never.length > NEVER_MAX ? ` and ${number(never.length - NEVER_MAX)} more (--json)` : ''
  return [
    ...bareTable(head, rows, [0, 1]),
    never.length === 0
      ? 'every event is enabled somewhere'
      : `never enabled: ${never.slice(0, NEVER_MAX).join(', ')}${rest}`,
  ]
}

const bar = (share: number): string => {
  const eighths = Math.ceil(share * BAR_WIDTH * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!
}

function depthLines({ levels, branching, stuck }: Statistics): string[] {
  const step = Math.ceil(levels.length / LEVEL_ROWS_MAX)
  const rows = Array.from({ length: Math.ceil(levels.length / step) }, (_, row) => {
    const from = row * step
    const to = Math.min(from + step, levels.length) - 1
    const states = levels.slice(from, to + 1).reduce((sum, size) => sum + size, 0)
    return { label: from === to ? `${from}` : `${from}..${to}`, states }
  })
  const most = Math.max(...rows.map(({ states }) => states))
  const table = bareTable(
    ['depth', 'states', ''],
    rows.map(({ label, states }) => [label, number(states), bar(states / most)]),
    [2],
  )
  const where = stuck.depth === undefined ? '' : `, the first at depth ${stuck.depth}`
  return [
    ...table,
    `successors of a state: ${branching.least} to ${branching.most}, ${branching.mean.toFixed(2)} in the mean`,
    `states without successors: ${number(stuck.states)}${where}`,
  ]
}

function hintLines({ hints }: Statistics): string[] {
  if (hints.length === 0) return ['no figure calls for a bound, a split or a merger']
  return [colours.bold('hints'), ...hints.map(({ rule, text }) => `  ${rule}: ${text}`)]
}

/** All figures, a blank line between parts. */
export function statisticsLines(statistics: Statistics): string[] {
  const { bits, words } = statistics
  return [
    componentLines(statistics),
    [`a state takes ${plural(bits, 'bit')}, in ${plural(words, 'word')} of 32`],
    multiplicityLines(statistics),
    pairLines(statistics),
    eventLines(statistics),
    depthLines(statistics),
    hintLines(statistics),
  ].flatMap((lines) => ['', ...lines])
}
