/** `check --engine spin` and the exports for SPIN and TLC, as a person runs them. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { spinMissing } from '../src/checker/spin.ts'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const missing = spinMissing()
if (missing !== undefined) console.warn(`check --engine spin is not run: ${missing}`)

const TIMEOUT_MS = 60_000
const MILLISECONDS_BETWEEN_LOOKS = 50
const created: string[] = []
const place = (): string => {
  const path = folder()
  created.push(path)
  return path
}
afterAll(() => created.forEach((path) => rmSync(path, { recursive: true, force: true })))

const BIN = resolve(import.meta.dirname, '../bin/lockstep.mjs')

describe.skipIf(missing !== undefined)('check --engine spin', { timeout: TIMEOUT_MS }, () => {
  it('says what SPIN counted, what holds and what was reached', async () => {
    const { code, stdout } = await lockstep(['check', fixture('sound'), '--engine', 'spin'])
    expect(stdout).toContain('exhaustive by SPIN at workers=2')
    expect(stdout).toMatch(/SPIN counts 12 states and 16 transitions, as many as Lockstep/)
    expect(stdout).toContain('holds: oneAtATime')
    expect(stdout).toContain('reached: everyoneWorks(worker0), everyoneWorks(worker1)')
    expect(stdout).toContain('1 of 1 mutant killed')
    expect(code).toBe(0)
  })

  it('ends with the command that replays a violation on the charts', async () => {
    const cwd = place()
    const { code, stdout, last } = await lockstep(['check', fixture('unsafe'), '--engine', 'spin'], cwd)
    expect(code).toBe(1)
    expect(stdout).toContain('2  lock.take(worker1)')
    const replayed = await lockstep(last.replace('npx lockstep ', '').split(' '), cwd)
    expect(replayed.stdout).toContain('the recorded verdict still stands')
  })

  it('has the exit codes of our own engine for what is stuck, starves or is not reached', async () => {
    const cwd = place()
    const run = async (name: string) =>
      (await lockstep(['check', fixture(name), '--engine', 'spin', '--only', 'claims'], cwd)).code
    expect(await Promise.all(['stuck', 'starving', 'unreached'].map(run))).toEqual([2, 2, 3])
  })

  it('prints JSON with the engine and the verdict', async () => {
    const { stdout } = await lockstep([
      'check',
      fixture('sound'),
      '--engine',
      'spin',
      '--only',
      'claims',
      '--json',
    ])
    const { systems } = JSON.parse(stdout) as { systems: { claims: object }[] }
    expect(systems[0]!.claims).toMatchObject({
      engine: 'spin',
      outcome: 'holds',
      states: 12,
      transitions: 16,
    })
  })

  it('claims nothing where a limit is reached', async () => {
    const args = ['check', 'tlb-shootdown', '--engine', 'spin', '--only', 'claims']
    const { code, stdout } = await lockstep([...args, '--max-states', '1000'])
    expect(code).toBe(4)
    expect(stdout).toContain('1000 states (--max-states)')
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const temporary = place()
    const args = [BIN, 'check', 'frame-allocator', '--engine', 'spin', '--only', 'claims']
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    })
    const ended = new Promise<NodeJS.Signals | null>((done) => child.on('close', (_, signal) => done(signal)))
    const compiling = () => {
      const made = readdirSync(temporary).find((name) => name.startsWith('lockstep-spin-'))
      return made !== undefined && existsSync(join(temporary, made, 'pan.c'))
    }
    while (!compiling() && child.exitCode === null)
      await new Promise((next) => setTimeout(next, MILLISECONDS_BETWEEN_LOOKS))
    child.kill('SIGINT')
    expect(await ended).toBe('SIGINT')
    expect(readdirSync(temporary).filter((name) => name.startsWith('lockstep-spin-'))).toEqual([])
  })
})

describe('what --engine spin refuses, in one sentence', { timeout: TIMEOUT_MS }, () => {
  it.each([
    [['--only', 'kernel'], 'it cannot run the kernel'],
    [['--random', '5'], 'SPIN explores everything'],
    [['--update-traces'], 'stored traces are our own'],
  ])('%o', async (more, sentence) => {
    const { code, stderr } = await lockstep(['check', 'tlb-shootdown', '--engine', 'spin', ...more])
    expect(code).toBe(64)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('a machine without SPIN', async () => {
    const empty = place()
    const env = { ...process.env, PATH: empty }
    const child = spawn(process.execPath, [BIN, 'check', 'tlb-shootdown', '--engine', 'spin'], { env })
    let stderr = ''
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    const code = await new Promise((done) => child.on('close', done))
    expect(stderr).toBe('error: --engine spin needs SPIN and gcc: spin and gcc not installed\n')
    expect(code).toBe(64)
  })
})

describe('export', { timeout: TIMEOUT_MS }, () => {
  it('writes a Promela model of a system or of a mutant', async () => {
    const whole = await lockstep(['export', fixture('sound'), '--format', 'promela'])
    expect(whole.code).toBe(0)
    expect(whole.stdout).toContain('SPIN stores 12 states and takes 16 transitions')
    const mutant = await lockstep([
      'export',
      fixture('sound'),
      '--format',
      'promela',
      '--mutant',
      'ignoresTheHolder',
    ])
    expect(mutant.stdout).toContain('sound at workers=2, mutant ignoresTheHolder')
  })

  it('writes a module of TLA+ named as its file, and its configuration beside it', async () => {
    const cwd = place()
    mkdirSync(join(cwd, 'out'))
    const args = ['export', fixture('sound'), '--format', 'tla', '--output']
    expect((await lockstep([...args, 'out/Lock.tla'], cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'out/Lock.tla'), 'utf8')).toMatch(/^-+ MODULE Lock -+\n/)
    expect(readFileSync(join(cwd, 'out/Lock.cfg'), 'utf8')).toMatch(/^SPECIFICATION Spec\n/)
    const wrong = await lockstep([...args, 'two words.tla'], cwd)
    expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringContaining('must be a module of TLA+')])
  })

  it('refuses --mutant for the formats that have no mutants', async () => {
    const { code, stderr } = await lockstep([
      'export',
      'tlb-shootdown',
      '--format',
      'aut',
      '--mutant',
      'mapsHeldFrame',
    ])
    expect(code).toBe(64)
    expect(stderr).toContain('--mutant goes with --format promela or tla')
  })
})
