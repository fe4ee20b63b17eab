/** The description of a swarm, from the options of a command line. */
import type { Bounds } from '../../model/system.ts'
import type { Description } from '../../swarm/job.ts'
import type { Target } from '../load.ts'
import { subjectOf } from './subject.ts'

export type DescriptionOptions = {
  readonly set?: Bounds
  readonly mutant?: string
  readonly jobs: number
  readonly seed: number
  /** MiB. */
  readonly maxMemory: number
  readonly maxSeconds: number
  readonly maxStates?: number
}

const MEBIBYTE = 2 ** 20

/** What the command line describes, and the system it is about. Throws UsageError, BadInputError. */
export async function describe(
  name: string,
  { set = {}, mutant, jobs, seed, maxMemory, maxSeconds, maxStates }: DescriptionOptions,
): Promise<{ target: Target; description: Description }> {
  const { target, subject } = await subjectOf(name, set, mutant)
  const limits = {
    memoryBytes: maxMemory * MEBIBYTE,
    secondsMax: maxSeconds,
    ...(maxStates === undefined ? {} : { statesMax: maxStates }),
  }
  return { target, description: { ...subject, jobs, seed, ...limits } }
}
