/**
 * Runs SPIN on a Promela text: generates the verifier, compiles it with gcc, runs it, reads what it counted.
 * A search that was cut short (depth, memory) is an error here, never a count.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { totalmem, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseVerdict } from '../src/checker/spin-output.ts'
import { SpinError } from '../src/checker/spin.ts'

export type SpinOptions = {
  /** Macros of the Promela text: `{ PROCESSES: 5 }`; `true` defines without a value. */
  readonly defines: { readonly [macro: string]: number | true }
  /** Partial order reduction. */
  readonly reduction: boolean
  /** -DCOLLAPSE: state compression that keeps the search exact. */
  readonly collapse?: boolean
  /** Breadth first, as ours is; absent, SPIN's own depth first. */
  readonly breadthFirst?: boolean
  /** About how many states there are: sizes the hash table and the depth-first stack. */
  readonly statesExpected?: number
  /** The longest path depth first may follow; absent, as many steps as states are expected. */
  readonly depthMax?: number
  /** -DVECTORSZ: bytes a state may take, where the default of 1024 is too few. */
  readonly vectorBytesMax?: number
}

export type SpinRun = {
  readonly states: number
  /** As SPIN counts: one for the initial state, then one for each step. */
  readonly transitions: number
  readonly errors: number
  readonly depth: number
  readonly truncated: false
  readonly secondsCompile: number
  /** Wall time of the verifier's process. */
  readonly secondsSearch: number
  /** User and system time of the verifier's process; undefined where GNU time is not installed. */
  readonly cpuSeconds: number | undefined
  /** Resident memory at its peak; without GNU time, what SPIN says it allocated. */
  readonly peakBytes: number
  /** What SPIN says its states take, and its hash table of them. */
  readonly storeBytes: number
}

const GNU_TIME = '/usr/bin/time'
const OUTPUT_BYTES_MAX = 64 * 2 ** 20
const DEPTH_MIN = 100_000
const STATES_DEFAULT = 1_000_000
const HASH_BITS_MIN = 16
const HASH_BITS_MAX = 32

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  purpose: string,
): { stdout: string; stderr: string } {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  if (error !== undefined) throw new SpinError(`${purpose}: ${program} cannot run: ${error.message}`)
  if (status !== 0) {
    const detail =
      `${stderr}\n${stdout}`.split('\n').find((line) => /error/i.test(line)) ?? `exit ${status ?? signal}`
    throw new SpinError(`${purpose}: ${detail.trim()}`)
  }
  return { stdout, stderr }
}

// In MiB, of which SPIN prints three decimals.
function memoryIn(report: string): number {
  const states = /([\d.]+)\s+actual memory usage for states/.exec(report)?.[1]
  const table = /([\d.]+)\s+memory used for hash table/.exec(report)?.[1]
  if (states === undefined || table === undefined)
    throw new SpinError("SPIN's report does not say what its states take")
  return (Number(states) + Number(table)) * 2 ** 20
}

/** A compiled verifier, to be run as often as wanted and then disposed of. */
export class SpinVerifier {
  readonly secondsCompile: number
  readonly #folder: string
  readonly #promela: string
  readonly #options: SpinOptions

  constructor(promela: string, options: SpinOptions) {
    this.#promela = resolve(promela)
    this.#options = options
    this.#folder = mkdtempSync(join(tmpdir(), 'lockstep-spin-'))
    const started = performance.now()
    try {
      this.#compile()
    } catch (error) {
      this.dispose()
      throw error
    }
    this.secondsCompile = (performance.now() - started) / 1000
  }

  #compile(): void {
    const { defines, reduction, collapse, breadthFirst, vectorBytesMax } = this.#options
    const macros = Object.entries(defines).map(([name, value]) =>
      value === true ? `-D${name}` : `-D${name}=${value}`,
    )
    run('spin', ['-a', ...macros, this.#promela], this.#folder, `spin -a ${this.#promela}`)
    const megabytes = Math.floor((totalmem() / 2 ** 20) * 0.8)
    const flags = ['-O2', '-w', '-DSAFETY', `-DMEMLIM=${megabytes}`]
    if (!reduction) flags.push('-DNOREDUCE')
    if (collapse === true) flags.push('-DCOLLAPSE')
    if (breadthFirst === true) flags.push('-DBFS')
    if (vectorBytesMax !== undefined) flags.push(`-DVECTORSZ=${vectorBytesMax}`)
    run('gcc', [...flags, '-o', 'pan', 'pan.c'], this.#folder, `gcc for ${this.#promela}`)
  }

  /** Searches. Throws SpinError where the search was not exhaustive and found no error. */
  search(): SpinRun {
    const states = this.#options.statesExpected ?? STATES_DEFAULT
    const depth = this.#options.depthMax ?? Math.max(DEPTH_MIN, states)
    // One slot a state: SPIN chains its states, so more slots only cost cache.
    const bits = Math.min(HASH_BITS_MAX, Math.max(HASH_BITS_MIN, Math.ceil(Math.log2(states))))
    const pan = ['./pan', '-n', `-m${depth}`, `-w${bits}`]
    const timed = existsSync(GNU_TIME)
    const [program, ...args] = timed ? [GNU_TIME, '-q', '-f', 'cpu %U %S rss %M', ...pan] : pan
    const started = performance.now()
    const { stdout, stderr } = run(program!, args, this.#folder, `pan for ${this.#promela}`)
    const secondsSearch = (performance.now() - started) / 1000
    const { allocatedBytes, truncation, ...counts } = parseVerdict(stdout)
    if (truncation !== undefined && counts.errors === 0)
      throw new SpinError(`${this.#promela}: search cut short: ${truncation}`)
    const usage = /cpu ([\d.]+) ([\d.]+) rss (\d+)/.exec(stderr)
    return {
      ...counts,
      truncated: false,
      secondsCompile: this.secondsCompile,
      secondsSearch,
      cpuSeconds: usage === null ? undefined : Number(usage[1]) + Number(usage[2]),
      storeBytes: memoryIn(stdout),
      peakBytes: usage === null ? allocatedBytes : Number(usage[3]) * 1024,
    }
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Compiles and searches once. Throws SpinError. */
export function runSpin(promela: string, options: SpinOptions): SpinRun {
  const verifier = new SpinVerifier(promela, options)
  try {
    return verifier.search()
  } finally {
    verifier.dispose()
  }
}
