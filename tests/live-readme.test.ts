/** The first example that src/mom/README.md gives runs as it stands, in a folder beside the one it is written for. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

const page = 'src/mom/README.md'

it('two workers are connected as the page says', () => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? []
  const files = example.split(/^\/\/ (\S+\.ts)\n/m).slice(1)
  expect(files.filter((_, index) => index % 2 === 0)).toEqual(['main.ts', 'shop.ts'])
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
  try {
    // What is named relative to the page lies where the page does.
    const source = (text: string) =>
      text.replaceAll(
        /from '(\.[^']+)'/g,
        (_, path: string) => `from '${new URL(path, pathToFileURL(page)).href}'`,
      )
    for (let index = 0; index < files.length; index += 2) {
      writeFileSync(join(folder, files[index]!), source(files[index + 1]!))
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const tsx = pathToFileURL('node_modules/tsx/dist/loader.mjs').href
    const said = execFileSync(process.execPath, ['--import', tsx, join(folder, 'main.ts')], {
      encoding: 'utf8',
    })
    expect(said).toBe('1000 orders\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
