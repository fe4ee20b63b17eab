/**
 * Checks one system at one bound in a process of its own and prints what it cost as one line of JSON:
 * `tsx bench/measure.ts '{"system":"peterson","bounds":{"processes":5},"claims":"safety","setting":{}}'`.
 * Just-in-time compilation and memory are fresh each time.
 */
import assert from 'node:assert/strict'
import { NEVER_STUCK, check } from '../src/checker/explore.ts'
import type { Options } from '../src/checker/result.ts'
import { type Instance, instantiate } from '../src/model/instance.ts'
import type { Bounds } from '../src/model/system.ts'
import { systemNamed } from './cases.ts'
import type { Setting } from './modes.ts'

/** What a child process is asked for, as its one argument. */
export type Request = {
  readonly system: string
  readonly bounds: Bounds
  /** What SPIN checks too, or everything, witnesses and progress included. */
  readonly claims: 'safety' | 'all'
  readonly setting: Setting
}

/** What a child process reports. */
export type Measurement = {
  readonly outcome: string
  readonly states: number
  readonly transitions: number
  readonly depth: number
  /** Wall and CPU time of the search alone, tables and claims included, start-up excluded. */
  readonly secondsSearch: number
  readonly cpuSecondsSearch: number
  /** CPU time of the whole process so far. */
  readonly cpuSeconds: number
  /** Bytes of the store at the end of the search. */
  readonly storeBytes: number
  /** Peak resident memory, and how much of it was resident before the search. */
  readonly peakBytes: number
  readonly baseBytes: number
}

const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6

/** The claims that SPIN checks too: invariants, observers and deadlock. Witnesses and progress are ours alone. */
const safety = ({ claims, components }: Instance): string[] => [
  ...claims.flatMap(({ name, claim: { kind } }) =>
    kind === 'always' || kind === 'neverStuck' ? [name] : [],
  ),
  ...components.flatMap(({ name, observer }) => (observer ? [name] : [])),
  NEVER_STUCK,
]

const [argument] = process.argv.slice(2)
assert(argument !== undefined, "usage: tsx bench/measure.ts '{...}', see Request")
const { system, bounds, claims, setting } = JSON.parse(argument) as Request
const instance = instantiate(await systemNamed(system), bounds)
const baseBytes = process.memoryUsage.rss()
const before = process.cpuUsage()
const started = performance.now()
const options = { ...setting, ...(claims === 'safety' ? { only: safety(instance) } : {}) } as Options
const result = check(instance, options)
const measurement: Measurement = {
  outcome: result.outcome,
  states: result.states,
  transitions: result.transitions,
  depth: result.depth,
  secondsSearch: (performance.now() - started) / 1000,
  cpuSecondsSearch: seconds(process.cpuUsage(before)),
  cpuSeconds: seconds(process.cpuUsage()),
  storeBytes: result.bytes,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  baseBytes,
}
console.log(JSON.stringify(measurement))
