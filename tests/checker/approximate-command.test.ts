/** `lockstep check --approximate`: what it prints, how it ends, and which options go together. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture, folder, lockstep } from '../cli-fixtures/run.ts'

const TIMEOUT = 120_000
const argumentsOf = (command: string): string[] => command.replace('npx lockstep ', '').split(' ')

describe.concurrent('check --approximate', { timeout: TIMEOUT }, () => {
  it.each(['bitstate', 'compact'])(
    '%s never says that claims hold, and says how much it may have missed',
    async (set) => {
      const { code, stdout } = await lockstep(['check', fixture('sound'), '--approximate', set])
      expect(code).toBe(4)
      expect(stdout).toMatch(
        /^sound: not decided, no violation found at workers=2; approximate: 12 states, /m,
      )
      expect(stdout).toMatch(
        / bits of memory a state, p\(a state was missed\) <= [\d.e-]+, expected missed [\d.e-]+, /,
      )
      expect(stdout).toContain('sound: mutants and kernel were left out: --approximate is for claims\n')
      expect(stdout).not.toMatch(/holds|killed,/)
    },
  )

  it('names the progress claims it has left out', async () => {
    const { code, stdout } = await lockstep(['check', fixture('starving'), '--approximate', 'compact'])
    expect(code).toBe(4)
    expect(stdout).toContain(', without eachTurnComes, ')
  })

  it.each([
    ['unsafe', 1, 'unsafe: oneAtATime is violated, at workers=2'],
    ['watched', 1, 'watched: the observer drops refuses an event, at workers=2'],
    ['stuck', 2, 'stuck: it is stuck: nothing is enabled, at workers=2'],
    ['throwing', 65, 'counts to two only, at workers=2'],
  ] as const)('%s ends with %i, and the command that replays it', async (name, expected, sentence) => {
    for (const order of ['breadth', 'depth']) {
      const cwd = folder()
      const options = ['--approximate', 'bitstate', '--memory', '1', '--order', order]
      const { code, stdout, last } = await lockstep(['check', fixture(name), ...options], cwd)
      expect(stdout).toContain(sentence)
      expect(code).toBe(expected)
      expect(last).toMatch(/^npx lockstep replay /)
      const again = await lockstep(argumentsOf(last), cwd)
      expect(again.last).toMatch(/^the recorded verdict still stands: /)
      expect(again.code).toBe(0)
    }
  })

  it('prints one JSON document with the estimate, the same twice', async () => {
    const options = ['--approximate', 'bitstate', '--seed', '3', '--spill', folder(), '--json']
    const runs = await Promise.all([1, 2].map(() => lockstep(['check', 'tlb-shootdown', ...options])))
    const documents = runs.map(({ stdout }) => JSON.parse(stdout) as { exitCode: number; systems: Report[] })
    type Report = { claims: { seconds: number; states: number; outcome: string; approximate: object } }
    for (const { exitCode, systems } of documents) {
      expect([exitCode, systems[0]!.claims.outcome, systems[0]!.claims.states]).toEqual([4, 'bound', 23_268])
      expect(systems[0]!.claims.approximate).toMatchObject({
        outcome: 'no violation found',
        omission: { hashFactor: (8 * 2 ** 26) / 23_268 },
        claimsLeftOut: ['unmapEndsInFree'],
      })
      systems[0]!.claims.seconds = 0
    }
    expect(documents[0]).toEqual(documents[1])
  })

  it('stops at the limits it is given', async () => {
    const run = (...options: string[]) =>
      lockstep(['check', 'tlb-shootdown', '--approximate', 'compact', ...options])
    const [far, many] = await Promise.all([
      run('--depth', '4'),
      run('--max-states', '5000', '--order', 'depth'),
    ])
    expect(far.stdout).toContain('bound reached: 4 events from the initial state (--depth)')
    expect(many.stdout).toContain('bound reached: 5000 states (--max-states)')
    expect([far.code, many.code]).toEqual([4, 4])
  })

  it.each([
    [['--memory', '4'], '--memory is for --approximate'],
    [['--order', 'depth'], '--order is for --approximate'],
    [['--approximate', 'compact', '--random', '3'], '--approximate and --random exclude each other'],
    [
      ['--approximate', 'compact', '--only', 'mutants'],
      '--approximate is for claims; it has nothing to say of mutants',
    ],
    [['--approximate', 'compact', '--max-memory', '9'], 'the visited set of --approximate has --memory'],
    [['--approximate', 'compact', '--order', 'depth', '--spill', '.'], '--spill is for breadth first'],
    [['--approximate', 'compact', '--memory', '0'], 'It takes a whole number of at least 1.'],
    [['--approximate', 'compact', '--memory', '99999999999'], 'there is no memory for a visited set of'],
    [['--approximate', 'exact'], 'Allowed choices are bitstate, compact.'],
  ])('%j is refused in one sentence', async (options, sentence) => {
    const { code, stdout, stderr } = await lockstep(['check', fixture('sound'), ...options])
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect([code, stdout]).toEqual([64, ''])
  })

  it('is in the list of commands', () => {
    const page = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
    expect(page).toContain('--approximate bitstate')
  })
})
