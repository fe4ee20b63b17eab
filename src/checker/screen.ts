/**
 * A generated sieve in front of the claims. For each claim a table, indexed by the local states it reads,
 * says whether it is known to be content there; a new state is asked about only where some table does not
 * know. Most states pass with a few loads and no call.
 */
import type { Watched } from './claims.ts'
import { type Layout, widthFor } from './layout.ts'
import type { Search } from './search.ts'
import type { ReadId } from './view.ts'

/** A claim that may read more bits than this has no table: it is asked of every state that may change it. */
const BITS_MAX = 22

/** How the local states a claim reads make an index: component, bits it takes, in order. */
type Shape = readonly { readonly component: number; readonly bits: number }[]
type Sieve = { readonly shape: Shape; readonly content: Uint8Array }
type Pass = (from: number, to: number, base: number) => number

const sameShape = (a: Shape, b: Shape) =>
  a.length === b.length &&
  a.every(({ component, bits }, at) => component === b[at]!.component && bits === b[at]!.bits)

/** Which claims an event can change, and a number that differs whenever that may have changed. */
export type Touching = {
  readonly version: number
  readonly claimsFor: (event: number) => readonly Watched[]
}

export class Screen {
  readonly #search: Search
  readonly #touching: Touching
  readonly #sieves = new Map<Watched, Sieve | undefined>()
  #pass: Pass = (from) => from
  #layout: Layout | undefined
  #version = -1
  /** For each event, the claims without a table that it can change; undefined where no event has any. */
  #untabled: readonly (readonly Watched[])[] | undefined
  /** Table sizes beyond which the generated indices would no longer tell local states apart. */
  #sizesMax: number[] = []

  constructor(search: Search, touching: Touching) {
    this.#search = search
    this.#touching = touching
  }

  /**
   * The first state from `from` on that must be asked about, or `to`. The states from `base` up to `to` are
   * those of the last `advance`.
   */
  first(from: number, to: number, base: number): number {
    if (this.#outdated()) this.#generate()
    return this.#pass(from, to, base)
  }

  /** The claims that must be asked of every state the event leads to, or undefined where no event has any. */
  get untabled(): readonly (readonly Watched[])[] | undefined {
    return this.#untabled
  }

  /** The claims with a table that the event can change. */
  tabledFor(event: number): readonly Watched[] {
    return this.#touching.claimsFor(event).filter((claim) => this.#sieves.get(claim) !== undefined)
  }

  /** Notes that a claim is content with the local states at hand. */
  settle(watched: Watched, readId: ReadId): void {
    const sieve = this.#sieves.get(watched)
    if (sieve === undefined || sieve.shape.length < watched.memo.reads.size) return
    let index = 0
    let shift = 0
    for (const { component, bits } of sieve.shape) {
      const id = readId(component)
      if (id >= 2 ** bits) return
      index |= id << shift
      shift += bits
    }
    sieve.content[index] = 1
  }

  #outdated(): boolean {
    const { layout, product } = this.#search
    if (layout !== this.#layout || this.#version !== this.#touching.version) return true
    return product.tables.some(({ size }, component) => size > this.#sizesMax[component]!)
  }

  #generate(): void {
    const { layout, product, store } = this.#search
    const bits = product.tables.map(({ size }, at) => Math.min(layout.fields[at]!.width, widthFor(size) + 1))
    this.#layout = layout
    this.#version = this.#touching.version
    this.#sizesMax = bits.map((width) => 2 ** width)
    const groups = new Map<string, { readonly claims: readonly Watched[]; readonly number: number }>()
    const numbers = new Map<Watched, number>()
    const groupOf = Int32Array.from(product.instance.events, (_, event) => {
      const claims = this.#touching.claimsFor(event)
      for (const claim of claims) if (!numbers.has(claim)) numbers.set(claim, numbers.size)
      const key = claims.map((claim) => numbers.get(claim)).join()
      if (!groups.has(key)) groups.set(key, { claims, number: groups.size })
      return groups.get(key)!.number
    })
    for (const claim of numbers.keys()) this.#sieves.set(claim, this.#sieveFor(claim, bits))
    const cases = [...groups.values()].map(({ claims, number }) => {
      const looks = claims.map((claim) => look(numbers.get(claim)!, this.#sieves.get(claim), layout))
      return `case ${number}: ${looks.join(' ')} break`
    })
    const untabled = product.instance.events.map((_, event) =>
      this.#touching.claimsFor(event).filter((claim) => this.#sieves.get(claim) === undefined),
    )
    this.#untabled = untabled.some((claims) => claims.length > 0) ? untabled : undefined
    const tables = [...numbers.keys()].map((claim) => this.#sieves.get(claim)?.content)
    this.#pass = compile(cases, layout.words)(store, this.#search.freshEvents, groupOf, tables)
  }

  #sieveFor(claim: Watched, bits: readonly number[]): Sieve | undefined {
    const reads = [...claim.memo.reads].sort((a, b) => a - b)
    const shape = reads.map((component) => ({ component, bits: bits[component]! }))
    const total = shape.reduce((sum, { bits: width }) => sum + width, 0)
    if (total > BITS_MAX || reads.length === 0) return undefined
    const known = this.#sieves.get(claim)
    return known !== undefined && sameShape(known.shape, shape)
      ? known
      : { shape, content: new Uint8Array(2 ** total) }
  }
}

function look(number: number, sieve: Sieve | undefined, { fields }: Layout): string {
  if (sieve === undefined) return ''
  let shift = 0
  const terms = sieve.shape.map(({ component, bits }) => {
    const { word, shift: at } = fields[component]!
    const term = `((v${word} >>> ${at}) & ${2 ** bits - 1}) << ${shift}`
    shift += bits
    return term
  })
  return `if (T${number}[${terms.join(' | ')}] === 0) return i;`
}

type Compiled = (
  store: Search['store'],
  fresh: Int32Array,
  groupOf: Int32Array,
  tables: readonly (Uint8Array | undefined)[],
) => Pass

function compile(cases: readonly string[], words: number): Compiled {
  const loads = Array.from({ length: words }, (_, word) => `const v${word} = V[i * ${words} + ${word}];`)
  const numbers = [...new Set([...cases.join(' ').matchAll(/T(\d+)\[/g)].map(([, number]) => Number(number)))]
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the generated text holds numbers only
  return new Function(
    'store',
    'fresh',
    'groupOf',
    'tables',
    `'use strict'
    ${numbers.map((number) => `const T${number} = tables[${number}];`).join('\n    ')}
    return (from, to, base) => {
      const V = store.vectors
      for (let i = from; i < to; i++) {
        ${loads.join(' ')}
        switch (groupOf[fresh[i - base]]) {
          ${cases.join('\n          ')}
        }
      }
      return to
    }`,
  ) as Compiled
}
