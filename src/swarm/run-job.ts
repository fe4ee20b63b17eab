/** Runs one job: the search it describes, and its outcome in terms that mean the same in every process. */
import { createHash } from 'node:crypto'
import { type SweepOptions, sweep } from '../checker/approximate.ts'
import { Canonicaliser } from '../checker/canonicaliser.ts'
import { check } from '../checker/explore.ts'
import { canonical } from '../checker/local-state.ts'
import { Product } from '../checker/product.ts'
import type { Violation } from '../checker/result.ts'
import { symmetryOf } from '../checker/symmetry.ts'
import { type Found, traceOf } from '../checker/trace.ts'
import { type Instance, instantiate } from '../model/instance.ts'
import type { System } from '../model/system.ts'
import type { FoundViolation, Job, Outcome, Search, SweepSearch } from './job.ts'

const DIGEST_LENGTH = 16

function portable(instance: Instance, product: Product, violation: Violation): FoundViolation {
  const { kind, claim, label, events, loopStart } = violation
  const last = traceOf({ instance, product, violation }).states.at(-1)!.locals
  return {
    kind,
    claim,
    label,
    events: events.map((event) => instance.events[event]!.label),
    ...(loopStart === undefined ? {} : { loopStart }),
    end: createHash('sha256').update(canonical(last)).digest('hex').slice(0, DIGEST_LENGTH),
  }
}

function runExact(instance: Instance, search: Search): Outcome {
  const { memoryBytes: bytesMax, secondsMax, statesMax } = search
  const limits = { bytesMax, secondsMax, ...(statesMax === undefined ? {} : { statesMax }) }
  const { outcome, violation, product, unreached, states, transitions, depth, seconds, bound } = check(
    instance,
    { limits },
  )
  return {
    verdict: outcome,
    ...(violation === undefined ? {} : { violation: portable(instance, product, violation) }),
    unreached: [...unreached],
    states,
    transitions,
    depth,
    seconds,
    ...(bound === undefined ? {} : { ended: bound }),
  }
}

function representatives(product: Product): Pick<SweepOptions, 'canonicalise'> {
  const symmetry = symmetryOf(product)
  if (symmetry === undefined) return {}
  const canonicaliser = new Canonicaliser(symmetry)
  return { canonicalise: (ids) => canonicaliser.canonicalise(ids) }
}

function runSweep(instance: Instance, { kind: _, symmetry, ...plan }: SweepSearch): Outcome {
  const product = new Product(instance)
  const found = sweep(instance, {
    ...plan,
    product,
    ...(symmetry ? representatives(product) : {}),
    frontier: { memoryBytes: plan.memoryBytes },
  })
  const { violation, states, transitions, depth, seconds, ended, omission } = found
  return {
    verdict: violation === undefined ? 'bound' : 'violated',
    ...(violation === undefined ? {} : { violation: portable(instance, product, violation) }),
    unreached: [],
    states,
    transitions,
    depth,
    seconds,
    ...(ended === undefined ? {} : { ended }),
    omission: omission.probability,
  }
}

/** Searches as the job says. Throws UsageError or IllFormedError where the system cannot be searched so. */
export function runJob(system: System, { bounds, mutant, search }: Job): Outcome {
  const instance = instantiate(system, bounds, mutant)
  return search.kind === 'exact' ? runExact(instance, search) : runSweep(instance, search)
}

/**
 * A violation from another process on an instance of this one. The result is the label of the first event that
 * the instance does not know, where there is one: then the process had another version of the system.
 */
export function bindViolation(
  instance: Instance,
  product: Product,
  { kind, claim, label, events, loopStart }: FoundViolation,
): Found | string {
  const indices = new Map(instance.events.map((event, index) => [event.label, index]))
  const unknown = events.find((event) => !indices.has(event))
  if (unknown !== undefined) return unknown
  const violation = {
    kind,
    claim,
    label,
    events: events.map((event) => indices.get(event)!),
    ...(loopStart === undefined ? {} : { loopStart }),
  }
  return { instance, product, violation }
}
