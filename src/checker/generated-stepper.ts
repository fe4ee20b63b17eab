/**
 * The stepper for large searches: its code is generated from the shape of the tables, with participants
 * unrolled, shifts and row lengths inlined. It pays once V8 has compiled it; until then the tabled one runs.
 */
import { REFUSED } from './component-table.ts'
import type { Layout } from './layout.ts'
import type { Product } from './product.ts'
import type { Store } from './store.ts'
import {
  BATCH,
  type Batch,
  type Callbacks,
  OVERFLOWED,
  REPLACED,
  type Signals,
  type Stepper,
  type Workings,
} from './stepper.ts'

/** Divides 32, so that a function's events lie in one word of the event sets. */
const EVENTS_PER_FUNCTION = 8

function successor(product: Product, layout: Layout, event: number): string {
  const { participants } = product.instance.events[event]!
  const changed = new Map<number, string[]>()
  const steps = participants.map((component, slot) => {
    const { word, shift } = layout.fields[component]!
    const position = product.positions[event]![slot]!
    const entry = `S[${component}] * ${product.tables[component]!.alphabet.length} + ${position}`
    const next = `n${component}`
    changed.set(word, [...(changed.get(word) ?? []), `((S[${component}] ^ ${next}) << ${shift})`])
    const lookUp = `let ${next} = N${component}[${entry}]; if (${next} < 0) { if (!permits(${event}, S, i)) break; `
    const observer = product.tables[component]!.component.observer
    const miss = `${next} = tabulate(${component}, S[${component}], ${position}, i, ${event}); `
    const refuse = observer
      ? `if (${next} === ${REFUSED}) { refused(i, ${event}, ${component}); ${next} = S[${component}] } `
      : ''
    return lookUp + miss + refuse + '}'
  })
  const writes = Array.from({ length: layout.words }, (_, word) => {
    const terms = [`v${word}`, ...(changed.get(word) ?? [])]
    return `B[size * ${layout.words} + ${word}] = ${terms.join(' ^ ')};`
  })
  return [...steps, ...writes, `events[size] = ${event}; sources[size] = i; size++;`].join('\n        ')
}

// Small functions are compiled sooner, and again at less cost when an event first happens late.
function groupFunction(product: Product, layout: Layout, group: number): string {
  const members = product.instance.events
    .map((_, event) => event)
    .filter((event) => Math.floor(event / EVENTS_PER_FUNCTION) === group)
  const vector = Array.from({ length: layout.words }, (_, index) => `v${index}`).join(', ')
  const cases = members.map(
    (event) => `case ${event & 31}: {
        ${successor(product, layout, event)}
        break }`,
  )
  return `
  function take${group}(bits, i, ${vector}) {
    do {
      switch (31 - Math.clz32(bits & -bits)) {
      ${cases.join('\n      ')}
      }
      bits &= bits - 1
    } while (bits !== 0)
  }`
}

function expandFunction(product: Product, { words, fields }: Layout): string {
  const eventWords = Math.ceil(product.instance.events.length / 32)
  const loads = Array.from({ length: words }, (_, word) => `const v${word} = V[i * ${words} + ${word}]`)
  const ids = fields.map(({ word, shift, width }, component) => {
    const mask = width === 32 ? '' : ` & ${(2 ** width - 1) | 0}`
    return `const s${component} = (v${word} >>> ${shift})${mask}; S[${component}] = s${component}`
  })
  const vector = loads.map((_, word) => `v${word}`).join(', ')
  const accepts = product.tables.map((_, index) => `const a${index} = A${index}`)
  const takes = Array.from({ length: eventWords }, (_, word) => {
    const last = Math.min(32, product.instance.events.length - word * 32)
    const all = last === 32 ? '-1' : String((2 ** last - 1) | 0)
    const constrained = product.tables.flatMap(({ component, alphabet, eventWords: stride }, index) =>
      !component.observer && alphabet.some((event) => event >>> 5 === word)
        ? [`a${index}[s${index} * ${stride} + ${word}]`]
        : [],
    )
    const groups = Math.ceil(last / EVENTS_PER_FUNCTION)
    const calls = Array.from({ length: groups }, (_, part) => {
      const mask = (2 ** EVENTS_PER_FUNCTION - 1) << (part * EVENTS_PER_FUNCTION)
      const group = (word * 32) / EVENTS_PER_FUNCTION + part
      return `if ((bits & ${mask}) !== 0) take${group}(bits & ${mask}, i, ${vector})`
    })
    return `bits = ${[all, ...constrained].join(' & ')}; if (bits !== 0) { ${calls.join('; ')} }`
  })
  return `
  function expand(i, end) {
    ${accepts.join('; ')}
    let bits = 0
    for (; i < end && size < ${BATCH}; i++) {
      const mark = size
      ${[...loads, ...ids, ...takes].join('\n      ')}
      if (size === mark) stuck(i)
      if (signals[${OVERFLOWED}] !== 0) { size = mark; return i }
      if (signals[${REPLACED}] !== 0) { signals[${REPLACED}] = 0; return i + 1 }
    }
    return i
  }`
}

