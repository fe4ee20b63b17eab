/**
 * The parts of a swarm that need no queue: jobs made from a description, jobs refused, jobs run, and outcomes
 * folded into one.
 */
import { describe, expect, it } from 'vitest'
import { BadInputError } from '../src/checker/json-file.ts'
import { Judge } from '../src/checker/judge.ts'
import { Product } from '../src/checker/product.ts'
import { instantiate } from '../src/model/instance.ts'
import type { System } from '../src/model/system.ts'
import { diversify } from '../src/swarm/diversify.ts'
import { Fold } from '../src/swarm/fold.ts'
import {
  type Description,
  type FoundViolation,
  type Job,
  type Outcome,
  printSearch,
  readJob,
  readOutcome,
} from '../src/swarm/job.ts'
import { bindViolation, runJob } from '../src/swarm/run-job.ts'
import { tlbShootdown } from '../spec/tlb-shootdown/system.ts'
import * as toys from './cli-fixtures/systems.ts'

const description: Description = {
  system: 'tlb-shootdown',
  bounds: { cpus: 2, pages: 1, tables: 1, frames: 2 },
  jobs: 32,
  seed: 5,
  memoryBytes: 2 ** 22,
  secondsMax: 60,
  statesMax: 20_000,
}

describe('diversify', () => {
  const jobs = diversify('one', description)

  it('makes the same jobs from the same description, others from another seed', () => {
    expect(diversify('one', description)).toEqual(jobs)
    expect(diversify('one', { ...description, jobs: 8 })).toEqual(jobs.slice(0, 8))
    const others = diversify('one', { ...description, seed: 6 })
    expect(
      others
        .slice(1)
        .filter((job, index) => printSearch(job.search) === printSearch(jobs[index + 1]!.search)),
    ).toEqual([])
  })

  it('begins with the exact search, and varies all that decides what a sweep sees', () => {
    expect(jobs[0]!.search.kind).toBe('exact')
    const sweeps = jobs.slice(1).map(({ search }) => search)
    const values = (pick: (sweep: Extract<Job['search'], { kind: 'sweep' }>) => unknown) =>
      new Set(sweeps.map((search) => search.kind === 'sweep' && pick(search))).size
    expect(values(({ seed }) => seed)).toBe(sweeps.length)
    expect(values(({ order }) => order)).toBe(2)
    expect(values(({ visited }) => visited)).toBe(2)
    expect(values(({ hashes }) => hashes)).toBe(5)
    expect(values(({ depthMax }) => depthMax)).toBe(5)
    expect(values(({ memoryBytes }) => memoryBytes)).toBe(4)
    expect(values(({ symmetry }) => symmetry)).toBe(2)
  })

  it('makes jobs that survive a queue', () => {
    for (const job of jobs) expect(readJob(JSON.parse(JSON.stringify(job)), 'a job')).toEqual(job)
  })
})

describe('a malformed job', () => {
  const [exact, sweep] = diversify('one', { ...description, jobs: 2 }) as [Job, Job]
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['is no object', 7, 'j: expected a job, found 7'],
    ['is of another format', { ...exact, format: 2 }, 'j: expected job format 1 as format, found 2'],
    [
      'has no search',
      { ...exact, search: undefined },
      'j: expected an exact search or a sweep as search, found nothing',
    ],
    ['says nothing', {}, 'j: expected the field format, found none'],
    [
      'searches otherwise',
      { ...exact, search: { kind: 'guess' } },
      'j: expected an exact search or a sweep as search.kind, found "guess"',
    ],
    [
      'has a bound that is none',
      { ...exact, bounds: { cpus: -1 } },
      'j: expected a whole number of at least 0 as bounds.cpus, found -1',
    ],
    [
      'has no time',
      { ...sweep, search: { ...sweep.search, secondsMax: 0 } },
      'j: expected a number above 0 as search.secondsMax, found 0',
    ],
    ['knows more', { ...exact, priority: 1 }, 'j: expected only known fields, found priority'],
  ]
  it.each(cases)('that %s is refused with one sentence', (_, job, sentence) => {
    expect(() => readJob(job, 'j')).toThrow(new BadInputError(sentence))
  })
})

const jobOn = (system: System, search: Partial<Job['search']>, mutant?: string): Job =>
  readJob(
    {
      format: 1,
      swarm: 'toy',
      index: 0,
      system: system.name,
      bounds: instantiate(system, {}, mutant).bounds,
      ...(mutant === undefined ? {} : { mutant }),
      search: { kind: 'exact', memoryBytes: 2 ** 22, secondsMax: 60, ...search },
    },
    'a job',
  )

