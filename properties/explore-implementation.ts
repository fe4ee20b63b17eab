/**
 * An implementation explored beside its system: at random over scenarios and schedules, in every state of a
 * few small scenarios, and along a recorded trace. What a scenario is, each implementation says.
 */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { Product } from '../src/checker/product.ts'
import { specificationOf } from '../src/checker/specification.ts'
import { Execution } from '../src/interleave/execution.ts'
import { type FingerprintedKernel, exploreStates } from '../src/interleave/explore-states.ts'
import { type Failure, printFailure } from '../src/interleave/failure.ts'
import type { FollowReport, Implementation, KernelReport } from '../src/interleave/implementation.ts'
import { lockstep } from '../src/interleave/lockstep.ts'
import { numbers, recorded } from '../src/interleave/scheduler.ts'
import type { Specification } from '../src/interleave/specification.ts'
import type { NamedThread } from '../src/interleave/thread.ts'
import { type Preference, first } from '../src/kernel/memory/preference.ts'
import { type GroundEvent, printEvent } from '../src/model/event.ts'
import { instantiate } from '../src/model/instance.ts'
import type { Bounds, System } from '../src/model/system.ts'

export type FollowedKernel = FingerprintedKernel & {
  /** What keeps operations from going on, in words. */
  readonly obstacles: () => readonly string[]
  /** Names of threads that act of themselves, and so explain nothing. */
  readonly hardware: readonly string[]
}

/** How an implementation is set up; `Scenario` is plain JSON that says what its threads are to do. */
export type Setup<Scenario> = {
  readonly system: System
  /** Where the implementation is: `kernel/memory/tlb-shootdown`. */
  readonly name: string
  /** Scenarios with work in them; those that shrink are the smaller ones. */
  readonly scenarios: fc.Arbitrary<Scenario>
  /** Explored in every state: by what they show. */
  readonly small: { readonly [shows: string]: Scenario }
  readonly boundsOf: (scenario: Scenario) => Bounds
  readonly kernelOf: (scenario: Scenario, specification: Specification) => FingerprintedKernel
  /** A kernel that can do whatever the events ask of it, one thread for each operation they begin. */
  readonly follower: (
    bounds: Bounds,
    events: readonly GroundEvent[],
    specification: Specification,
  ) => FollowedKernel
}

/** A thread by its number and what it begins with: `2 (unmap cpu0 page0, …)`. */
export function nameOfThread(index: number, tasks: readonly object[]): string {
  const begins = Object.values(tasks[0] ?? {}).join(' ')
  return `${index} (${begins}${tasks.length > 1 ? ', …' : ''})`
}

/** An interleaving: which enabled thread runs next. An array of small numbers shrinks, prints and replays. */
export const schedules = (): fc.Arbitrary<number[]> => fc.array(fc.nat(15), { maxLength: 96, size: 'max' })

const specifications = new Map<string, Specification>()

/** The system as a judge; all runs at one bound share what xstate has been asked already. */
export function judgeOf(system: System, bounds: Bounds): Specification {
  const key = `${system.name} ${JSON.stringify(bounds)}`
  const known = specifications.get(key)
  if (known !== undefined) return known
  const judge = specificationOf(new Product(instantiate(system, bounds)))
  specifications.set(key, judge)
  return judge
}

/** Fair steps after the schedule's own within which every scenario is done. */
const STEPS_MAX = 2_000

/** One schedule of one scenario. */
export function run<Scenario>(setup: Setup<Scenario>, scenario: Scenario, schedule: readonly number[]) {
  const judge = judgeOf(setup.system, setup.boundsOf(scenario))
  return lockstep({
    ...setup.kernelOf(scenario, judge),
    scheduler: numbers(schedule),
    stepsMax: STEPS_MAX,
  })
}

/** That every schedule of every scenario is a run of the system. */
export function refinementOf<Scenario>(setup: Setup<Scenario>): fc.IPropertyWithHooks<[Scenario, number[]]> {
  return fc.property(setup.scenarios, schedules(), (scenario, schedule) => {
    const result = run(setup, scenario, schedule)
    if (result.outcome === 'failed') throw new Error(printFailure(result.failure))
  })
}

/** A failure with what was being done, and the choices that show it; after them scheduling is fair. */
export type Counterexample<Scenario> = {
  readonly scenario: Scenario
  readonly choices: readonly number[]
  readonly failure: Failure
}

const number = (value: number) => value.toLocaleString('en')

/** What random runs covered until one failed, and the smallest failure found; steps include those of shrinking. */
export type Sample<Scenario> = {
  readonly schedules: number
  readonly steps: number
  readonly counterexample: Counterexample<Scenario> | undefined
}

