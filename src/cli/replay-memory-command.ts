/** `lockstep replay` for a trace of threads over shared memory: its accesses in lanes, and its verdict. */
import { dirname, resolve } from 'node:path'
import type { JsonFile } from '../checker/json-file.ts'
import { laneLines, printAccess } from '../interleave/memory/print-memory.ts'
import { UsageError } from '../model/instance.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { loadExports } from './load.ts'
import { type MemorySubject, exportedPrograms, mutantsOf, registeredPrograms } from './memory-programs.ts'
import { type ReplayedTrace, replayTrace } from './memory-replay.ts'
import { type MemoryTrace, readMemoryTrace } from './memory-trace.ts'
import type { ReplayCommandOptions } from './replay.ts'
import { colours, print, printJson } from './style.ts'
import { suggestion } from './suggest.ts'

async function programOf(trace: MemoryTrace, path: string): Promise<MemorySubject> {
  const { file, source, system, program } = trace
  const from = source === undefined ? undefined : resolve(dirname(path), source)
  const all =
    from === undefined ? await registeredPrograms(system) : exportedPrograms(await loadExports(from), from)
  const found = all.find(({ name }) => name === program)
  if (found !== undefined) return found
  const names = all.map(({ name }) => name)
  const known = source === undefined ? 'a program of the registry' : `a program of ${source}`
  throw file.refusal(['#meta', 'program'], known, `'${program}'${suggestion(program, names)}`)
}

function variantOf(trace: MemoryTrace, subject: MemorySubject, asked: string | undefined): MemorySubject {
  const wanted = asked ?? trace.mutant ?? 'none'
  if (wanted === 'none') return subject
  const mutants = mutantsOf(subject)
  const found = mutants.find(({ mutant }) => mutant === wanted)
  if (found !== undefined) return found
  const names = mutants.flatMap(({ mutant }) => mutant ?? [])
  const hint = suggestion(wanted, names) || `; there are ${[...names, 'none'].join(', ')}`
  if (asked !== undefined) throw new UsageError(`${subject.name} has no mutant '${wanted}'${hint}`)
  throw trace.file.refusal(['#meta', 'mutant'], `a mutant of ${subject.name}`, `'${wanted}'${hint}`)
}

function stateText({ run }: ReplayedTrace['replay'], subject: MemorySubject, step: number): string[] {
  const state = run.states[Math.min(step, run.states.length - 1)]
  if (state === undefined) return ['  there is none']
  const location = subject.program.location ?? ((index: number) => `word${index}`)
  const words = state.words.flatMap((value, index) =>
    value === 0 ? [] : [`  ${location(index)} = ${value}`],
  )
  const lanes = Object.entries(state.lanes).map(([name, { status, pending }]) =>
    pending === undefined ? `  ${name}: ${status}` : `  ${name}: ${status}, next ${printAccess(pending)}`,
  )
  return [...(words.length === 0 ? ['  every word is 0'] : words), ...lanes]
}

function printReplay(
  found: ReplayedTrace,
  subject: MemorySubject,
  base: MemorySubject,
  until: number | undefined,
) {
  const { replay, stands, conclusion, difference } = found
  const mutant = subject.mutant === undefined ? undefined : base.program.mutants?.[subject.mutant]
  const variant = subject.mutant === undefined ? '' : `, mutant ${subject.mutant}`
  print(`${colours.bold(base.name)}${variant}: ${base.program.title}`)
  if (mutant !== undefined) print(`  mutant: ${mutant.sentence}`)
  const steps = replay.run.steps.slice(0, until)
  const threads = subject.program.threads.map(({ name }) => name)
  print(...(steps.length === 0 ? ['  no steps'] : laneLines(steps, threads)))
  if (until !== undefined) {
    print('the state there:', ...stateText(replay, subject, until))
    return
  }
  if (difference !== undefined) print(`the states are not the recorded ones: ${difference}`)
  print(stands ? colours.green(conclusion) : colours.red(conclusion))
}

/** Replays a trace; the code says whether its verdict stands. With `until`, nothing is said of the verdict. */
export async function replayMemoryTrace(
  file: JsonFile,
  path: string,
  { until, mutant, json }: ReplayCommandOptions,
): Promise<ExitCode> {
  const trace = readMemoryTrace(file)
  const base = await programOf(trace, path)
  const subject = variantOf(trace, base, mutant)
  const total = trace.steps.length
  if (until !== undefined && until > total)
    throw new UsageError(`--until takes at most ${total}, the steps of this trace, not ${until}`)
  const found = replayTrace(trace, subject)
  const stands = until === undefined ? found.stands : undefined
  if (json === true) {
    const { run, failure } = found.replay
    const { conclusion, difference } = found
    const steps = run.steps.slice(0, until)
    const variant = subject.mutant
    const recorded = trace.verdict
    printJson({
      program: base.name,
      mutant: variant,
      recorded,
      steps,
      stands,
      conclusion,
      difference,
      failure,
    })
  } else printReplay(found, subject, base, until)
  return stands === false ? exitCode.violated : exitCode.holds
}
