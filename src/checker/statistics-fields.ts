/**
 * The local states of a component taken apart: its control state and the fields of its context, the values
 * each takes, and whether they come apart into groups that vary independently.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { ComponentTable } from './component-table.ts'
import { canonical, keyOf } from './local-state.ts'

/** Local states told apart by some of what they are made of: the class of each, and how many there are. */
export type Classes = { readonly classOf: Int32Array; readonly values: number }

/** `missed`, `queue.head`; CONTROL for the control state and all else that is not context. */
export type LocalField = Classes & { readonly path: string }

/** Fields that vary together, and the combinations of their values that occur. */
export type FieldGroup = { readonly paths: readonly string[]; readonly values: number }

/** Stands for the control state among the fields. */
export const CONTROL = 'control state'

type Leaf = readonly [path: string, text: string]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// Records are gone into; a list is one value, since its places mean nothing by themselves.
function leavesOf(value: unknown, path: string, withEmpty: boolean): Leaf[] {
  if (!isRecord(value)) return [[path || 'context', canonical(value)]]
  const entries = Object.entries(value)
  if (entries.length === 0) return withEmpty && path !== '' ? [[path, '{}']] : []
  return entries.flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`, withEmpty))
}

/** Numbers texts in the order they are first met. */
function classify(texts: readonly string[]): Classes {
  const numbers = new Map<string, number>()
  const classOf = Int32Array.from(texts, (text) => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  })
  return { classOf, values: numbers.size }
}

function fieldsIn(snapshots: readonly AnyMachineSnapshot[], withEmpty: boolean): LocalField[] {
  const controls = snapshots.map((snapshot) => keyOf({ ...snapshot, context: {} } as AnyMachineSnapshot))
  const leaves = snapshots.map(({ context }) => new Map(leavesOf(context, '', withEmpty)))
  const paths = [...new Set(leaves.flatMap((one) => [...one.keys()]))]
  return [
    { path: CONTROL, ...classify(controls) },
    ...paths.map((path) => ({ path, ...classify(leaves.map((one) => one.get(path) ?? 'absent')) })),
  ].filter(({ values }) => values > 1)
}

/** The classes of local states that these fields tell apart. */
export const classesBy = (fields: readonly LocalField[], size: number): Classes =>
  classify(Array.from({ length: size }, (_, state) => fields.map(({ classOf }) => classOf[state]).join()))

/**
 * The fields of a component that take more than one value; together they tell all local states apart. That a
 * state lacks a field is a value of the field.
 */
export function fieldsOf({ snapshots, size }: Pick<ComponentTable, 'snapshots' | 'size'>): LocalField[] {
  const fields = fieldsIn(snapshots, false)
  // An empty record is as good as none, unless only that tells two states apart.
  return classesBy(fields, size).values === size ? fields : fieldsIn(snapshots, true)
}

const jointValues = (one: LocalField, other: LocalField): number =>
  classesBy([one, other], one.classOf.length).values

/** The fields that stay as they are when a field and all that follows from it are left out. */
export const fieldsWithout = (field: LocalField, fields: readonly LocalField[]): LocalField[] =>
  fields.filter((other) => jointValues(field, other) > field.values)

/**
 * Groups of fields of which every combination occurs: as many components could take the place of one. Empty
 * where there are no two such groups.
 */
export function independentGroups(fields: readonly LocalField[], size: number): FieldGroup[] {
  const groups: LocalField[][] = []
  for (const field of fields) {
    const dependsOn = (other: LocalField) => jointValues(field, other) < field.values * other.values
    const tied = groups.filter((group) => group.some(dependsOn))
    for (const group of tied) groups.splice(groups.indexOf(group), 1)
    groups.push([...tied.flat(), field])
  }
  const found = groups.map((group) => ({
    paths: group.map(({ path }) => path),
    values: classesBy(group, size).values,
  }))
  // Fields independent two by two may still depend on each other all together.
  const combinations = found.reduce((product, { values }) => product * values, 1)
  return found.length > 1 && combinations === size ? found : []
}
