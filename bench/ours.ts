/** Runs ours, and xstate's own exploration, each in a process of its own, and gives what it cost. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Case } from './cases.ts'
import type { Cost } from './cost.ts'
import type { Measurement, Request } from './measure.ts'
import type { OurMode } from './modes.ts'
import type { XstateMeasurement } from './xstate-peterson.ts'

type Subject = Pick<Case, 'system' | 'bounds'>

/** A run that takes longer is given up: something goes round in circles. */
const MINUTES_MAX = 20

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Runs a file of this folder; gives the JSON it prints and the wall time of it all. */
function runChild<T>(file: string, argument: string): { readonly report: T; readonly seconds: number } {
  const started = performance.now()
  const { error, status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script(file), argument],
    { encoding: 'utf8', cwd: script('..'), timeout: MINUTES_MAX * 60_000, killSignal: 'SIGKILL' },
  )
  const seconds = (performance.now() - started) / 1000
  if (error !== undefined) throw new Error(`${file} ${argument}: ${error.message}`, { cause: error })
  if (status !== 0) throw new Error(`${file} ${argument} failed: ${stderr.trim()}`)
  return { report: JSON.parse(stdout) as T, seconds }
}

/**
 * Checks a system. Throws where the check does not end with what is known of it: its time would mean nothing.
 * Small bounds leave witnesses unreached, of which all claims includes some.
 */
export function measure(
  { system, bounds }: Subject,
  rest: Pick<Request, 'claims' | 'setting'>,
): { readonly report: Measurement; readonly seconds: number } {
  const request: Request = { system: system.name, bounds, ...rest }
  const found = runChild<Measurement>('measure.ts', JSON.stringify(request))
  const { outcome } = found.report
  if (outcome !== 'holds' && !(outcome === 'unreached' && rest.claims === 'all'))
    throw new Error(`${JSON.stringify(request)}: ${outcome}`)
  return found
}

/** One of our modes on the claims that SPIN checks too. */
export function measureOurs(subject: Subject, { contender, setting, full }: OurMode): Cost {
  const { report, seconds } = measure(subject, { claims: 'safety', setting })
  const { states, transitions, depth, secondsSearch, cpuSecondsSearch, storeBytes } = report
  return {
    contender,
    side: 'ours',
    states,
    transitions,
    depth,
    secondsBefore: seconds - secondsSearch,
    secondsSearch,
    cpuSecondsSearch,
    storeBytes,
    peakBytes: report.peakBytes - report.baseBytes,
    exact: full,
  }
}

/** Peterson's lock by xstate's own exploration. */
export const measureXstate = (processes: number): XstateMeasurement =>
  runChild<XstateMeasurement>('xstate-peterson.ts', String(processes)).report
