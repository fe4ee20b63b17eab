/** `lockstep export`: a system for other tools, to standard output or a file. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { parse } from 'node:path'
import { exportAut } from '../checker/export-aut.ts'
import { exportMermaid, mermaidOfTrace } from '../checker/export-mermaid.ts'
import { identifier } from '../checker/export-identifiers.ts'
import { exportPromela } from '../checker/export-promela.ts'
import { exportTla } from '../checker/export-tla.ts'
import { exportMachines } from '../checker/export-xstate.ts'
import { BadInputError } from '../checker/json-file.ts'
import { Product } from '../checker/product.ts'
import { type Tabulation, tabulate } from '../checker/tabulation.ts'
import { bindTrace, printBounds } from '../checker/trace-file.ts'
import { type Instance, UsageError, instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import { boundsFor } from './bounds-option.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { loadTarget } from './load.ts'
import { ProgressBar } from './progress.ts'
import { openTrace } from './replay.ts'
import { number, print, printJson } from './style.ts'
import { suggestion } from './suggest.ts'

export type ExportOptions = {
  readonly format: 'mermaid' | 'aut' | 'json' | 'promela' | 'tla'
  readonly set?: Bounds
  readonly mutant?: string
  readonly component?: string
  readonly trace?: string
  readonly output?: string
  readonly json?: boolean
}

const STANDARD_OUTPUT = 1
const MILLISECONDS_BETWEEN_WRITES = 5

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

// Written at once, so that a product larger than memory could hold as text is no trouble.
function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(descriptor, bytes, offset)
    } catch (error) {
      if (codeOf(error) === 'EPIPE') process.exit()
      if (codeOf(error) !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MILLISECONDS_BETWEEN_WRITES)
    }
  }
}

function withOutput(path: string | undefined, body: (write: (text: string) => void) => void): void {
  if (path === undefined) return body((text) => writeAll(STANDARD_OUTPUT, text))
  let descriptor: number
  try {
    descriptor = openSync(path, 'w')
  } catch (error) {
    throw new UsageError(`--output ${path} cannot be written (${String(codeOf(error))})`, { cause: error })
  }
  try {
    body((text) => writeAll(descriptor, text))
  } finally {
    closeSync(descriptor)
  }
}

function jsonText(instance: Instance, component: string | undefined): string {
  const product = new Product(instance)
  const contextOf = (name: string) =>
    product.tables.find((table) => table.component.name === name)?.snapshots[0]?.context
  const machines = exportMachines(instance, contextOf)
  return `${JSON.stringify(component === undefined ? machines : machines[component], null, 2)}\n`
}

function mermaidText(instance: Instance, { component, trace: path }: ExportOptions): string {
  if (path === undefined) return exportMermaid(instance, component)
  const trace = openTrace(path)
  return mermaidOfTrace(trace, bindTrace(trace, instance.system).instance)
}

function checkComponent(instance: Instance, component: string | undefined): void {
  const families = [...new Set(instance.components.map(({ family }) => family))]
  if (component === undefined || families.includes(component)) return
  const hint = suggestion(component, families) || `; there are ${families.join(', ')}`
  throw new UsageError(`${instance.system.name} has no component '${component}'${hint}`)
}

function writeAut(instance: Instance, write: (text: string) => void): ExitCode {
  const bar = new ProgressBar(true)
  bar.start(instance.system.name)
  const { bound, states } = exportAut(instance, write, {}, bar.update)
  bar.stop()
  return bound === undefined ? exitCode.holds : boundReached({ bound, states })
}

/** Explores, and hands on tables that are whole, or as far as the first violation. */
function withTables(instance: Instance, write: (tabulation: Tabulation) => void): ExitCode {
  const bar = new ProgressBar(true)
  bar.start(instance.system.name)
  const tabulation = tabulate(instance, { onProgress: bar.update })
  bar.stop()
  if ('error' in tabulation)
    throw new BadInputError(`${instance.system.name} throws: ${tabulation.error.label}; nothing was written`)
  if ('bound' in tabulation) return boundReached(tabulation)
  write(tabulation)
  return exitCode.holds
}

function boundReached({ bound, states }: { readonly bound: string; readonly states: number }): ExitCode {
  process.stderr.write(`bound reached at ${number(states)} states: ${bound}; nothing was written\n`)
  return exitCode.bound
}

// TLC wants a module in a file of its name, and its configuration beside it.
function writeTla(instance: Instance, output: string | undefined): ExitCode {
  const file = output === undefined ? undefined : parse(output)
  const name = file?.name ?? identifier(instance.system.name)
  if (file !== undefined && (file.ext !== '.tla' || identifier(name) !== name))
    throw new UsageError(`--output ${output} must be a module of TLA+: letters, digits, single _, then .tla`)
  return withTables(instance, (tabulation) => {
    const { tla, configuration } = exportTla(tabulation, name)
    withOutput(output, (write) => write(tla))
    if (output === undefined) print('(* For TLC:', configuration.trimEnd(), '*)')
    else withOutput(output.replace(/\.tla$/, '.cfg'), (write) => write(configuration))
  })
}

function refuseCombination({ format, component, trace, output, json, mutant }: ExportOptions): void {
  if (mutant !== undefined && format !== 'promela' && format !== 'tla')
    throw new UsageError('--mutant goes with --format promela or tla')
  if (trace !== undefined && format !== 'mermaid') throw new UsageError('--trace goes with --format mermaid')
  if (component !== undefined && format !== 'mermaid' && format !== 'json')
    throw new UsageError('--component goes with --format mermaid or json')
  if (json === true && output === undefined)
    throw new UsageError('--json goes with --output; the export itself is printed without')
}

/** Exports one system at its bounds. */
export async function runExport(name: string, options: ExportOptions): Promise<ExitCode> {
  const { format, set = {}, mutant, component, output, json = false } = options
  refuseCombination(options)
  const target = await loadTarget(name)
  // A mutant shows at bounds of its own, unless told otherwise.
  const own = mutant === undefined ? {} : target.system.mutants[mutant]?.bounds
  const instance = instantiate(target.system, { ...own, ...boundsFor(target, [target], set) }, mutant)
  checkComponent(instance, component)
  let code: ExitCode = exitCode.holds
  if (format === 'tla') code = writeTla(instance, output)
  else
    withOutput(output, (write) => {
      if (format === 'aut') code = writeAut(instance, write)
      else if (format === 'promela')
        code = withTables(instance, (tabulation) => write(exportPromela(tabulation).text))
      else write(format === 'json' ? jsonText(instance, component) : mermaidText(instance, options))
    })
  if (output === undefined) return code
  if (json)
    printJson({ exitCode: code, system: instance.system.name, bounds: instance.bounds, format, output })
  else if (code === exitCode.holds) print(`wrote ${name} at ${printBounds(instance.bounds)} to ${output}`)
  return code
}
