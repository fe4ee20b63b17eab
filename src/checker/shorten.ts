/**
 * Makes the counterexample of a safety claim shorter: delta debugging on its events (A. Zeller, R. Hildebrandt,
 * "Simplifying and isolating failure-inducing input", TSE 2002), then breadth-first searches of bounded size,
 * from the initial state and from the states along it. What comes out is a real run that violates the same claim.
 */
import { check } from './explore.ts'
import type { Judge } from './judge.ts'
import { type Ending, Rerun } from './rerun.ts'
import type { Violation } from './result.ts'
import { type Budget, shortcut } from './shortcut.ts'

export type ShortenOptions = {
  /** Steps that the schedules tried by delta debugging may take in all; 5 million where absent. */
  readonly stepsMax?: number
  /** States of the breadth-first search from the initial state; a million where absent, none at 0. */
  readonly statesMax?: number
  /** States visited around the run in all; 100,000 where absent, none at 0. */
  readonly aroundMax?: number
}

const STEPS_MAX = 5_000_000
const STATES_MAX = 1_000_000
const AROUND_MAX = 100_000

/**
 * A violation of the same claim, perhaps for other identifiers, by as few events as the bounds allow: never
 * more than before. Violations of progress and errors come back as they are. The same input gives the same
 * result. Throws RangeError where the events are no run to such a violation.
 */
export function shorten(judge: Judge, violation: Violation, options: ShortenOptions = {}): Violation {
  const { kind, claim } = violation
  if (kind === 'progress' || kind === 'error') return violation
  const rerun = new Rerun(judge, { kind, claim })
  const first = rerun.strictly(violation.events)
  if (first === undefined) throw new RangeError(`the events are no run to a violation of ${claim}`)
  const { stepsMax = STEPS_MAX, statesMax = STATES_MAX, aroundMax = AROUND_MAX } = options
  const budget: Budget = { steps: stepsMax, states: aroundMax }
  let best = nearest(rerun, deltaDebug(rerun, withoutLoops(rerun, first), budget), statesMax)
  for (let length = Number.POSITIVE_INFINITY; best.events.length < length;) {
    length = best.events.length
    const cut = shortcut(rerun, best, budget)
    best = cut.events.length < length ? deltaDebug(rerun, cut, budget) : cut
  }
  return { kind, ...best }
}

/** The run without the parts that come back to a state it had been in. */
function withoutLoops(rerun: Rerun, ending: Ending): Ending {
  const { events } = ending
  const vectors = rerun.vectorsAlong(events)
  const lastVisit = new Map(vectors.map((vector, position) => [vector.join(), position]))
  const kept: number[] = []
  for (let position = lastVisit.get(vectors[0]!.join())!; position < events.length;) {
    kept.push(events[position]!)
    position = lastVisit.get(vectors[position + 1]!.join())!
  }
  return shorter(rerun.strictly(kept), ending)
}

const shorter = (one: Ending | undefined, other: Ending): Ending =>
  one !== undefined && one.events.length < other.events.length ? one : other

// The parts of a schedule, then all but each part: where one of them still violates, it is the next schedule.
function* candidates(events: readonly number[], parts: number): Generator<readonly number[]> {
  const size = Math.ceil(events.length / parts)
  for (let from = 0; from < events.length; from += size) yield events.slice(from, from + size)
  if (parts === 2) return
  for (let from = 0; from < events.length; from += size)
    yield [...events.slice(0, from), ...events.slice(from + size)]
}

/** Zeller's ddmin. Events that are not enabled are passed over, so that most schedules run to some end. */
function deltaDebug(rerun: Rerun, start: Ending, budget: Budget): Ending {
  let best = start
  for (let parts = 2; best.events.length > 1 && budget.steps > 0;) {
    const found = tryAll(rerun, best, parts, budget)
    if (found !== undefined) {
      best = found
      // After a part sufficed there are as few parts as at first; after one was left out, one fewer.
      parts = Math.max(2, Math.min(parts - 1, found.events.length))
    } else if (parts >= best.events.length) return best
    else parts = Math.min(2 * parts, best.events.length)
  }
  return best
}

function tryAll(rerun: Rerun, best: Ending, parts: number, budget: Budget): Ending | undefined {
  for (const schedule of candidates(best.events, parts)) {
    if (budget.steps <= 0) return undefined
    budget.steps -= schedule.length
    const found = rerun.leniently(schedule)
    if (found !== undefined && found.events.length < best.events.length) return found
  }
  return undefined
}

// The exhaustive driver stops at the first violation it finds: a nearest one, unless orders of events are left out.
function nearest(rerun: Rerun, best: Ending, statesMax: number): Ending {
  if (statesMax === 0 || best.events.length === 0) return best
  const { claim } = rerun.wanted
  const { violation } = check(rerun.judge.product.instance, {
    limits: { statesMax },
    only: [claim],
    reduction: { partialOrder: false },
  })
  return violation === undefined ? best : shorter(rerun.strictly(violation.events), best)
}
