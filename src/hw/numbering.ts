/**
 * The identifiers of one kind and their places in typed arrays: names read aloud in a trace, and numbers
 * index memory.
 */
import assert from 'node:assert/strict'

export class Numbering<Id extends string> {
  readonly ids: readonly Id[]

  constructor(ids: readonly Id[]) {
    assert(new Set(ids).size === ids.length, `two of ${ids.join(', ')} are the same`)
    this.ids = ids
  }

  get size(): number {
    return this.ids.length
  }

  // Boards are small, so that a search is quicker than a table.
  indexOf(id: Id): number {
    const place = this.ids.indexOf(id)
    return place >= 0 ? place : assert.fail(`${id} is none of ${this.ids.join(', ')}`)
  }

  /** The identifier that a field of an event names. */
  named(value: unknown): Id {
    const id = this.ids.find((other) => other === value)
    return id ?? assert.fail(`${String(value)} is none of ${this.ids.join(', ')}`)
  }

  at(place: number): Id {
    return this.ids[place] ?? assert.fail(`there is no place ${place} among ${this.ids.join(', ')}`)
  }
}
