/**
 * Reads the text that ftrace writes (`trace`, with or without the TGID column, plain or gzip) into entries
 * with line numbers. What cannot be a line of such a log is refused by file and line, never skipped; lines
 * in which the tracer says that it lost events are entries too.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { BadInputError } from '../checker/json-file.ts'
import { type FtraceEvent, parseEvent } from './ftrace-event.ts'

type Place = {
  /** Counted from 1. */
  readonly line: number
  readonly cpu: number
}

/** A line that an event wrote. */
export type Entry = Place & {
  readonly kind: 'event'
  /** Microseconds of the log's clock. */
  readonly time: number
  readonly comm: string
  /** Of the thread that ran when the line was written; 0 is the idle thread of the CPU. */
  readonly pid: number
  readonly event: FtraceEvent
}

/** Events of one CPU that are not in the log, between its previous line (or the log's start) and this one. */
export type Gap = Place & { readonly kind: 'gap'; readonly lost: number | 'unknown' }

export type Log = {
  readonly file: string
  readonly lines: readonly string[]
  readonly entries: readonly (Entry | Gap)[]
  /** What the log's own header counts: entries in it, and entries written including overwritten ones. */
  readonly announced: { readonly entries: number; readonly written: number } | undefined
}

const PID_MAX = 4_194_304
/** The greatest CPU number that a Linux kernel can be built for. */
export const CPU_MAX = 8191

const HEADER = /^(.+)-(\d+)\s+(?:\(\s*(?:\d+|-+)\)\s+)?\[(\d{3,4})\]\s+([^\s]{4,5})\s+(\d+)\.(\d{6}): (.+)$/
const LOST = /^CPU:(\d+) \[LOST (?:(\d+) )?EVENTS\]$/
const STARTED = /^#+ CPU (\d+) buffer started #+$/
const ANNOUNCED = /^#\s+entries-in-buffer\/entries-written: (\d+)\/(\d+)/

/** Reads a file. Throws BadInputError where it is missing, not text, or too long to hold. */
function readText(file: string): string {
  try {
    const bytes = readFileSync(file)
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b
    return (zipped ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new BadInputError(
      `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

// Control characters of a file that is no text must not reach a terminal.
const quote = (text: string) => {
  const printable = text.replace(/[^ -~]/g, '?')
  return printable.length > 160 ? `'${printable.slice(0, 160)}…'` : `'${printable}'`
}

/** Parses one line that is no comment; `last` is the time of the entry before. */
function parseLine(text: string, line: number, last: number): Entry | Gap | { readonly expected: string } {
  const lost = LOST.exec(text)
  if (lost !== null) {
    return {
      kind: 'gap',
      line,
      cpu: Number(lost[1]),
      lost: lost[2] === undefined ? 'unknown' : Number(lost[2]),
    }
  }
  const header = HEADER.exec(text)
  if (header === null) return { expected: 'COMM-PID (TGID) [CPU] FLAGS SECONDS.MICROS: EVENT: FIELDS' }
  const [, comm = '', pid, cpu, , seconds, micros, rest = ''] = header
  const time = Number(seconds) * 1e6 + Number(micros)
  if (!Number.isSafeInteger(time)) return { expected: 'a time in seconds' }
  if (Number(pid) > PID_MAX) return { expected: `a pid of at most ${PID_MAX}` }
  if (Number(cpu) > CPU_MAX) return { expected: `a CPU of at most ${CPU_MAX}` }
  if (time < last)
    return { expected: `a time not before ${(last / 1e6).toFixed(6)}, since lines are in order of time` }
  const event = parseEvent(rest)
  if ('expected' in event) return event
  return { kind: 'event', line, cpu: Number(cpu), time, comm, pid: Number(pid), event }
}

/** Reads and parses a log. Throws BadInputError at the first line that is not one. */
export function readLog(file: string): Log {
  return parseLog(file, readText(file))
}

/** Parses the text of a log; `file` is its name in messages. Throws BadInputError at the first line that is not one. */
export function parseLog(file: string, text: string): Log {
  const lines = text.split('\n')
  const refuse = (line: number, expected: string): never => {
    throw new BadInputError(`${file}:${line}: expected ${expected}; found ${quote(lines[line - 1] ?? '')}`)
  }
  const entries: (Entry | Gap)[] = []
  let announced: Log['announced']
  let last = 0
  lines.forEach((raw, index) => {
    const trimmed = raw.trim()
    if (trimmed === '') return
    if (trimmed.startsWith('#')) {
      const started = STARTED.exec(trimmed)
      if (started !== null)
        entries.push({ kind: 'gap', line: index + 1, cpu: Number(started[1]), lost: 'unknown' })
      const counts = ANNOUNCED.exec(trimmed)
      if (counts !== null) announced = { entries: Number(counts[1]), written: Number(counts[2]) }
      return
    }
    const parsed = parseLine(trimmed, index + 1, last)
    if ('expected' in parsed) return refuse(index + 1, parsed.expected)
    if (parsed.kind === 'event') last = parsed.time
    entries.push(parsed)
  })
  if (lines.at(-1) !== '')
    refuse(lines.length, 'a line that ends in a newline, since a log is not cut off in a line')
  if (!entries.some(({ kind }) => kind === 'event')) {
    throw new BadInputError(
      `${file}: expected an ftrace log with at least one event; found none in ${lines.length} lines`,
    )
  }
  return { file, lines: lines.slice(0, -1), entries, announced }
}
