/** The ring in C: compiled once, run as often as wanted, each time in a process of its own. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Subject, Waiting } from './subjects.ts'

const SOURCE = fileURLToPath(new URL('spsc-ring.c', import.meta.url))
export const FLAGS = ['-O2', '-pthread'] as const
/** How often it looks before it parks; as src/mom/doorbell.ts has it. */
const SPINS: Readonly<Record<Waiting, number>> = {
  spinning: -1,
  'spinning with pause': -1,
  'spinning, then parked': 2_000,
  parked: 0,
}

const run = promisify(execFile)

/** Why there is no C to compare with; undefined where there is. */
export function gccMissing(): string | undefined {
  return spawnSync('gcc', ['--version']).error === undefined ? undefined : 'gcc is not installed'
}

export class CRing {
  readonly #folder = mkdtempSync(join(tmpdir(), 'lockstep-ring-'))
  readonly #program = join(this.#folder, 'spsc-ring')

  constructor() {
    const { status, stderr } = spawnSync('gcc', [...FLAGS, '-o', this.#program, SOURCE], { encoding: 'utf8' })
    if (status === 0) return
    this.dispose()
    throw new Error(`gcc cannot compile spsc-ring.c: ${stderr}`)
  }

  /** Nanoseconds of so many messages or trips. Rejects where a message was wrong. */
  async measure({ kind, words, batch, waiting = 'spinning' }: Subject, count: number): Promise<number> {
    const size = kind === 'trip' ? SPINS[waiting] : batch
    const pauses = waiting === 'spinning with pause' || waiting === 'spinning, then parked' ? ['pause'] : []
    const { stdout } = await run(this.#program, [kind, ...[words, size, count].map(String), ...pauses])
    return Number(stdout)
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
