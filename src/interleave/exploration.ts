/**
 * What the two exhaustive schedulers share: the shape of their result, and getting back to a point by
 * making the same choices again, where a kernel that uses any other source of choice gives itself away.
 */
import { Execution, type Kernel } from './execution.ts'
import type { Failure } from './failure.ts'

/** `bound` is never "holds": the limit that ended the exploration is named. */
export type Verdict =
  | { readonly outcome: 'holds' }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: 'bound'; readonly bound: string }

/** A point passed on the way: what was announced there, and the choice made. */
export type Passed = { readonly signature: string; readonly choice: number }

/**
 * A fresh kernel after the given choices. The execution has failed as nondeterministic where what is announced
 * on the way is not what was announced before.
 */
export function reExecute(make: () => Kernel, passed: readonly Passed[]): Execution {
  const execution = new Execution(make())
  for (const { signature, choice } of passed) {
    if (!confirm(execution, signature)) break
    execution.replay(choice)
  }
  return execution
}

/** Whether an execution made again is where it was; if not, it fails as nondeterministic. */
export function confirm(execution: Execution, before: string, now = () => execution.signature()): boolean {
  const { failure } = execution
  if (failure?.kind === 'nondeterministic') return false
  const found = failure === undefined ? now() : failure.text
  if (failure === undefined && found === before) return true
  const text = `the same choices, made again, led elsewhere; before: ${before}; now: ${found}`
  execution.fail('nondeterministic', `${text}; something but the schedule decides what the kernel does`)
  return false
}
