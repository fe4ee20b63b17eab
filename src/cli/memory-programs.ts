/** Finds programs over shared memory: those of the registry by the slug of their system, and a user's own. */
import type { MemoryProgram } from '../interleave/memory/memory-program.ts'

/** A program, or one of its mutants, and where it comes from. */
export type MemorySubject = {
  /** The program's name, also of a mutant. */
  readonly name: string
  readonly mutant: string | undefined
  /** What is explored. */
  readonly program: MemoryProgram
  /** The slug of the system whose production code it is of; undefined for a user's own. */
  readonly system: string | undefined
  /** The user's own file; undefined for programs of the registry. */
  readonly file: string | undefined
}

/** Whether an export of a user's file is a program. */
export const isMemoryProgram = (value: unknown): value is MemoryProgram =>
  typeof value === 'object' &&
  value !== null &&
  ['name', 'title', 'words', 'threads'].every((key) => key in value) &&
  Array.isArray((value as { threads: unknown }).threads)

/** The programs of the registry that are of a system; all where none is named. */
export async function registeredPrograms(system?: string): Promise<readonly MemorySubject[]> {
  const { memoryPrograms } = await import('../../properties/memory-programs.ts')
  return memoryPrograms
    .filter((entry) => system === undefined || entry.system === system)
    .flatMap((entry) =>
      entry.programs.map((program) => ({
        name: program.name,
        mutant: undefined,
        program,
        system: entry.system,
        file: undefined,
      })),
    )
}

/** The programs among what a user's file exports. */
export const exportedPrograms = (
  exported: Readonly<Record<string, unknown>>,
  file: string,
): readonly MemorySubject[] =>
  [...new Set(Object.values(exported).filter(isMemoryProgram))].map((program) => ({
    name: program.name,
    mutant: undefined,
    program,
    system: undefined,
    file,
  }))

/** The mutants of a program. */
export const mutantsOf = (subject: MemorySubject): readonly MemorySubject[] =>
  Object.entries(subject.program.mutants ?? {}).map(([mutant, { program }]) => ({
    ...subject,
    mutant,
    program,
  }))
