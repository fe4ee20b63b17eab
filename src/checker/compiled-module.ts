/**
 * The module of the compiled search: where its tables, batches and sets lie in the arena, and its routines put
 * together.
 */
import assert from 'node:assert/strict'
import type { Arena } from './arena.ts'
import { Locals, assemble, getGlobal, i32, setGlobal } from './assembler.ts'
import {
  EVENTS_PER_FUNCTION,
  type ExpandPlan,
  HOST_FUNCTIONS,
  expandRoutine,
  takeRoutine,
} from './compiled-expand.ts'
import type { Workings } from './stepper.ts'
import { GLOBAL, setShapeFor } from './set-shape.ts'
import { ENTRY, commitRoutine, filterRoutine, rebuildRoutine } from './visited-set.ts'

/** How much larger a table of local states is laid out than it is. */
const ROWS_FACTOR = 2
const ROWS_MIN = 16
const VARIABLES = Object.keys(GLOBAL).length

/** What the compiled module offers. */
export type Exports = {
  readonly expand: (index: number, end: number) => number
  readonly commit: (from: number) => number
  /** For other threads. */
  readonly filter: () => number
  readonly rebuild: (index: number, end: number) => number
  /** Sets the globals, in the order of GLOBAL. */
  readonly set: (
    batchSize: number,
    shift: number,
    count: number,
    entries: number,
    signal: number,
    limit: number,
  ) => void
  readonly batchSize: () => number
  readonly count: () => number
}

/** The tables of all components in the arena: where each lies and how many local states it has room for. */
export type Placed = { readonly next: number[]; readonly accepts: number[]; readonly rows: number[] }

/** All that the code is generated from, and where the search's own batch lies. */
export type Plan = ExpandPlan & { readonly entriesAt: number }

/** Up to the next cache line. */
export const align = (address: number): number => Math.ceil(address / 64) * 64

/** Undefined where the region is too small for them. */
export function placeTables({ product, layout }: Workings, { tables: region }: Arena): Placed | undefined {
  let at = region.at
  const placed: Placed = { next: [], accepts: [], rows: [] }
  product.tables.forEach(({ size, alphabet, eventWords }, component) => {
    const rows = Math.min(2 ** layout.fields[component]!.width, Math.max(ROWS_MIN, ROWS_FACTOR * size))
    placed.rows.push(rows)
    placed.next.push(at)
    at = align(at + 4 * rows * alphabet.length)
    placed.accepts.push(at)
    at = align(at + 4 * rows * eventWords)
  })
  return at <= region.at + region.bytes ? placed : undefined
}

/** The plan for tables that were placed in the arena. */
export function planFor(workings: Workings, arena: Arena, placed: Placed): Plan {
  const { product, layout, batch } = workings
  const batchMax = batch.events.length
  const entryBytes = ENTRY.vector + 4 * layout.words
  const fresh = arena.batches.at
  const entries = align(fresh + 4 * batchMax)
  assert(entries + batchMax * entryBytes <= arena.batches.at + arena.batches.bytes, 'a batch fits its region')
  return {
    product,
    layout,
    words: layout.words,
    slots: arena.slots.at,
    records: arena.records.at,
    shape: setShapeFor(layout),
    next: placed.next,
    accepts: placed.accepts,
    entryBytes,
    entriesAt: entries,
    entries: (offset) => i32.add(getGlobal(GLOBAL.entries), offset),
    fresh: (offset) => i32.add(i32.const(fresh), offset),
  }
}

/** The bytes of the module. */
export function moduleFor(plan: ExpandPlan, arena: Arena): Uint8Array {
  const groups = Math.ceil(plan.product.instance.events.length / EVENTS_PER_FUNCTION)
  const takes = Array.from({ length: groups }, (_, group) => takeRoutine(plan, group))
  const names = Object.keys(GLOBAL) as (keyof typeof GLOBAL)[]
  const setting = new Locals(...names)
  const setter = names.map((name) => setGlobal(GLOBAL[name], setting.get(name)))
  return assemble(
    {
      functions: HOST_FUNCTIONS,
      globals: [],
      memory: { initial: arena.pages, maximum: arena.pages },
    },
    [
      ...takes,
      expandRoutine(plan, HOST_FUNCTIONS.length),
      commitRoutine(plan),
      filterRoutine(plan),
      rebuildRoutine(plan),
      { locals: setting, body: setter, results: 0, exported: 'set' },
      { locals: new Locals(), body: getGlobal(GLOBAL.batchSize), results: 1, exported: 'batchSize' },
      { locals: new Locals(), body: getGlobal(GLOBAL.count), results: 1, exported: 'count' },
    ],
    VARIABLES,
  )
}
