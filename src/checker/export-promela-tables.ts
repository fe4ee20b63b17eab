/**
 * The tables of a product as C inside a Promela text: for each component and event the next local state, for
 * each claim its decision diagram. Plain Promela has no constant arrays, and conditions over thousands of
 * local states would take gcc minutes.
 */
import { type Diagram, FIRST_NODE } from './claim-diagram.ts'
import { REFUSED } from './component-table.ts'
import { OUTSIDE, type Tabulation } from './tabulation.ts'

/** SPIN refuses a piece of embedded C of 64 KiB. */
const PIECE_CHARACTERS_MAX = 30_000
const NUMBERS_PER_LINE = 25

type Values = { readonly name: string; readonly values: readonly number[] }

function typeOf(values: readonly number[]): string {
  const most = values.reduce((high, value) => Math.max(high, value), 0)
  return most <= 127 ? 'signed char' : most <= 32_767 ? 'short' : 'int'
}

function linesOf(values: readonly number[]): string[] {
  const count = Math.ceil(values.length / NUMBERS_PER_LINE)
  return Array.from({ length: count }, (_, line) =>
    values.slice(line * NUMBERS_PER_LINE, (line + 1) * NUMBERS_PER_LINE).join(','),
  )
}

// A piece must be balanced in braces, but not in their digraphs: only so can an array go over several pieces.
function arrayLines({ name, values }: Values): string[] {
  const lines = linesOf(values)
  const declaration = `static const ${typeOf(values)} ${name}[]`
  if (lines.length === 1) return [`${declaration} = {${lines[0]}};`]
  return [`${declaration} = <%`, ...lines.map((line) => `${line},`), '%>;']
}

/** Constant arrays as pieces of embedded C, each small enough for SPIN. */
export function declareArrays(arrays: readonly Values[]): string[] {
  const pieces: string[][] = [[]]
  let size = 0
  for (const line of arrays.flatMap(arrayLines)) {
    size += line.length + 1
    if (size > PIECE_CHARACTERS_MAX) {
      pieces.push([])
      size = line.length
    }
    pieces.at(-1)!.push(line)
  }
  return pieces.flatMap((lines) => (lines.length === 0 ? [] : ['c_decl {', ...lines, '}']))
}

/** How one component takes part in one event. */
export type Move = {
  readonly component: number
  readonly observer: boolean
  /** The next local state by the local state; below 0 it refuses. */
  readonly array: string
  readonly variable: string
  /** Whether it ever accepts the event. */
  readonly accepts: boolean
  /** Whether it goes anywhere, or only has a say. */
  readonly moves: boolean
}

/** A component as a variable: its type, its arrays, and the local state that stands for all that is untabled. */
export type Variable = {
  readonly name: string
  readonly type: string
  readonly arrays: readonly Values[]
  readonly outside: number | undefined
}

/** The variable of each component. The local state `outside` refuses everything. */
export function variablesOf(tabulation: Tabulation, names: readonly string[]): Variable[] {
  return tabulation.product.tables.map(({ alphabet, size }, component) => {
    const name = `s_${names[component]}`
    const columns = alphabet.map((_, position) => tabulation.column(component, position))
    const outside = columns.flat().includes(OUTSIDE) ? size : undefined
    const arrays = columns.map((column, position) => {
      const entries = column.map((entry) => (entry === OUTSIDE ? size : entry))
      return {
        name: `n${position}_${names[component]}`,
        values: outside === undefined ? entries : [...entries, REFUSED],
      }
    })
    const type = size < 256 ? 'unsigned char' : size < 32_768 ? 'short' : 'int'
    return { name, type, arrays, outside }
  })
}

/** The participants of each event. */
export function movesOf({ product }: Tabulation, variables: readonly Variable[]): Move[][] {
  return product.instance.events.map(({ participants }, event) =>
    participants.map((component, slot) => {
      const { name, arrays } = variables[component]!
      const array = arrays[product.positions[event]![slot]!]!
      return {
        component,
        observer: product.tables[component]!.component.observer,
        array: array.name,
        variable: `now.${name}`,
        accepts: array.values.some((next) => next >= 0),
        moves: array.values.some((next, state) => next >= 0 && next !== state),
      }
    }),
  )
}

/** A function of C that gives the leaf of a diagram for the state at hand. */
export function diagramFunction(name: string, diagram: Diagram, variables: readonly Variable[]): string[] {
  const { root, nodes } = diagram
  const arrays = nodes.map(({ branches }, index) => ({ name: `${name}_${index}`, values: branches }))
  const cases = nodes.map(
    ({ component }, index) =>
      `  case ${FIRST_NODE + index}: at = ${name}_${index}[now.${variables[component]!.name}]; break;`,
  )
  return [
    ...declareArrays(arrays),
    'c_code {',
    `static int ${name}(void) {`,
    `  int at = ${root};`,
    '  for (;;) switch (at) {',
    ...cases,
    '  default: return at;',
    '  }',
    '}',
    '}',
  ]
}
