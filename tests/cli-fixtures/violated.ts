/** A system for each kind of verdict, and the trace file of what a check finds. */
import { check } from '../../src/checker/explore.ts'
import { writeTrace } from '../../src/checker/trace-file.ts'
import { instantiate } from '../../src/model/instance.ts'
import type { System } from '../../src/model/system.ts'
import { starving, stuck, throwing, unsafe, watched } from './systems.ts'

/** The text of the trace of a violation. */
export function traceFor(system: System, mutant?: string): string {
  const instance = instantiate(system, {}, mutant)
  const { product, violation } = check(instance)
  if (violation === undefined) throw new Error(`${system.name} was to be violated`)
  return writeTrace({ instance, product, violation })
}

export const violated = [
  ['invariant', unsafe],
  ['observer', watched],
  ['stuck', stuck],
  ['progress', starving],
  ['error', throwing],
] as const
