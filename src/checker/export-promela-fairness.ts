/**
 * Progress for SPIN, whose fairness is of processes: one process for each fairness class, which `-f` makes it
 * take part in every run that keeps it enabled, and one for the events that need not happen. That one may idle
 * while a fair event is enabled, so that fairness asks nothing of it; a run that idles for ever is unfair.
 */
import { TRUE } from './claim-diagram.ts'
import { type Move } from './export-promela-tables.ts'
import { type PromelaText, guardOf } from './export-promela-text.ts'
import type { Instance } from '../model/instance.ts'
import type { TabledProgress } from './tabled-claims.ts'

/** The events of each fairness class, and those of none. */
export type FairProcesses = {
  readonly classes: readonly (readonly number[])[]
  readonly others: readonly number[]
}

/** SPIN numbers processes with a byte, and keeps some for itself. */
const CLASSES_MAX = 250
/** Processes that one unit of NFAIR is for, and those that SPIN adds. */
const PROCESSES_PER_UNIT = 4
const PROCESSES_ADDED = 3

/** What gcc must be told as NFAIR, for this many processes. */
export const fairnessUnits = (processCount: number): number =>
  Math.ceil((processCount + PROCESSES_ADDED) / PROCESSES_PER_UNIT)

/**
 * How fairness becomes processes, or a sentence why it does not. Classes of which no event can happen have none:
 * SPIN's search takes time for each.
 */
export function fairProcesses(
  { events, fairness }: Instance,
  isPossible: (event: number) => boolean,
): FairProcesses | string {
  if (fairness.some(({ strength }) => strength === 'strong')) return 'SPIN has weak fairness only'
  const fair = fairness.flatMap((one) => one.events)
  if (new Set(fair).size < fair.length)
    return 'an event is in two fairness classes, which SPIN cannot express'
  const classes = fairness.map((one) => one.events.filter(isPossible)).filter((one) => one.length > 0)
  if (classes.length > CLASSES_MAX) return `SPIN has too few processes for ${classes.length} fairness classes`
  const others = events.flatMap((_, event) => (fair.includes(event) || !isPossible(event) ? [] : [event]))
  return { classes, others }
}

function neverClaim({ from, to }: { from: string | undefined; to: string }): string[] {
  const waits = `c_expr { ${to} != ${TRUE} }`
  const asks = `c_expr { ${from} == ${TRUE} && ${to} != ${TRUE} }`
  const prefix = from === undefined ? [] : ['  do', '  :: true', `  :: ${asks} -> break`, '  od;']
  return ['never {', ...prefix, 'accept:', '  do', `  :: ${waits}`, '  od', '}']
}

/** Writes the processes and one never claim for each progress claim, `-DPROGRESS=n` to select it. */
export function writeProgress(
  { classes, others }: FairProcesses,
  moves: readonly (readonly Move[])[],
  claims: readonly TabledProgress[],
  text: PromelaText,
): void {
  const asked = claims.map(({ from, to }) => ({ from: from && text.ask(from), to: text.ask(to) }))
  const enabled = text.any(classes.flat().map((event) => guardOf(moves[event]!)))
  const process = (name: string, events: readonly number[], ...more: readonly string[]) => {
    text.add(`active proctype ${name}() {`, 'end:', '  do')
    for (const event of events) text.choice(`  :: EVENT_${event}`, { kind: 'event', event })
    text.add(...more, '  od', '}')
  }
  classes.forEach((events, index) => process(`fair_${index}`, events))
  if (others.length > 0)
    process('others', others, ...(classes.length > 0 ? [`  :: c_expr { ${enabled} }`] : []))
  asked.forEach((claim, index) => text.add(`#if PROGRESS == ${index + 1}`, ...neverClaim(claim), '#endif'))
}
