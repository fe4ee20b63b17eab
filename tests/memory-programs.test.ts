/**
 * Production code over shared memory: every program of the registry holds at every access, and every bug seeded in
 * the code is found by what names it, with the stored trace still a shortest one that replays.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { JsonFile } from '../src/checker/json-file.ts'
import { type MemorySubject, mutantsOf, registeredPrograms } from '../src/cli/memory-programs.ts'
import { replayTrace } from '../src/cli/memory-replay.ts'
import { readMemoryTrace } from '../src/cli/memory-trace.ts'
import { exploreMemory } from '../src/interleave/memory/explore-memory.ts'

const TIMEOUT_MS = 120_000
const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const programs = await registeredPrograms()
const mutants = programs.flatMap((subject) => mutantsOf(subject).map((own) => ({ subject, own })))

const pathOf = ({ system, name, mutant }: MemorySubject) =>
  `traces/${system!}/${name}/${kebab(mutant!)}.itf.json`

describe('every access of a program', { timeout: TIMEOUT_MS }, () => {
  it.each(programs)('$system: $name', ({ program }) => {
    const { outcome, states, depth } = exploreMemory(program)
    expect(outcome).toBe('holds')
    expect(states).toBeGreaterThan(100)
    expect(depth).toBeGreaterThan(10)
  })

  it('is of three threads or more in some program, and of eight messages in another', () => {
    expect(Math.max(...programs.map(({ program }) => program.threads.length))).toBeGreaterThanOrEqual(3)
    expect(programs.some(({ program }) => program.title.includes('eight messages'))).toBe(true)
  })
})

describe('a bug seeded in the code', { timeout: TIMEOUT_MS }, () => {
  it.each(mutants)('$own.system: $own.mutant', ({ subject, own }) => {
    const { killedBy } = subject.program.mutants![own.mutant!]!
    const result = exploreMemory(own.program)
    if (result.outcome !== 'failed') return expect(result.outcome).toBe('failed')
    const { failure } = result
    expect([failure.kind, failure.claim]).toContain(killedBy)
    const path = pathOf(own)
    const trace = readMemoryTrace(new JsonFile(readFileSync(path, 'utf8'), path))
    expect(trace.steps.length).toBe(failure.steps.length)
    const { stands, conclusion } = replayTrace(trace, own)
    expect(conclusion).toMatch(/^the recorded verdict still stands: /)
    expect(stands).toBe(true)
  })

  it('is seeded fifteen times at least, and has no trace that is nobody’s', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(15)
    const stored = [...new Set(programs.map(({ system }) => system!))].flatMap((system) =>
      readdirSync(`traces/${system}`, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap((folder) =>
          readdirSync(`traces/${system}/${folder.name}`).map(
            (file) => `traces/${system}/${folder.name}/${file}`,
          ),
        ),
    )
    expect(stored.sort()).toEqual(mutants.map(({ own }) => pathOf(own)).sort())
  })
})
