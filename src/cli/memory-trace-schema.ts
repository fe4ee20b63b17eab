/**
 * What a trace of threads over shared memory must look like, for valibot. Every message is a noun phrase that
 * fits after "expected", so that a refusal is one sentence.
 */
import * as v from 'valibot'
import { TRACE_FORMAT } from '../checker/trace-schema.ts'

const KINDS = [
  'race',
  'deadlock',
  'livelock',
  'claim',
  'refused',
  'unreached',
  'access',
  'threw',
  'nondeterministic',
] as const

const ACCESSES = [
  'load',
  'store',
  'add',
  'or',
  'and',
  'exchange',
  'compareExchange',
  'get',
  'set',
  'wait',
  'notify',
  'pause',
] as const

const text = v.string('a text')
const integer = v.pipe(v.number('a whole number'), v.integer('a whole number'))
const count = v.pipe(integer, v.minValue(0, 'a whole number of at least 0'))

export const verdictSchema = v.strictObject(
  { kind: v.picklist(KINDS, `one of ${KINDS.join(', ')}`), claim: v.exactOptional(text), text },
  'an object',
)

/** The `#meta` of a trace. */
export const metaSchema = v.strictObject(
  {
    format: v.literal('ITF', 'the text "ITF"'),
    'format-description': v.exactOptional(text),
    lockstep: v.literal(TRACE_FORMAT, `trace format ${TRACE_FORMAT}`),
    kind: v.literal('memory', 'the text "memory"'),
    program: text,
    system: v.exactOptional(text),
    source: v.exactOptional(text),
    mutant: v.exactOptional(text),
    verdict: verdictSchema,
    choices: v.pipe(text, v.regex(/^(\d+(\.\d+)*)?$/, 'whole numbers joined by dots')),
  },
  'an object',
)

const accessSchema = v.strictObject(
  {
    kind: v.picklist(ACCESSES, `one of ${ACCESSES.join(', ')}`),
    index: v.exactOptional(count),
    location: v.exactOptional(text),
    value: v.exactOptional(integer),
    expected: v.exactOptional(integer),
    count: v.exactOptional(count),
    timed: v.exactOptional(v.literal(true, 'true')),
    result: v.exactOptional(
      v.union(
        [integer, v.picklist(['ok', 'not-equal', 'timed-out', 'parked'])],
        'a number or the end of a wait',
      ),
    ),
  },
  'an access',
)

const eventSchema = v.intersect(
  [
    v.object({ type: text }),
    v.record(text, v.union([text, v.number(), v.boolean()], 'a text, number or boolean')),
  ],
  'an event',
)

/** The `#meta` of every state but the first: the step that led to it. */
export const stepSchema = v.strictObject(
  {
    index: count,
    thread: text,
    access: v.exactOptional(accessSchema),
    ends: v.exactOptional(v.picklist(['again', 'done', 'crashed'], 'again, done or crashed')),
    spurious: v.exactOptional(v.literal(true, 'true')),
    events: v.array(eventSchema, 'a list of events'),
  },
  'an object',
)

/** The frame of a trace; the version comes first. */
export const traceSchema = v.strictObject(
  {
    '#meta': v.looseObject(
      { lockstep: v.literal(TRACE_FORMAT, `trace format ${TRACE_FORMAT}`) },
      'an object',
    ),
    vars: v.array(text, 'a list of names'),
    states: v.pipe(
      v.array(v.looseObject({ '#meta': v.looseObject({}, 'an object') }, 'a state'), 'a list of states'),
      v.minLength(1, 'at least one state'),
    ),
  },
  'an object',
)

/** The `#meta` of the initial state. */
export const initialSchema = v.strictObject({ index: v.literal(0, 'the index 0') }, 'an object')
