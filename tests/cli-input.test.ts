/** What a person may get wrong on the command line: one clear sentence, the right exit code, no stack trace. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 120_000

describe.concurrent('what a person may get wrong', { timeout: TIMEOUT }, () => {
  const usage: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a command', ['chek'], /^error: unknown command 'chek' \(Did you mean check\?\)\n$/],
    ['a slug', ['check', 'no-such-system'], /^error: no system is called 'no-such-system'.*\n$/],
    [
      'an option',
      ['check', '--sed', '1'],
      /^error: unknown option .--sed. \(Did you mean one of --seed, --set\?\)\n$/,
    ],
    [
      'a value',
      ['check', '--only', 'bugs'],
      /^error: option '--only <part>' argument 'bugs' is invalid\. .*claims, mutants, kernel\.\n$/,
    ],
    [
      'a bound',
      ['check', fixture('sound'), '--set', 'worker=3'],
      /^error: no system that is checked has the bound 'worker' \(did you mean 'workers'\?\)\n$/,
    ],
    [
      'a size',
      ['check', fixture('sound'), '--set', 'workers=0'],
      /^error: bound workers of sound must be a whole number of at least 1, not 0\n$/,
    ],
    [
      'a component',
      ['export', fixture('sound'), '--format', 'json', '--component', 'lck'],
      /^error: sound has no component 'lck' \(did you mean 'lock'\?\)\n$/,
    ],
    [
      'an empty selection',
      ['check', fixture('sound'), '--only', 'kernel'],
      /^error: there is nothing to check: .* has no kernel\n$/,
    ],
  ]
  it.each(usage)('%s: one sentence and 64', async (_, args, message) => {
    const { code, stderr } = await lockstep(args)
    expect(stderr).toMatch(message)
    expect(code).toBe(64)
  })

  const files: readonly (readonly [string, string | undefined, string])[] = [
    ['is missing', undefined, 'mine.ts: there is no such file'],
    [
      'has a syntax error',
      'export const a = 1\nexport const b = = 2\n',
      'mine.ts:2: syntax error: Unexpected "="',
    ],
    ['throws', '\nthrow new Error("not today")\n', 'mine.ts:2: it throws while it is loaded: not today'],
    [
      'exports no system',
      'export const answer = 42\n',
      'mine.ts: expected an exported system (made with defineSystem), found only answer',
    ],
    [
      'is ill-formed',
      `export { illFormed } from '${fixture('systems')}'\n`,
      'mine.ts: system ill-formed: component lock: context.held is a Set; ' +
        'context must be plain JSON, with sets as sorted arrays',
    ],
  ]
  it.each(files)('a file that %s: one sentence and 65', async (_, text, message) => {
    const cwd = folder()
    if (text !== undefined) writeFileSync(join(cwd, 'mine.ts'), text)
    const { code, stderr } = await lockstep(['check', './mine.ts'], cwd)
    expect(stderr).toBe(`error: ${message}\n`)
    expect(code).toBe(65)
  })

  it('prints the stack only where it is asked for', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'mine.ts'), 'throw new Error("not today")\n')
    expect((await lockstep(['check', './mine.ts', '--verbose'], cwd)).stderr).toMatch(/\n {4}at .*mine\.ts:1/)
  })
})
