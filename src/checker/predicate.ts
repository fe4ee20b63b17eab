/**
 * A predicate on global states, memoised on the local states it reads. What is read may depend on what was
 * read before, so the memo is a decision tree: a component to look at, and a branch for each local state.
 */
import type { Scalar } from '../model/event.ts'
import type { Predicate } from '../model/claim.ts'
import { EvaluationError } from './component-table.ts'
import type { Reader, ReadId } from './view.ts'

type Node = { readonly component: number; readonly branches: (Node | boolean | undefined)[] }
type Ids = { readonly [domain: string]: Scalar }

export class MemoPredicate {
  /** Every component some evaluation has read: an event that touches none of them cannot change the result. */
  readonly reads = new Set<number>()
  /** How often the predicate itself ran. */
  evaluations = 0
  readonly #holds: (state: unknown, ids: Ids) => boolean
  readonly #ids: Ids
  readonly #name: string
  readonly #reader: Reader
  #root: Node | boolean | undefined

  constructor(name: string, holds: Predicate, ids: Ids, reader: Reader) {
    this.#name = name
    this.#holds = holds as (state: unknown, ids: Ids) => boolean
    this.#ids = ids
    this.#reader = reader
  }

  /** Whether the predicate holds in the state that `readId` describes. Throws EvaluationError. */
  holds(readId: ReadId): boolean {
    let node = this.#root
    while (typeof node === 'object') node = node.branches[readId(node.component)]
    return node ?? this.#evaluate(readId)
  }

  /** The components an evaluation in the state that `readId` describes looked at, in order. */
  path(readId: ReadId): number[] {
    const components: number[] = []
    for (let node = this.#root; typeof node === 'object'; node = node.branches[readId(node.component)])
      components.push(node.component)
    return components
  }

  #evaluate(readId: ReadId): boolean {
    this.evaluations++
    this.#reader.start(readId, this)
    let result: boolean
    try {
      result = Boolean(this.#holds(this.#reader.state, this.#ids))
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new EvaluationError(`claim ${this.#name}: ${text.replaceAll('\n', ' ')}`, { cause: error })
    }
    const { reads } = this.#reader
    const before = this.reads.size
    for (const component of reads) this.reads.add(component)
    if (this.reads.size > before) this.#reader.growth++
    this.#root = insert(this.#root, reads, 0, readId, result)
    return result
  }
}

function insert(
  node: Node | boolean | undefined,
  reads: readonly number[],
  depth: number,
  readId: ReadId,
  result: boolean,
): Node | boolean {
  if (depth === reads.length) return result
  const component = reads[depth]!
  const { branches } = typeof node === 'object' ? node : { branches: [] }
  const id = readId(component)
  branches[id] = insert(branches[id], reads, depth + 1, readId, result)
  return typeof node === 'object' ? node : { component, branches }
}
