/**
 * The identity of a local state: everything xstate keeps (value, context, history, status) as one canonical
 * string. Context must be plain JSON: a Set or Map would serialise to `{}` and merge states silently.
 */
import type { AnyMachineSnapshot } from 'xstate'

/** Context that the checker cannot tell apart or keep: the message names the path and what was found there. */
export class ContextError extends Error {
  override readonly name = 'ContextError'
}

const kindOf = (value: object): string => value.constructor?.name ?? 'object'

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new ContextError(`${path} is ${value}, which is not plain JSON`)
      return String(value)
    case 'undefined':
      return 'undefined'
    case 'object':
      break
    default:
      throw new ContextError(`${path} is a ${typeof value}, which is not plain JSON`)
  }
  if (value === null) return 'null'
  if (Array.isArray(value))
    return `[${value.map((item, index) => write(item, `${path}[${index}]`)).join(',')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ContextError(
      `${path} is a ${kindOf(value)}; context must be plain JSON, with sets as sorted arrays`,
    )
  }
  const entries = Object.keys(value).sort()
  return `{${entries.map((key) => `${JSON.stringify(key)}:${write((value as Record<string, unknown>)[key], `${path}.${key}`)}`).join(',')}}`
}

/** Canonical text of a plain JSON value: equal values give equal text whatever the order of their keys. */
export const canonical = (value: unknown, path = 'value'): string => write(value, path)

/** The canonical string of a snapshot. Throws ContextError where the context is not plain JSON. */
export function keyOf(snapshot: AnyMachineSnapshot): string {
  const history: Record<string, { id: string }[]> = snapshot.historyValue ?? {}
  const remembered = Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => node.id)])
  const output = snapshot.status === 'active' ? '' : write(snapshot.output, 'output')
  return [
    snapshot.status,
    write(snapshot.value, 'value'),
    write(snapshot.context, 'context'),
    remembered.length === 0 ? '' : write(Object.fromEntries(remembered), 'history'),
    output,
  ].join('|')
}

/** Freezes a context all the way down, so that an action that changes it in place is an error, not a merge. */
export function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  Object.values(value).forEach(freeze)
}
