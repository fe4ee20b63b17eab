/**
 * The expanding half of the compiled search, as code: for a state, the sets of accepted events of all
 * components are intersected, and each enabled event's successor is put together from table look-ups, with
 * participants unrolled and every address a constant.
 */
import {
  type Code,
  Locals,
  type Routine,
  block,
  branch,
  branchIf,
  branchTable,
  call,
  drop,
  getGlobal,
  give,
  i32,
  loop,
  setGlobal,
  when,
} from './assembler.ts'
import type { Layout } from './layout.ts'
import type { Product } from './product.ts'
import { GLOBAL, hashOf, lineOf } from './set-shape.ts'
import { ENTRY, type SetPlan } from './visited-set.ts'

/** Divides 32, so that a function's events lie in one word of the event sets. Small functions compile sooner. */
export const EVENTS_PER_FUNCTION = 8

/** The imported functions, by number: what the loop asks the search for, off the fast path. */
export const HOST = { miss: 0, stuck: 1 } as const
export const HOST_FUNCTIONS = [
  /** Component, position in its row, state index, event: the next local state, or -1 where the event is refused. */
  { name: 'miss', parameters: 4, results: 1 },
  { name: 'stuck', parameters: 1, results: 0 },
] as const

/** What the expanding code is generated from; addresses in bytes. */
export type ExpandPlan = SetPlan & {
  readonly product: Product
  readonly layout: Layout
  /** The address of each component's next states, row by row. */
  readonly next: readonly number[]
  /** The address of each component's sets of accepted events, row by row. */
  readonly accepts: readonly number[]
}

const idOf = (plan: ExpandPlan, l: Locals, component: number): Code => {
  const { word, shift, width } = plan.layout.fields[component]!
  const shifted = shift === 0 ? l.get(`v${word}`) : i32.shrU(l.get(`v${word}`), i32.const(shift))
  return shift + width === 32 ? shifted : i32.and(shifted, i32.const((2 ** width - 1) | 0))
}

// Looks up the step of one participant; leaves by `refused` where it turns out to refuse.
function step(plan: ExpandPlan, l: Locals, event: number, slot: number, refused: Code): Code {
  const { product, next } = plan
  const component = product.instance.events[event]!.participants[slot]!
  const position = product.positions[event]![slot]!
  const rowBytes = 4 * product.tables[component]!.alphabet.length
  const target = `n${component}`
  return [
    l.set(
      target,
      i32.load(i32.mul(idOf(plan, l, component), i32.const(rowBytes)), next[component]! + 4 * position),
    ),
    when(
      i32.ltS(l.get(target), i32.const(0)),
      l.set(
        target,
        call(HOST.miss, i32.const(component), i32.const(position), l.get('index'), i32.const(event)),
      ),
      when(i32.ltS(l.get(target), i32.const(0)), refused),
    ),
  ]
}

// The vector after one event, in the locals `u`; `refused` is a branch seen from two blocks further in.
function successor(plan: ExpandPlan, l: Locals, event: number, refused: Code): Code {
  const { product, layout, words } = plan
  const { participants } = product.instance.events[event]!
  const changed = Array.from({ length: words }, (_, word) => {
    const terms = participants
      .filter((component) => layout.fields[component]!.word === word)
      .map((component) =>
        i32.shl(
          i32.xor(idOf(plan, l, component), l.get(`n${component}`)),
          i32.const(layout.fields[component]!.shift),
        ),
      )
    return l.set(
      `u${word}`,
      terms.reduce((sum, term) => i32.xor(sum, term), l.get(`v${word}`)),
    )
  })
  return [participants.map((_, slot) => step(plan, l, event, slot, refused)), changed]
}

// Appends the vector in the locals `u` to the batch.
function append(plan: ExpandPlan, l: Locals, event: Code): Code {
  const { words, entryBytes, slots, shape } = plan
  const vector = Array.from({ length: words }, (_, word) => l.get(`u${word}`))
  return [
    l.set('entry', plan.entries(i32.mul(getGlobal(GLOBAL.batchSize), i32.const(entryBytes)))),
    l.set('hash', hashOf(vector, l)),
    // Touched now, needed when the batch is committed: the cache miss overlaps with what lies between.
    drop(i32.load(lineOf(l.get('hash'), slots, shape))),
    i32.store(l.get('entry'), l.get('hash'), ENTRY.hash),
    i32.store(l.get('entry'), event, ENTRY.event),
    i32.store(l.get('entry'), l.get('index'), ENTRY.source),
    vector.map((value, word) => i32.store(l.get('entry'), value, ENTRY.vector + 4 * word)),
    setGlobal(GLOBAL.batchSize, i32.add(getGlobal(GLOBAL.batchSize), i32.const(1))),
  ]
}

