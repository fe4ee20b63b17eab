/**
 * The TLA+ we write, explored by a small evaluator of just what it uses, and by TLC where one is at hand: the
 * counts and verdicts must be ours.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memory } from '../spec/index.ts'
import { check } from '../src/checker/explore.ts'
import { type TlaModule, exportTla } from '../src/checker/export-tla.ts'
import { Tabulation, tabulate } from '../src/checker/tabulation.ts'
import type { Bounds, System } from '../src/model/system.ts'
import { instantiate } from '../src/model/instance.ts'
import * as fixtures from './cli-fixtures/systems.ts'

const TIMEOUT_MS = 120_000

function moduleOf(system: System, bounds: Bounds = {}, mutant?: string): TlaModule {
  const tabulation = tabulate(instantiate(system, bounds, mutant))
  if (!(tabulation instanceof Tabulation)) throw new Error(`${system.name} cannot be tabled`)
  return exportTla(tabulation, 'Exported')
}

type State = ReadonlyMap<string, string>
type Action = { readonly name: string; readonly next: (state: State) => State | undefined }

const stringsIn = (text: string): string[] => [...text.matchAll(/"([^"]*)"/g)].map(([, string]) => string!)

/** The body of an operator: the lines after `NAME ==` up to an empty line or the next operator. */
function bodyOf(tla: string, name: string): string[] {
  const lines = tla.split('\n')
  const at = lines.findIndex((line) => line === `${name} ==` || line.startsWith(`${name} == `))
  if (at < 0) throw new Error(`the module has no operator ${name}`)
  const rest = lines.slice(at + 1)
  const end = rest.findIndex((line) => line === '' || / ==( |$)/.test(line))
  const inline = lines[at]!.slice(`${name} ==`.length).trim()
  return [...(inline === '' ? [] : [inline]), ...rest.slice(0, end)]
}

type Case = { readonly variable: string; readonly from: ReadonlySet<string>; readonly to: string | undefined }

/** `x \in {...} /\ x' = y`: where a variable goes from these values; to undefined, it stays. */
function caseOf(text: string): Case {
  const match = /(\w+) \\in \{(.*)\} \/\\ (\w+)' = (?:"([^"]*)"|(\w+))$/.exec(text)
  if (match === null || match[1] !== match[3]) throw new Error(`no case of an action: ${text}`)
  return { variable: match[1]!, from: new Set(stringsIn(match[2]!)), to: match[4] }
}

function actionOf(tla: string, name: string, variables: readonly string[]): Action {
  const cases: Case[] = []
  const unchanged: string[] = []
  for (const line of bodyOf(tla, name)) {
    const rest = /UNCHANGED <<(.*)>>/.exec(line)
    if (rest === null) cases.push(caseOf(line))
    else unchanged.push(...rest[1]!.split(', '))
  }
  const moved = [...new Set(cases.map(({ variable }) => variable))]
  if ([...moved, ...unchanged].sort().join() !== [...variables].sort().join())
    throw new Error(`${name} does not say what becomes of every variable, once`)
  const next = (state: State): State | undefined => {
    const result = new Map(state)
    for (const variable of moved) {
      const taken = cases.filter((one) => one.variable === variable && one.from.has(state.get(variable)!))
      if (taken.length > 1) throw new Error(`${name} leaves a choice to ${variable}`)
      if (taken.length === 0) return undefined
      result.set(variable, taken[0]!.to ?? state.get(variable)!)
    }
    return result
  }
  return { name, next }
}

/** An operator that is a disjunction of `x \in {...}`, each with another operator or none. */
function asks(tla: string, name: string, state: State): boolean {
  return bodyOf(tla, name).some((line) => {
    if (/^(TRUE|FALSE)$/.test(line.trim())) return line.trim() === 'TRUE'
    const match = /\\\/ (\w+) \\in \{(.*)\}(?: \/\\ (\w+))?$/.exec(line)
    if (match === null) throw new Error(`no case of a claim: ${line}`)
    const [, variable, set, rest] = match
    return stringsIn(set!).includes(state.get(variable!)!) && (rest === undefined || asks(tla, rest, state))
  })
}

