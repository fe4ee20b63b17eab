/** Programs over shared memory for the command line: a race, a sleep without end, a mutant that survives. */
import { type MemoryProgram, type SharedMemory, memoryThread } from 'lockstep'

const program = (
  name: string,
  one: (memory: SharedMemory) => void,
  other: (memory: SharedMemory) => void,
): MemoryProgram => ({
  name,
  title: 'Two threads',
  words: 2,
  location: (index) => ['data', 'flag'][index]!,
  threads: [one, other].map((run, index) =>
    memoryThread({
      name: `thread${index}`,
      self: (memory) => ({ memory }),
      operation: ({ memory }) => {
        run(memory)
        return 'done'
      },
    }),
  ),
})

const counting = program(
  'counting',
  (memory) => memory.add(0, 1),
  (memory) => memory.add(0, 1),
)

export const racing = program(
  'racing',
  (memory) => memory.set(0, 1),
  (memory) => memory.get(0),
)
export const sleeping = program(
  'sleeping',
  (memory) => memory.wait(1, 0),
  (memory) => memory.notify(1),
)
export const surviving: MemoryProgram = {
  ...counting,
  name: 'surviving',
  mutants: { countsTheSame: { sentence: 'It counts the same.', program: counting, killedBy: 'race' } },
}
