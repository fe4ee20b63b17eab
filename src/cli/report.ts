/** What a check found, system by system: the shape that the table, the summaries and `--json` are made from. */
import type { Coverage } from '../checker/coverage.ts'
import type { Bounds } from '../model/system.ts'
import type { ExitCode } from './exit-code.ts'

/** Something that must not be; `lines` say what, and `command` shows it again. */
export type Failure = {
  readonly code: ExitCode
  readonly headline: string
  readonly lines: readonly string[]
  readonly command: string
}

export type ClaimsReport = {
  readonly bounds: Bounds
  /** `exhaustive at cpus=2`, `1,000 walks, seed 42`, or the limit that ended the search. */
  readonly covered: string
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  readonly states: number
  readonly transitions: number
  readonly depth: number
  readonly seconds: number
  readonly bytes: number
  /** Claims asked, witnesses not among them. */
  readonly claims: readonly string[]
  readonly witnesses: { readonly reached: number; readonly total: number }
  readonly coverage: Coverage | undefined
}

export type MutantReport = {
  readonly name: string
  readonly sentence: string
  readonly bounds: Bounds
  readonly killedBy: string
  readonly outcome: 'killed' | 'survived' | 'bound'
  readonly steps: number | undefined
  readonly states: number
  readonly seconds: number
  /** The stored trace against the one found. */
  readonly trace: 'same' | 'equivalent' | 'stale' | 'missing' | 'written' | 'not compared'
}

export type ImplementationReport = {
  readonly name: string
  readonly ok: boolean
  readonly covered: string
  readonly schedules: number
  readonly states: number | undefined
  readonly steps: number
  readonly seconds: number
  readonly bound: string | undefined
}

export type SystemReport = {
  readonly system: string
  readonly title: string
  readonly file: string | undefined
  readonly claims: ClaimsReport | undefined
  readonly mutants: readonly MutantReport[]
  readonly implementations: readonly ImplementationReport[]
  readonly failures: readonly Failure[]
  /** Remarks that are no failures. */
  readonly notes: readonly string[]
  readonly exitCode: ExitCode
}
