/**
 * A compiled sieve in front of the claims. For each claim it keeps the combinations of local states in which
 * the claim is known to be content; a new state is asked about only where some claim may not be. Most states
 * pass with a few loads and no call.
 */
import assert from 'node:assert/strict'
import { type Arena, webAssembly } from './arena.ts'
import { assemble } from './assembler.ts'
import type { Watched } from './claims.ts'
import { type Layout, widthFor } from './layout.ts'
import type { Search } from './search.ts'
import {
  CONTENT,
  FIELD_WORDS,
  NODE,
  type Shape,
  type Sieve,
  passRoutine,
  walkRoutine,
} from './screen-code.ts'
import type { ReadId } from './view.ts'

/** A claim that reads no more bits than this has a table with a bit for each combination, others a tree. */
const TABLE_BITS_MAX = 17

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
  readonly #arena: Arena
  readonly #sieves = new Map<Watched, Sieve | undefined>()
  #pass: Pass = (from) => from
  #layout: Layout | undefined
  #version = -1
  /** Table sizes beyond which an index would no longer tell local states apart. */
  #sizesMax: number[] = []
  #claimsEnd: number

  constructor(search: Search, touching: Touching) {
    this.#search = search
    this.#touching = touching
    this.#arena = search.store.arena
    this.#claimsEnd = this.#arena.claims.at
  }

  /**
   * The first state from `from` on that must be asked about, or `to`. The states from `base` up to `to` are
   * those of the last `advance`. Until the search is compiled every state must be asked about.
   */
  first(from: number, to: number, base: number): number {
    if (from >= to || !this.#search.compiled) return from
    if (this.#outdated()) this.#generate()
    return this.#pass(from, to, base)
  }

  /** Notes that a claim is content with the local states at hand. */
  settle(watched: Watched, readId: ReadId): void {
    const sieve = this.#sieves.get(watched)
    if (sieve === undefined || sieve.shape.length < watched.memo.reads.size) return
    if (sieve.shape.some(({ component, bits }) => readId(component) >= 2 ** bits)) return
    if (sieve.kind === 'table') {
      const index = indexOf(sieve.shape, readId)
      this.#arena.bytes[sieve.at + (index >>> 3)]! |= 1 << (index & 7)
    } else this.#grow(sieve.at, watched.memo.path(readId), readId)
  }

  // Follows the tree at `root` along the components of `path`, adding what is missing, and marks the end.
  #grow(root: number, path: readonly number[], readId: ReadId): void {
    const { words, claims } = this.#arena
    let link = root / 4
    for (const component of path) {
      const id = readId(component)
      const node = words[link]! >>> 2
      if (node === 0 || id >= words[node + NODE.capacity]!) words[link] = this.#widerNode(node, component)
      if (this.#claimsEnd > claims.at + claims.bytes / 2) return this.#forget()
      link = (words[link]! >>> 2) + NODE.children + id
    }
    words[link] = CONTENT
  }

  // The address of a node with room for every local state there is, with the children of the old one.
  #widerNode(old: number, component: number): number {
    const { words } = this.#arena
    const capacity = 2 * this.#search.product.tables[component]!.size
    const at = this.#take(4 * (NODE.children + capacity))
    const node = at / 4
    if (old !== 0) words.copyWithin(node, old, old + NODE.children + words[old + NODE.capacity]!)
    words[node + NODE.component] = component
    words[node + NODE.capacity] = capacity
    return at
  }

  #forget(): void {
    this.#sieves.clear()
    this.#claimsEnd = this.#arena.claims.at
    this.#version = -1
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
    const groupOf = product.instance.events.map((_, event) => {
      const claims = this.#touching.claimsFor(event)
      for (const claim of claims) if (!numbers.has(claim)) numbers.set(claim, numbers.size)
      const key = claims.map((claim) => numbers.get(claim)).join()
      if (!groups.has(key)) groups.set(key, { claims, number: groups.size })
      return groups.get(key)!.number
    })
    for (const claim of numbers.keys()) this.#sieves.set(claim, this.#sieveFor(claim, bits))
    const cases = [...groups.values()].map(({ claims }) => claims.map((claim) => this.#sieves.get(claim)))
    const groupsAt = this.#take(4 * groupOf.length)
    this.#arena.words.set(groupOf, groupsAt / 4)
    const fieldsAt = this.#take(4 * FIELD_WORDS * layout.fields.length)
    layout.fields.forEach(({ word, shift, width }, component) => {
      const mask = width === 32 ? -1 : 2 ** width - 1
      this.#arena.words.set([4 * word, shift, mask], fieldsAt / 4 + component * FIELD_WORDS)
    })
    const code = passRoutine(cases, layout, {
      records: this.#arena.records.at,
      fresh: this.#arena.batches.at,
      groups: groupsAt,
    })
    const { pages, memory } = store.arena
    const module = assemble(
      { functions: [], globals: [], memory: { initial: pages, maximum: pages } },
      [walkRoutine(fieldsAt), code],
      0,
    )
    const instance = new webAssembly.Instance(new webAssembly.Module(module), { host: { memory } })
    this.#pass = (instance.exports as { pass: Pass }).pass
  }

  // Memory, zeroed. Claims may take half of the region: what a screen itself needs then always fits.
  #take(bytes: number): number {
    const begin = this.#claimsEnd
    this.#claimsEnd += Math.ceil(bytes / 64) * 64
    assert(this.#claimsEnd <= this.#arena.claims.at + this.#arena.claims.bytes, 'claims fit their region')
    this.#arena.bytes.fill(0, begin, begin + bytes)
    return begin
  }

  #sieveFor(claim: Watched, bits: readonly number[]): Sieve | undefined {
    const reads = [...claim.memo.reads].sort((a, b) => a - b)
    const shape = reads.map((component) => ({ component, bits: bits[component]! }))
    const total = shape.reduce((sum, { bits: width }) => sum + width, 0)
    if (reads.length === 0) return undefined
    const kind = total <= TABLE_BITS_MAX ? 'table' : 'tree'
    const known = this.#sieves.get(claim)
    if (known?.kind === kind && (kind === 'tree' || sameShape(known.shape, shape))) return { ...known, shape }
    return { kind, shape, at: this.#take(kind === 'table' ? Math.max(4, 2 ** (total - 3)) : 4) }
  }
}

function indexOf(shape: Shape, readId: ReadId): number {
  let index = 0
  let shift = 0
  for (const { component, bits } of shape) {
    index |= readId(component) << shift
    shift += bits
  }
  return index
}