/** One function for each run of eight events: takes those whose bits are set, in ascending order. */
export function takeRoutine(plan: ExpandPlan, group: number): Routine {
  const { product, words } = plan
  const vector = Array.from({ length: words }, (_, word) => `v${word}`)
  const l = new Locals('bits', 'index', ...vector)
  const first = group * EVENTS_PER_FUNCTION
  const members = product.instance.events.map((_, event) => event).slice(first, first + EVENTS_PER_FUNCTION)
  const position = i32.ctz(l.get('bits'))
  // Blocks nest, the last event's outermost; the code of an event follows its block's end. From there `join`
  // leads to what all events share, and one block further out past it.
  const dispatch = branchTable(
    position,
    members.map((_, at) => at),
  )
  const cases = members.reduce<Code>((inner, event, at) => {
    const join = members.length - 1 - at
    return [block(inner), successor(plan, l, event, branch(join + 3)), branch(join)]
  }, dispatch)
  const body = loop(
    block(block(cases), append(plan, l, i32.add(position, i32.const(first)))),
    branchIf(l.tee('bits', i32.and(l.get('bits'), i32.sub(l.get('bits'), i32.const(1)))), 0),
  )
  return { locals: l, body, results: 0 }
}

// The events of one word of the event sets that no component refuses, as far as is known.
function enabledWord(plan: ExpandPlan, l: Locals, word: number): Code {
  const { product, accepts } = plan
  const last = Math.min(32, product.instance.events.length - word * 32)
  const all = i32.const(last === 32 ? -1 : (2 ** last - 1) | 0)
  return product.tables.reduce<Code>((bits, { component, alphabet, eventWords }, index) => {
    if (component.observer || !alphabet.some((event) => event >>> 5 === word)) return bits
    const row = i32.mul(l.get(`s${index}`), i32.const(4 * eventWords))
    return i32.and(bits, i32.load(row, accepts[index]! + 4 * word))
  }, all)
}

/** `expand(index, end)`: writes the successors of a run of states to the batch; returns the first not expanded. */
export function expandRoutine(plan: ExpandPlan, firstTake: number): Routine {
  const { product, words, records } = plan
  const l = new Locals('index', 'end')
  const stride = 4 * (words + 1)
  const vector = Array.from({ length: words }, (_, word) => l.get(`v${word}`))
  const eventWords = Math.ceil(product.instance.events.length / 32)
  const perWord = 32 / EVENTS_PER_FUNCTION
  const mask = 2 ** EVENTS_PER_FUNCTION - 1
  const takes = Array.from({ length: eventWords }, (_, word) => {
    const last = Math.min(32, product.instance.events.length - word * 32)
    const groups = Math.ceil(last / EVENTS_PER_FUNCTION)
    return [
      l.set('bits', enabledWord(plan, l, word)),
      ...Array.from({ length: groups }, (_, part) =>
        when(
          l.tee(
            'some',
            i32.and(i32.shrU(l.get('bits'), i32.const(part * EVENTS_PER_FUNCTION)), i32.const(mask)),
          ),
          call(firstTake + word * perWord + part, l.get('some'), l.get('index'), ...vector),
        ),
      ),
    ]
  })
  const body = [
    block(
      loop(
        branchIf(i32.geU(l.get('index'), l.get('end')), 1),
        branchIf(i32.geU(getGlobal(GLOBAL.batchSize), getGlobal(GLOBAL.limit)), 1),
        l.set('mark', getGlobal(GLOBAL.batchSize)),
        l.set('record', i32.add(i32.const(records), i32.mul(l.get('index'), i32.const(stride)))),
        ...vector.map((_, word) => l.set(`v${word}`, i32.load(l.get('record'), 4 * word))),
        ...product.tables.map((_, component) => l.set(`s${component}`, idOf(plan, l, component))),
        ...takes,
        when(i32.eq(getGlobal(GLOBAL.batchSize), l.get('mark')), call(HOST.stuck, l.get('index'))),
        when(
          i32.load(getGlobal(GLOBAL.signal)),
          setGlobal(GLOBAL.batchSize, l.get('mark')),
          give(l.get('index')),
        ),
        l.set('index', i32.add(l.get('index'), i32.const(1))),
        branch(0),
      ),
    ),
    l.get('index'),
  ]
  return { locals: l, body, results: 1, exported: 'expand' }
}
