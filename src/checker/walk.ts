/**
 * The random driver's walk: a list of small numbers, each choosing among the enabled events in order. Who
 * makes the numbers up, and shrinks them, is the caller's business; a walk itself knows no chance.
 */
import type { Violation } from './result.ts'
import { labelOf } from './claims.ts'
import type { Judge } from './judge.ts'
import type { Vector } from './product.ts'

export type Walk = {
  readonly steps: number
  readonly violation: Violation | undefined
  /** Whether the walk ended early, in a state where nothing is enabled. */
  readonly ended: boolean
}

/** Takes a step for each choice, modulo the number of enabled events, asking every safety claim after each. */
export function walk(
  judge: Judge,
  choices: readonly number[],
  visit: (vector: Vector) => void = () => undefined,
): Walk {
  const { product } = judge
  const events: number[] = []
  let vector = product.initial()
  const end = (violation: Violation | undefined, ended = false): Walk => ({
    steps: events.length,
    violation,
    ended,
  })
  try {
    for (let turn = 0; ; turn++) {
      visit(vector)
      const violated = judge.violatedInvariant(vector)
      if (violated !== undefined)
        return end({ kind: 'invariant', claim: violated.name, label: labelOf(violated), events })
      const enabled = product.enabled(vector)
      if (enabled.length === 0) return end(judge.isStuck(vector) ? judge.stuckAfter(events) : undefined, true)
      if (turn === choices.length) return end(undefined)
      const event = enabled[choices[turn]! % enabled.length]!
      events.push(event)
      const { vector: next, refusedBy } = product.step(vector, event)
      if (refusedBy !== undefined) {
        const { family } = product.instance.components.find(({ name }) => name === refusedBy)!
        return end({ kind: 'observer', claim: family, label: refusedBy, events })
      }
      vector = next
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return end({ kind: 'error', claim: 'error', label: error.message, events })
  }
}
