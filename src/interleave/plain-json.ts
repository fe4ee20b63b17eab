/**
 * Plain JSON values: one text for equal values, and where two values differ. Anything else (a Set, a typed
 * array, undefined) is refused, because it would compare or serialise as something it is not.
 */
import assert from 'node:assert/strict'

type PlainObject = { readonly [key: string]: unknown }

function isPlainObject(value: unknown, path: string): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  assert(
    prototype === Object.prototype || prototype === null,
    `${path} is a ${value.constructor.name}; it must be plain JSON, with sets and typed arrays as arrays`,
  )
  return true
}

/** Text that is equal for equal plain JSON values, whatever the order of their keys. */
export function canonical(value: unknown, path: string): string {
  return JSON.stringify(value, (key, item: unknown) => {
    const where = key === '' ? path : `${path}: ${key}`
    assert(
      item !== undefined && typeof item !== 'function',
      `${where} is ${typeof item}, which is not plain JSON`,
    )
    if (typeof item === 'number')
      assert(Number.isFinite(item), `${where} is ${item}, which is not plain JSON`)
    if (!isPlainObject(item, where)) return item
    return Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

/** Every place where `got` differs from `expected`, one line each: `context.free[1]: expected 2, got 3`. */
export function differences(expected: unknown, got: unknown, path: string): string[] {
  if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    return expected.flatMap((item, index) => differences(item, got[index], `${path}[${index}]`))
  }
  if (isPlainObject(got, path) && isPlainObject(expected, path)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(got)])
    return [...keys].flatMap((key) => differences(expected[key], got[key], `${path}.${key}`))
  }
  return expected === got ? [] : [`${path}: expected ${show(expected)}, got ${show(got)}`]
}
