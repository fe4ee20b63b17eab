/**
 * Checks one system at one bound in a process of its own and prints what it cost as one line of JSON:
 * `tsx bench/measure.ts peterson processes=5`. Just-in-time compilation and memory are fresh each time.
 */
import assert from 'node:assert/strict'
import { check } from '../src/checker/explore.ts'
import { type Instance, instantiate } from '../src/model/instance.ts'
import { systemNamed } from './cases.ts'

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

/** The claims that SPIN checks too: invariants and observers. Witnesses and progress are ours alone. */
const safety = ({ claims, components }: Instance): string[] => [
  ...claims.flatMap(({ name: claim, claim: { kind } }) => (kind === 'always' ? [claim] : [])),
  ...components.flatMap(({ name: component, observer }) => (observer ? [component] : [])),
]

const [name, ...settings] = process.argv.slice(2)
assert(name !== undefined, 'usage: tsx bench/measure.ts SYSTEM [bound=value...]')
const bounds = Object.fromEntries(
  settings.map((setting): [string, number] => {
    const [bound, value] = setting.split('=')
    assert(bound !== undefined && value !== undefined, `expected bound=value, not ${setting}`)
    return [bound, Number(value)]
  }),
)
const instance = instantiate(await systemNamed(name), bounds)
const baseBytes = process.memoryUsage.rss()
const before = process.cpuUsage()
const result = check(instance, { only: safety(instance) })
const measurement: Measurement = {
  outcome: result.outcome,
  states: result.states,
  transitions: result.transitions,
  depth: result.depth,
  secondsSearch: result.seconds,
  cpuSecondsSearch: seconds(process.cpuUsage(before)),
  cpuSeconds: seconds(process.cpuUsage()),
  storeBytes: result.bytes,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  baseBytes,
}
console.log(JSON.stringify(measurement))
