/**
 * Schedulers that decide one execution: numbers, which shrink and print, and a recorded trace. The exhaustive
 * ones re-execute from the start and have files of their own.
 */
import assert from 'node:assert/strict'
import type { GroundEvent } from '../model/event.ts'
import { canonical } from './plain-json.ts'
import type { Offer } from './thread.ts'

export type Scheduler = {
  /** The number of steps it decides. */
  readonly length: number
  /** Whether the longest-waiting thread goes on after those steps, or the execution ends with them. */
  readonly completes: boolean
  /** The index of the offer to take at a step it decides, or the event that is due and that nothing offers. */
  choose(step: number, offers: readonly Offer[]): number | { readonly missing: GroundEvent }
}

/**
 * First the adversary, then fairness: choice n takes the n-th enabled thread, modulo their number, and once
 * the numbers end the longest-waiting thread goes, so that a kernel which cannot make progress shows. The
 * choices are whole numbers, not negative; keep them small, or modulo spoils the shrinking.
 */
export function numbers(choices: readonly number[]): Scheduler {
  const wrong = choices.find((choice) => !Number.isSafeInteger(choice) || choice < 0)
  assert(wrong === undefined, `a choice is a whole number from 0 up, not ${wrong}`)
  return { length: choices.length, completes: true, choose: (step, offers) => choices[step]! % offers.length }
}

/**
 * Follows the events of a trace and ends with it: the enabled thread that announces exactly the event goes,
 * the longest-waiting one where several do.
 */
export function recorded(events: readonly GroundEvent[]): Scheduler {
  const keyOf = (event: GroundEvent) => canonical(event, 'the event')
  return {
    length: events.length,
    completes: false,
    choose: (step, offers) => {
      const due = events[step]!
      const index = offers.findIndex(({ event }) => keyOf(event) === keyOf(due))
      return index < 0 ? { missing: due } : index
    },
  }
}
