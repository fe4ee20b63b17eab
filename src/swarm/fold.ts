/**
 * Folds the outcomes of a swarm's jobs into one: what was covered, and each distinct violation once. Two
 * violations are the same where claim, identifiers and the state at the end are, however the runs got there.
 */
import type { FoundViolation, Outcome } from './job.ts'

/** A violation, how many jobs found it, and the shortest run to it. */
export type Folded = {
  readonly violation: FoundViolation
  /** The jobs that found it, ascending. */
  readonly foundBy: readonly number[]
}

export type Summary = {
  readonly jobs: number
  readonly done: number
  /** Jobs that could not be run: each with a sentence that says why. */
  readonly failures: readonly { readonly index: number; readonly sentence: string }[]
  /** In all, each job's counted for itself: jobs see many of the same states. */
  readonly states: number
  readonly transitions: number
  /** States of the job that visited most. */
  readonly statesMost: number
  readonly depth: number
  readonly seconds: number
  /** Sweeps that came to an end by themselves, before any limit. */
  readonly sweepsWhole: number
  /** The probability that all of those took one given state for another, if each arrived at it. */
  readonly omission: number | undefined
  /** Jobs that found a violation. */
  readonly violating: number
  /** Those with the shortest run first. */
  readonly violations: readonly Folded[]
  /** What an exact search said of the whole state space, where one got through it. */
  readonly exact: 'holds' | 'unreached' | undefined
  readonly unreached: readonly string[]
}

/** What makes two violations one. */
export const violationKey = ({ kind, claim, label, end }: FoundViolation): string =>
  [kind, claim, label, end].join('\n')

const byLength = (one: Folded, other: Folded): number =>
  one.violation.events.length - other.violation.events.length || one.foundBy[0]! - other.foundBy[0]!

/** Outcomes by the job's index; a job counts once however often it is added. */
export class Fold {
  readonly #jobs: number
  readonly #outcomes = new Map<number, Outcome>()
  readonly #failures = new Map<number, string>()

  constructor(jobs: number) {
    this.#jobs = jobs
  }

  add(index: number, outcome: Outcome): void {
    this.#outcomes.set(index, outcome)
  }

  fail(index: number, sentence: string): void {
    this.#failures.set(index, sentence)
  }

  /** Whether nothing more will come of this job. */
  has(index: number): boolean {
    return this.#outcomes.has(index) || this.#failures.has(index)
  }

  get complete(): boolean {
    return this.#outcomes.size + this.#failures.size === this.#jobs
  }

  summary(): Summary {
    const outcomes = [...this.#outcomes].sort(([one], [other]) => one - other).map(([, outcome]) => outcome)
    const total = (count: (outcome: Outcome) => number) => outcomes.reduce((sum, one) => sum + count(one), 0)
    const most = (count: (outcome: Outcome) => number) =>
      outcomes.reduce((greatest, one) => Math.max(greatest, count(one)), 0)
    const whole = outcomes.filter(
      ({ verdict, ended, omission }) =>
        omission !== undefined && ended === undefined && verdict !== 'violated',
    )
    const exact = outcomes.find(({ verdict }) => verdict === 'holds' || verdict === 'unreached')
    return {
      jobs: this.#jobs,
      done: outcomes.length,
      failures: [...this.#failures]
        .sort(([one], [other]) => one - other)
        .map(([index, sentence]) => ({ index, sentence })),
      states: total(({ states }) => states),
      transitions: total(({ transitions }) => transitions),
      statesMost: most(({ states }) => states),
      depth: most(({ depth }) => depth),
      seconds: total(({ seconds }) => seconds),
      sweepsWhole: whole.length,
      omission: whole.length === 0 ? undefined : whole.reduce((product, one) => product * one.omission!, 1),
      violating: outcomes.filter(({ violation }) => violation !== undefined).length,
      violations: this.#violations(),
      exact: exact?.verdict === 'holds' || exact?.verdict === 'unreached' ? exact.verdict : undefined,
      unreached: exact?.unreached ?? [],
    }
  }

  #violations(): Folded[] {
    const folded = new Map<string, Folded>()
    for (const [index, { violation }] of this.#outcomes) {
      if (violation === undefined) continue
      const key = violationKey(violation)
      const known = folded.get(key)
      const foundBy = [...(known?.foundBy ?? []), index].sort((one, other) => one - other)
      const both = [known ?? { violation, foundBy }, { violation, foundBy: [index] }]
      folded.set(key, { violation: both.sort(byLength)[0]!.violation, foundBy })
    }
    return [...folded.values()].sort(byLength)
  }
}
