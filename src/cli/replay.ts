/**
 * `lockstep replay`: a trace on the charts of its system and, where one is registered, on the implementation,
 * and whether the recorded verdict still stands.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { BadInputError, JsonFile } from '../checker/json-file.ts'
import { type Replay, replay } from '../checker/replay.ts'
import { type TraceFile, printBounds, readTrace } from '../checker/trace-file.ts'
import type { FollowReport } from '../interleave/implementation.ts'
import { UsageError } from '../model/instance.ts'
import { implementationsOf } from './check-kernel.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { type Target, loadFile, registry, shown } from './load.ts'
import { stateLines, stepLines } from './steps.ts'
import { colours, print, printJson } from './style.ts'
import { suggestion } from './suggest.ts'

export type ReplayCommandOptions = {
  readonly until?: number
  readonly mutant?: string
  readonly json?: boolean
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const what = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${String(code)})`
    throw new BadInputError(`${shown(path)}: ${what}`, { cause: error })
  }
}

/** Reads a trace. Throws BadInputError where there is none. */
export const openTrace = (path: string): TraceFile => readTrace(contentOf(path), shown(path))

/** The trace's file, where it is of threads over shared memory. Throws BadInputError. */
function memoryTrace(path: string): JsonFile | undefined {
  const file = new JsonFile(contentOf(path), shown(path))
  const { '#meta': meta } = Object(file.value) as { readonly '#meta'?: { readonly kind?: unknown } | null }
  return meta?.kind === 'memory' ? file : undefined
}

/** The system a trace was recorded on. Throws BadInputError. */
export async function systemOf(trace: TraceFile, path: string): Promise<Target> {
  const all =
    trace.source === undefined ? await registry() : await loadFile(resolve(dirname(path), trace.source))
  const target = all.find(({ system }) => system.name === trace.system)
  if (target !== undefined) return target
  const names = all.map(({ system }) => system.name)
  const known = trace.source === undefined ? 'a system of the registry' : `a system of ${trace.source}`
  throw trace.file.refusal(['#meta', 'system'], known, `'${trace.system}'${suggestion(trace.system, names)}`)
}

function checkOptions(trace: TraceFile, { system }: Target, { until, mutant }: ReplayCommandOptions): void {
  const steps = trace.states.length - 1
  if (until !== undefined && until > steps)
    throw new UsageError(`--until takes at most ${steps}, the steps of this trace, not ${until}`)
  if (mutant === undefined || mutant === 'none' || mutant in system.mutants) return
  const names = [...Object.keys(system.mutants), 'none']
  throw new UsageError(
    `${system.name} has no mutant '${mutant}'${suggestion(mutant, names) || `; there are ${names.join(', ')}`}`,
  )
}

type Followed = FollowReport & { readonly name: string }

async function follow(trace: TraceFile, target: Target, until: number | undefined): Promise<Followed[]> {
  const events = trace.states.flatMap(({ event }) => event ?? [])
  return (await implementationsOf(target)).map((found) => ({
    name: found.name,
    ...found.follow(trace.bounds, events, until),
  }))
}

function printReplay(trace: TraceFile, found: Replay, followed: readonly Followed[]): void {
  const { instance, steps, difference, stands, conclusion, last, parted } = found
  const variant = instance.mutant === undefined ? '' : `, mutant ${instance.mutant}`
  print(
    `${colours.bold(instance.system.name)} at ${printBounds(instance.bounds)}${variant}: ${instance.system.title}`,
  )
  const mutant = instance.mutant === undefined ? undefined : instance.system.mutants[instance.mutant]
  if (mutant !== undefined) print(`  mutant: ${mutant.sentence}`)
  const claim = instance.system.claims[trace.verdict.claim]
  if (claim !== undefined) print(`  claim ${trace.verdict.claim}: ${claim.sentence}`)
  print(
    ...(steps.length === 0
      ? ['  no steps']
      : stepLines(steps, parted === undefined ? trace.loop : undefined)),
  )
  if (stands === undefined || parted !== undefined) print('the state there:', ...stateLines(last))
  if (difference !== undefined && !conclusion.includes(difference))
    print(`the states are not the recorded ones: ${difference}`)
  for (const { name, text } of followed) print(`${name}: ${text}`)
  print(stands === false ? colours.red(conclusion) : colours.green(conclusion))
}

/** Replays a trace; the code says whether its verdict stands. */
export async function runReplay(path: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const file = memoryTrace(path)
  if (file !== undefined)
    return (await import('./replay-memory-command.ts')).replayMemoryTrace(file, path, options)
  const trace = openTrace(path)
  const target = await systemOf(trace, path)
  checkOptions(trace, target, options)
  const { until, mutant } = options
  const found = replay(trace, target.system, {
    ...(until === undefined ? {} : { until }),
    ...(mutant === undefined ? {} : { mutant }),
  })
  const followed = await follow(trace, target, until)
  if (options.json === true) {
    const { instance, ...rest } = found
    const { bounds, mutant: variant } = instance
    printJson({
      system: trace.system,
      bounds,
      mutant: variant,
      recorded: trace.verdict,
      ...rest,
      implementations: followed,
    })
  } else printReplay(trace, found, followed)
  return found.stands === false ? exitCode.violated : exitCode.holds
}
