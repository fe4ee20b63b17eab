/** `lockstep stats` as a person runs it: figures, JSON, limits, and what may be got wrong. */
import { describe, expect, it } from 'vitest'
import { fixture, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 120_000

describe.concurrent('stats', { timeout: TIMEOUT }, () => {
  it('prints aligned figures of a system, without escape codes in a pipe', async () => {
    const { code, stdout, stderr } = await lockstep(['stats', fixture('sound')])
    expect(stdout).toMatch(/^sound at workers=2: 12 states, 16 transitions, depth 7, explored in [\d.]+ s\n/)
    expect(stdout).toMatch(/^lock +12 +4 +16 +0 +4$/m)
    expect(stdout).toMatch(/^workers \(2 members\) +2 +2 +2 +0 +1$/m)
    // Who holds the lock is in the lock too: 12 states, 3 holdings without it.
    expect(stdout).toMatch(/^lock +4\.00 +4\.00 +3\.58$/m)
    expect(stdout).toContain('follows from all the others, and adds no states: workers\n')
    expect(stdout).toMatch(/^lock\.take +lock\.take\(worker0\) 4 +2 +- +8 +50\.0 %$/m)
    expect(stdout).toContain('every event is enabled somewhere\n')
    expect(stdout).toMatch(/^ +0 +1 {2}█{20}$/m)
    expect(stdout).toMatch(/^ +7 +2 {2}█{40}$/m)
    expect(stdout).toContain('successors of a state: 1 to 2, 1.33 in the mean\n')
    expect(stdout).toContain('no figure calls for a bound, a split or a merger\n')
    // oxlint-disable-next-line no-control-regex -- that there is none is the point
    expect(stdout + stderr).not.toMatch(/\u001b/)
    expect(code).toBe(0)
  })

  it('takes a registered system, other bounds and a mutant, and names events never enabled', async () => {
    const bounds = ['--set', 'tables=0', '--set', 'frames=1']
    const own = await lockstep(['stats', 'tlb-shootdown', ...bounds, '--json'])
    const mutant = await lockstep([
      'stats',
      'tlb-shootdown',
      ...bounds,
      '--mutant',
      'freesBeforeAcknowledgements',
      '--json',
    ])
    type Report = { states: number; mutant: string | null; events: { label: string; taken: number }[] }
    const [one, other] = [own, mutant].map(({ stdout }) => JSON.parse(stdout) as Report)
    expect([one?.mutant, other?.mutant]).toEqual([null, 'freesBeforeAcknowledgements'])
    expect(one?.events.filter(({ taken }) => taken === 0).map(({ label }) => label)).toContain(
      'ipi.send(cpu0, cpu0, page0)',
    )
    expect(other?.states).not.toBe(one?.states)
    expect([own.code, mutant.code]).toEqual([0, 0])
  })

  it('prints one JSON document that adds up', async () => {
    const { code, stdout } = await lockstep(['stats', fixture('sound'), '--json'])
    const report = JSON.parse(stdout) as {
      exitCode: number
      system: string
      bounds: object
      states: number
      transitions: number
      levels: number[]
      events: { taken: number }[]
      components: { name: string; multiplicity: number }[]
      hints: unknown[]
    }
    expect(report).toMatchObject({ exitCode: 0, system: 'sound', bounds: { workers: 2 }, hints: [] })
    expect(report.levels.reduce((sum, size) => sum + size, 0)).toBe(report.states)
    expect(report.events.reduce((sum, { taken }) => sum + taken, 0)).toBe(report.transitions)
    expect(report.components[0]).toMatchObject({ name: 'lock', multiplicity: 4 })
    expect(code).toBe(0)
  })

  it('says that a limit was reached, and ends with its exit code', async () => {
    const limited = ['stats', 'frame-allocator', '--max-states', '500']
    const { code, stdout } = await lockstep(limited)
    expect(stdout).toContain(
      'bound reached: 500 states (--max-states); the figures are of what was found until then\n',
    )
    expect(code).toBe(4)
    const json = JSON.parse((await lockstep([...limited, '--json'])).stdout) as object
    expect(json).toMatchObject({ exitCode: 4, bound: '500 states (--max-states)' })
  })

  const wrong: readonly (readonly [string, number, readonly string[], RegExp])[] = [
    ['no system', 64, [], /^error: missing required argument 'system'\n$/],
    ['a slug', 64, ['tlb-shutdown'], /^error: no system is called 'tlb-shutdown' \(did you mean 'tlb-/],
    ['an option', 64, ['tlb-shootdown', '--jsn'], /^error: unknown option '--jsn' \(Did you mean --json\?\)/],
    ['a limit', 64, ['tlb-shootdown', '--max-states', 'all'], /It takes a whole number of at least 1\.\n$/],
    ['a bound', 64, [fixture('sound'), '--set', 'worker=3'], /has the bound 'worker' \(did you mean/],
    ['a mutant', 64, [fixture('sound'), '--mutant', 'none'], /sound has no mutant 'none'; it has ignores/],
    [
      'a machine',
      65,
      [fixture('throwing')],
      /throwing\.ts: system throwing throws: .* counts to two only\n$/,
    ],
    ['a context', 65, [fixture('ill-formed')], /ill-formed\.ts: system ill-formed: component lock: .* Set;/],
  ]
  it.each(wrong)('%s that is wrong is told in one sentence', async (_, expected, args, message) => {
    const { code, stdout, stderr } = await lockstep(['stats', ...args])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
    expect(code).toBe(expected)
  })
})
