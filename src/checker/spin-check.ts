/**
 * Checks an instance with SPIN: our search tables the product, SPIN explores the tables on its own. Both must
 * count the same states and transitions; every violation SPIN finds is confirmed on the charts.
 */
import assert from 'node:assert/strict'
import type { Instance } from '../model/instance.ts'
import { labelOf } from './claims.ts'
import { type PromelaModel, exportPromela } from './export-promela.ts'
import { type Limits, defaultLimits } from './limits.ts'
import type { Product } from './product.ts'
import type { Options, Violation } from './result.ts'
import { type SpinOptions, type SpinReport, SpinLimitError, verify } from './spin.ts'
import { TrailReader } from './spin-trail.ts'
import { type Tabulation, tabulate } from './tabulation.ts'

export type SpinCheckOptions = Options & Pick<SpinOptions, 'optimisation' | 'signal'>

export type SpinResult = {
  readonly instance: Instance
  readonly outcome: 'holds' | 'violated' | 'unreached' | 'bound'
  /** Absent where a limit came before the tables were whole. */
  readonly product: Product | undefined
  /** Runs that violate a claim, confirmed on the charts. */
  readonly violations: readonly Violation[]
  /** Labels of witnesses that no state has shown. */
  readonly unreached: readonly string[]
  /** Names of the claims that SPIN was asked; the rest it cannot express, or there was no need to ask. */
  readonly claimsChecked: readonly string[]
  readonly leftOut: PromelaModel['leftOut']
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** SPIN's memory at its peak. */
  readonly bytes: number
  /** Of everything: tables, compilers, searches. */
  readonly seconds: number
  readonly secondsCompile: number
  readonly secondsSearch: number
  readonly bound: string | undefined
}

const count = (states: number, transitions: number): string =>
  `${states} states and ${transitions} transitions`

class SpinCheck {
  readonly #instance: Instance
  readonly #options: SpinCheckOptions
  readonly #limits: Limits
  readonly #started = performance.now()
  readonly #violations: Violation[] = []
  readonly #checked = new Set<string>()
  #reached: ReadonlySet<string> = new Set()
  #product: Product | undefined
  #model: PromelaModel | undefined
  #safety: SpinReport | undefined
  #secondsCompile = 0
  #secondsSearch = 0
  #bound: string | undefined
  #states = 0

  constructor(instance: Instance, options: SpinCheckOptions) {
    this.#instance = instance
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
  }

