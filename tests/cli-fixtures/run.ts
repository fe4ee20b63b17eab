/** Runs the command as a person would, in a child process and a folder of its own. */
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export type Run = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The last line of standard output. */
  readonly last: string
}

const root = resolve(import.meta.dirname, '../..')
const bin = join(root, 'bin/lockstep.mjs')

/** A fixture's path. */
export const fixture = (name: string): string => join(import.meta.dirname, `${name}.ts`)

/** An empty folder. */
export const folder = (): string => mkdtempSync(join(tmpdir(), 'lockstep-'))

/** `CI` is set because some colour libraries take it for a terminal. */
const environment = { ...process.env, CI: 'true', FORCE_COLOR: undefined, NO_COLOR: undefined }

/** Runs `lockstep` with the given arguments; output is piped. */
export function lockstep(args: readonly string[], cwd = root): Promise<Run> {
  return new Promise((done) => {
    const options = { cwd, env: environment, maxBuffer: 2 ** 26 }
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      done({ code, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' })
    })
  })
}