/** Runs of random scenarios under random schedules, until one fails. */
export function sample<Scenario>(
  setup: Setup<Scenario>,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Sample<Scenario> {
  let steps = 0
  const counted = fc.property(setup.scenarios, schedules(), (scenario, schedule) => {
    const result = run(setup, scenario, schedule)
    steps += result.outcome === 'failed' ? result.failure.step : result.steps
    return result.outcome === 'holds'
  })
  const { counterexample: found, numRuns } = fc.check(counted, { numRuns: runs, seed })
  if (found === null) return { schedules: numRuns, steps, counterexample: undefined }
  const [scenario, choices] = found
  const again = run(setup, scenario, choices)
  assert(again.outcome === 'failed', 'a failing schedule holds when it is run again')
  return { schedules: numRuns, steps, counterexample: { scenario, choices, failure: again.failure } }
}

function random<Scenario>(
  setup: Setup<Scenario>,
  options: { readonly runs: number; readonly seed: number },
): KernelReport {
  const { schedules: ran, steps, counterexample } = sample(setup, options)
  const covered = `${number(ran)} random scenarios and schedules, seed ${options.seed}`
  const report = { ok: counterexample === undefined, covered, schedules: ran, steps }
  return counterexample === undefined ? report : { ...report, failure: describe(counterexample) }
}

function describe(found: { readonly scenario: unknown; readonly failure: Failure }): string {
  return `${printFailure(found.failure)}\nscenario: ${JSON.stringify(found.scenario)}`
}

function exhaustive<Scenario>(setup: Setup<Scenario>): KernelReport {
  let states = 0
  let steps = 0
  for (const [shows, scenario] of Object.entries(setup.small)) {
    const judge = judgeOf(setup.system, setup.boundsOf(scenario))
    const result = exploreStates(() => setup.kernelOf(scenario, judge))
    states += result.states
    steps += result.steps
    const covered = `${number(states)} states, up to ${shows}`
    const report = { ok: false, covered, schedules: 0, states, steps }
    if (result.outcome === 'failed')
      return { ...report, failure: describe({ scenario, failure: result.failure }) }
    if (result.outcome === 'bound') return { ...report, bound: result.bound }
  }
  const covered = `exhaustive: ${number(states)} states; ${Object.keys(setup.small).join('; ')}`
  return { ok: true, covered, schedules: 0, states, steps }
}

/** What is never done, so that a kernel whose operations are all done can still be followed. */
const rest: NamedThread = {
  name: 'the rest of the trace',
  run: function* () {
    yield { event: { type: 'trace.end' }, when: () => false }
  },
}

function follow<Scenario>(
  setup: Setup<Scenario>,
  bounds: Bounds,
  events: readonly GroundEvent[],
  until = events.length,
): FollowReport {
  const due = events.slice(0, until)
  const kernel = setup.follower(bounds, due, judgeOf(setup.system, bounds))
  const execution = new Execution({ ...kernel, threads: [...kernel.threads, rest] })
  const scheduler = recorded(due)
  for (const [index, event] of due.entries()) {
    const where = `step ${index + 1} of ${events.length}, ${printEvent(event)}`
    const choice = scheduler.choose(index, execution.offers)
    if (typeof choice !== 'number') {
      const text = `${where}: ${setup.name} does not offer it; ${why(kernel, execution)}`
      return { ok: false, steps: index, text }
    }
    execution.step(choice)
    const { failure } = execution
    // Where nothing can go on, the next event is not offered; at the end that is for the verdict to say.
    if (failure !== undefined && failure.kind !== 'stuck')
      return { ok: false, steps: index + 1, text: `${where}: ${failure.text}` }
  }
  const followed =
    due.length < events.length ? `the first ${due.length} of ${events.length}` : `all ${due.length}`
  return { ok: true, steps: due.length, text: `${setup.name} follows ${followed} events` }
}

/** Among equally right steps the one that the trace takes next, `taken` events having been taken. */
export function preferring(events: readonly GroundEvent[], taken: () => number): Preference {
  return (candidates) =>
    candidates.find((candidate) => isDeepStrictEqual(candidate, events[taken()])) ?? first(candidates)
}

function why({ obstacles, hardware }: FollowedKernel, execution: Execution): string {
  const doing = execution
    .announced()
    .filter(
      ({ thread, daemon, enabled }) => (enabled || !daemon) && ![rest.name, ...hardware].includes(thread),
    )
    .flatMap(({ thread, event, enabled }) =>
      event === undefined ? [] : [`${thread} ${enabled ? 'offers' : 'waits for'} ${printEvent(event)}`],
    )
  const known = [...obstacles(), ...doing]
  return known.length === 0 ? 'every operation of the trace so far is done' : known.join(', ')
}

/** The implementation as the command line and the tests meet it. */
export function implementationOf<Scenario>(setup: Setup<Scenario>): Implementation {
  return {
    system: setup.system.name,
    name: setup.name,
    random: (options) => random(setup, options),
    exhaustive: () => exhaustive(setup),
    follow: (bounds, events, until) => follow(setup, bounds, events, until),
  }
}
