/**
 * Values in the Informal Trace Format of Apalache and Quint (ADR 015): JSON in which whole numbers are
 * `{"#bigint": "7"}`, so that viewers written for it open our traces. What the format cannot say (null,
 * fractions) is `{"#unserializable": ...}`. Records are written with sorted keys: one state, one text.
 */

/** What reading found instead of an ITF value; `path` leads to it from the value that was read. */
export class ItfError extends Error {
  override readonly name = 'ItfError'
  readonly path: readonly (string | number)[]
  constructor(path: readonly (string | number)[], message: string) {
    super(message)
    this.path = path
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The ITF form of a plain JSON value. */
export function encode(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { '#bigint': String(value) }
  if (Array.isArray(value)) return value.map(encode)
  if (!isRecord(value)) return { '#unserializable': String(value) }
  const keys = Object.keys(value).sort()
  if (keys.some((key) => key.startsWith('#'))) return { '#map': keys.map((key) => [key, encode(value[key])]) }
  return Object.fromEntries(keys.map((key) => [key, encode(value[key])]))
}

const UNSERIALIZABLE: Readonly<Record<string, unknown>> = { null: null, undefined: undefined }

function decodeSpecial(key: string, content: unknown, path: readonly (string | number)[]): unknown {
  const at = [...path, key]
  if (key === '#bigint') {
    if (typeof content === 'string' && /^-?\d+$/.test(content)) return Number(content)
    throw new ItfError(at, `expected the digits of a whole number, found ${JSON.stringify(content)}`)
  }
  if (key === '#unserializable') {
    if (typeof content === 'string' && content in UNSERIALIZABLE) return UNSERIALIZABLE[content]
    if (typeof content === 'string' && content !== '' && Number.isFinite(Number(content)))
      return Number(content)
    throw new ItfError(at, `expected null, undefined or a number, found ${JSON.stringify(content)}`)
  }
  if (key === '#map' && Array.isArray(content)) {
    return Object.fromEntries(
      content.map((pair: unknown, index) => {
        if (!Array.isArray(pair) || pair.length !== 2)
          throw new ItfError([...at, index], 'expected a key and a value, found something else')
        return [String(pair[0]), decode(pair[1], [...at, index, 1])]
      }),
    )
  }
  throw new ItfError(at, `expected a value this version writes, found '${key}'`)
}

/** The plain JSON value of an ITF form. Throws ItfError. */
export function decode(form: unknown, path: readonly (string | number)[] = []): unknown {
  if (typeof form === 'string' || typeof form === 'boolean') return form
  if (Array.isArray(form)) return form.map((item, index) => decode(item, [...path, index]))
  if (!isRecord(form))
    throw new ItfError(
      path,
      `expected an ITF value (whole numbers are {"#bigint": "7"}), found ${String(form)}`,
    )
  const special = Object.keys(form).find((key) => key.startsWith('#'))
  if (special !== undefined) return decodeSpecial(special, form[special], path)
  return Object.fromEntries(Object.entries(form).map(([key, value]) => [key, decode(value, [...path, key])]))
}
