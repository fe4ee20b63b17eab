/**
 * The reachable states of a product as packed vectors, with their levels and how often each event is taken:
 * what the figures of `stats` are worked out from. Always the full product, whatever a check may leave out.
 */
import type { Instance } from '../model/instance.ts'
import { type Layout, layoutOf, widthFor } from './layout.ts'
import { type Limits, defaultLimits, heapReached, reached } from './limits.ts'
import { Product } from './product.ts'
import type { Progress } from './result.ts'
import { Search } from './search.ts'

export type StateSpace = {
  readonly product: Product
  /** Of the vectors here: as narrow as the local states found allow. */
  readonly layout: Layout
  /** State `s` is the `layout.words` words from `s * layout.words` on. */
  readonly vectors: Int32Array
  readonly size: number
  /** States at each distance from the initial one; where a limit ended the search, the last is not whole. */
  readonly levels: readonly number[]
  /** How often each event of the instance is taken, over the expanded states. */
  readonly taken: Float64Array
  /** For each number of successors, the expanded states that have as many. */
  readonly branching: readonly number[]
  /** Distance of the first state without successors, where there is one. */
  readonly stuckAt: number | undefined
  /** States whose successors are known; all, unless a limit ended the search. */
  readonly expanded: number
  readonly seconds: number
  /** The limit that ended the search. */
  readonly bound: string | undefined
}

type Exploration = { readonly bound: string | undefined; readonly seconds: number }

function explore(search: Search, limits: Limits, onProgress: (progress: Progress) => void): Exploration {
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  while (!search.done) {
    try {
      search.advance()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return { bound: `out of memory: ${error.message}`, seconds: elapsed() }
    }
    const { store, transitions, depth, next } = search
    const seconds = elapsed()
    const bound = reached(limits, store.count, seconds, store.bytes) ?? heapReached()
    if (bound !== undefined && !search.done) return { bound, seconds }
    const queue = store.count - next
    onProgress({ states: store.count, transitions, depth, queue, seconds, bytes: store.bytes })
  }
  return { bound: undefined, seconds: elapsed() }
}

// The states after the last level begun belong to the next one.
function levelSizes({ levels, store }: Search): number[] {
  const ends = levels.at(-1)! < store.count ? [...levels, store.count] : levels
  return ends.slice(1).map((end, level) => end - ends[level]!)
}

function levelOf(state: number, levels: readonly number[]): number {
  let end = 0
  return levels.findIndex((size) => (end += size) > state)
}

type Steps = Pick<StateSpace, 'taken' | 'branching'> & { readonly stuck: number | undefined }

// Edges of a search that a limit ended are asked for state by state: looking further would find new states.
function stepsOf(search: Search, expanded: number): Steps {
  const taken = new Float64Array(search.product.instance.events.length)
  const degrees = new Int32Array(expanded)
  const visit = (source: number, event: number) => {
    taken[event]!++
    degrees[source]!++
  }
  if (search.done) search.edges(visit)
  else {
    search.edges((state, event) => visit(state, event), expanded)
  }
  const branching: number[] = []
  for (const degree of degrees) branching[degree] = (branching[degree] ?? 0) + 1
  const stuck = degrees.indexOf(0)
  return {
    taken,
    branching: Array.from(branching, (states) => states ?? 0),
    stuck: stuck < 0 ? undefined : stuck,
  }
}

function vectorsOf(search: Search, { words, fields }: Layout): Int32Array {
  const size = search.store.count
  const vectors = new Int32Array(size * words)
  fields.forEach(({ word, shift }, component) => {
    for (let state = 0; state < size; state++)
      vectors[state * words + word]! |= search.idAt(state, component) << shift
  })
  return vectors
}

/** Explores an instance without asking any claim. Throws SearchError where a machine throws, IllFormedError. */
export function exploreSpace(
  instance: Instance,
  limits: Partial<Limits> = {},
  onProgress: (progress: Progress) => void = () => undefined,
): StateSpace {
  const product = new Product(instance)
  const search = new Search(product)
  const { bound, seconds } = explore(search, { ...defaultLimits, ...limits }, onProgress)
  const size = search.store.count
  const expanded = search.next
  const levels = levelSizes(search)
  const { taken, branching, stuck } = stepsOf(search, expanded)
  const layout = layoutOf(product.tables.map((table) => widthFor(table.size)))
  const vectors = vectorsOf(search, layout)
  const stuckAt = stuck === undefined ? undefined : levelOf(stuck, levels)
  return { product, layout, vectors, size, levels, taken, branching, stuckAt, expanded, seconds, bound }
}
