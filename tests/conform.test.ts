/**
 * `conform` on real logs and on small ones: the captures are accepted, every claim is broken by a log of a
 * few lines at its last one, and a chart whose guard does not decide lets that line pass.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Recorded } from '../src/checker/recorded.ts'
import { conform, conformLog } from '../src/linux/conform.ts'
import type { Entry } from '../src/linux/ftrace.ts'
import { fieldParts, headerParts, machines } from '../src/linux/scheduler-parts.ts'
import { cpuClaims } from '../src/statemachines/kernel/scheduled-cpu.ts'
import { threadClaims } from '../src/statemachines/kernel/scheduled-thread.ts'
import { act, change, exit, fork, log, migrate, on, wake } from './ftrace-lines.ts'

const capture = (name: string) => `examples/ftrace/${name}.txt.gz`

describe('the captures of a real Linux', () => {
  test.each(['futex', 'gcc', 'http', 'rtnopi', 'tlb'])('%s conforms', (name) => {
    const report = conform(capture(name))
    expect(report.violation).toBeUndefined()
    expect(report.judged).toBe(report.announced?.found)
    expect(report.announced?.entries).toBe(report.announced?.found)
    expect(report).toMatchObject({ gaps: [], excused: [], reordered: [] })
    for (const { thread, name: comm } of report.hidden)
      expect([thread.slice(0, 4), comm]).toContain(comm === 'hidden' ? comm : 'idle')
  })

  test('the counts of http and rtnopi are pinned', () => {
    const { events, hidden, coverage, lines } = conform(capture('http'))
    expect(lines).toBe(86_996)
    expect(events).toMatchObject({
      sched_switch: 29_204,
      sched_waking: 16_932,
      sched_wakeup: 16_932,
      sched_migrate_task: 28,
    })
    expect(hidden.map(({ thread, lines: at }) => [thread, at.length])).toEqual([
      ['thread70', 5],
      ['thread75', 2],
    ])
    expect(coverage.map(({ family, components, resolved }) => [family, components, resolved])).toEqual([
      ['cpu', 2, 2],
      ['thread', 39, 44],
    ])
    const idle = conform(capture('rtnopi')).hidden.map(({ thread, lines: at }) => [thread, at.length])
    expect(idle).toEqual([
      ['idle1', 151],
      ['thread70', 1],
    ])
  })

  test('no thread but those allowed may be left without a line', () => {
    const { violation } = conform(capture('http'), { hidden: [] })
    expect(violation).toMatchObject({ line: 5246, claim: 'currentActs', component: 'cpu0' })
  })
})

/** A log of a few lines for each claim, whose last line breaks it; `guard` is the decision that notices. */
const broken: {
  claim: keyof typeof threadClaims | keyof typeof cpuClaims
  lines: string[]
  guard?: string
}[] = [
  { claim: 'previousRan', lines: [on(0, 1, act), on(0, 1, change(3, 'S', 2))], guard: 'isCurrentAndOther' },
  { claim: 'currentActs', lines: [on(0, 1, act), on(0, 2, act)], guard: 'isCurrent' },
  { claim: 'runsOnOneCpu', lines: [on(1, 2, act), on(0, 1, change(1, 'S', 2))] },
  {
    claim: 'runsWhereQueued',
    lines: [on(1, 2, change(2, 'R', 3)), on(0, 1, change(1, 'R', 2))],
    guard: 'isHere',
  },
  { claim: 'sleepsUntilWoken', lines: [on(0, 2, change(2, 'S', 1)), on(0, 1, change(1, 'S', 2))] },
  { claim: 'startsWhenWoken', lines: [on(0, 1, fork(1, 5)), on(0, 1, change(1, 'S', 5))] },
  {
    claim: 'startsOnce',
    lines: [on(0, 1, fork(1, 5)), on(0, 1, wake('wakeup_new', 5, 0)), on(0, 1, wake('wakeup_new', 5, 0))],
  },
  { claim: 'actsWhileRunning', lines: [on(0, 1, exit(1)), on(0, 1, exit(1))], guard: 'mayExit' },
  { claim: 'leavesWhereItRan', lines: [on(0, 2, change(2, 'S', 1)), on(0, 1, change(2, 'S', 3))] },
  {
    claim: 'diesAfterExit',
    lines: [
      on(0, 1, fork(1, 5)),
      on(0, 1, wake('wakeup_new', 5, 0)),
      on(0, 1, change(1, 'R', 5)),
      on(0, 5, change(5, 'X', 1)),
    ],
    guard: 'mayDie',
  },
  { claim: 'wakesSleepers', lines: [on(0, 1, change(1, 'R', 2)), on(0, 2, wake('waking', 1, 0))] },
  {
    claim: 'wakesAfterWaking',
    lines: [
      on(0, 2, change(2, 'S', 1)),
      on(0, 1, wake('waking', 2, 0)),
      on(0, 1, wake('wakeup', 2, 0)),
      on(0, 1, change(1, 'R', 2)),
      on(0, 2, change(2, 'S', 1)),
      on(0, 1, wake('wakeup', 2, 0)),
    ],
    guard: 'isLate',
  },
  {
    claim: 'movesOffCpu',
    lines: [on(0, 2, change(2, 'R', 1)), on(0, 1, migrate(2, 1, 0))],
    guard: 'isOrigin',
  },
  { claim: 'movesOffCpu', lines: [on(0, 1, act), on(0, 1, migrate(1, 0, 1))] },
  {
    claim: 'staysDead',
    lines: [on(0, 1, exit(1)), on(0, 1, change(1, 'X', 2)), on(0, 2, wake('waking', 1, 0))],
  },
  { claim: 'isFresh', lines: [on(0, 2, change(2, 'S', 1)), on(0, 1, fork(1, 2))] },
]

describe('every claim', () => {
  test.each(broken)('$claim is broken by a log of its own, at its last line', ({ claim, lines }) => {
    const { violation } = conformLog(log(lines))
    expect(violation).toMatchObject({ claim, line: lines.length })
    expect(conformLog(log(lines.slice(0, -1))).violation).toBeUndefined()
  })

  test('has such a log', () => {
    const names = [...Object.keys(cpuClaims), ...Object.keys(threadClaims)]
    expect(new Set(broken.map(({ claim }) => claim))).toEqual(new Set(names))
  })

  test.each(broken.filter(({ guard }) => guard !== undefined))(
    '$claim hangs on the guard $guard',
    ({ lines, guard }) => {
      const family = guard!.startsWith('isCurrent') ? 'cpu' : 'thread'
      const mutant = machines[family].provide({ guards: { [guard!]: () => true } })
      const driver = new Recorded({ ...machines, [family]: mutant })
      const parts = (log(lines).entries as Entry[]).flatMap((entry) => [
        headerParts(entry),
        fieldParts(entry),
      ])
      expect(parts.map((step) => driver.take(step)?.part)).toEqual(parts.map(() => undefined))
    },
  )

  test('is written on the page of the specification', () => {
    const page = readFileSync('spec/linux-scheduler/README.md', 'utf8').replace(/\s+/g, ' ')
    for (const [name, sentence] of Object.entries({ ...cpuClaims, ...threadClaims })) {
      expect(page).toContain(`| ${name} | ${sentence} |`)
    }
  })
})