  async run(): Promise<SpinResult> {
    const tabulation = tabulate(this.#instance, this.#options)
    if ('bound' in tabulation) {
      this.#states = tabulation.states
      this.#bound = tabulation.bound
      return this.#result()
    }
    this.#product = tabulation.product
    if ('error' in tabulation) {
      this.#violations.push(tabulation.error)
      return this.#result()
    }
    this.#states = tabulation.states
    this.#model = exportPromela(tabulation, (name) => this.#wanted(name))
    const reader = new TrailReader(tabulation.product, this.#model)
    try {
      if (tabulation.violation === undefined) {
        await this.#checkSafety(tabulation, this.#model, reader)
        await this.#checkProgress(this.#model, reader)
      } else await this.#checkViolated(this.#model, reader)
    } catch (error) {
      this.#bound = this.#boundOf(error)
      if (this.#bound === undefined) throw error
    }
    return this.#result()
  }

  #wanted(name: string): boolean {
    return this.#options.only?.includes(name) ?? true
  }

  #boundOf(error: unknown): string | undefined {
    if (error instanceof SpinLimitError) return error.message.replace(/memory$/, 'memory (--max-memory)')
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return isLate ? `${this.#limits.secondsMax} seconds (--max-seconds)` : undefined
  }

  async #verify(
    { text }: PromelaModel,
    search: SpinOptions['search'],
    defines: SpinOptions['defines'],
  ): Promise<SpinReport> {
    const { optimisation, signal } = this.#options
    const { secondsMax, bytesMax } = this.#limits
    const left = secondsMax * 1000 - (performance.now() - this.#started)
    const late = Number.isFinite(left) ? [AbortSignal.timeout(Math.max(1, Math.ceil(left)))] : []
    const report = await verify(text, {
      search,
      bytesMax,
      statesExpected: this.#states,
      signal: AbortSignal.any([...late, ...(signal === undefined ? [] : [signal])]),
      ...(defines === undefined ? {} : { defines }),
      ...(optimisation === undefined ? {} : { optimisation }),
    })
    this.#secondsCompile += report.secondsCompile
    this.#secondsSearch += report.secondsSearch
    return report
  }

  // Nothing is violated as far as we know: SPIN must agree, count what we count, and reach what we reach.
  async #checkSafety(tabulation: Tabulation, model: PromelaModel, reader: TrailReader): Promise<void> {
    const report = await this.#verify(model, 'all', { WITNESSES: true })
    const findings = report.trails.map((trail) => reader.read(trail))
    assert(findings.length === report.errors, 'SPIN found more errors than it wrote trails')
    const reached = findings.flatMap((finding) => ('witness' in finding ? [finding.witness] : []))
    const violated = findings.find((finding) => 'violation' in finding)
    assert(violated === undefined, 'the engines disagree: SPIN finds a violation that Lockstep has missed')
    // One transition into the initial state, and one for each report.
    const transitions = report.transitions - 1 - report.errors
    const ours = count(tabulation.states, tabulation.transitions)
    const theirs = count(report.states, transitions)
    assert(ours === theirs, `the engines disagree: SPIN counts ${theirs}, Lockstep ${ours}`)
    this.#safety = { ...report, transitions }
    this.#reached = new Set(reached)
    for (const { name, claim } of this.#instance.claims)
      if (claim.kind !== 'leadsTo' && claim.kind !== 'eventually') this.#checked.add(name)
  }

  async #checkViolated(model: PromelaModel, reader: TrailReader): Promise<void> {
    const report = await this.#verify(model, 'first', undefined)
    const [trail] = report.trails
    assert(trail !== undefined, 'the engines disagree: SPIN finds no violation where Lockstep does')
    const finding = reader.read(trail)
    assert('violation' in finding, 'SPIN reports a witness that nobody asked for')
    this.#safety = { ...report, transitions: report.transitions - 1 }
    this.#checked.add(finding.violation.claim)
    this.#violations.push(finding.violation)
  }

  async #checkProgress(model: PromelaModel, reader: TrailReader): Promise<void> {
    for (const [index, claim] of model.progress.entries()) {
      if (!this.#wanted(claim.name) || this.#violations.some(({ claim: name }) => name === claim.name))
        continue
      const report = await this.#verify(model, { fairProcesses: model.processCount }, { PROGRESS: index + 1 })
      this.#checked.add(claim.name)
      const [trail] = report.trails
      if (trail !== undefined) this.#violations.push(reader.readLasso(claim, trail))
    }
  }

  #result(): SpinResult {
    const unreached = this.#instance.claims.flatMap((instance) => {
      const isMissing = instance.claim.kind === 'sometimes' && this.#wanted(instance.name)
      const label = labelOf(instance)
      return isMissing && this.#safety !== undefined && !this.#reached.has(label) ? [label] : []
    })
    const isViolated = this.#violations.length > 0
    const judged = unreached.length > 0 ? 'unreached' : 'holds'
    return {
      instance: this.#instance,
      outcome: isViolated ? 'violated' : this.#bound !== undefined ? 'bound' : judged,
      product: this.#product,
      violations: this.#violations,
      unreached: isViolated || this.#bound !== undefined ? [] : unreached,
      claimsChecked: [...this.#checked].filter((name) => this.#wanted(name)),
      leftOut: this.#model?.leftOut ?? [],
      states: this.#safety?.states ?? this.#states,
      transitions: this.#safety?.transitions ?? 0,
      depth: this.#safety?.depth ?? 0,
      bytes: this.#safety?.allocatedBytes ?? 0,
      seconds: (performance.now() - this.#started) / 1000,
      secondsCompile: this.#secondsCompile,
      secondsSearch: this.#secondsSearch,
      bound: this.#bound,
    }
  }
}

/**
 * Checks an instance with SPIN. Throws SearchError where a machine throws, SpinError where SPIN or gcc fails, the
 * reason of `signal`, and AssertionError where the engines disagree.
 */
export const checkWithSpin = (instance: Instance, options: SpinCheckOptions = {}): Promise<SpinResult> =>
  new SpinCheck(instance, options).run()