/** Every reachable state, breadth first. */
function explore({ tla }: TlaModule) {
  const variables = /^VARIABLES (.*)$/m.exec(tla)![1]!.split(', ')
  const initial = bodyOf(tla, 'Init').map(
    (line) => /(\w+) = "([^"]*)"/.exec(line)!.slice(1, 3) as [string, string],
  )
  const names = bodyOf(tla, 'Next').map((line) => line.replace('  \\/ ', ''))
  const actions = names.map((name) => actionOf(tla, name, variables))
  const key = (state: State) => variables.map((variable) => state.get(variable)).join('|')
  const states: State[] = [new Map(initial)]
  const seen = new Set(states.map(key))
  let transitions = 0
  let stuck = 0
  for (const state of states) {
    const successors = actions.flatMap(({ next }) => next(state) ?? [])
    transitions += successors.length
    if (successors.length === 0) stuck++
    for (const successor of successors) {
      if (seen.has(key(successor))) continue
      seen.add(key(successor))
      states.push(successor)
    }
  }
  return { states, transitions, stuck }
}

const small = memory.map((system) => ({
  name: system.name,
  system,
  bounds: Object.fromEntries(Object.keys(system.bounds).map((name) => [name, name === 'tables' ? 0 : 1])),
}))

describe('the module', { timeout: TIMEOUT_MS }, () => {
  test.each([
    { name: 'sound', system: fixtures.sound, bounds: {} },
    { name: 'served', system: fixtures.served, bounds: {} },
    ...small,
    { name: 'tlb-shootdown with two CPUs', system: memory[0]!, bounds: { tables: 0, frames: 1 } },
  ])('has the states and transitions of $name, and its claims', ({ system, bounds }) => {
    const instance = instantiate(system, bounds)
    const ours = check(instance, { only: [], reduction: false })
    const module = moduleOf(system, bounds)
    const { states, transitions, stuck } = explore(module)
    expect([states.length, transitions]).toEqual([ours.states, ours.transitions])
    expect(stuck).toBe(0)
    expect(module.tla).toContain(`TLC finds ${ours.states} distinct states`)
    const invariants = [...module.configuration.matchAll(/^INVARIANT (\w+)$/gm)].map(([, name]) => name!)
    expect(invariants[0]).toBe('TypeOK')
    for (const name of invariants.slice(1)) {
      expect(states.filter((state) => !asks(module.tla, name, state))).toEqual([])
    }
    const witnesses = [...module.configuration.matchAll(/INVARIANT (\w+)__never$/gm)].map(([, name]) => name!)
    const { unreached } = check(instance)
    const missed = witnesses.filter((name) => !states.some((state) => asks(module.tla, name, state)))
    expect(missed.length).toBe(unreached.length)
  })

  test('has a state that violates the claim of a mutant', () => {
    const module = moduleOf(fixtures.sound, {}, 'ignoresTheHolder')
    const { states } = explore(module)
    expect(states.some((state) => !asks(module.tla, 'oneAtATime', state))).toBe(true)
    expect(module.tla).toContain('the fewest that violate oneAtATime')
  })

  test('lets TLC look for deadlock where no state may be final, and says what an observer refuses', () => {
    expect(moduleOf(fixtures.stuck).configuration).toMatch(/^CHECK_DEADLOCK TRUE$/m)
    expect(moduleOf(fixtures.watched).configuration).toMatch(/^INVARIANT drops_accepts$/m)
    expect(moduleOf(fixtures.starving).configuration).toMatch(/^PROPERTY eachTurnComes/m)
    expect(moduleOf(fixtures.starving).tla).toMatch(/WF_vars\(Next\)/)
  })
})

const jar = process.env['TLA2TOOLS_JAR']
const hasJava = spawnSync('java', ['-version']).error === undefined
const whyNot =
  jar === undefined ? 'TLA2TOOLS_JAR names no jar' : hasJava ? undefined : 'java is not installed'
if (whyNot !== undefined) console.warn(`TLC is not run on our modules: ${whyNot}`)

describe.skipIf(whyNot !== undefined)(`TLC${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`, () => {
  test.each(memory)('finds as many distinct states of $name as we do', { timeout: TIMEOUT_MS }, (system) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-tla-'))
    try {
      const { bounds, states } = [...system.pinned].sort((one, other) => one.states - other.states)[0]!
      const { tla, configuration } = moduleOf(system, bounds)
      writeFileSync(join(folder, 'Exported.tla'), tla)
      writeFileSync(join(folder, 'Exported.cfg'), configuration)
      const args = ['-cp', jar!, 'tlc2.TLC', '-workers', '1', '-metadir', folder, 'Exported']
      const output = execFileSync('java', args, { cwd: folder, encoding: 'utf8' })
      expect(output).toContain('No error has been found')
      expect(output.replaceAll(',', '')).toContain(`${states} distinct states found`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