function commitFunction({ words }: Layout): string {
  const range = Array.from({ length: words }, (_, word) => word)
  const mixes = range.map(
    (word) => `h = Math.imul(h ^ B[k * ${words} + ${word}], 0x9e3779b1); h ^= h >>> 15;`,
  )
  const equal = range.map((word) => `V[at + ${word}] === B[k * ${words} + ${word}]`).join(' && ')
  const copies = range.map((word) => `V[count * ${words} + ${word}] = B[k * ${words} + ${word}];`)
  return `
  function commit() {
    const shift = Math.clz32(T.length - 1), mask = T.length - 1
    const before = store.count
    let count = before, warm = 0
    for (let k = 0; k < size; k++) {
      let h = 0
      ${mixes.join('\n      ')}
      H[k] = Math.imul(h, 0x85ebca77) >>> shift
    }
    for (let k = 0; k < size; k++) targets[k] = T[H[k]]
    for (let k = 0; k < size; k++) { const slot = targets[k]; if (slot !== 0) warm ^= V[(slot - 1) * ${words}] }
    for (let k = 0; k < size; k++) {
      let position = H[k]
      for (;;) {
        const slot = T[position]
        if (slot === 0) {
          T[position] = count + 1
          ${copies.join('\n          ')}
          P[count] = sources[k]
          fresh[count - before] = events[k]
          targets[k] = count++
          break
        }
        const at = (slot - 1) * ${words}
        if (${equal}) { targets[k] = slot - 1; break }
        position = (position + 1) & mask
      }
    }
    store.count = count
    return warm
  }`
}

/** Generates and compiles the loop for one product and layout; a new layout needs a new stepper. */
export function generateStepper({ product, layout, store, batch, signals, callbacks }: Workings): Stepper {
  const groups = Math.ceil(product.instance.events.length / EVENTS_PER_FUNCTION)
  const batchMax = batch.events.length
  const indices = product.tables.map((_, index) => index)
  const source = `'use strict'
  const { permits, tabulate, stuck, refused } = callbacks, { events, sources, targets, fresh } = batch
  const S = new Int32Array(${indices.length}), H = new Int32Array(${batchMax})
  const B = new Int32Array(${batchMax * layout.words})
  let size = 0, V, T, P, ${indices.map((index) => `N${index}, A${index}`).join(', ')}
  function bind() {
    V = store.vectors; T = store.slots; P = store.parents
    ${indices.map((index) => `N${index} = tables[${index}].next; A${index} = tables[${index}].accepts`).join('\n    ')}
  }
  ${Array.from({ length: groups }, (_, group) => groupFunction(product, layout, group)).join('\n')}
  ${expandFunction(product, layout)}
  ${commitFunction(layout)}
  bind()
  return { expand, commit, bind, reset: () => { size = 0 }, size: () => size }`
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the generated text holds numbers only
  const compile = new Function('tables', 'store', 'batch', 'signals', 'callbacks', source) as (
    tables: Product['tables'],
    store: Store,
    batch: Batch,
    signals: Signals,
    callbacks: Callbacks,
  ) => Stepper
  return compile(product.tables, store, batch, signals, callbacks)
}
