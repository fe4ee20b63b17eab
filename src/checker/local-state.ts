/**
 * The identity of a local state: everything xstate keeps (value, context, history, status) as one canonical
 * string. Context must be plain JSON: a Set or Map would serialise to `{}` and merge states silently.
 */
import type { AnyMachineSnapshot, AnyStateNode } from 'xstate'

/** Context that the checker cannot tell apart or keep: the message names the path and what was found there. */
export class ContextError extends Error {
  override readonly name = 'ContextError'
}

type Fault = { readonly path: string; readonly text: string }

const isRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// Runs once for each local step, so it keeps no path; where it fails, `faultIn` finds the place.
function write(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'undefined':
      return 'undefined'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeList(value) : writeRecord(value)
    default:
      return undefined
  }
}

function writeList(list: readonly unknown[]): string | undefined {
  let text = '['
  for (const item of list) {
    const part = write(item)
    if (part === undefined) return undefined
    text += `${part},`
  }
  return `${text}]`
}

function writeRecord(record: object): string | undefined {
  if (!isRecord(record)) return undefined
  let text = '{'
  for (const key of Object.keys(record).sort()) {
    const part = write((record as Record<string, unknown>)[key])
    if (part === undefined) return undefined
    text += `${JSON.stringify(key)}:${part},`
  }
  return `${text}}`
}

function faultIn(value: unknown, path: string): Fault | undefined {
  if (write(value) !== undefined) return undefined
  if (Array.isArray(value)) {
    const index = value.findIndex((item) => write(item) === undefined)
    return faultIn(value[index], `${path}[${index}]`)
  }
  if (typeof value !== 'object' || value === null) {
    const kind = typeof value === 'number' ? String(value) : `a ${typeof value}`
    return { path, text: `is ${kind}, which is not plain JSON` }
  }
  if (!isRecord(value)) {
    const kind = value.constructor?.name ?? 'object'
    return { path, text: `is a ${kind}; context must be plain JSON, with sets as sorted arrays` }
  }
  const entry = Object.entries(value).find(([, item]) => write(item) === undefined)
  return entry === undefined ? undefined : faultIn(entry[1], `${path}.${entry[0]}`)
}

/** Canonical text of a plain JSON value: equal values give equal text whatever the order of their keys. */
export function canonical(value: unknown, path = 'value'): string {
  const text = write(value)
  if (text !== undefined) return text
  const fault = faultIn(value, path)
  throw new ContextError(`${fault?.path ?? path} ${fault?.text ?? 'is not plain JSON'}`)
}

// Eventless transitions of parallel regions are taken in the order in which their states were entered, which
// nothing else in a snapshot shows; it is kept where there is an order to speak of.
function settlingOrder({ _nodes }: AnyMachineSnapshot): string {
  const settles = (node: AnyStateNode | undefined): boolean =>
    node !== undefined && (node.always !== undefined || settles(node.parent))
  const waiting = _nodes.filter((node) => (node.type === 'atomic' || node.type === 'final') && settles(node))
  return waiting.length < 2 ? '' : waiting.map(({ id }) => id).join()
}

/** The canonical string of a snapshot. Throws ContextError where the context is not plain JSON. */
export function keyOf(snapshot: AnyMachineSnapshot): string {
  const history: Record<string, { id: string }[]> = snapshot.historyValue ?? {}
  const remembered = Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => node.id).sort()])
  const output = snapshot.status === 'active' ? '' : canonical(snapshot.output, 'output')
  return [
    snapshot.status,
    canonical(snapshot.value, 'value'),
    canonical(snapshot.context, 'context'),
    remembered.length === 0 ? '' : canonical(Object.fromEntries(remembered), 'history'),
    output,
    settlingOrder(snapshot),
  ].join('|')
}

const frozen = new WeakSet<object>()

/**
 * Freezes a context all the way down, so that an action that changes it in place is an error, not a merge.
 * What the machine's writer froze is gone through too: it may hold something that is not.
 */
export function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return
  frozen.add(Object.freeze(value))
  Object.values(value).forEach(freeze)
}
