/**
 * Machines as the JSON that Stately's tools import: the machine's own configuration, in which every guard
 * and action is a named string. Code has no JSON form: an inline function gets its own name, or that of the
 * place it stands in, and parameters that a function computes are left out by name.
 */
import type { AnyStateMachine } from 'xstate'
import type { Instance } from '../model/instance.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// xstate's own names for a function, such as `resolve` of a built-in action, tell a reader nothing.
function nameOf(value: { readonly name?: string; readonly type?: unknown }, place: string): string {
  if (typeof value.type === 'string') return `${value.type.replace('xstate.', '')} at ${place}`
  return value.name !== undefined && value.name !== '' && !PLACES.has(value.name) ? value.name : place
}

const PLACES = new Set(['guard', 'actions', 'entry', 'exit', 'params', 'context', 'check', 'resolve'])

function plain(value: unknown, place: string): Json {
  if (typeof value === 'function') return nameOf(value, place)
  if (Array.isArray(value))
    return value.map((item, index) => plain(item, value.length > 1 ? `${place}[${index}]` : place))
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(
      ([key, item]) => item !== undefined && !(key === 'params' && typeof item === 'function'),
    )
    return Object.fromEntries(
      entries.map(([key, item]) => [key, plain(item, place === '' ? key : `${place}.${key}`)]),
    )
  }
  return value === undefined ? null : (value as Json)
}

/** The configuration of one machine; `input` resolves a context that is computed. */
export function machineJson(machine: AnyStateMachine, context: unknown): Json {
  const config = plain({ ...(machine.config as object), context: undefined }, '') as {
    readonly [key: string]: Json
  }
  const fields = isRecord(context) ? Object.keys(context).length : 0
  return { id: machine.id, ...config, ...(fields === 0 ? {} : { context: context as Json }) }
}

/** The machines of an instance, one for each component or family, by name; context is that of its first member. */
export function exportMachines(
  instance: Instance,
  contextOf: (component: string) => unknown,
): Readonly<Record<string, Json>> {
  const machines: Record<string, Json> = {}
  for (const { name, family, machine } of instance.components) {
    machines[family] ??= machineJson(machine, contextOf(name))
  }
  return machines
}
