/** Exports: the product as .aut with the counts of the search, charts as Mermaid and as XState's own JSON. */
import { describe, expect, it } from 'vitest'
import { createMachine, setup } from 'xstate'
import { check } from '../src/checker/explore.ts'
import { exportAut } from '../src/checker/export-aut.ts'
import { mermaidOfMachine, mermaidOfTrace } from '../src/checker/export-mermaid.ts'
import { machineJson } from '../src/checker/export-xstate.ts'
import { readTrace } from '../src/checker/trace-file.ts'
import { instantiate } from '../src/model/instance.ts'
import { sound, unsafe } from './cli-fixtures/systems.ts'
import { traceFor } from './cli-fixtures/violated.ts'

const region = (name: string) => ({
  initial: `${name}1`,
  states: {
    [`${name}1`]: { on: { GO: `${name}2`, OUT: '#both.done' } },
    [`${name}2`]: { on: { GO: `${name}2`, BACK: `${name}2` } },
  },
})
const both = createMachine({
  id: 'both',
  initial: 'running',
  on: { RESET: '.running' },
  states: {
    running: {
      type: 'parallel',
      on: { AGAIN: 'running' },
      states: { left: region('l'), right: region('r') },
    },
    done: { type: 'final' },
  },
})

describe('the product as .aut', () => {
  it('has as many states and transitions as the search found', () => {
    let text = ''
    const result = exportAut(instantiate(sound), (piece) => (text += piece))
    const [head, ...lines] = text.trimEnd().split('\n')
    const { states, transitions } = check(instantiate(sound))
    expect(result).toEqual({ states, transitions, bound: undefined })
    expect(head).toBe(`des (0, ${transitions}, ${states})`)
    expect(lines).toHaveLength(transitions)
    expect(lines[0]).toBe('(0,"lock.take(worker0)",1)')
    expect(lines.every((line) => /^\(\d+,"[^"]+",\d+\)$/.test(line))).toBe(true)
  })

  it('writes nothing where a limit ends the search', () => {
    const pieces: string[] = []
    const { bound } = exportAut(instantiate(sound, { workers: 6 }), (piece) => pieces.push(piece), {
      statesMax: 3,
    })
    expect(bound).toBe('3 states (--max-states)')
    expect(pieces).toEqual([])
  })
})

describe('Mermaid', () => {
  it('draws a flat chart with one edge for all self loops of a state', () => {
    const machine = createMachine({
      id: 'flat',
      initial: 'a',
      states: { a: { on: { X: 'a', Y: 'a', Z: 'b' } }, b: { after: { 10: 'a' } } },
    })
    const lines = mermaidOfMachine(machine).split('\n')
    expect(lines[0]).toBe('stateDiagram-v2')
    expect(lines).toContain('  s_flat_a --> s_flat_a : X / Y')
    expect(lines).toContain('  s_flat_b --> s_flat_a : after 10')
  })

  it('notes the edges that Mermaid crashes on or loses', () => {
    const text = mermaidOfMachine(both)
    expect(text).toContain('      --\n')
    expect(text).not.toMatch(/s_both_running --> s_both_running\b/)
    expect(text).not.toMatch(/-->.*: OUT/)
    expect(text).toMatch(/note right of s_both_running_left_l1\n {4}OUT, to done/)
    expect(text).toMatch(/note right of s_both_running\n {4}AGAIN/)
  })

  it('draws a trace as a sequence', () => {
    const trace = readTrace(traceFor(unsafe), 'trace.itf.json')
    const lines = mermaidOfTrace(trace, instantiate(unsafe)).split('\n')
    expect(lines.slice(0, 2)).toEqual(['sequenceDiagram', '  participant c0 as lock'])
    expect(lines).toContain('  c0->>c2: lock.take(worker1)')
    expect(lines.at(-2)).toBe('  Note over c0,c2: invariant oneAtATime')
  })
})

describe('XState JSON', () => {
  it('is the configuration with functions by name, from which a machine of the same shape is made', () => {
    const machine = setup({
      types: { events: {} as { type: 'GO' } },
      guards: { isReady: () => true },
    }).createMachine({
      id: 'named',
      context: { count: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', guard: 'isReady', actions: function announce() {} } } },
        b: {},
      },
    })
    const json = JSON.parse(JSON.stringify(machineJson(machine, { count: 0 }))) as Parameters<
      typeof createMachine
    >[0]
    expect(json).toEqual({
      id: 'named',
      context: { count: 0 },
      initial: 'a',
      states: { a: { on: { GO: { target: 'b', guard: 'isReady', actions: 'announce' } } }, b: {} },
    })
    expect(Object.keys(createMachine(json).states)).toEqual(['a', 'b'])
  })
})
