/** Programs over shared memory on the command line: checks, stored traces, replays, and files that are refused. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BadInputError, JsonFile } from '../src/checker/json-file.ts'
import { readMemoryTrace } from '../src/cli/memory-trace.ts'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 120_000
const EXAMPLE = resolve('examples/lost-wake-up.ts')
const TRACE = resolve('examples/traces/lost-wake-up/sleeps-without-second-look.itf.json')
const stored = readFileSync(TRACE, 'utf8')

describe.concurrent('the command line', { timeout: TIMEOUT }, () => {
  it('checks the example: it holds, its mutant is killed, and the stored trace is still the shortest', async () => {
    const { code, stdout } = await lockstep(['check', EXAMPLE, '--json'])
    expect(code).toBe(0)
    const [report] = (JSON.parse(stdout) as { systems: unknown[] }).systems
    expect(report).toMatchObject({
      system: 'lost-wake-up',
      claims: { outcome: 'holds', states: 96, transitions: 161, witnesses: { reached: 1, total: 1 } },
      mutants: [{ name: 'sleepsWithoutSecondLook', outcome: 'killed', steps: 7, trace: 'same' }],
    })
  })

  it('reports each program of a file, and every failure ends with the command that replays it', async () => {
    const cwd = folder()
    const { code, stdout } = await lockstep(['check', fixture('memory-faults')], cwd)
    expect(code).toBe(1)
    expect(stdout).toContain('racing: VIOLATED')
    expect(stdout).toContain('racing: race: data may be accessed by two threads at once')
    expect(stdout).toContain('sleeping: deadlock: no thread can go on: thread0 sleeps on flag')
    expect(stdout).toContain('surviving: mutant countsTheSame survived: race does not notice it')
    const commands = [...stdout.matchAll(/^npx lockstep (replay .*)$/gm)].map(([, command]) => command!)
    expect(commands.length).toBe(2)
    for (const command of commands) {
      const again = await lockstep(command.split(' '), cwd)
      expect(again.code).toBe(0)
      expect(again.last).toMatch(/^the recorded verdict still stands: /)
    }
  })

  it('replays a trace on the program without the bug, and up to a step', async () => {
    const correct = await lockstep(['replay', TRACE, '--mutant', 'none'])
    expect(correct.code).toBe(1)
    expect(correct.last).toBe('the recorded verdict (deadlock) does not stand: nothing is wrong at its end')
    const partial = await lockstep(['replay', TRACE, '--until', '2'])
    expect(partial.code).toBe(0)
    expect(partial.stdout).toContain(
      'the state there:\n  jobs = 1\n  submitter: running, next exchange bell 0\n',
    )
    const beyond = await lockstep(['replay', TRACE, '--until', '8'])
    expect(beyond.code).toBe(64)
    expect(beyond.stderr).toBe('error: --until takes at most 7, the steps of this trace, not 8\n')
  })

  it('says that a stored trace is stale, and writes traces when told to', async () => {
    const cwd = folder()
    const own = join(cwd, 'own.ts')
    copyFileSync(EXAMPLE, own)
    const text = readFileSync(own, 'utf8').replaceAll("'lockstep'", `'${resolve('src/index.ts')}'`)
    writeFileSync(own, text)
    const path = join(cwd, 'traces/lost-wake-up/sleeps-without-second-look.itf.json')
    expect((await lockstep(['check', own], cwd)).stdout).toContain('without a stored trace')
    expect((await lockstep(['check', own, '--update-traces'], cwd)).code).toBe(0)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ '#meta': { source: '../../own.ts' } })
    writeFileSync(path, stored.replace('"choices": "1.0.0.0.0.0.0"', '"choices": "0.0.0.0.0.0.0"'))
    const stale = await lockstep(['check', own], cwd)
    expect(stale.code).toBe(1)
    expect(stale.stdout).toContain('the stored trace of mutant sleepsWithoutSecondLook is stale')
  })

  it('refuses what only systems of charts take', async () => {
    const { code, stderr } = await lockstep(['check', EXAMPLE, '--engine', 'spin'])
    expect(stderr).toBe(
      'error: --engine is for systems of charts; lost-wake-up is a program over shared memory\n',
    )
    expect(code).toBe(64)
  })
})

describe('reading a trace', () => {
  const read = (text: string) => readMemoryTrace(new JsonFile(text, 'trace.json'))

  it('gives back what was written', () => {
    const trace = read(stored)
    expect(trace).toMatchObject({
      program: 'lost-wake-up',
      mutant: 'sleepsWithoutSecondLook',
      verdict: { kind: 'deadlock' },
      schedule: [1, 0, 0, 0, 0, 0, 0],
      vars: ['jobs', 'bell', 'submitter', 'worker'],
    })
    expect(trace.steps[6]).toMatchObject({ thread: 'worker', access: { kind: 'wait', result: 'parked' } })
    expect(trace.states[7]).toMatchObject({ jobs: 2, bell: 1, worker: { status: 'parked', operations: 0 } })
  })

  const faults: readonly (readonly [string, string, string])[] = [
    ['"lockstep": 1', '"lockstep": 9', 'trace.json:5: expected trace format 1 as #meta.lockstep, found 9'],
    ['"deadlock"', '"gone"', 'expected one of race, deadlock, '],
    ['"choices": "1.0', '"choices": "1.0.0', 'expected 7 choices, one for each step, found 8'],
    ['"index":3,"thread"', '"index":4,"thread"', 'expected the index 3, found 4'],
    ['"kind":"add"', '"kind":"plus"', 'trace.json:17: expected one of load, store, '],
    ['"vars": ["jobs",', '"vars": [', 'expected one of bell, submitter, worker, found "jobs"'],
    ['"jobs":{"#bigint":"0"},', '', 'trace.json:15: expected a value of jobs, found none'],
    ['{"#bigint":"2"}', '{"#bigint":"two"}', 'expected the digits of a whole number, found "two"'],
    ['"program": "lost-wake-up",', '', 'expected the field "program" in #meta, found none'],
  ]
  it.each(faults)('refuses %s changed to %s', (from, to, sentence) => {
    expect(stored).toContain(from)
    const text = stored.replace(from, to)
    expect(() => read(text)).toThrow(BadInputError)
    expect(() => read(text)).toThrow(sentence)
  })
})
