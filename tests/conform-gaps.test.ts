/**
 * Events that ftrace admits to have lost: they are reported, excuse what they explain and nothing else. The
 * same log without the admission is a violation.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conformLog } from '../src/linux/conform.ts'
import { type Entry, type Gap, type Log, parseLog, readLog } from '../src/linux/ftrace.ts'

const PLACES = 12

type Events = Omit<Log, 'entries'> & { readonly entries: readonly Entry[] }

function capture(name: string, count: number): Events {
  const log = readLog(`examples/ftrace/${name}.txt.gz`)
  return { ...log, entries: log.entries.slice(0, count) as Entry[] }
}
const logs = { http: capture('http', 6000), futex: capture('futex', 6000) }

/** Loses `size` events of a CPU from a place on, and says so before its next line, as ftrace does. */
function lose(log: Events, cpu: number, start: number, size: number): (Entry | Gap)[] {
  const lost = new Set(
    log.entries.filter((entry, index) => index >= start && entry.cpu === cpu).slice(0, size),
  )
  const next = log.entries.find((entry, index) => index >= start && entry.cpu === cpu && !lost.has(entry))
  return log.entries.flatMap((entry): (Entry | Gap)[] => {
    if (lost.has(entry)) return []
    return entry === next ? [{ kind: 'gap', line: entry.line, cpu, lost: lost.size }, entry] : [entry]
  })
}

/** A switch whose absence the next line of its CPU contradicts. */
const isRefutable = (entry: Entry | Gap, later: readonly (Entry | Gap)[]) =>
  entry.kind === 'event' &&
  entry.event.name === 'sched_switch' &&
  entry.pid !== 0 &&
  later.some(({ cpu }) => cpu === entry.cpu)

describe.each(Object.entries(logs))('lost events in a copy of %s', (_, log) => {
  const losses = fc.tuple(fc.nat(1), fc.integer({ min: 100, max: 3000 }), fc.integer({ min: 1, max: 200 }))
  const drawn = fc.sample(losses, { seed: 4, numRuns: PLACES })

  test('are reported and excuse what they explain; unreported they are violations', () => {
    const unreported = drawn.filter(([cpu, start, size]) => {
      const entries = lose(log, cpu, start, size)
      const report = conformLog({ ...log, entries })
      expect(report.violation).toBeUndefined()
      expect(report.gaps).toMatchObject([{ cpu: `cpu${cpu}`, lost: size }])
      return (
        conformLog({ ...log, entries: entries.filter(({ kind }) => kind === 'event') }).violation !==
        undefined
      )
    })
    expect(unreported.length).toBeGreaterThan(0)
  })

  test('do not excuse a fault after them', () => {
    for (const [cpu, start, size] of drawn.slice(0, PLACES)) {
      const entries = lose(log, cpu, start, size)
      const index = entries.findIndex(
        (entry, at) => at > start + 1000 && isRefutable(entry, entries.slice(at + 1)),
      )
      const { violation } = conformLog({ ...log, entries: entries.toSpliced(index, 1) })
      expect(violation?.line).toBeGreaterThan(entries[index]!.line)
    }
  })
})

test('the two ways in which ftrace admits lost events are read', () => {
  const line = (cpu: number) => `a-${cpu + 1} (1) [00${cpu}] d..2. 1.000000: reschedule_entry: vector=253`
  const lines = [line(0), 'CPU:1 [LOST 7 EVENTS]', line(1), 'CPU:0 [LOST EVENTS]', line(0)]
  const text = [...lines, '##### CPU 2 buffer started ####', line(2), ''].join('\n')
  const { gaps, violation } = conformLog(parseLog('log', text))
  expect(violation).toBeUndefined()
  expect(gaps).toEqual([
    { line: 2, cpu: 'cpu1', lost: 7, since: 1 },
    { line: 4, cpu: 'cpu0', lost: 'unknown', since: 1 },
    { line: 6, cpu: 'cpu2', lost: 'unknown', since: 1 },
  ])
})
