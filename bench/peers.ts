/**
 * One case against its peers: ours and SPIN in several modes, on the same system in the same minutes, the
 * repetitions interleaved so that a change of load meets all of them. Medians are what is reported.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Case, macrosOf } from './cases.ts'
import type { Measurement } from './measure.ts'
import { type SpinOptions, type SpinRun, SpinVerifier } from './spin.ts'
import type { XstateMeasurement } from './xstate-peterson.ts'

/** A median of what one contender cost; bytes are those the states take, above what was there before. */
export type Cost = {
  readonly contender: string
  readonly states: number
  /** Steps; SPIN's count less the initial state. */
  readonly transitions: number
  readonly depth: number
  /** Wall time of the whole process from its start to its verdict. */
  readonly secondsWhole: number
  readonly secondsSearch: number
  readonly cpuSecondsSearch: number | undefined
  readonly secondsCompile: number | undefined
  /** The store alone; undefined where a tool does not say. */
  readonly storeBytes: number | undefined
  readonly peakBytes: number
  /** Whether the counts must be those of every other contender: reduction may drop states. */
  readonly exact: boolean
}

export type Comparison = { readonly subject: Case; readonly costs: readonly Cost[] }

type Contender = { readonly run: () => Cost; readonly dispose: () => void }

const MODES: readonly {
  readonly contender: string
  readonly options: Pick<SpinOptions, 'reduction' | 'breadthFirst'>
}[] = [
  { contender: 'SPIN', options: { reduction: false } },
  { contender: 'SPIN breadth first', options: { reduction: false, breadthFirst: true } },
  { contender: 'SPIN with reduction', options: { reduction: true } },
]

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Runs a file of this folder in a process of its own; gives the JSON it prints and the wall time of it all. */
function runChild<T>(
  file: string,
  args: readonly string[],
): { readonly report: T; readonly seconds: number } {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script(file), ...args], {
    encoding: 'utf8',
    cwd: script('..'),
  })
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${stderr.trim()}`)
  return { report: JSON.parse(stdout) as T, seconds }
}

/** Checks a system in a fresh process. Throws where the check does not hold: its time would mean nothing. */
export function measureOurs({ system, bounds }: Pick<Case, 'system' | 'bounds'>): Cost {
  const settings = Object.entries(bounds).map(([name, value]) => `${name}=${value}`)
  const { report, seconds } = runChild<Measurement>('measure.ts', [system.name, ...settings])
  if (report.outcome !== 'holds') throw new Error(`${system.name} ${settings.join(' ')}: ${report.outcome}`)
  const { states, transitions, depth, secondsSearch, cpuSecondsSearch, storeBytes, peakBytes, baseBytes } =
    report
  return {
    contender: 'ours',
    states,
    transitions,
    depth,
    secondsWhole: seconds,
    secondsSearch,
    cpuSecondsSearch,
    secondsCompile: undefined,
    storeBytes,
    peakBytes: peakBytes - baseBytes,
    exact: true,
  }
}

/** Peterson's lock by xstate's own exploration, in a fresh process. */
export function measureXstate(processes: number): XstateMeasurement {
  return runChild<XstateMeasurement>('xstate-peterson.ts', [String(processes)]).report
}

function spinCost(contender: string, options: SpinOptions, run: SpinRun): Cost {
  if (run.errors > 0) throw new Error(`${contender} finds an error where there must be none`)
  return {
    contender,
    states: run.states,
    transitions: run.transitions - 1,
    depth: run.depth,
    secondsWhole: run.secondsSearch + run.secondsCompile,
    secondsSearch: run.secondsSearch,
    cpuSecondsSearch: run.cpuSeconds,
    secondsCompile: run.secondsCompile,
    storeBytes: undefined,
    peakBytes: run.peakBytes,
    exact: !options.reduction,
  }
}

function spinContender(subject: Case, { contender, options }: (typeof MODES)[number]): Contender {
  const all = { ...options, defines: macrosOf(subject.bounds), statesExpected: subject.states }
  const verifier = new SpinVerifier(subject.promela, all)
  return { run: () => spinCost(contender, all, verifier.search()), dispose: () => verifier.dispose() }
}

const bySeconds = (a: Cost, b: Cost) => a.secondsSearch - b.secondsSearch

/** Runs all contenders `repeats` times in turn and gives the run of each with the median search time. */
export function compare(subject: Case, repeats: number, withSpin: boolean): Comparison {
  const contenders: Contender[] = [{ run: () => measureOurs(subject), dispose: () => undefined }]
  try {
    if (withSpin) for (const mode of MODES) contenders.push(spinContender(subject, mode))
    const rounds = Array.from({ length: repeats }, () => contenders.map(({ run }) => run()))
    const costs = contenders.map((_, index) => {
      const runs = rounds.map((round) => round[index]!).sort(bySeconds)
      return runs[Math.floor((runs.length - 1) / 2)]!
    })
    return { subject, costs }
  } finally {
    for (const { dispose } of contenders) dispose()
  }
}

/** What disagrees in a comparison: counts among exact searches, or with the pinned ones. Empty: nothing. */
export function disagreements({ subject, costs }: Comparison): string[] {
  const { system, bounds, states, transitions } = subject
  return costs
    .filter((cost) => cost.exact && (cost.states !== states || cost.transitions !== transitions))
    .map(
      (cost) =>
        `${system.name} ${JSON.stringify(bounds)}: ${cost.contender} counts ${cost.states} states and ` +
        `${cost.transitions} transitions; pinned are ${states} and ${transitions}`,
    )
}
