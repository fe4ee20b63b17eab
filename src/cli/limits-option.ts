/** `--max-states`, `--max-seconds` and `--max-memory`: the limits of a search, as commands take them. */
import type { Limits } from '../checker/limits.ts'

export type LimitOptions = {
  readonly maxStates?: number
  readonly maxSeconds?: number
  /** MiB. */
  readonly maxMemory?: number
}

const MEBIBYTE = 2 ** 20

/** The limits that were given; the others stay the checker's own. */
export function limitsOf({ maxStates, maxSeconds, maxMemory }: LimitOptions): Partial<Limits> {
  return {
    ...(maxStates === undefined ? {} : { statesMax: maxStates }),
    ...(maxSeconds === undefined ? {} : { secondsMax: maxSeconds }),
    ...(maxMemory === undefined ? {} : { bytesMax: maxMemory * MEBIBYTE }),
  }
}
