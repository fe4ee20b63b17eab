/** Misspelt names are compile errors: the compiler is run on the file that collects them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { check } from '../../src/checker/explore.ts'
import { instantiate } from '../../src/model/instance.ts'
import { wellSpelt } from './misspelt.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const folder = mkdtempSync(join(here, '.types-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the compiler says of a text beside this file, one line for each error. */
function errorsIn(text: string): string[] {
  writeFileSync(join(folder, 'fixture.ts'), text.replaceAll("'../../src/", "'../../../src/"))
  const project = { extends: '../../../tsconfig.json', include: ['fixture.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, error } = spawnSync(
    process.execPath,
    [compiler, '--noEmit', '--pretty', 'false', '-p', folder],
    {
      encoding: 'utf8',
    },
  )
  if (error !== undefined) throw error
  return stdout.split('\n').filter((line) => line.includes('error TS'))
}

const text = readFileSync(join(here, 'misspelt.ts'), 'utf8')
const expectations = text.match(/^ *\/\/ @ts-expect-error .*$/gm) ?? []

it('each misspelling is refused, and what is spelt well is not', () => {
  expect(expectations.length).toBeGreaterThan(20)
  expect(errorsIn(text)).toEqual([])
  expect(check(instantiate(wellSpelt)).outcome).toBe('holds')
}, 60_000)

it('an expectation that nothing meets is an error, so that none is idle', () => {
  expect(errorsIn(`${text}\n// @ts-expect-error nothing is wrong here\nexport const fine = 1\n`).length).toBe(
    1,
  )
}, 60_000)
