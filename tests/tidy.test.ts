/** The architecture as a test: who may import whom, sizes, banned nondeterminism, and slugs that are complete. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { implementations } from '../properties/index.ts'
import { memoryPrograms } from '../properties/memory-programs.ts'
import { systems } from '../spec/index.ts'

const CODE = ['src', 'spec', 'properties', 'tests', 'bench', 'examples', 'bin']
const COLUMNS_MAX = 120
const FILE_LINES_MAX = 250
const FUNCTION_LINES_MAX = 60

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return /\.(?:ts|mjs)$/.test(entry.name) ? [path] : []
  })
}

const files = CODE.filter((folder) => existsSync(folder)).flatMap(filesIn)
const source = (file: string) => readFileSync(file, 'utf8')

/** The folder rules apply to: two levels for `src/x`, one for the others. */
const folderOf = (file: string) =>
  file.startsWith('src/') ? file.split('/').slice(0, 2).join('/') : file.split('/')[0]!

type Import = { readonly to: string; readonly typeOnly: boolean }

function importsOf(file: string): Import[] {
  return [...source(file).matchAll(/^(?:import|export) (type )?[^;'"]*?from '([^']+)'/gm)].map(
    ([, type, path]) => ({
      to: path!.startsWith('.') ? normalize(join(dirname(file), path!)) : path!,
      typeOnly: type !== undefined,
    }),
  )
}

/** Folder -> what it may import: folders, packages, and after `type` those it may import types from only. */
const MAY_IMPORT: Record<string, { from: string[]; types?: string[] }> = {
  'src/model': { from: [], types: ['xstate'] },
  'src/policy': { from: [] },
  'src/statemachines': { from: ['xstate'], types: ['src/model', 'src/policy'] },
  spec: { from: ['src/model', 'src/statemachines', 'src/policy', 'xstate'] },
  'src/checker': { from: ['src/model', 'jsonc-parser', 'valibot'], types: ['xstate'] },
  'src/interleave': { from: [], types: ['src/model'] },
  'src/hw': { from: ['src/interleave'], types: ['src/statemachines'] },
  'src/kernel': { from: ['src/mom', 'src/hw', 'src/interleave', 'src/policy'], types: ['src/statemachines'] },
  'src/mom': { from: ['src/hw', 'src/interleave'], types: ['src/statemachines'] },
  properties: {
    from: [
      'spec',
      'src/model',
      'src/checker',
      'src/interleave',
      'src/hw',
      'src/mom',
      'src/kernel',
      'src/policy',
      'fast-check',
    ],
    types: ['src/statemachines'],
  },
  'src/linux': { from: ['src/kernel', 'src/mom', 'src/checker', 'src/model', 'src/statemachines'] },
  'src/live': { from: ['src/mom', 'src/interleave', 'koffi', 'tsx'] },
  'src/swarm': { from: ['src/checker', 'src/model', 'bullmq', 'ioredis', 'valibot'] },
}

/** The one file of the checker that steps xstate. */
const XSTATE_DOOR = 'src/checker/chart.ts'

const allowed = (target: string, list: readonly string[] = []) =>
  target.startsWith('node:') || list.some((entry) => target === entry || target.startsWith(`${entry}/`))

describe('imports', () => {
  for (const [folder, { from, types }] of Object.entries(MAY_IMPORT)) {
    it(`${folder} imports downwards only`, () => {
      const wrong = files
        .filter((file) => folderOf(file) === folder)
        .flatMap((file) =>
          importsOf(file)
            .filter(({ to, typeOnly }) => {
              if (folderOf(to) === folder || allowed(to, from)) return false
              if (typeOnly && allowed(to, types)) return false
              return !(file === XSTATE_DOOR && to === 'xstate')
            })
            .map(({ to }) => `${file} imports ${to}`),
        )
      expect(wrong).toEqual([])
    })
  }

  it('imports are found at all', () => {
    expect(importsOf('src/checker/product.ts').length).toBeGreaterThan(3)
  })
})

describe('determinism', () => {
  const BANNED: [RegExp, string][] = [
    [/\bDate\b|performance\.now/, 'the clock; time is an event'],
    [/Math\.random|randomUUID|getRandomValues/, 'randomness; the driver chooses'],
    [/\bPromise\b|\basync\b|\bawait\b/, 'promises; threads are generators'],
    [/setTimeout|setInterval|setImmediate|queueMicrotask/, 'timers; time is an event'],
  ]
  it('machines, hardware, kernel and middleware use no clock, randomness, promise or timer', () => {
    const folders = new Set(['src/statemachines', 'src/hw', 'src/kernel', 'src/mom', 'src/policy'])
    const wrong = files
      .filter((file) => folders.has(folderOf(file)))
      .flatMap((file) =>
        BANNED.filter(([pattern]) => pattern.test(code(file))).map(([, why]) => `${file}: ${why}`),
      )
    expect(wrong).toEqual([])
  })
})

/** A file without its comments and strings. */
const code = (file: string) =>
  source(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'[^'\n]*'/g, (text) => text.replaceAll(/[^\n]/g, ' '))

describe('sizes', () => {
  it(`files stay below ${FILE_LINES_MAX} lines and ${COLUMNS_MAX} columns`, () => {
    const wrong = files.flatMap((file) => {
      const lines = source(file).split('\n')
      const wide = lines.findIndex((line) => line.length > COLUMNS_MAX && !line.includes('http'))
      const long = file.startsWith('tests/') ? 500 : FILE_LINES_MAX
      return [
        ...(lines.length > long + 1 ? [`${file} has ${lines.length - 1} lines`] : []),
        ...(wide >= 0 ? [`${file}:${wide + 1} is ${lines[wide]!.length} columns wide`] : []),
      ]
    })
    expect(wrong).toEqual([])
  })

  it(`functions stay below ${FUNCTION_LINES_MAX} lines`, () => {
    const wrong = files
      .filter((file) => !file.startsWith('tests/'))
      .flatMap((file) => longFunctions(file).map(({ line, length }) => `${file}:${line} has ${length} lines`))
    expect(wrong).toEqual([])
  })

  it('every file opens with why it exists, in at most five lines', () => {
    const wrong = files.filter((file) => {
      const text = source(file).replace(/^#![^\n]*\n/, '')
      const opening = /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0]
      if (opening === undefined) return true
      const lines = opening.split('\n')
      return lines.length > (lines.length === 1 ? 1 : 7)
    })
    expect(wrong).toEqual([])
  })
})

// A function or method starts a line and ends at the brace of the same indentation.
function longFunctions(file: string): { line: number; length: number }[] {
  const lines = source(file).split('\n')
  return lines.flatMap((text, index) => {
    const start =
      /^(\s*)(?:export )?(?:async )?(?:function\*? |(?:static |async |\*)?#?\w+\([^)]*\)[^;]*\{$)/.exec(text)
    const inTemplate = lines.slice(0, index).join('').split('`').length % 2 === 0
    if (start === null || inTemplate || /^\s*(?:if|for|while|switch|return|else)\b/.test(text)) return []
    const end = lines.findIndex((other, at) => at > index && other === `${start[1]}}`)
    return end > 0 && end - index + 1 > FUNCTION_LINES_MAX
      ? [{ line: index + 1, length: end - index + 1 }]
      : []
  })
}

describe('words', () => {
  const BANNED: [RegExp, string][] = [
    [/\b(?:TODO|FIXME|XXX|HACK)\b/, 'unfinished work'],
    [/\b(?:it|describe|test)\.(?:only|todo)\b/, 'a test that hides others or is none'],
    [/@ts-ignore|@ts-nocheck/, 'an unchecked line'],
    [/export default/, 'a default export; exports are named'],
    [/\benum \w+ \{/, 'an enum; erasable syntax only'],
  ]
  it('no file holds a banned word', () => {
    const wrong = files
      .filter((file) => file !== 'tests/tidy.test.ts' && !file.endsWith('.config.ts'))
      .flatMap((file) =>
        BANNED.filter(([pattern]) => pattern.test(source(file))).map(([, why]) => `${file}: ${why}`),
      )
    expect(wrong).toEqual([])
  })

  it('files are named for one thing, in kebab case', () => {
    const wrong = files.filter((file) => {
      const name = file.split('/').at(-1)!
      return (
        !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config))?\.(?:ts|mjs)$/.test(name) ||
        /^(?:utils?|helpers?|common|types|manager)\./.test(name)
      )
    })
    expect(wrong).toEqual([])
  })
})

describe('slugs', () => {
  const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  it('every registered system has its page, claims, mutants, traces, property and implementation', () => {
    const missing = systems.flatMap((system) => {
      const { name } = system
      const files = ['README.md', 'system.ts', 'claims.ts', 'mutants.ts'].map(
        (file) => `spec/${name}/${file}`,
      )
      const traces = Object.keys(system.mutants).map((mutant) => `traces/${name}/${kebab(mutant)}.itf.json`)
      return [...files, ...traces, `properties/${name}.ts`].filter((file) => !existsSync(file))
    })
    expect(missing).toEqual([])
  })

  it('every registered system has an implementation of its name, which is explored beside it', () => {
    const homes = (name: string) => [`src/kernel/memory/${name}.ts`, `src/mom/${name}.ts`]
    const homeless = systems.filter(({ name }) => !homes(name).some((file) => existsSync(file)))
    expect(homeless.map(({ name }) => name)).toEqual([])
    const explored = [...implementations, ...memoryPrograms].map(({ system }) => system)
    expect(explored.sort()).toEqual(systems.map(({ name }) => name).sort())
  })

  it('no system lacks a witness, a pinned count or enough mutants, and every claim name is used once', () => {
    for (const system of systems) {
      const kinds = Object.values(system.claims).map(({ kind }) => kind)
      expect(kinds).toContain('sometimes')
      expect(system.pinned.length).toBeGreaterThanOrEqual(2)
      expect(Object.keys(system.mutants).length).toBeGreaterThanOrEqual(6)
    }
  })

  it('every page ends with what it does not show', () => {
    const wrong = systems.filter(
      ({ name }) => !/^## What this does not show$/m.test(source(`spec/${name}/README.md`)),
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})
