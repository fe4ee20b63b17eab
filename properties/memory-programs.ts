/** The registry of programs over shared memory: production code that is explored at every access, by its system. */
import type { MemoryProgram } from '../src/interleave/memory/memory-program.ts'

export type RegisteredPrograms = {
  /** The slug of the system that the programs follow. */
  readonly system: string
  readonly programs: readonly MemoryProgram[]
}

export const memoryPrograms: readonly RegisteredPrograms[] = []
