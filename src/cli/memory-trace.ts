/**
 * Traces of threads over shared memory: the Informal Trace Format as traces of charts have it, of kind `memory`.
 * A variable is a word or a thread's lane; each state but the first says which thread made which access.
 */
import type * as v from 'valibot'
import { ItfError, decode, encode } from '../checker/itf.ts'
import { BadInputError, JsonFile, type Path, brief } from '../checker/json-file.ts'
import { TRACE_FORMAT } from '../checker/trace-schema.ts'
import type { MemoryFailure, MemoryState } from '../interleave/memory/memory-failure.ts'
import type { MemoryRun } from '../interleave/memory/memory-run.ts'
import { printAccess } from '../interleave/memory/print-memory.ts'
import type { MemorySubject } from './memory-programs.ts'
import {
  initialSchema,
  metaSchema,
  stepSchema,
  traceSchema,
  type verdictSchema,
} from './memory-trace-schema.ts'

const FORMAT_DESCRIPTION = 'https://apalache-mc.org/docs/adr/015adr-trace.html'

/** A trace that was read. */
export type MemoryTrace = {
  readonly file: JsonFile
  readonly program: string
  /** The slug of the system whose production code it is of, for programs of the registry. */
  readonly system: string | undefined
  /** The user's own file that exports the program, relative to the trace's folder. */
  readonly source: string | undefined
  readonly mutant: string | undefined
  readonly verdict: v.InferOutput<typeof verdictSchema>
  readonly schedule: readonly number[]
  readonly vars: readonly string[]
  readonly steps: readonly v.InferOutput<typeof stepSchema>[]
  /** The value of each variable, state by state. */
  readonly states: readonly Readonly<Record<string, unknown>>[]
}

/** The words that a run touches or that differ in it, by the names the trace has for them. */
function namedWords(
  { states, steps }: MemoryRun,
  { program }: MemorySubject,
): readonly (readonly [string, number])[] {
  const location = program.location ?? ((index: number) => `word${index}`)
  const touched = new Set(steps.flatMap(({ access }) => access?.index ?? []))
  const indices = Array.from({ length: program.words }, (_, index) => index).filter(
    (index) => touched.has(index) || states.some(({ words }) => words[index] !== states[0]!.words[index]),
  )
  const taken = new Set(program.threads.map(({ name }) => name))
  return indices.map((index) => {
    const name = location(index)
    const unique = taken.has(name) ? `${name}@${index}` : name
    taken.add(unique)
    return [unique, index]
  })
}

const laneOf = ({ lanes }: MemoryState, thread: string): Record<string, unknown> => {
  const { status, operations, pending } = lanes[thread]!
  return { status, operations, next: pending === undefined ? '' : printAccess(pending) }
}

/** The variables of a run, in order, and their values in each state. */
export function variablesOf(run: MemoryRun, subject: MemorySubject): Pick<MemoryTrace, 'vars' | 'states'> {
  const words = namedWords(run, subject)
  const threads = subject.program.threads.map(({ name }) => name)
  return {
    vars: [...words.map(([name]) => name), ...threads],
    states: run.states.map((state) =>
      Object.fromEntries([
        ...words.map(([name, index]) => [name, state.words[index]] as const),
        ...threads.map((thread) => [thread, laneOf(state, thread)] as const),
      ]),
    ),
  }
}

/** A failure as the text of a trace file; `source` is the user's own file, relative to the trace's folder. */
export function printMemoryTrace(failure: MemoryFailure, subject: MemorySubject, source?: string): string {
  const { kind, claim, text: sentence, schedule, steps } = failure
  const { vars, states } = variablesOf(failure, subject)
  const meta = {
    format: 'ITF',
    'format-description': FORMAT_DESCRIPTION,
    lockstep: TRACE_FORMAT,
    kind: 'memory',
    program: subject.name,
    system: subject.system,
    source,
    mutant: subject.mutant,
    verdict: { kind, ...(claim === undefined ? {} : { claim }), text: sentence },
    choices: schedule.join('.'),
  }
  const facts = Object.entries(meta).filter(([, value]) => value !== undefined)
  const lines = states.map((state, index) => {
    const step = steps[index - 1]
    const values = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, encode(value)]))
    return JSON.stringify({ '#meta': { index, ...step }, ...values })
  })
  return [
    '{',
    '  "#meta": {',
    facts.map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n'),
    '  },',
    `  "vars": ${JSON.stringify(vars)},`,
    '  "states": [',
    lines.map((line) => `    ${line}`).join(',\n'),
    '  ]',
    '}',
    '',
  ].join('\n')
}

type RawState = Readonly<Record<string, unknown>>

function readStep(file: JsonFile, raw: RawState, index: number): MemoryTrace['steps'] {
  const at: Path = ['states', index, '#meta']
  if (index === 0) {
    file.as(initialSchema, raw['#meta'], at)
    return []
  }
  const step = file.as(stepSchema, raw['#meta'], at)
  if (step.index === index) return [step]
  throw file.refusal([...at, 'index'], `the index ${index}`, String(step.index))
}

function readValues(file: JsonFile, raw: RawState, index: number, vars: readonly string[]): RawState {
  const at: Path = ['states', index]
  const extra = Object.keys(raw).find((name) => name !== '#meta' && !vars.includes(name))
  if (extra !== undefined) throw file.refusal([...at, extra], `one of ${vars.join(', ')}`, brief(extra))
  const values = vars.map((name) => {
    if (!(name in raw)) throw file.refusal(at, `a value of ${name}`, 'none')
    try {
      return [name, decode(raw[name])] as const
    } catch (error) {
      if (!(error instanceof ItfError)) throw error
      throw new BadInputError(`${file.path}:${file.lineOf([...at, name, ...error.path])}: ${error.message}`)
    }
  })
  return Object.fromEntries(values)
}

/** Reads a trace; whether it fits its program shows when it is replayed. Throws BadInputError. */
export function readMemoryTrace(file: JsonFile): MemoryTrace {
  const raw = file.as(traceSchema)
  const { program, system, source, mutant, verdict, choices } = file.as(metaSchema, raw['#meta'], ['#meta'])
  const schedule = choices === '' ? [] : choices.split('.').map(Number)
  const steps = raw.states.flatMap((state, index) => readStep(file, state, index))
  if (schedule.length !== steps.length) {
    const expected = `${steps.length} choices, one for each step`
    throw file.refusal(['#meta', 'choices'], expected, String(schedule.length))
  }
  const states = raw.states.map((state, index) => readValues(file, state, index, raw.vars))
  return { file, program, system, source, mutant, verdict, schedule, vars: raw.vars, steps, states }
}
