/**
 * Progress on the graph of a search: from every state an end must be reachable, by steps that threads take of
 * themselves. Crashes and wakings for nothing are left out: nobody may wait for them.
 */

const START = 4_096

/** Integers in a typed array that grows. */
class Integers {
  length = 0
  #items = new Int32Array(START)

  push(item: number): void {
    if (this.length === this.#items.length) {
      const items = new Int32Array(2 * this.length)
      items.set(this.#items)
      this.#items = items
    }
    this.#items[this.length++] = item
  }

  at(index: number): number {
    return this.#items[index]!
  }
}

/** The graph, filled state by state in their order. */
export class ProgressGraph {
  readonly #first = new Integers()
  readonly #targets = new Integers()
  readonly #ends = new Integers()

  /** Begins the next state. */
  addState(isEnd: boolean): void {
    if (isEnd) this.#ends.push(this.#first.length)
    this.#first.push(this.#targets.length)
  }

  addTarget(target: number): void {
    this.#targets.push(target)
  }

  /** The first state that reaches no end and how many there are, or nothing. */
  findDoomed(): { readonly first: number; readonly count: number } | undefined {
    const count = this.#first.length
    const reaches = this.#backwards(count)
    const first = reaches.indexOf(0)
    if (first < 0) return undefined
    return { first, count: reaches.reduce((sum, reached) => sum + 1 - reached, 0) }
  }

  #backwards(count: number): Uint8Array {
    const { starts, sources } = this.#reversed(count)
    const reaches = new Uint8Array(count)
    const queue = new Int32Array(count)
    let length = 0
    const meet = (state: number) => {
      if (reaches[state] === 1) return
      reaches[state] = 1
      queue[length++] = state
    }
    for (let index = 0; index < this.#ends.length; index++) meet(this.#ends.at(index))
    for (let next = 0; next < length; next++) {
      const state = queue[next]!
      for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) meet(sources[edge]!)
    }
    return reaches
  }

  #reversed(count: number): { readonly starts: Int32Array; readonly sources: Int32Array } {
    const starts = new Int32Array(count + 2)
    const total = this.#targets.length
    // Counted two further on, so that filling moves each start to where it belongs.
    for (let edge = 0; edge < total; edge++) starts[this.#targets.at(edge) + 2]!++
    for (let state = 2; state < count + 2; state++) starts[state]! += starts[state - 1]!
    const sources = new Int32Array(total)
    for (let state = 0; state < count; state++) {
      const last = state + 1 < count ? this.#first.at(state + 1) : total
      for (let edge = this.#first.at(state); edge < last; edge++) {
        sources[starts[this.#targets.at(edge) + 1]!++] = state
      }
    }
    return { starts, sources }
  }
}
