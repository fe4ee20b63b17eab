/**
 * A step that is decided when it is taken: a walker reads the entry as it is then, a handler compares the
 * generations of then. While the thread waits, what it would do is worked out anew in every state.
 */
import assert from 'node:assert/strict'
import type { Step } from '../interleave/thread.ts'

type GroundEvent = Step['event']

/**
 * Yields one step and returns its event, so that the caller does what was decided. `plan` reads shared state
 * and changes nothing; undefined means that the step cannot be taken now, and the thread waits for `awaited`.
 */
export function* decide<E extends GroundEvent>(
  awaited: GroundEvent & { readonly type: E['type'] },
  plan: () => E | undefined,
): Generator<Step, E, void> {
  let latest: E | undefined
  let isPossible = false
  // A runner asks whether the step may be taken before it asks which it is; the same plan stays the same
  // object, because those who print and look up events remember them by identity.
  yield {
    get event() {
      return isPossible && latest !== undefined ? latest : awaited
    },
    when: () => {
      const planned = plan()
      isPossible = planned !== undefined
      if (planned !== undefined && (latest === undefined || !same(planned, latest))) latest = planned
      return isPossible
    },
  }
  const decided = plan()
  assert(decided !== undefined, `${awaited.type} was resumed though it could not be taken`)
  return decided
}

function same(one: GroundEvent, other: GroundEvent): boolean {
  for (const field in one) if (one[field] !== other[field]) return false
  return true
}
