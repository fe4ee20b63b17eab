/**
 * The command `conform FILE` as its users meet it: what it prints and the exit code it asks for, on logs
 * that conform, that break a claim, and that are none.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { conformCommand } from '../src/linux/conform-report.ts'
import { threadClaims } from '../src/statemachines/kernel/scheduled-thread.ts'
import { act, change, migrate, on, text, wake } from './ftrace-lines.ts'

const capture = (name: string) => `examples/ftrace/${name}.txt.gz`
const directory = mkdtempSync(join(tmpdir(), 'lockstep-conform-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('the command', () => {
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  }
  const good = [on(0, 2, change(2, 'S', 1)), on(0, 1, act)]

  test('a violation names file and line, quotes it, and says what broke', () => {
    const path = file('two-cpus.txt', text([on(1, 2, act), on(0, 1, change(1, 'S', 2))]))
    const { text: output, exitCode } = conformCommand(path)
    expect(exitCode).toBe(1)
    expect(output).toContain(`VIOLATED runsOnOneCpu: ${threadClaims.runsOnOneCpu}`)
    expect(output).toContain(`${path}:2: task-1 (1) [000]`)
    expect(output).toContain('thread2 was running.settled {"cpu":"cpu1"')
    expect(JSON.parse(conformCommand(path, { json: true }).text)).toMatchObject({
      violation: { line: 2, component: 'thread2' },
    })
  })

  test('a conforming log has exit code 0, plain or gzip', () => {
    expect(conformCommand(file('plain.txt', text(good)))).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('conforms; 2 events'),
    })
    expect(JSON.parse(conformCommand(capture('rtnopi'), { json: true }).text)).toMatchObject({
      violation: null,
    })
    expect(conformCommand(capture('rtnopi')).text).toContain('151 switches away from idle1')
  })

  const cut = gunzipSync(readFileSync(capture('rtnopi')))
    .toString()
    .split('\n')[60]!
    .slice(0, 70)
  test.each([
    ['a line that is none', [...good, 'hello'], ':3: expected COMM-PID'],
    ['a line cut off', [...good, cut], ':3: expected'],
    [
      'a switch without its end',
      [...good, on(0, 1, change(1, 'S', 2).slice(0, -20))],
      ':3: expected sched_switch: prev_comm=C',
    ],
    [
      'an unknown state letter',
      [...good, on(0, 1, change(1, 'Q', 2))],
      ":3: expected a prev_state of R, R+ or letters of S D T t X Z P I, not 'Q'",
    ],
    [
      'a pid out of range',
      [on(0, 1, wake('waking', 4_194_305, 0))],
      ':1: expected a pid from 1 to 4194304, not 4194305',
    ],
    [
      'a priority out of range',
      [on(0, 1, act), on(0, 1, migrate(1, 0, 1).replace('prio=120', 'prio=140'))],
      ':2: expected a prio',
    ],
    ['a CPU out of range', [on(0, 1, act).replace('[000]', '[9999]')], ':1: expected a CPU of at most 8191'],
    [
      'time going back',
      [on(0, 1, act).replace('TIME', '2.000000'), on(0, 1, act)],
      ':2: expected a time not before 2.000000',
    ],
    ['no event at all', ['# tracer: nop'], ': expected an ftrace log with at least one event'],
  ])('%s is bad input', (_, lines, message) => {
    const path = file('bad.txt', text(lines))
    const { text: output, exitCode } = conformCommand(path)
    expect(exitCode).toBe(65)
    expect(output).toContain(`${path}${message}`)
    expect(output.split('\n')).toHaveLength(1)
  })

  test('a file that is cut off, missing or no gzip is bad input', () => {
    const unfinished = text(good).slice(0, -1)
    expect(conformCommand(file('cut.txt', unfinished))).toMatchObject({
      exitCode: 65,
      text: expect.stringContaining(':2: expected a line that ends'),
    })
    const zipped = readFileSync(capture('rtnopi'))
    expect(conformCommand(file('cut.gz', zipped.subarray(0, 9000)))).toMatchObject({
      exitCode: 65,
      text: expect.stringContaining('cannot be read'),
    })
    expect(JSON.parse(conformCommand(join(directory, 'none'), { json: true }).text)).toMatchObject({
      error: expect.stringContaining('ENOENT'),
    })
  })
})
