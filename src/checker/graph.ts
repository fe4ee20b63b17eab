/**
 * The explored state graph with its edges, in rows: what progress claims need and safety claims do not.
 * Built by expanding every state of a finished search once more.
 */
import type { Search } from './search.ts'

export type Graph = {
  readonly size: number
  /** The edges of state `s` are those from `offsets[s]` up to `offsets[s + 1]`. */
  readonly offsets: Int32Array
  readonly targets: Int32Array
  readonly events: Int32Array
}

export function graphOf(search: Search): Graph {
  const size = search.store.count
  const offsets = new Int32Array(size + 1)
  const targets = new Int32Array(search.transitions)
  const events = new Int32Array(search.transitions)
  let edge = 0
  search.edges((source, event, target) => {
    targets[edge] = target
    events[edge++] = event
    offsets[source + 1] = edge
  })
  // States without successors have been passed over.
  for (let state = 0; state < size; state++)
    offsets[state + 1] = Math.max(offsets[state]!, offsets[state + 1]!)
  return { size, offsets, targets, events }
}

/** Calls `visit` with the edges of a state; stops early when it returns true. */
export function someEdge(
  graph: Graph,
  state: number,
  visit: (event: number, target: number) => boolean,
): boolean {
  for (let edge = graph.offsets[state]!; edge < graph.offsets[state + 1]!; edge++) {
    if (visit(graph.events[edge]!, graph.targets[edge]!)) return true
  }
  return false
}

/**
 * Strongly connected components by Tarjan's algorithm without recursion, of the part of a graph that a
 * label marks. The arrays are kept between calls: a state was visited in this call if its order is recent.
 */
export class Components {
  readonly #graph: Graph
  readonly #label: Int32Array
  readonly #order: Int32Array
  readonly #low: Int32Array
  readonly #onStack: Uint8Array
  #visited = 0
  /** Orders up to this one belong to earlier calls. */
  #base = 0
  #stack: number[] = []
  #found: number[][] = []

  constructor(graph: Graph, label: Int32Array) {
    this.#graph = graph
    this.#label = label
    this.#order = new Int32Array(graph.size)
    this.#low = new Int32Array(graph.size)
    this.#onStack = new Uint8Array(graph.size)
  }

  /** The components of the states labelled `within`; a single state without an edge to itself is left out. */
  of(within: number, roots: Iterable<number>): number[][] {
    this.#base = this.#visited
    this.#found = []
    for (const root of roots) {
      if (this.#label[root] === within && this.#order[root]! <= this.#base) this.#visit(root, within)
    }
    return this.#found
  }

  #visit(root: number, within: number): void {
    const calls = [root]
    const edges = [this.#enter(root)]
    while (calls.length > 0) {
      const state = calls.at(-1)!
      const edge = this.#nextEdge(state, edges.at(-1)!, within)
      if (edge < this.#graph.offsets[state + 1]!) {
        const child = this.#graph.targets[edge]!
        edges[edges.length - 1] = edge + 1
        calls.push(child)
        edges.push(this.#enter(child))
        continue
      }
      calls.pop()
      edges.pop()
      const parent = calls.at(-1)
      if (parent !== undefined) this.#low[parent] = Math.min(this.#low[parent]!, this.#low[state]!)
      if (this.#low[state] === this.#order[state]) this.#close(state)
    }
  }

  #enter(state: number): number {
    this.#order[state] = this.#low[state] = ++this.#visited
    this.#stack.push(state)
    this.#onStack[state] = 1
    return this.#graph.offsets[state]!
  }

  // The first edge from `edge` on that leads to a state not visited yet; others only lower `low`.
  #nextEdge(state: number, from: number, within: number): number {
    const end = this.#graph.offsets[state + 1]!
    for (let edge = from; edge < end; edge++) {
      const target = this.#graph.targets[edge]!
      if (this.#label[target] !== within) continue
      if (this.#order[target]! <= this.#base) return edge
      if (this.#onStack[target] === 1) this.#low[state] = Math.min(this.#low[state]!, this.#order[target]!)
    }
    return end
  }

  #close(root: number): void {
    const members: number[] = []
    let member: number
    do {
      member = this.#stack.pop()!
      this.#onStack[member] = 0
      members.push(member)
    } while (member !== root)
    if (members.length > 1 || someEdge(this.#graph, root, (_, target) => target === root))
      this.#found.push(members)
  }
}
