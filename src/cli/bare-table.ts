/** A table without borders, which a terminal must not be wide for and a pipe can cut into columns. */
import Table from 'cli-table3'
import { colours } from './style.ts'

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'right',
  'mid',
  'left-mid',
  'mid-mid',
  'right-mid',
] as const

/** Lines of a table: its heads in bold, the columns of texts to the left, all others, figures, to the right. */
export function bareTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: readonly number[] = [0],
): string[] {
  const table = new Table({
    head: head.map((title) => colours.bold(title)),
    chars: { ...Object.fromEntries(BORDERS.map((name) => [name, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, index) => (textColumns.includes(index) ? 'left' : 'right')),
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}
