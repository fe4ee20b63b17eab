/**
 * What a trace file must look like, for valibot. Every message is a noun phrase that fits after "expected", so
 * that a refusal is one sentence.
 */
import * as v from 'valibot'

/** Counts changes of the file format that older readers would misread. */
export const TRACE_FORMAT = 1

const text = v.string('a text')
const count = v.pipe(
  v.number('a whole number'),
  v.integer('a whole number'),
  v.minValue(0, 'a whole number of at least 0'),
)
const scalar = v.union([text, v.number(), v.boolean()], 'a text, number or boolean')
const ground = v.intersect([v.object({ type: text }), v.record(text, scalar)], 'an event')

/** The `#meta` of a trace. */
export const metaSchema = v.strictObject(
  {
    format: v.literal('ITF', 'the text "ITF"'),
    'format-description': v.exactOptional(text),
    lockstep: v.literal(TRACE_FORMAT, `trace format ${TRACE_FORMAT}`),
    kind: v.literal('chart', 'the text "chart"'),
    system: text,
    source: v.exactOptional(text),
    bounds: v.record(text, count, 'an object of bounds'),
    mutant: v.exactOptional(text),
    verdict: v.strictObject(
      {
        kind: v.picklist(
          ['invariant', 'observer', 'stuck', 'progress', 'error'],
          'invariant, observer, stuck, progress or error',
        ),
        claim: text,
        label: text,
        event: v.exactOptional(ground),
      },
      'an object',
    ),
    choices: v.pipe(text, v.regex(/^(\d+(\.\d+)*)?$/, 'whole numbers joined by dots')),
  },
  'an object',
)

/** The frame of a trace; `#meta` and states are looked at one by one. The version comes first. */
export const traceSchema = v.strictObject(
  {
    '#meta': v.looseObject(
      { lockstep: v.literal(TRACE_FORMAT, `trace format ${TRACE_FORMAT}`) },
      'an object',
    ),
    vars: v.array(text, 'a list of component names'),
    loop: v.exactOptional(count),
    states: v.pipe(
      v.array(v.looseObject({ '#meta': v.looseObject({}, 'an object') }, 'a state'), 'a list of states'),
      v.minLength(1, 'at least one state'),
    ),
  },
  'an object',
)

/** A component's state, decoded. */
export const localSchema = v.strictObject(
  {
    value: v.union([text, v.looseObject({})], 'a state value'),
    context: v.unknown(),
    status: v.exactOptional(text),
    history: v.exactOptional(v.record(text, v.array(text, 'a list of texts'), 'an object')),
  },
  'a state with value and context',
)

/** The `#meta` of state `index`: every state but the first names the event that led to it. */
export const stateMetaSchema = (index: number) =>
  v.strictObject({ index: v.literal(index, `the index ${index}`), event: ground }, 'an object')

/** The `#meta` of the initial state. */
export const initialMetaSchema = v.strictObject({ index: v.literal(0, 'the index 0') }, 'an object')
