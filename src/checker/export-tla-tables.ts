/**
 * Local states as strings that read, sets of them, and decision diagrams as operators of TLA+: the vocabulary of
 * the module that export-tla.ts writes.
 */
import type { AnyMachineSnapshot } from 'xstate'
import { type Diagram, FIRST_NODE, TRUE } from './claim-diagram.ts'
import type { ComponentTable } from './component-table.ts'
import { OUTSIDE } from './tabulation.ts'
import { localOf } from './trace.ts'

/** The local state of everything that is not tabled. */
export const BEYOND = '(beyond what is tabled)'

/** A component as a variable, and the names of its local states by their ids. */
export type TlaVariable = { readonly name: string; readonly states: readonly string[] }

// TLA+ strings take no quotes or backslashes without escapes that would not read.
const plain = (value: unknown): string => JSON.stringify(value ?? null).replaceAll(/["\\]/g, '')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The name of each local state of a component: its value, then those fields of its context that ever differ. */
export function stateNames(snapshots: readonly AnyMachineSnapshot[]): string[] {
  const locals = snapshots.map(localOf)
  const contexts = locals.map(({ context }) => (isRecord(context) ? context : { context }))
  const fields = [...new Set(contexts.flatMap((context) => Object.keys(context)))].filter(
    (field) => new Set(contexts.map((context) => plain(context[field]))).size > 1,
  )
  const used = new Set<string>([BEYOND])
  return locals.map(({ value, status, history }, id) => {
    const parts = fields.map((field) => `${field}=${plain(contexts[id]![field])}`)
    const rest = [
      ...(status === undefined ? [] : [status]),
      ...(history === undefined ? [] : [plain(history)]),
    ]
    const whole = isRecord(value) && Object.keys(value).length === 0 ? '' : plain(value)
    const base = [whole, ...parts, ...rest].filter((part) => part !== '').join(' ') || 'only'
    let name = base
    for (let count = 2; used.has(name); count++) name = `${base} #${count}`
    used.add(name)
    return name
  })
}

const quoted = (text: string): string => `"${text}"`

/** The set of local states with these ids. */
export const setOf = ({ states }: TlaVariable, ids: readonly number[]): string =>
  `{${ids.map((id) => quoted(states[id]!)).join(', ')}}`

/** The ids for which the test holds. */
export const idsWhere = <T>(values: readonly T[], test: (value: T) => boolean): number[] =>
  values.flatMap((value, id) => (test(value) ? [id] : []))

/** One conjunct for a participant: from which local states it goes where. */
export function movesOf(variable: TlaVariable, column: readonly number[], isObserver: boolean): string {
  const { name, states } = variable
  const targets = new Map<string, number[]>()
  column.forEach((next, id) => {
    if (next < 0 && next !== OUTSIDE && !isObserver) return
    const stays = next === id || (next < 0 && next !== OUTSIDE)
    const target = stays ? name : quoted(next === OUTSIDE ? BEYOND : states[next]!)
    targets.set(target, [...(targets.get(target) ?? []), id])
  })
  const cases = [...targets].map(
    ([target, ids]) => `${name} \\in ${setOf(variable, ids)} /\\ ${name}' = ${target}`,
  )
  if (cases.length === 0) return `  /\\ ${name} \\in {} /\\ ${name}' = ${name}`
  if (cases.length === 1) return `  /\\ ${cases[0]}`
  return cases.map((text, index) => `  ${index === 0 ? '/\\ ' : '   '}\\/ ${text}`).join('\n')
}

/** The operators that make a diagram; the last one has the name given. What is not tabled is false. */
export function diagramOperators(
  name: string,
  { root, nodes }: Diagram,
  variables: readonly TlaVariable[],
): string[] {
  if (root < FIRST_NODE) return [`${name} == ${root === TRUE ? 'TRUE' : 'FALSE'}`]
  const operator = (reference: number) => (reference === root ? name : `${name}__${reference - FIRST_NODE}`)
  return nodes.map(({ component, branches }, index) => {
    const variable = variables[component]!
    const references = [...new Set(branches)].filter((branch) => branch === TRUE || branch >= FIRST_NODE)
    const cases = references.map((branch) => {
      const test = `${variable.name} \\in ${setOf(
        variable,
        idsWhere(branches, (other) => other === branch),
      )}`
      return branch === TRUE ? `  \\/ ${test}` : `  \\/ ${test} /\\ ${operator(branch)}`
    })
    return [`${operator(FIRST_NODE + index)} ==`, ...(cases.length > 0 ? cases : ['  FALSE'])].join('\n')
  })
}

/** Whether some entry of the tables leads beyond them. */
export const leadsBeyond = (columns: readonly (readonly number[])[]): boolean =>
  columns.some((column) => column.includes(OUTSIDE))

/** The variable of a component. */
export const variableOf = (name: string, { snapshots }: ComponentTable): TlaVariable => ({
  name,
  states: stateNames(snapshots),
})
