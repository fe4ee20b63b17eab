/** Trace files: written and read back, and refused with the right line where they are not what they should be. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../src/checker/itf.ts'
import { BadInputError } from '../src/checker/json-file.ts'
import { canonical } from '../src/checker/local-state.ts'
import { Product } from '../src/checker/product.ts'
import { replay } from '../src/checker/replay.ts'
import { eventsOfChoices } from '../src/checker/trace.ts'
import { bindTrace, printTrace, readTrace } from '../src/checker/trace-file.ts'
import { unsafe, watched } from './cli-fixtures/systems.ts'
import { traceFor, violated } from './cli-fixtures/violated.ts'

describe('a trace file', () => {
  it.each(violated)('is read back as it was written: %s', (kind, system) => {
    const text = traceFor(system)
    const trace = readTrace(text, 'trace.itf.json')
    expect(trace.verdict.kind).toBe(kind)
    expect(printTrace(trace)).toBe(text)
    expect(traceFor(system)).toBe(text)
  })

  it('has one state a line, whole numbers as ITF has them, and components as variables', () => {
    const lines = traceFor(unsafe).split('\n')
    const states = lines.filter((line) => line.startsWith('    {"#meta":{"index":'))
    expect(states).toHaveLength(3)
    expect(states[2]).toContain('"event":{"type":"lock.take","worker":"worker1"}')
    expect(states[2]).toContain('"taken":{"#bigint":"2"}')
    expect(lines).toContain('  "vars": ["lock","workers.worker0","workers.worker1"],')
  })

  it('addresses its run by its choices', () => {
    const trace = readTrace(traceFor(watched), 'trace.itf.json')
    const { instance, events } = bindTrace(trace, watched)
    const product = new Product(instance)
    expect(eventsOfChoices(product, trace.choices)).toEqual(events)
    expect(eventsOfChoices(product, '0.7')).toBe("step 2 of 0.7 is '7', but 1 events are enabled there")
  })

  it('keeps every plain JSON value, with null, fractions and odd keys', () => {
    const values = fc.jsonValue({ maxDepth: 4 })
    fc.assert(fc.property(values, (value) => canonical(decode(encode(value))) === canonical(value)))
    expect(encode(7)).toEqual({ '#bigint': '7' })
    expect(() => decode({ at: [7] })).toThrow(
      'expected an ITF value (whole numbers are {"#bigint": "7"}), found 7',
    )
  })
})

describe('a trace file that is not one', () => {
  const text = traceFor(unsafe)
  const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length
  const lastState = lineOf('"index":2')
  const cases: readonly (readonly [string, (whole: string) => string, string])[] = [
    ['is empty', () => '', '1: expected a JSON value, found the end of the file'],
    [
      'is no JSON',
      (whole) => whole.replace('"vars"', 'vars'),
      `${lineOf('"vars"')}: expected a JSON value, found "vars"`,
    ],
    [
      'is truncated',
      (whole) => whole.slice(0, whole.indexOf('"index":2')),
      `${lastState}: expected a closing brace, found the end of the file`,
    ],
    [
      'is of another version',
      (whole) => whole.replace('"lockstep": 1', '"lockstep": 2'),
      `${lineOf('"lockstep"')}: expected trace format 1 as #meta.lockstep, found 2`,
    ],
    [
      'names no system',
      (whole) => whole.replace('    "system": "unsafe",\n', ''),
      '2: expected the field "system" in #meta, found none',
    ],
    [
      'has an unknown field',
      (whole) => whole.replace('"bounds":', '"limits": 1,\n"bounds":'),
      `${lineOf('"bounds"')}: expected only known fields in #meta, found "limits"`,
    ],
    [
      'has a wrong type',
      (whole) => whole.replace('"workers":2', '"workers":"2"'),
      `${lineOf('"bounds"')}: expected a whole number as #meta.bounds.workers, found "2"`,
    ],
    [
      'has an unknown verdict',
      (whole) => whole.replace('"kind":"invariant"', '"kind":"bad"'),
      `${lineOf('"verdict"')}: expected invariant, observer, stuck, progress or error ` +
        'as #meta.verdict.kind, found "bad"',
    ],
    [
      'skips a state',
      (whole) => whole.replace(/ +\{"#meta":\{"index":1.*\n/, ''),
      `${lastState - 1}: expected the index 1 as states.1.#meta.index, found 2`,
    ],
    [
      'has no states',
      (whole) => whole.replace(/"states": \[[^]*\]\n\}/, '"states": []\n}'),
      `${lineOf('"states"')}: expected at least one state as states, found []`,
    ],
    [
      'lacks an event',
      (whole) => whole.replace(',"event":{"type":"lock.take","worker":"worker1"}', ''),
      `${lastState}: expected the field "event" in states.2.#meta, found none`,
    ],
    [
      'lacks a component',
      (whole) => whole.replace(/,"workers\.worker1":\{"value":"idle","context":\{\}\}/, ''),
      `${lineOf('"index":0')}: expected a state of workers.worker1, found none`,
    ],
    [
      'has another number',
      (whole) => whole.replace('"taken":{"#bigint":"2"}', '"taken":2'),
      `${lastState}: expected an ITF value (whole numbers are {"#bigint": "7"}), found 2`,
    ],
    [
      'loops nowhere',
      (whole) => whole.replace('"states"', '"loop": 9,\n"states"'),
      `${lineOf('"states"')}: expected the index of a state before the last, 2, found 9`,
    ],
  ]
  it.each(cases)('%s', (_, edit, message) => {
    const edited = edit(text)
    expect(edited).not.toBe(text)
    expect(() => readTrace(edited, 'a/b.itf.json')).toThrow(new BadInputError(`a/b.itf.json:${message}`))
  })

  const misfits: readonly (readonly [string, (whole: string) => string, string])[] = [
    [
      'another bound',
      (whole) => whole.replaceAll('worker1', 'worker7'),
      `${lineOf('"vars"')}: expected a component of unsafe at workers=2, found "workers.worker7"`,
    ],
    [
      'a smaller bound',
      (whole) => whole.replace('"workers":2', '"workers":1'),
      `${lineOf('"vars"')}: expected a component of unsafe at workers=1, found "workers.worker1"`,
    ],
    [
      'a renamed event',
      (whole) => whole.replaceAll('"lock.take"', '"lock.grab"'),
      `${lineOf('"index":1')}: expected an event of unsafe at workers=2, found lock.grab(worker0)`,
    ],
    [
      'an event of another bound',
      (whole) => whole.replaceAll('"worker":"worker1"', '"worker":"worker2"'),
      `${lastState}: expected an event of unsafe at workers=2, found lock.take(worker2)`,
    ],
    [
      'an unknown bound',
      (whole) => whole.replace('"workers":2', '"workers":2,"locks":1'),
      `${lineOf('"bounds"')}: expected only bounds of unsafe, found "locks"`,
    ],
    [
      'a missing bound',
      (whole) => whole.replace('"workers":2', ''),
      `${lineOf('"bounds"')}: expected a value for the bound workers of unsafe, found none`,
    ],
    [
      'an unknown mutant',
      (whole) => whole.replace('"verdict"', '"mutant": "x",\n"verdict"'),
      `${lineOf('"verdict"')}: expected a mutant of unsafe, found "x"`,
    ],
    [
      'a renamed claim',
      (whole) => whole.replaceAll('oneAtATime', 'twoAtATime'),
      `${lineOf('"verdict"')}: expected a claim of unsafe of the kind invariant, found twoAtATime`,
    ],
  ]
  it.each(misfits)('does not fit its system: %s', (_, edit, message) => {
    expect(edit(text)).not.toBe(text)
    expect(() => replay(readTrace(edit(text), 'b.itf.json'), unsafe)).toThrow(
      new BadInputError(`b.itf.json:${message}`),
    )
  })
})
