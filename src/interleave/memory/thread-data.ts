/**
 * The data of a thread, as the search keeps it: copied for each execution, and told apart by a text that is
 * equal for equal data. Objects keep their prototypes and what is shared within one thread's data stays shared.
 */

/** What cannot be copied or compared, and why. */
const OPAQUE: readonly (readonly [new (...args: never[]) => object, string])[] = [
  [Promise, 'is a promise; operations are synchronous'],
  [WeakMap, 'is a WeakMap, whose content cannot be read; use a Map'],
  [WeakSet, 'is a WeakSet, whose content cannot be read; use a Set'],
  [WeakRef, 'is a WeakRef, whose content is not decided by the schedule'],
  [SharedArrayBuffer, 'is a SharedArrayBuffer, whose accesses the search cannot see; go through the memory'],
]

type View = ArrayBufferView & { readonly length?: number }

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

const fieldsOf = (value: object): Record<string, unknown> => value as Record<string, unknown>

/** An object whose fields its keys and its prototype are all there is to it. */
const isRecordLike = (value: object): boolean =>
  !(value instanceof Map || value instanceof Set || value instanceof ArrayBuffer || ArrayBuffer.isView(value))

function refuseOpaque(value: object, path: string): void {
  for (const [type, what] of OPAQUE) if (value instanceof type) throw new TypeError(`${path} ${what}`)
}

export class ThreadData {
  /** Shared by all copies: the memory. */
  readonly #memory: object
  readonly #deeplyFrozen = new WeakMap<object, boolean>()
  readonly #identities = new Map<unknown, number>()

  constructor(memory: object) {
    this.#memory = memory
  }

  /** A copy. Throws where some part is no data; `name` begins the path that the message gives. */
  copy<T extends object>(value: T, name: string): T {
    return this.#copy(value, name, new Map()) as T
  }

  /** A text that is equal for equal data. */
  key(value: object): string {
    const parts: string[] = []
    this.#key(value, parts, new Map())
    return parts.join('')
  }

  #isShared(value: object): boolean {
    return value === this.#memory || typeof value === 'function' || this.#isDeeplyFrozen(value)
  }

  #isDeeplyFrozen(value: object): boolean {
    if (!Object.isFrozen(value) || !isRecordLike(value)) return false
    const known = this.#deeplyFrozen.get(value)
    if (known !== undefined) return known
    // A cycle is frozen if the rest of it is.
    this.#deeplyFrozen.set(value, true)
    const isFrozen = Object.values(value).every((part) => !isObject(part) || this.#isShared(part))
    this.#deeplyFrozen.set(value, isFrozen)
    return isFrozen
  }

  #copy(value: unknown, path: string, seen: Map<object, object>): unknown {
    if (!isObject(value) || this.#isShared(value)) return value
    const known = seen.get(value)
    if (known !== undefined) return known
    refuseOpaque(value, path)
    if (ArrayBuffer.isView(value)) return this.#copyView(value, path, seen)
    const copy = this.#emptyCopy(value)
    seen.set(value, copy)
    if (copy instanceof Map && value instanceof Map) {
      for (const [key, item] of value as Map<unknown, unknown>) {
        copy.set(this.#copy(key, `${path} key`, seen), this.#copy(item, `${path}.get(${String(key)})`, seen))
      }
    } else if (copy instanceof Set && value instanceof Set) {
      for (const item of value as Set<unknown>) copy.add(this.#copy(item, `${path} element`, seen))
    }
    for (const key of Object.keys(value)) {
      fieldsOf(copy)[key] = this.#copy(fieldsOf(value)[key], `${path}.${key}`, seen)
    }
    return Object.isFrozen(value) ? Object.freeze(copy) : copy
  }

  #emptyCopy(value: object): object {
    if (value instanceof ArrayBuffer) return value.slice(0)
    const copy = Array.isArray(value)
      ? Array.from({ length: value.length })
      : value instanceof Map
        ? new Map()
        : value instanceof Set
          ? new Set()
          : value instanceof Date
            ? new Date(value)
            : {}
    const prototype: unknown = Object.getPrototypeOf(value)
    if (Object.getPrototypeOf(copy) !== prototype) Object.setPrototypeOf(copy, prototype as object | null)
    return copy
  }

  #copyView(value: View, path: string, seen: Map<object, object>): object {
    const buffer = this.#copy(value.buffer, `${path}.buffer`, seen) as ArrayBuffer
    const copy = new (intrinsic(value))(buffer, value.byteOffset, value.length ?? value.byteLength)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (Object.getPrototypeOf(copy) !== prototype) Object.setPrototypeOf(copy, prototype as object)
    seen.set(value, copy)
    return copy
  }

  #identity(value: unknown): number {
    const known = this.#identities.get(value) ?? this.#identities.size
    this.#identities.set(value, known)
    return known
  }

  #key(value: unknown, parts: string[], seen: Map<object, number>): void {
    if (!isObject(value)) return void parts.push(this.#primitive(value), ';')
    if (this.#isShared(value)) return void parts.push('@', String(this.#identity(value)), ';')
    const known = seen.get(value)
    if (known !== undefined) return void parts.push('#', String(known), ';')
    seen.set(value, seen.size)
    parts.push(String(this.#identity(Object.getPrototypeOf(value))), '{')
    if (ArrayBuffer.isView(value)) {
      parts.push(String(value.byteOffset), ':', String(bytesOf(value.buffer, value)), ':')
      if (!seen.has(value.buffer)) seen.set(value.buffer, seen.size)
      parts.push(String(seen.get(value.buffer)))
    } else {
      this.#keyOfContent(value, parts, seen)
    }
    parts.push('}')
  }

  #keyOfContent(value: object, parts: string[], seen: Map<object, number>): void {
    if (value instanceof ArrayBuffer) parts.push(String(new Uint8Array(value)))
    else if (value instanceof Date) parts.push(String(value.getTime()))
    else if (value instanceof Map || value instanceof Set) {
      for (const item of value as Iterable<unknown>) this.#key(item, parts, seen)
      parts.push('|')
    } else if (Array.isArray(value)) parts.push(String(value.length), '|')
    for (const key of Object.keys(value)) {
      if (ArrayBuffer.isView(value)) break
      parts.push(key, ':')
      this.#key(fieldsOf(value)[key], parts, seen)
    }
  }

  #primitive(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'symbol') return `@${this.#identity(value)}`
    return Object.is(value, -0) ? '-0' : String(value)
  }
}

type ViewType = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView

// The constructor in the language itself: that of a Buffer would copy or warn.
function intrinsic(value: ArrayBufferView): ViewType {
  if (value instanceof DataView) return DataView
  const typed: unknown = Object.getPrototypeOf(Int8Array.prototype)
  const tag = Object.getOwnPropertyDescriptor(typed, Symbol.toStringTag)?.get?.call(value) as string
  return (globalThis as unknown as Record<string, ViewType>)[tag]!
}

const bytesOf = (buffer: ArrayBufferLike, { byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