describe('a job', () => {
  const sweep = {
    kind: 'sweep',
    visited: 'bitstate',
    order: 'depth',
    seed: 3,
    depthMax: 200,
    symmetry: false,
  } as const

  it('that is exact says what the checker says', () => {
    expect(runJob(toys.sound, jobOn(toys.sound, {}))).toMatchObject({
      verdict: 'holds',
      states: 12,
      unreached: [],
    })
    expect(runJob(toys.unreached, jobOn(toys.unreached, {}))).toMatchObject({
      verdict: 'unreached',
      unreached: ['bothWork'],
    })
    const stopped = runJob(toys.sound, jobOn(toys.sound, { statesMax: 3 }))
    expect(stopped).toMatchObject({ verdict: 'bound', ended: '3 states (--max-states)' })
    expect(stopped.violation).toBeUndefined()
  })

  it('that is a sweep claims nothing where it finds nothing', () => {
    const outcome = runJob(toys.sound, jobOn(toys.sound, sweep))
    expect(outcome).toMatchObject({ verdict: 'bound', states: 12 })
    expect(outcome.ended).toBeUndefined()
    expect(outcome.omission).toBeLessThan(1e-3)
  })

  it('that goes by symmetry visits one state for several', () => {
    const whole = runJob(tlbShootdown, jobOn(tlbShootdown, { ...sweep, depthMax: 1_000_000 }))
    const few = runJob(tlbShootdown, jobOn(tlbShootdown, { ...sweep, depthMax: 1_000_000, symmetry: true }))
    expect(few.states).toBeLessThan(whole.states)
    expect(few.states).toBeGreaterThanOrEqual(whole.states / 4)
  })

  it('has the same outcome twice, and one that survives a queue', () => {
    const run = () => ({ ...runJob(tlbShootdown, jobOn(tlbShootdown, sweep, 'leavesTheEntry')), seconds: 0 })
    const outcome = run()
    expect(outcome.verdict).toBe('violated')
    expect(run()).toEqual(outcome)
    expect(readOutcome(JSON.parse(JSON.stringify(outcome)), 'a result')).toEqual(outcome)
  })

  it.each([false, true])(
    'finds a run that leads to the violation in another process too (symmetry %s)',
    (symmetry) => {
      const { violation } = runJob(
        tlbShootdown,
        jobOn(tlbShootdown, { ...sweep, symmetry }, 'leavesTheEntry'),
      )
      const instance = instantiate(tlbShootdown, {}, 'leavesTheEntry')
      const product = new Product(instance)
      const found = bindViolation(instance, product, violation!)
      if (typeof found === 'string') throw new Error(found)
      const last = found.violation.events.reduce((vector, event) => {
        expect(product.accepts(vector, event)).toBe(true)
        return product.step(vector, event).vector
      }, product.initial())
      const judge = new Judge(product)
      expect(judge.asks(judge.claimLabelled(violation!.label)!, 'holds', last)).toBe(false)
    },
  )

  it('is not taken for one of another version of the system', () => {
    const instance = instantiate(toys.sound)
    const violation = {
      kind: 'invariant',
      claim: 'c',
      label: 'c',
      events: ['lock.smash(worker0)'],
      end: '',
    } as const
    expect(
      bindViolation(instance, new Product(instance), { ...violation, events: [...violation.events] }),
    ).toBe('lock.smash(worker0)')
  })
})

describe('fold', () => {
  const violated = (label: string, end: string, length: number): FoundViolation => ({
    kind: 'invariant',
    claim: 'c',
    label,
    end,
    events: Array.from({ length }, () => 'e'),
  })
  const outcome = (rest: Partial<Outcome>): Outcome => ({
    verdict: 'bound',
    unreached: [],
    states: 10,
    transitions: 20,
    depth: 3,
    seconds: 1,
    ...rest,
  })
  const of = (violation: FoundViolation) => outcome({ verdict: 'violated', violation })

  it('keeps each distinct violation once, by its shortest run, whatever the order of arrival', () => {
    const found = [
      of(violated('c(0)', 'a', 9)),
      of(violated('c(0)', 'a', 4)),
      of(violated('c(0)', 'b', 6)),
      of(violated('c(1)', 'a', 4)),
      outcome({}),
    ]
    const folded = (order: readonly number[]) => {
      const fold = new Fold(found.length)
      for (const index of order) fold.add(index, found[index]!)
      return fold.summary()
    }
    const { violations, violating, done } = folded([0, 1, 2, 3, 4])
    expect(
      violations.map(({ violation, foundBy }) => [
        violation.label,
        violation.end,
        violation.events.length,
        foundBy,
      ]),
    ).toEqual([
      ['c(0)', 'a', 4, [0, 1]],
      ['c(1)', 'a', 4, [3]],
      ['c(0)', 'b', 6, [2]],
    ])
    expect([violating, done]).toEqual([4, 5])
    expect(folded([4, 3, 2, 1, 0])).toEqual(folded([0, 1, 2, 3, 4]))
  })

  it('counts a job once however often it is told of', () => {
    const fold = new Fold(2)
    fold.add(0, outcome({}))
    fold.add(0, outcome({}))
    expect([fold.complete, fold.has(0), fold.has(1)]).toEqual([false, true, false])
    fold.fail(1, 'one: no such file')
    expect(fold.complete).toBe(true)
    expect(fold.summary()).toMatchObject({
      done: 1,
      states: 10,
      failures: [{ index: 1, sentence: 'one: no such file' }],
    })
  })

  it('multiplies the omissions of sweeps that saw all they could reach, and of no others', () => {
    const fold = new Fold(4)
    fold.add(0, outcome({ omission: 0.5 }))
    fold.add(1, outcome({ omission: 0.25 }))
    fold.add(2, outcome({ omission: 0.125, ended: '10 states' }))
    fold.add(3, outcome({ verdict: 'holds' }))
    expect(fold.summary()).toMatchObject({
      sweepsWhole: 2,
      omission: 0.125,
      exact: 'holds',
      states: 40,
      statesMost: 10,
    })
  })
})
