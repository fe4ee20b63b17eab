/**
 * Judges the log of a real Linux scheduler by the charts of a thread and a CPU, with the recorded driver.
 * What the log does not show is never assumed in silence: steps inferred because a line is missing, states
 * made unknown by lost events and lines taken out of order are counted and reported.
 */
import type { RecordedCoverage } from '../checker/recorded.ts'
import { type ConformOptions, Conformance, type LogViolation } from './conformance.ts'
import { type Entry, type Gap, type Log, readLog } from './ftrace.ts'
import { cpuOf } from './scheduler-parts.ts'

/** Switches out of one thread that the log does not show, with the lines that imply them. */
export type HiddenSteps = {
  readonly thread: string
  readonly name: string
  readonly lines: readonly number[]
}

export type LostEvents = {
  readonly line: number
  readonly cpu: string
  readonly lost: number | 'unknown'
  readonly since: number
}

export type ConformReport = {
  readonly file: string
  readonly lines: number
  /** Lines of events judged, all of them unless there is a violation. */
  readonly judged: number
  readonly events: { readonly [name: string]: number }
  readonly coverage: readonly RecordedCoverage[]
  readonly hidden: readonly HiddenSteps[]
  readonly gaps: readonly LostEvents[]
  /** Lines inside a gap at which a thread's state was given up, because a lost event may explain them. */
  readonly excused: readonly number[]
  /** Lines taken after a later one of the same microsecond on another CPU. */
  readonly reordered: readonly number[]
  /** Events the log's own header counts, those found, and those overwritten before it began. */
  readonly announced:
    { readonly entries: number; readonly found: number; readonly overwritten: number } | undefined
  readonly violation: LogViolation | undefined
}

/** For each gap, the index after the last entry of its CPU: from there on events may be missing. */
function gapStarts(entries: Log['entries']): Map<Gap, number> {
  const after = new Map<number, number>()
  const starts = new Map<Gap, number>()
  entries.forEach((entry, index) => {
    if (entry.kind === 'gap') starts.set(entry, after.get(entry.cpu) ?? 0)
    after.set(entry.cpu, index + 1)
  })
  return starts
}

/** Lines of one microsecond on different CPUs have no order: one of them may have to go first. */
function takeLaterPeer(
  conformance: Conformance,
  entries: Log['entries'],
  index: number,
  taken: Uint8Array,
): boolean {
  const entry = entries[index] as Entry
  const waiting = new Set([entry.cpu])
  for (let other = index + 1; other < entries.length; other++) {
    const peer = entries[other]!
    if (peer.kind === 'gap' || peer.time !== entry.time) return false
    if (taken[other] === 1 || waiting.has(peer.cpu)) continue
    if (conformance.take(peer, false) === undefined) {
      taken[other] = 1
      conformance.reordered.push(entry.line)
      return true
    }
    waiting.add(peer.cpu)
  }
  return false
}

function judge(conformance: Conformance, { entries, lines }: Log): LogViolation | undefined {
  const taken = new Uint8Array(entries.length)
  const lossy = new Uint8Array(entries.length)
  for (const [gap, start] of gapStarts(entries)) lossy.fill(1, start, entries.indexOf(gap, start))
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'gap') {
      conformance.forget(cpuOf(entry.cpu))
    } else if (taken[index] === 0) {
      const inGap = lossy[index] === 1
      const first = conformance.take(entry, inGap)
      let violation = first
      while (violation !== undefined && takeLaterPeer(conformance, entries, index, taken)) {
        violation = conformance.take(entry, inGap)
      }
      if (violation !== undefined && first !== undefined)
        return { ...first, text: (lines[entry.line - 1] ?? '').trim() }
    }
  }
  return undefined
}

/** Judges a log that has been read. */
export function conformLog(log: Log, options: ConformOptions = {}): ConformReport {
  const conformance = new Conformance(options)
  const violation = judge(conformance, log)
  const { announced, entries } = log
  const gaps = [...gapStarts(entries)].map(([{ line, cpu, lost }, start]): LostEvents => {
    return { line, cpu: cpuOf(cpu), lost, since: entries[Math.max(0, start - 1)]!.line }
  })
  return {
    file: log.file,
    lines: log.lines.length,
    judged: conformance.judged,
    events: Object.fromEntries(Object.entries(conformance.events).sort(([, one], [, other]) => other - one)),
    coverage: conformance.driver.coverage(),
    hidden: [...conformance.hidden].map(([thread, { name, lines }]) => ({ thread, name, lines })),
    gaps,
    excused: conformance.excused,
    reordered: conformance.reordered,
    announced: announced && {
      entries: announced.entries,
      found: entries.filter(({ kind }) => kind === 'event').length,
      overwritten: announced.written - announced.entries,
    },
    violation,
  }
}

/** Judges the log in a file, plain or gzip. Throws BadInputError where it is not an ftrace log. */
export function conform(file: string, options: ConformOptions = {}): ConformReport {
  return conformLog(readLog(file), options)
}
