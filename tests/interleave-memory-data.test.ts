/** The data of threads: what a copy keeps, which data is equal, what is shared, and what is refused. */
import { describe, expect, it } from 'vitest'
import { ThreadData } from '../src/interleave/memory/thread-data.ts'

class End {
  tail = 0
  readonly slots: number[] = []
  next(): number {
    return ++this.tail
  }
}

const memory = { length: 4 }
const data = new ThreadData(memory)

/** A copy that must be equal to the original by its key, and another object. */
function copied<T extends object>(value: T): T {
  const copy = data.copy(value, 'self')
  expect(copy).not.toBe(value)
  expect(data.key(copy)).toBe(data.key(value))
  return copy
}

describe('copies', () => {
  it('keep prototypes, and do not share what can change', () => {
    const end = new End()
    const copy = copied({ end, list: [{ n: 1 }] })
    expect(copy.end).toBeInstanceOf(End)
    expect(copy.end.next()).toBe(1)
    copy.list[0]!.n = 2
    expect(end.tail).toBe(0)
    expect(data.key(copy)).not.toBe(data.key({ end, list: [{ n: 1 }] }))
  })

  it('keep what is shared within them, cycles too', () => {
    const end = new End()
    const value: { one: End; other: End; self?: unknown } = { one: end, other: end }
    value.self = value
    const copy = copied(value)
    expect(copy.one).toBe(copy.other)
    expect(copy.self).toBe(copy)
    expect(data.key({ one: end, other: end })).not.toBe(data.key({ one: end, other: new End() }))
  })

  it('share the memory, functions and what is frozen through and through', () => {
    const frozen = Object.freeze({ size: 4, names: Object.freeze(['a']) })
    const half = Object.freeze({ list: [1] })
    const run = (): number => 1
    const copy = copied({ memory, frozen, half, run })
    expect(copy.memory).toBe(memory)
    expect(copy.frozen).toBe(frozen)
    expect(copy.run).toBe(run)
    expect(copy.half).not.toBe(half)
    expect(Object.isFrozen(copy.half)).toBe(true)
  })

  it('take maps, sets, dates, typed arrays and the buffers these share', () => {
    const buffer = new ArrayBuffer(8)
    const value = {
      map: new Map([['a', new End()]]),
      set: new Set([1, 2]),
      date: new Date(0),
      words: new Int32Array(buffer),
      bytes: new Uint8Array(buffer, 4, 2),
      view: new DataView(buffer),
      text: Buffer.from('abc'),
    }
    const copy = copied(value)
    copy.words[1] = 7
    expect([...copy.bytes]).toEqual([7, 0])
    expect(copy.view.getInt32(4, true)).toBe(7)
    expect(value.words[1]).toBe(0)
    expect(data.key(copy)).not.toBe(data.key(value))
    expect(copy.text).toBeInstanceOf(Buffer)
    expect(copy.text.toString()).toBe('abc')
    copy.map.get('a')!.next()
    copy.set.add(3)
    expect([value.map.get('a')!.tail, value.set.size]).toEqual([0, 2])
    expect(copy.date).toEqual(value.date)
  })
})

describe('keys', () => {
  it('tell values apart that look alike', () => {
    const values: unknown[] = [
      0,
      -0,
      '0',
      null,
      undefined,
      Number.NaN,
      1n,
      1,
      true,
      'true',
      [],
      {},
      new Map(),
      new Set(),
    ]
    const keys = values.map((value) => data.key({ value }))
    expect(new Set(keys).size).toBe(values.length)
    expect(data.key({ value: Number.NaN })).toBe(data.key({ value: Number.NaN }))
    expect(data.key([1, 2])).not.toBe(data.key([12]))
    expect(data.key({ a: 'b;c' })).not.toBe(data.key({ a: 'b', c: undefined }))
    expect(data.key(new End())).not.toBe(data.key({ tail: 0, slots: [] }))
  })
})

describe('what is no data', () => {
  it('is refused with its path', () => {
    const words = new Int32Array(new SharedArrayBuffer(8))
    const refused = (value: object) => () => data.copy(value, 'self of one')
    expect(refused({ ring: { words } })).toThrow(
      'self of one.ring.words.buffer is a SharedArrayBuffer, whose accesses the search cannot see',
    )
    expect(refused([Promise.resolve()])).toThrow('self of one.0 is a promise')
    expect(refused({ cache: new WeakMap() })).toThrow('self of one.cache is a WeakMap')
  })
})
