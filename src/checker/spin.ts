/**
 * Drives SPIN on a Promela text: generates the verifier, compiles it with gcc, runs it, and reads its counts and
 * the trails it wrote. Everything lies in a folder of its own, which is removed however this ends.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { totalmem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fairnessUnits } from './export-promela-fairness.ts'
import {
  STACK_TOO_SMALL,
  type Trail,
  type Verdict,
  lineByStep,
  parseTrail,
  parseVerdict,
} from './spin-output.ts'

/** SPIN or gcc failed; the message says which and why. */
export class SpinError extends Error {
  override readonly name: string = 'SpinError'
}

/** The search was cut short: nothing is said of the rest. */
export class SpinLimitError extends SpinError {
  override readonly name = 'SpinLimitError'
}

export type SpinOptions = {
  /** Macros of the Promela text: `{ PROGRESS: 1 }`; `true` defines without a value. */
  readonly defines?: { readonly [macro: string]: number | true }
  /** About how many states there are: sizes the hash table and the depth-first stack. */
  readonly statesExpected: number
  /** Breadth first, for all errors or up to the first; or for acceptance cycles under weak fairness. */
  readonly search: 'all' | 'first' | { readonly fairProcesses: number }
  /** gcc's level; 2 where absent. A verifier that runs briefly is ready sooner with 0. */
  readonly optimisation?: 0 | 1 | 2
  /** Bytes the verifier may take; absent, 80 % of the machine's memory. */
  readonly bytesMax?: number
  /** Ends everything, this promise with a rejection. */
  readonly signal?: AbortSignal
}

export type SpinReport = Verdict & {
  readonly secondsCompile: number
  readonly secondsSearch: number
  /** One trail for each error. */
  readonly trails: readonly Trail[]
}

const MEBIBYTE = 2 ** 20
const HASH_BITS_MIN = 16
const HASH_BITS_MAX = 32
const DEPTH_MIN = 100_000
const DEPTH_MAX = 1_000_000_000
const DEPTH_FACTOR = 8
/** A state of ours in bytes is small, but SPIN adds four for each process. */
const VECTOR_BYTES_MAX = 16_384
/** What is missing to run SPIN on this machine, or undefined where nothing is. */
export function spinMissing(): string | undefined {
  const missing = ['spin', 'gcc'].filter(
    (program) => spawnSync(program, ['-V', '--version']).error !== undefined,
  )
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`
}

type Output = { readonly stdout: string; readonly stderr: string }

// A group of its own: gcc starts other programs, which must end with it.
function run(program: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<Output> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn(program, args, { cwd, detached: true, env: { ...process.env, TMPDIR: cwd } })
    const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
    signal?.addEventListener('abort', end, { once: true })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
    child.on('error', (error) => reject(new SpinError(`${program} cannot run: ${error.message}`)))
    child.on('close', (status, killed) => {
      signal?.removeEventListener('abort', end)
      if (signal?.aborted === true) return reject(signal.reason as Error)
      if (status === 0) return resolve(output)
      const lines = `${output.stderr}\n${output.stdout}`.split('\n')
      const detail = lines.find((line) => /error/i.test(line)) ?? `exit ${status ?? killed}`
      return reject(new SpinError(`${program}: ${detail.trim()}`))
    })
  })
}

function compilerFlags({ search, optimisation = 2, bytesMax }: SpinOptions): string[] {
  const megabytes = Math.max(1, Math.floor((bytesMax ?? totalmem() * 0.8) / MEBIBYTE))
  const kind =
    typeof search === 'string' ? ['-DSAFETY', '-DBFS'] : [`-DNFAIR=${fairnessUnits(search.fairProcesses)}`]
  return [
    `-O${optimisation}`,
    '-w',
    '-DNOREDUCE',
    `-DMEMLIM=${megabytes}`,
    `-DVECTORSZ=${VECTOR_BYTES_MAX}`,
    ...kind,
  ]
}

function verifierFlags({ search, statesExpected }: SpinOptions): string[] {
  const bits = Math.min(HASH_BITS_MAX, Math.max(HASH_BITS_MIN, Math.ceil(Math.log2(statesExpected))))
  const kind = typeof search === 'object' ? ['-a', '-f'] : search === 'all' ? ['-c0', '-e'] : ['-c1']
  return ['-n', `-w${bits}`, ...kind]
}

// How deep a depth-first search goes nobody knows beforehand, and its stack takes memory from the start.
async function searchIn(folder: string, options: SpinOptions): Promise<Verdict> {
  const { statesExpected, signal } = options
  for (let depth = Math.max(DEPTH_MIN, statesExpected); ; depth *= DEPTH_FACTOR) {
    const args = [...verifierFlags(options), `-m${depth}`]
    const verdict = parseVerdict((await run('./pan', args, folder, signal)).stdout)
    if (verdict.errors > 0 || verdict.truncation !== STACK_TOO_SMALL || depth > DEPTH_MAX) return verdict
  }
}

async function trailsIn(folder: string): Promise<readonly Trail[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.trail'))
  if (files.length === 0) return []
  const { stdout } = await run('./pan', ['-d'], folder)
  const lines = lineByStep(stdout)
  return Promise.all(files.map(async (file) => parseTrail(await readFile(join(folder, file), 'utf8'), lines)))
}

async function verifyIn(folder: string, model: string, options: SpinOptions): Promise<SpinReport> {
  const { signal, defines = {}, search } = options
  const macros = Object.entries(defines).map(
    ([name, value]) => `-D${name}${value === true ? '' : `=${value}`}`,
  )
  const started = performance.now()
  await writeFile(join(folder, 'model.pml'), model)
  await run('spin', [...macros, '-a', 'model.pml'], folder, signal)
  await run('gcc', [...compilerFlags(options), '-o', 'pan', 'pan.c'], folder, signal)
  const compiled = performance.now()
  const verdict = await searchIn(folder, options)
  // Only a search for everything must not stop at an error.
  const { truncation, errors } = verdict
  if (truncation !== undefined && (search === 'all' || errors === 0))
    throw new SpinLimitError(`SPIN's search was cut short: ${truncation}`)
  return {
    ...verdict,
    secondsCompile: (compiled - started) / 1000,
    secondsSearch: (performance.now() - compiled) / 1000,
    trails: await trailsIn(folder),
  }
}

/** Searches a model once. Throws SpinError, SpinLimitError, and what `signal` was aborted with. */
export async function verify(model: string, options: SpinOptions): Promise<SpinReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-spin-'))
  try {
    return await verifyIn(folder, model, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
