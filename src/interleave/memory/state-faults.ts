/** What can be wrong with a state: two threads race, a claim is false, nothing can go on. */
import { kindName } from './access.ts'
import type { MemoryStepper } from './memory-stepper.ts'
import { type BrokenClaim, type StateClaims, statusOf } from './state-claims.ts'

/** What is wrong, and the threads it is about. */
export type StateFault = BrokenClaim & { readonly threads: readonly number[] }

/** Judges the state whose moves the stepper found last. */
export function judgeState(
  stepper: MemoryStepper,
  claims: StateClaims,
  state: Int32Array,
): StateFault | undefined {
  const race = stepper.findRace(state)
  if (race !== undefined) return { kind: 'race', text: raceText(stepper, state, race), threads: race }
  const broken = claims.judge(state)
  if (broken !== undefined) return { ...broken, threads: [] }
  if (!stepper.isStuck || stepper.isFinished) return undefined
  const threads = stepper.instance.tables.flatMap(({ thread }, index) => {
    const status = statusOf(stepper, state, index)
    return thread.daemon !== true && (status === 'running' || status === 'parked') ? [index] : []
  })
  return { kind: 'deadlock', text: 'no thread can go on', threads }
}

function raceText(
  stepper: MemoryStepper,
  state: Int32Array,
  [one, other]: readonly [number, number],
): string {
  const { tables, layout, location } = stepper.instance
  const say = (thread: number) => {
    const table = tables[thread]!
    return `${kindName(stepper.kindOf(state, thread))} by ${table.thread.name}`
  }
  const index = tables[one]!.index[state[layout.locals + one]!]!
  return `${location(index)} may be accessed by two threads at once, one access plain: ${say(one)}, ${say(other)}`
}
