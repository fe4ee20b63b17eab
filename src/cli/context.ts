/** What all parts of one `check` share: the options of the command line, and where traces are kept. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Limits } from '../checker/limits.ts'
import type { Options } from '../checker/result.ts'
import type { Found } from '../checker/trace.ts'
import { writeTrace } from '../checker/trace-file.ts'
import type { Bounds } from '../model/system.ts'
import { type Target, root, shown } from './load.ts'
import type { ProgressBar } from './progress.ts'
import { kebab } from './style.ts'

export type CheckContext = {
  readonly set: Bounds
  readonly limits: Partial<Limits>
  /** Reductions, workers and their like. */
  readonly search: Pick<Options, 'reduction' | 'workers' | 'paranoid'>
  /** Random walks and schedules instead of all of them. */
  readonly random: number | undefined
  readonly seed: number
  readonly updateTraces: boolean
  readonly bar: ProgressBar
}

/** Where the shortest trace of a mutant is kept: beside the registry, or beside the user's own file. */
export function storedTracePath({ system, file }: Target, mutant: string): string {
  return join(file === undefined ? root : dirname(file), 'traces', system.name, `${kebab(mutant)}.itf.json`)
}

/** Where the trace of a failure is written, under the folder the command is run in. */
export const failureTracePath = ({ system }: Target, name: string): string =>
  join(process.cwd(), '.lockstep', system.name, `${kebab(name)}.itf.json`)

/** The trace file's text, for a given place: a user's system is named relative to it. */
export const traceText = (target: Target, found: Found, path: string): string =>
  writeTrace(found, target.file === undefined ? undefined : relative(dirname(path), target.file))

/** Writes a trace and returns the command that replays it. */
export function saveTrace(target: Target, found: Found, path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, traceText(target, found, path))
  return replayCommand(path)
}

/** A path that a shell would split or expand is quoted. */
export const quoted = (text: string): string =>
  /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

export const replayCommand = (path: string): string => `npx lockstep replay ${quoted(shown(path))}`

/** How the target is named on the command line. */
export const argumentOf = ({ system, file }: Target): string =>
  file === undefined ? system.name : quoted(shown(file))

/** `--set cpus=3`, for each bound that was overridden. */
export const setOptions = (set: Bounds): string =>
  Object.entries(set)
    .map(([name, value]) => ` --set ${name}=${value}`)
    .join('')
