/**
 * Trace files: the Informal Trace Format with our own facts under `#meta`, one state a line so that a diff
 * reads. Writing is deterministic; reading refuses what is malformed, truncated, of another version or of
 * another system with one sentence that names the line.
 */
import { printEvent, type GroundEvent } from '../model/event.ts'
import { type Instance, UsageError, instantiate } from '../model/instance.ts'
import type { System } from '../model/system.ts'
import { ItfError, decode, encode } from './itf.ts'
import { BadInputError, JsonFile, type Path, brief } from './json-file.ts'
import { canonical } from './local-state.ts'
import {
  TRACE_FORMAT,
  initialMetaSchema,
  localSchema,
  metaSchema,
  stateMetaSchema,
  traceSchema,
} from './trace-schema.ts'
import { type Found, type LocalState, type Trace, type TraceState, traceOf } from './trace.ts'

const FORMAT_DESCRIPTION = 'https://apalache-mc.org/docs/adr/015adr-trace.html'

/** A trace that was read, with its place in the file for messages. */
export type TraceFile = Trace & { readonly file: JsonFile }

// The state's value before its context: in that order people ask.
const encodeLocal = (local: LocalState) =>
  Object.fromEntries(Object.entries(local).map(([key, value]) => [key, encode(value)]))

/** A trace as the text of a file. */
export function printTrace(trace: Trace): string {
  const meta = {
    format: 'ITF',
    'format-description': FORMAT_DESCRIPTION,
    lockstep: TRACE_FORMAT,
    kind: 'chart',
    system: trace.system,
    source: trace.source,
    bounds: trace.bounds,
    mutant: trace.mutant,
    verdict: trace.verdict,
    choices: trace.choices,
  }
  const facts = Object.entries(meta).filter(([, value]) => value !== undefined)
  const states = trace.states.map(({ event, locals }, index) => {
    const components = trace.components.map((name) => [name, encodeLocal(locals[name]!)])
    return JSON.stringify({
      '#meta': event === undefined ? { index } : { index, event },
      ...Object.fromEntries(components),
    })
  })
  return [
    '{',
    '  "#meta": {',
    facts.map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n'),
    '  },',
    `  "vars": ${JSON.stringify(trace.components)},`,
    ...(trace.loop === undefined ? [] : [`  "loop": ${trace.loop},`]),
    '  "states": [',
    states.map((state) => `    ${state}`).join(',\n'),
    '  ]',
    '}',
    '',
  ].join('\n')
}

/** The text of the trace file of what a search found; `source` as in `traceOf`. */
export const writeTrace = (found: Found, source?: string): string => printTrace(traceOf(found, source))

function readState(
  file: JsonFile,
  components: readonly string[],
  index: number,
  raw: Readonly<Record<string, unknown>>,
): TraceState {
  const at: Path = ['states', index]
  const meta = [...at, '#meta']
  const event =
    index === 0
      ? void file.as(initialMetaSchema, raw['#meta'], meta)
      : file.as(stateMetaSchema(index), raw['#meta'], meta).event
  const names = Object.keys(raw).filter((name) => name !== '#meta')
  const extra = names.find((name) => !components.includes(name))
  if (extra !== undefined) throw file.refusal([...at, extra], `one of ${components.join(', ')}`, brief(extra))
  const locals = components.map((name) => {
    if (!(name in raw)) throw file.refusal(at, `a state of ${name}`, 'none')
    try {
      return [name, file.as(localSchema, decode(raw[name]), [...at, name])] as const
    } catch (error) {
      if (!(error instanceof ItfError)) throw error
      throw new BadInputError(`${file.path}:${file.lineOf([...at, name, ...error.path])}: ${error.message}`)
    }
  })
  return { event: event ?? undefined, locals: Object.fromEntries(locals) }
}

/** Reads a trace; whether it fits its system is asked by `bindTrace`. Throws BadInputError. */
export function readTrace(content: string, path: string): TraceFile {
  const file = new JsonFile(content, path)
  const raw = file.as(traceSchema)
  const meta = file.as(metaSchema, raw['#meta'], ['#meta'])
  const states = raw.states.map((state, index) => readState(file, raw.vars, index, state))
  if (raw.loop !== undefined && raw.loop >= states.length - 1) {
    throw file.refusal(
      ['loop'],
      `the index of a state before the last, ${states.length - 1}`,
      String(raw.loop),
    )
  }
  return {
    file,
    system: meta.system,
    source: meta.source,
    bounds: meta.bounds,
    mutant: meta.mutant,
    verdict: meta.verdict,
    choices: meta.choices,
    components: raw.vars,
    states,
    loop: raw.loop,
  }
}

/** A trace on the system it was recorded on: the instance, and its events as indices into the instance's. */
export type BoundTrace = {
  readonly instance: Instance
  readonly events: readonly number[]
  readonly throwing: number | undefined
}

function instanceOf(trace: TraceFile, system: System): Instance {
  const { file, bounds, mutant } = trace
  const at = ['#meta', 'bounds']
  for (const name of Object.keys(system.bounds)) {
    if (!(name in bounds)) throw file.refusal(at, `a value for the bound ${name} of ${system.name}`, 'none')
  }
  const strange = Object.keys(bounds).find((name) => !(name in system.bounds))
  if (strange !== undefined)
    throw file.refusal([...at, strange], `only bounds of ${system.name}`, brief(strange))
  if (mutant !== undefined && !(mutant in system.mutants)) {
    throw file.refusal(['#meta', 'mutant'], `a mutant of ${system.name}`, brief(mutant))
  }
  try {
    return instantiate(system, bounds, mutant)
  } catch (error) {
    if (error instanceof UsageError)
      throw file.refusal(at, `bounds that ${system.name} takes`, `others: ${error.message}`)
    throw error
  }
}

/** Fits a trace to its system. Throws BadInputError where its bounds, mutant, components or events do not exist. */
export function bindTrace(trace: TraceFile, system: System): BoundTrace {
  const { file } = trace
  const instance = instanceOf(trace, system)
  const names = instance.components.map(({ name }) => name)
  const place = `${system.name} at ${printBounds(instance.bounds)}`
  const unknown = trace.components.findIndex((name) => !names.includes(name))
  if (unknown >= 0)
    throw file.refusal(['vars', unknown], `a component of ${place}`, brief(trace.components[unknown]))
  const missing = names.find((name) => !trace.components.includes(name))
  if (missing !== undefined) throw file.refusal(['vars'], `the component ${missing} of ${place}`, 'none')
  const byKey = new Map(instance.events.map(({ event }, index) => [canonical(event), index]))
  const find = (event: GroundEvent, path: Path): number => {
    const index = byKey.get(canonical(event))
    if (index === undefined) throw file.refusal(path, `an event of ${place}`, printEvent(event))
    return index
  }
  const events = trace.states
    .slice(1)
    .map(({ event }, index) => find(event!, ['states', index + 1, '#meta', 'event']))
  const { event } = trace.verdict
  return { instance, events, throwing: event && find(event, ['#meta', 'verdict', 'event']) }
}

/** `cpus=2 pages=3`, as reports and messages name an instance. */
export function printBounds(bounds: Readonly<Record<string, number>>): string {
  const entries = Object.entries(bounds)
  return entries.length === 0 ? 'no bounds' : entries.map(([name, value]) => `${name}=${value}`).join(' ')
}
