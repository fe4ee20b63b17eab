/**
 * Finds the systems a command is about: by slug in the registry, or in a user's own file, which is imported
 * and may do anything. What it does wrong is told in one sentence.
 */
import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BadInputError } from '../checker/json-file.ts'
import { UsageError } from '../model/instance.ts'
import type { System } from '../model/system.ts'
import { suggestion } from './suggest.ts'

/** A system, and the file it comes from where that is the user's own. */
export type Target = { readonly system: System; readonly file: string | undefined }

/** The folder of the repository, wherever the command is run. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Whether a name on the command line is a file's, not a slug. */
export const isFile = (name: string): boolean => /[\\/]|\.[cm]?[jt]s$/.test(name)

/** Whether an export of a user's file is a system. */
export const isSystem = (value: unknown): value is System =>
  typeof value === 'object' &&
  value !== null &&
  ['name', 'components', 'events', 'claims', 'domains', 'bounds'].every((key) => key in value)

/** The systems of the registry, in its order. */
export async function registry(): Promise<readonly Target[]> {
  const { systems } = await import('../../spec/index.ts')
  return systems.map((system) => ({ system, file: undefined }))
}

/** A path as messages name it: relative where that is shorter. */
export function shown(path: string): string {
  const near = relative(process.cwd(), resolve(path))
  return near.startsWith('..') && near.length >= resolve(path).length ? resolve(path) : near
}

// What went wrong while a file was loaded, as `FILE:LINE: ...`; esbuild and Node say it in several lines.
function loadSentence(file: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const syntax = /^(?<path>.*):(?<line>\d+):\d+: ERROR: (?<what>.*)$/m.exec(text)?.groups
  if (syntax !== undefined)
    return `${shown(syntax['path']!)}:${syntax['line']}: syntax error: ${syntax['what']}`
  const first = text.split('\n')[0]!.replaceAll(`${process.cwd()}/`, '')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_MODULE_NOT_FOUND') return `${shown(file)}: an import fails: ${first}`
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.split('\n').find((line) => line.includes(resolve(file)))
  const line = at === undefined ? undefined : /:(\d+):\d+\)?$/.exec(at)?.[1]
  return `${shown(file)}${line === undefined ? '' : `:${line}`}: it throws while it is loaded: ${first}`
}

/** What a user's file exports. Throws BadInputError where there is no such file or it cannot be loaded. */
export async function loadExports(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(file)) throw new BadInputError(`${shown(file)}: there is no such file`)
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw new BadInputError(loadSentence(file, error), { cause: error })
  }
}

/** The systems that a user's file exports. Throws BadInputError where there are none. */
export async function loadFile(file: string): Promise<readonly Target[]> {
  const exported = await loadExports(file)
  const systems = [...new Set(Object.values(exported).filter(isSystem))]
  if (systems.length === 0) {
    const names = Object.keys(exported).join(', ')
    const found = names === '' ? 'no exports' : `only ${names}`
    throw new BadInputError(
      `${shown(file)}: expected an exported system (made with defineSystem), found ${found}`,
    )
  }
  return systems.map((system) => ({ system, file: resolve(file) }))
}

/** The systems named, by slug or by file; all of the registry where none is. Throws UsageError, BadInputError. */
export async function loadTargets(names: readonly string[]): Promise<readonly Target[]> {
  const all = await registry()
  if (names.length === 0) return all
  const found = await Promise.all(
    names.map(async (name) => {
      if (isFile(name)) return loadFile(name)
      const target = all.find(({ system }) => system.name === name)
      if (target !== undefined) return [target]
      const slugs = all.map(({ system }) => system.name)
      const hint = suggestion(name, slugs) || `; there are ${slugs.join(', ') || 'none'}`
      throw new UsageError(`no system is called '${name}'${hint}`)
    }),
  )
  return found.flat()
}

/** One system by slug or file. Throws UsageError where the file exports several. */
export async function loadTarget(name: string): Promise<Target> {
  const targets = await loadTargets([name])
  if (targets.length > 1) {
    const names = targets.map(({ system }) => system.name).join(', ')
    throw new UsageError(`${name} exports several systems: ${names}; this command takes one`)
  }
  return targets[0]!
}
