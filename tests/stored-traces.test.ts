/**
 * Every mutant is killed by the claim that names it, and its stored trace, the shortest there is, replays to
 * the verdict it records.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { systems } from '../spec/index.ts'
import { check } from '../src/checker/explore.ts'
import { replay } from '../src/checker/replay.ts'
import { readTrace } from '../src/checker/trace-file.ts'
import { instantiate } from '../src/model/instance.ts'

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

describe.each(systems.map((system) => [system.name, system] as const))('%s', (slug, system) => {
  it.each(Object.entries(system.mutants))('%s', (name, { killedBy, bounds }) => {
    const { violation, outcome } = check(instantiate(system, bounds, name), { only: [killedBy] })
    expect(outcome).toBe('violated')
    expect(violation?.claim).toBe(killedBy)

    const path = `traces/${slug}/${kebab(name)}.itf.json`
    const trace = readTrace(readFileSync(path, 'utf8'), path)
    expect(trace.mutant).toBe(name)
    expect(trace.verdict.claim).toBe(killedBy)
    expect(trace.states.length - 1).toBe(violation?.events.length)
    const { stands, conclusion } = replay(trace, system)
    expect(conclusion).toMatch(/^the recorded verdict still stands: /)
    expect(stands).toBe(true)
  })

  it('has no trace without a mutant', () => {
    // Folders keep the traces of programs over shared memory.
    const stored = readdirSync(`traces/${slug}`)
      .filter((file) => file.endsWith('.itf.json'))
      .map((file) => file.replace('.itf.json', ''))
    expect(stored.sort()).toEqual(Object.keys(system.mutants).map(kebab).sort())
  })

  it('is not violated by the machine the mutants came from', () => {
    expect(check(instantiate(system)).outcome).toBe('holds')
  })
})

it('there are at least six mutants for each of at least two systems', () => {
  expect(systems.length).toBeGreaterThanOrEqual(2)
  for (const { mutants } of systems) expect(Object.keys(mutants).length).toBeGreaterThanOrEqual(6)
})
