/**
 * The approximate driver: explores as much of the product as there is memory for, with a visited set that
 * may take a new state for an old one. Every violation it returns is real; it never says that a claim holds.
 */
import type { Instance } from '../model/instance.ts'
import { breadthFirst } from './approximate-breadth.ts'
import { depthFirst } from './approximate-depth.ts'
import type { Sweep, SweepOptions } from './approximate-result.ts'
import { SweepRun } from './approximate-run.ts'

export type { FrontierOptions, Sweep, SweepOptions, SweepPlan } from './approximate-result.ts'

/**
 * Searches an instance by a plan. Throws IllFormedError for a system that cannot be checked, UsageError for a
 * visited set that cannot be allocated or a folder that cannot be written.
 */
export function sweep(instance: Instance, options: SweepOptions): Sweep {
  const run = new SweepRun(instance, options)
  if (options.order === 'depth') depthFirst(run)
  else breadthFirst(run)
  return run.result()
}
