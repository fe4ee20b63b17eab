/**
 * A swarm in local processes, as a person runs it: every kind of end, the same result from one process as from
 * two, and processes or threads that die under their jobs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diversify } from '../src/swarm/diversify.ts'
import { Fold } from '../src/swarm/fold.ts'
import { runLocally } from '../src/swarm/local.ts'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 120_000

/** The JSON report without what depends on the machine's speed. */
function reportOf(stdout: string): Record<string, unknown> {
  const { seconds: _, failure: __, ...rest } = JSON.parse(stdout) as Record<string, unknown>
  return rest
}

describe('swarm local', { timeout: TIMEOUT }, () => {
  const ends: readonly (readonly [string, number, string, readonly string[]])[] = [
    ['sound', 0, 'sound at workers=2: holds; the exact search was exhaustive', []],
    ['unreached', 3, 'no state shows bothWork; the exact search was exhaustive', []],
    ['sound', 4, 'sound at workers=2: not decided, no violation found by 3 jobs', ['--max-states', '3']],
  ]
  it.each(ends)('%s ends with %i: %s', async (name, expected, sentence, options) => {
    const { code, stdout, stderr } = await lockstep([
      'swarm',
      'local',
      fixture(name),
      '--jobs',
      '3',
      ...options,
    ])
    expect(stdout).toContain(sentence)
    expect(stdout).toContain('3 of 3 jobs done')
    expect(stderr).toContain('1 of 3 jobs done')
    expect(code).toBe(expected)
  })

  it('shortens and stores a counterexample, and its last line replays it', async () => {
    const cwd = folder()
    const options = ['--mutant', 'ignoresTheHolder', '--jobs', '4', '--output', 'kept/found.itf.json']
    const { code, stdout, last } = await lockstep(['swarm', 'local', fixture('sound'), ...options], cwd)
    expect(code).toBe(1)
    expect(stdout).toContain('sound: oneAtATime is violated, at workers=2, mutant ignoresTheHolder\n')
    expect(last).toBe('npx lockstep replay kept/found.itf.json')
    const { states } = JSON.parse(readFileSync(join(cwd, 'kept/found.itf.json'), 'utf8')) as {
      states: unknown[]
    }
    expect(states).toHaveLength(3)
    const again = await lockstep(['replay', 'kept/found.itf.json'], cwd)
    expect(again.last).toBe('the recorded verdict still stands: oneAtATime is violated in the last state')
  })

  it('finds the same with one process as with two', async () => {
    const run = (processes: string) =>
      lockstep(
        [
          'swarm',
          'local',
          'tlb-shootdown',
          '--mutant',
          'leavesTheEntry',
          '--jobs',
          '6',
          '--seed',
          '3',
        ].concat(['--max-states', '50000', '--processes', processes, '--json']),
        folder(),
      )
    const [one, two] = [await run('1'), await run('2')]
    expect(reportOf(one.stdout)).toMatchObject({ exitCode: 1, done: 6 })
    expect(reportOf(two.stdout)).toEqual(reportOf(one.stdout))
  })

  it('refuses what does not exist before any process is begun', async () => {
    const mutant = await lockstep(['swarm', 'local', fixture('sound'), '--mutant', 'nosuch'])
    expect(mutant).toMatchObject({
      code: 64,
      stderr: "error: sound has no mutant 'nosuch'; it has ignoresTheHolder\n",
    })
    const bound = await lockstep(['swarm', 'local', fixture('sound'), '--set', 'worker=3'])
    expect(bound.stderr).toBe(
      "error: no system that is checked has the bound 'worker' (did you mean 'workers'?)\n",
    )
    expect(bound.code).toBe(64)
    expect((await lockstep(['swarm', 'local', fixture('sound'), '--jobs', '0'])).code).toBe(64)
  })

  it("says what became of a search that a user's file ends", async () => {
    const cwd = folder()
    const ending = "import { isMainThread } from 'node:worker_threads'\nif (!isMainThread) process.exit(3)\n"
    writeFileSync(join(cwd, 'mine.ts'), `${ending}export { sound } from '${fixture('systems')}'\n`)
    const { code, stdout } = await lockstep(['swarm', 'local', './mine.ts', '--jobs', '2'], cwd)
    expect(stdout).toContain('  refused: local.1: its search was lost: the thread ended with code 3\n')
    expect(stdout).toContain('0 of 2 jobs done')
    expect(code).toBe(65)
  })
})

describe('processes that end', { timeout: TIMEOUT }, () => {
  const outcome = '{ verdict: "bound", unreached: [], states: 1, transitions: 0, depth: 0, seconds: 0 }'
  const jobs = diversify('local', {
    system: 's',
    bounds: {},
    jobs: 5,
    seed: 1,
    memoryBytes: 1,
    secondsMax: 1,
  })

  async function foldOf(body: string): Promise<Fold> {
    const module = join(folder(), 'process.mjs')
    writeFileSync(
      module,
      `process.on('message', async ({ job }) => { ${body}; process.send({ outcome: ${outcome} }) })`,
    )
    const fold = new Fold(jobs.length)
    const options = { processes: 2, command: [module], onDone: () => undefined } as const
    await runLocally(jobs, fold, options, new AbortController().signal)
    return fold
  }

  it('have their job run by another', async () => {
    const mark = join(folder(), 'mark')
    // The first process to be sent job 2 ends; the mark it leaves spares the next.
    const body = `
      const { existsSync, writeFileSync } = await import('node:fs')
      if (job.index === 2 && !existsSync('${mark}')) { writeFileSync('${mark}', ''); process.exit(1) }`
    const fold = await foldOf(body)
    expect(readFileSync(mark, 'utf8')).toBe('')
    expect(fold.summary()).toMatchObject({ done: 5, failures: [], states: 5 })
  })

  it('again and again under one job are told of, and the other jobs are done', async () => {
    const fold = await foldOf('if (job.index === 1) process.exit(1)')
    expect(fold.complete).toBe(true)
    expect(fold.summary()).toMatchObject({
      done: 4,
      failures: [{ index: 1, sentence: 'local.1: the process that ran it ended 2 times' }],
    })
  })
})
