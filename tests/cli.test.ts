/**
 * The command line end to end: every exit code of a check, output that pipes well, and failures whose last line
 * is a command that works.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 120_000
const argumentsOf = (command: string): string[] => command.replace('npx lockstep ', '').split(' ')

describe.concurrent('check', { timeout: TIMEOUT }, () => {
  it('says what was covered, in one line and a table, without escape codes in a pipe', async () => {
    const { code, stdout, stderr } = await lockstep(['check', fixture('sound'), '--verbose'])
    expect(stdout).toContain('sound: holds, exhaustive at workers=2, 12 states; 1 of 1 mutant killed\n')
    expect(stdout).toMatch(
      /^system +bound +states +events +depth +time +claims +witnesses +mutants killed +kernel schedules$/m,
    )
    expect(stdout).toMatch(/^sound +workers=2 +12 +16 +7 +[\d.]+ s +1 hold +2\/2 +1\/1 +-$/m)
    expect(stdout).toContain('sound: coverage')
    // oxlint-disable-next-line no-control-regex -- that there is none is the point
    expect(stdout + stderr).not.toMatch(/\u001b/)
    expect(code).toBe(0)
  })

  const ends: readonly (readonly [string, number, string, readonly string[]])[] = [
    ['pinned', 1, 'found 12 states and 16 transitions, pinned are 7 states and 8 transitions', []],
    ['watched', 1, 'watched: the observer drops refuses an event, at workers=2', []],
    ['starving', 2, 'starving: eachTurnComes(worker0) is never served, at workers=2', []],
    ['stuck', 2, 'stuck: it is stuck: nothing is enabled, at workers=2', []],
    ['survivor', 3, 'survivor: mutant ignoresTheHolder survived: noticesNothing does not notice it', []],
    ['unreached', 3, 'unreached: no state shows bothWork, at workers=2', []],
    ['throwing', 65, 'counts to two only, at workers=2', []],
    ['unsafe', 1, 'unsafe: oneAtATime is violated, at workers=2', ['--random', '30', '--seed', '7']],
  ]
  it.each(ends)(
    '%s ends with %i, and the command that shows it again',
    async (name, expected, sentence, options) => {
      const cwd = folder()
      const { code, stdout, last } = await lockstep(['check', fixture(name), ...options], cwd)
      expect(stdout).toContain(sentence)
      expect(code).toBe(expected)
      expect(last).toMatch(/^npx lockstep (check|replay) /)
      const again = await lockstep(argumentsOf(last), cwd)
      expect(again.code).toBe(last.includes(' replay ') ? 0 : expected)
      if (last.includes(' replay ')) expect(again.last).toMatch(/^the recorded verdict still stands: /)
    },
  )

  it('prints the steps of a failure with what each moved', async () => {
    const { stdout } = await lockstep(['check', fixture('unsafe')], folder())
    expect(stdout).toContain('  claim: at most one works\n')
    expect(stdout).toContain(
      '  1  lock.take(worker0)  lock: taken=1 by=["worker0"]; workers.worker0: idle → working\n',
    )
    expect(stdout).toContain('  2  lock.take(worker1)  lock: taken=2')
  })

  it('never says ok where a limit ended the search', async () => {
    const { code, stdout } = await lockstep([
      'check',
      fixture('sound'),
      '--max-states',
      '3',
      '--only',
      'claims',
    ])
    expect(stdout).toContain('sound: not decided, bound reached at workers=2: 3 states (--max-states)')
    expect(code).toBe(4)
  })

  it('takes other bounds, and walks at random with a seed', async () => {
    const bounds = await lockstep(['check', fixture('sound'), '--set', 'workers=3', '--only', 'claims'])
    expect(bounds.stdout).toContain('exhaustive at workers=3')
    expect(bounds.code).toBe(0)
    const walks = await lockstep(['check', fixture('sound'), '--random', '20', '--seed', '7'])
    expect(walks.stdout).toContain('sound: holds, 20 walks of at most 400 steps at workers=2, seed 7')
    expect(walks.code).toBe(0)
  })

  it('prints one JSON document', async () => {
    const { code, stdout } = await lockstep(['check', fixture('unsafe'), '--json'], folder())
    const report = JSON.parse(stdout) as {
      exitCode: number
      systems: { claims: { outcome: string }; failures: { command: string }[] }[]
    }
    expect(report.exitCode).toBe(code)
    expect(report.systems[0]?.claims.outcome).toBe('violated')
    expect(report.systems[0]?.failures[0]?.command).toBe(
      'npx lockstep replay .lockstep/unsafe/one-at-a-time.itf.json',
    )
  })

  it("keeps mutants' traces, compares them, and notices a stale one", async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'mine.ts'), `export { sound } from '${fixture('systems')}'\n`)
    const trace = join(cwd, 'traces/sound/ignores-the-holder.itf.json')
    expect((await lockstep(['check', './mine.ts'], cwd)).stdout).toContain('1 mutant without a stored trace')
    expect((await lockstep(['check', './mine.ts', '--update-traces'], cwd)).code).toBe(0)
    const text = readFileSync(trace, 'utf8')
    expect((await lockstep(['check', './mine.ts'], cwd)).code).toBe(0)
    writeFileSync(trace, text.replace('"taken":{"#bigint":"2"}', '"taken":{"#bigint":"1"}'))
    const stale = await lockstep(['check', './mine.ts'], cwd)
    expect(stale.stdout).toContain(
      'the stored trace of mutant ignoresTheHolder is stale: the recorded verdict does not stand',
    )
    expect(stale.last).toBe('npx lockstep replay traces/sound/ignores-the-holder.itf.json')
    expect(stale.code).toBe(1)
    expect((await lockstep(argumentsOf(stale.last), cwd)).code).toBe(1)
  })
})

describe.concurrent('replay', { timeout: TIMEOUT }, () => {
  it('replays elsewhere, on another variant, and up to a step', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'mine.ts'), `export { sound } from '${fixture('systems')}'\n`)
    await lockstep(['check', './mine.ts', '--update-traces'], cwd)
    const trace = join(cwd, 'traces/sound/ignores-the-holder.itf.json')
    const elsewhere = await lockstep(['replay', trace], folder())
    expect(elsewhere.last).toBe('the recorded verdict still stands: oneAtATime is violated in the last state')
    const variant = await lockstep(['replay', trace, '--mutant', 'none'])
    expect(variant.last).toContain(
      'step 2, lock.take(worker1), is refused by lock in {"taken":1,"by":["worker0"]}',
    )
    expect(variant.code).toBe(1)
    const partial = await lockstep(['replay', trace, '--until', '1', '--json'])
    expect(JSON.parse(partial.stdout)).toMatchObject({
      system: 'sound',
      steps: [{ index: 1, label: 'lock.take(worker0)' }],
    })
    expect(partial.code).toBe(0)
    const beyond = await lockstep(['replay', trace, '--until', '9'])
    expect(beyond.stderr).toBe('error: --until takes at most 2, the steps of this trace, not 9\n')
    expect(beyond.code).toBe(64)
    const unknown = await lockstep(['replay', trace, '--mutant', 'ignoresTheHoldr'])
    expect(unknown.stderr).toBe(
      "error: sound has no mutant 'ignoresTheHoldr' (did you mean 'ignoresTheHolder'?)\n",
    )
    expect(unknown.code).toBe(64)
    const text = readFileSync(trace, 'utf8')
    writeFileSync(trace, text.replace('"sound"', '"sond"'))
    expect((await lockstep(['replay', trace], cwd)).stderr).toBe(
      'error: traces/sound/ignores-the-holder.itf.json:7: ' +
        "expected a system of ../../mine.ts, found 'sond' (did you mean 'sound'?)\n",
    )
    writeFileSync(trace, text.slice(0, 300))
    const truncated = await lockstep(['replay', trace], cwd)
    expect(truncated.stderr).toMatch(
      /^error: traces\/sound\/ignores-the-holder\.itf\.json:\d+: expected .*, found .*\n$/,
    )
    expect(truncated.code).toBe(65)
  })
})

describe.concurrent('list, explain and export', { timeout: TIMEOUT }, () => {
  it('lists the registry', async () => {
    const { code, stdout } = await lockstep(['list', '--json'])
    expect(Array.isArray(JSON.parse(stdout))).toBe(true)
    expect(code).toBe(0)
  })

  it('explains a system', async () => {
    const { stdout } = await lockstep(['explain', fixture('starving')])
    expect(stdout).toContain('  lock.take: worker in worker (2); 2 events, taken by lock, workers\n')
    expect(stdout).toContain('  eachTurnComes (leadsTo for each worker): an idle worker works in the end\n')
    expect(stdout).toContain('  weak: lock.drop, for each worker\n')
    const json = JSON.parse((await lockstep(['explain', fixture('starving'), '--json'])).stdout) as {
      components: unknown[]
    }
    expect(json.components).toHaveLength(2)
  })

  it('exports the product, the charts and the machines', async () => {
    const output = join(folder(), 'sound.aut')
    expect((await lockstep(['export', fixture('sound'), '--format', 'aut', '--output', output])).code).toBe(0)
    expect(readFileSync(output, 'utf8')).toMatch(/^des \(0, 16, 12\)\n/)
    const mermaid = await lockstep([
      'export',
      fixture('sound'),
      '--format',
      'mermaid',
      '--component',
      'workers',
    ])
    expect(mermaid.stdout).toMatch(/^%% workers\nstateDiagram-v2\n/)
    const json = await lockstep(['export', fixture('sound'), '--format', 'json', '--component', 'workers'])
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'worker', initial: 'idle' })
  })
})

describe('the example', { timeout: TIMEOUT }, () => {
  it('holds, its mutant is killed, and the stored trace replays', async () => {
    const { code, stdout } = await lockstep(['check', 'examples/two-workers.ts'])
    expect(stdout).toContain('two-workers: holds, exhaustive at workers=2, 3 states; 1 of 1 mutant killed')
    expect(stdout).not.toContain('without a stored trace')
    expect(code).toBe(0)
    const { last } = await lockstep(['replay', 'examples/traces/two-workers/takes-a-held-lock.itf.json'])
    expect(last).toBe('the recorded verdict still stands: oneAtATime is violated in the last state')
  })
})
