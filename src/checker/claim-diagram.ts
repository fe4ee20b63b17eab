/**
 * A predicate on global states as a reduced decision diagram over the local states it reads: the same in every
 * tool, and without its code. It is asked of all combinations of local states, reachable or not, where they
 * are few enough; of those reached where they are not, and what was not asked is a leaf of its own.
 */
import type { Predicate } from '../model/claim.ts'
import type { Scalar } from '../model/event.ts'
import type { ComponentTable } from './component-table.ts'
import type { Tabulation } from './tabulation.ts'
import { Reader } from './view.ts'

/** The leaves of a diagram; a reference from FIRST_NODE on is a node. */
export const FALSE = 0
export const TRUE = 1
/** Not asked, or the predicate throws there. */
export const UNTABLED = 2
export const FIRST_NODE = 3

/** Looks at a component; `branches[id]` is where its local state leads: a leaf, or FIRST_NODE and an index. */
export type DiagramNode = { readonly component: number; readonly branches: readonly number[] }

export type Diagram = { readonly root: number; readonly nodes: readonly DiagramNode[] }

/** More combinations than this are not gone through. */
const EVALUATIONS_MAX = 2 ** 15

type Tree = number | { readonly component: number; readonly branches: (Tree | undefined)[] }
type Read = (component: number) => number

class Grower {
  readonly #ask: (read: Read) => { readonly path: readonly number[]; readonly leaf: number }
  readonly #tables: readonly ComponentTable[]
  #evaluations = 0

  constructor(tabulation: Tabulation, holds: Predicate, ids: { readonly [domain: string]: Scalar }) {
    const { instance, product } = tabulation
    const reader = new Reader(instance, product.tables)
    const predicate = holds as (state: unknown, ids: unknown) => unknown
    this.#tables = product.tables
    this.#ask = (read) => {
      reader.start(read)
      try {
        return { path: reader.reads, leaf: predicate(reader.state, ids) ? TRUE : FALSE }
      } catch {
        // Off the reachable states a predicate may well throw; on them the search reports it.
        return { path: reader.reads, leaf: UNTABLED }
      }
    }
  }

  /** The tree with a branch for the state that `read` describes, which it had none for. */
  extend(tree: Tree | undefined, read: Read): Tree {
    this.#evaluations++
    const { path, leaf } = this.#ask(read)
    return insert(tree, path, 0, read, leaf)
  }

  /** Gives every node all its branches; false where they are too many. */
  fill(tree: Tree, chosen = new Map<number, number>()): boolean {
    if (typeof tree === 'number') return true
    const { component, branches } = tree
    for (let id = 0; id < this.#tables[component]!.size; id++) {
      if (this.#evaluations > EVALUATIONS_MAX) return false
      chosen.set(component, id)
      if (branches[id] === undefined) this.#extendBelow(tree, chosen)
      if (!this.fill(branches[id]!, chosen)) return false
    }
    chosen.delete(component)
    return true
  }

  // The path repeats what was chosen on the way down; only what follows the node is new.
  #extendBelow(tree: Exclude<Tree, number>, chosen: ReadonlyMap<number, number>): void {
    this.#evaluations++
    const read = (component: number) => chosen.get(component) ?? 0
    const { path, leaf } = this.#ask(read)
    insert(tree, path, path.indexOf(tree.component), read, leaf)
  }
}

function insert(
  tree: Tree | undefined,
  path: readonly number[],
  depth: number,
  read: Read,
  leaf: number,
): Tree {
  if (depth === path.length) return leaf
  const component = path[depth]!
  const node = typeof tree === 'object' ? tree : { component, branches: [] }
  const id = read(component)
  node.branches[id] = insert(node.branches[id], path, depth + 1, read, leaf)
  return node
}

const isKnown = (tree: Tree | undefined, read: Read): boolean => {
  let at = tree
  while (typeof at === 'object') at = at.branches[read(at.component)]
  return at !== undefined
}

// Equal subtrees become one node, and a node whose branches are all alike becomes that branch.
function reduce(tree: Tree, tables: readonly ComponentTable[]): Diagram {
  const nodes: DiagramNode[] = []
  const known = new Map<string, number>()
  const visited = new Map<Tree, number>()
  const visit = (at: Tree | undefined): number => {
    if (at === undefined) return UNTABLED
    if (typeof at === 'number') return at
    const reference = visited.get(at) ?? reduced(at)
    visited.set(at, reference)
    return reference
  }
  const reduced = ({ component, branches: below }: Exclude<Tree, number>): number => {
    const branches = Array.from({ length: tables[component]!.size }, (_, id) => visit(below[id]))
    if (branches.every((branch) => branch === branches[0])) return branches[0]!
    const key = `${component}:${branches.join()}`
    const reference = known.get(key) ?? FIRST_NODE + nodes.push({ component, branches }) - 1
    known.set(key, reference)
    return reference
  }
  return { root: visit(tree), nodes }
}

/** The diagram of a predicate for one combination of identifiers. */
export function diagramOf(
  tabulation: Tabulation,
  holds: Predicate,
  ids: { readonly [domain: string]: Scalar },
): Diagram {
  const grower = new Grower(tabulation, holds, ids)
  let tree = grower.extend(undefined, () => 0)
  if (!grower.fill(tree)) {
    tabulation.vectors((vector) => {
      const read = (component: number) => vector[component]!
      if (!isKnown(tree, read)) tree = grower.extend(tree, read)
    })
  }
  return reduce(tree, tabulation.product.tables)
}

/** Whether every chart is done: where a system names no final states, the only ones that may be stuck. */
export function doneDiagram({ product }: Tabulation): Diagram {
  const tree = product.tables.reduceRight<Tree>(
    (rest, { snapshots }, component) => ({
      component,
      branches: snapshots.map(({ status }) => (status === 'active' ? FALSE : rest)),
    }),
    TRUE,
  )
  return reduce(tree, product.tables)
}

/** The leaf for a global state. */
export function evaluate({ root, nodes }: Diagram, vector: readonly number[]): number {
  let at = root
  while (at >= FIRST_NODE) {
    const { component, branches } = nodes[at - FIRST_NODE]!
    at = branches[vector[component]!]!
  }
  return at
}
