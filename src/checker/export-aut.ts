/**
 * The whole product as a labelled transition system in the Aldebaran format (.aut) of CADP and mCRL2:
 * `des (initial, transitions, states)`, then `(from,"label",to)` a line. Explored first, then streamed.
 */
import type { Instance } from '../model/instance.ts'
import type { Progress } from './result.ts'
import { type Limits, defaultLimits, heapReached, reached } from './limits.ts'
import { Product } from './product.ts'
import { Search } from './search.ts'

/** What was written, or the limit that ended the search before anything was. */
export type AutResult = {
  readonly states: number
  readonly transitions: number
  readonly bound: string | undefined
}

const LINES_PER_WRITE = 4096

function explore(
  search: Search,
  limits: Limits,
  onProgress: (progress: Progress) => void,
): string | undefined {
  const started = performance.now()
  while (!search.done) {
    search.advance()
    const { store, transitions, depth, next } = search
    const seconds = (performance.now() - started) / 1000
    const bound = reached(limits, store.count, seconds, store.bytes) ?? heapReached()
    if (bound !== undefined && !search.done) return bound
    onProgress({
      states: store.count,
      transitions,
      depth,
      queue: store.count - next,
      seconds,
      bytes: store.bytes,
    })
  }
  return undefined
}

/**
 * Writes the product by calling `write` with pieces of text. A product that outgrows the limits is not written
 * at all: a part of a transition system would pass for the whole. Throws SearchError where a machine throws.
 */
export function exportAut(
  instance: Instance,
  write: (text: string) => void,
  limits: Partial<Limits> = {},
  onProgress: (progress: Progress) => void = () => undefined,
): AutResult {
  const search = new Search(new Product(instance))
  const bound = explore(search, { ...defaultLimits, ...limits }, onProgress)
  const { transitions } = search
  const states = search.store.count
  if (bound !== undefined) return { states, transitions, bound }
  const labels = instance.events.map(({ label }) => JSON.stringify(label))
  write(`des (0, ${transitions}, ${states})\n`)
  let lines: string[] = []
  search.edges((source, event, target) => {
    lines.push(`(${source},${labels[event]!},${target})\n`)
    if (lines.length < LINES_PER_WRITE) return
    write(lines.join(''))
    lines = []
  })
  write(lines.join(''))
  return { states, transitions, bound }
}
