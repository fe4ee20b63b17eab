/**
 * The exact product in Promela, for SPIN: one variable a component, one d_step a ground event. SPIN stores as
 * many states as we do and takes as many transitions, one more into the initial state, and one for each thing
 * it reports. What is tabled goes into embedded C, which SPIN compiles as it is.
 */
import { identifiers } from './export-identifiers.ts'
import { type FairProcesses, fairProcesses, fairnessUnits, writeProgress } from './export-promela-fairness.ts'
import { writeReports } from './export-promela-reports.ts'
import { type Move, type Variable, movesOf, variablesOf } from './export-promela-tables.ts'
import { type Choice, PromelaText, comment, guardOf, updateOf } from './export-promela-text.ts'
import { type TabledClaims, tableClaims } from './tabled-claims.ts'
import type { Tabulation } from './tabulation.ts'
import { printBounds } from './trace-file.ts'
import { localOf } from './trace.ts'

export type PromelaModel = {
  readonly text: string
  /** What the choice on a line of the text is; the first line is 1. */
  readonly choices: ReadonlyMap<number, Choice>
  /** The progress claims that `-DPROGRESS=n` selects, the first being 1. */
  readonly progress: readonly { readonly name: string; readonly label: string }[]
  /** Processes of the model of progress. */
  readonly processCount: number
  /** Claims that are not in the text, and why. */
  readonly leftOut: readonly { readonly name: string; readonly label: string; readonly why: string }[]
}

function headerOf(
  { instance, states, transitions, violation }: Tabulation,
  progress: PromelaModel['progress'],
  leftOut: PromelaModel['leftOut'],
  units: number,
): string[] {
  const { system, bounds, mutant } = instance
  const variant = mutant === undefined ? '' : `, mutant ${mutant}`
  const where = printBounds(bounds)
  const lines = [
    `${system.name}${where === '' ? '' : ` at ${where}`}${variant}: ${system.title}`,
    'Written by Lockstep from the tables of its charts: s_NAME is the local state of a component, nI_NAME where',
    'it goes by the event at place I of its alphabet, -1 where it refuses.',
    ...(violation === undefined
      ? [
          `SPIN stores ${states} states and takes ${transitions} transitions, and one more into the first state:`,
          '  spin -a FILE && gcc -O2 -w -DSAFETY -DNOREDUCE -DBFS -o pan pan.c && ./pan -n',
          'With spin -DWITNESSES -a FILE and ./pan -c0 -e -n it also reports the witnesses, which it should reach.',
        ]
      : [
          `It holds the runs of up to ${violation.events.length} events, the fewest that violate ${violation.label}.`,
          'SPIN finds one of them, breadth first:',
          '  spin -a FILE && gcc -O2 -w -DSAFETY -DNOREDUCE -DBFS -o pan pan.c && ./pan -n',
        ]),
    ...(progress.length === 0
      ? []
      : [
          'Progress is asked one claim a verifier:',
          `  spin -DPROGRESS=N -a FILE && gcc -O2 -w -DNOREDUCE -DNFAIR=${units} -o pan pan.c`,
          '  ./pan -a -f -n -m1000000',
          ...progress.map(({ label }, index) => `  N=${index + 1}: ${label}`),
        ]),
    ...leftOut.map(({ label, why }) => `Left out: ${label}: ${why}.`),
  ]
  return ['/*', ...lines.map((line) => ` * ${line.replaceAll('*/', '* /')}`), ' */']
}

function writeComponents({ product }: Tabulation, variables: readonly Variable[], text: PromelaText): void {
  product.tables.forEach(({ snapshots, component }, index) => {
    const { outside } = variables[index]!
    text.add('', comment(`${component.name}${component.observer ? ', which only watches' : ''}`))
    snapshots.forEach((snapshot, id) =>
      text.add(
        comment(
          `${id}: ${Object.values(localOf(snapshot))
            .map((part) => JSON.stringify(part))
            .join(' ')}`,
        ),
      ),
    )
    if (outside !== undefined) text.add(comment(`${outside}: any other, beyond what is tabled`))
    text.declare(variables[index]!)
  })
}

function writeEvents({ instance }: Tabulation, moves: readonly (readonly Move[])[], text: PromelaText): void {
  text.add('')
  instance.events.forEach(({ label }, event) => {
    const all = moves[event]!
    const step = `d_step { c_expr { ${guardOf(all)} } -> ${updateOf(all)} }`
    text.add(comment(label), `#define EVENT_${event} ${step}`)
  })
}

function writeProduct(
  { instance }: Tabulation,
  claims: TabledClaims,
  parts: Omit<Parameters<typeof writeReports>[0], 'claims'>,
  text: PromelaText,
): void {
  text.add('')
  const writeChoices = writeReports({ ...parts, claims }, text)
  text.add('active proctype product() {', 'end:', '  do')
  instance.events.forEach((_, event) => text.choice(`  :: EVENT_${event}`, { kind: 'event', event }))
  writeChoices()
  text.add('  od', '}')
}

/** The Promela text of a tabled product, with the claims whose names are wanted. */
export function exportPromela(
  tabulation: Tabulation,
  isWanted: (name: string) => boolean = () => true,
): PromelaModel {
  const { instance } = tabulation
  const variables = variablesOf(tabulation, identifiers(instance.components.map(({ name }) => name)))
  const moves = movesOf(tabulation, variables)
  const claims = tableClaims(tabulation, isWanted)
  const isPossible = (event: number) => moves[event]!.every(({ observer, accepts }) => observer || accepts)
  const fair: FairProcesses | string = fairProcesses(instance, isPossible)
  const isFair = typeof fair !== 'string'
  // Beyond a violation there are no runs for ever to ask about.
  const progress = isFair && tabulation.violation === undefined ? claims.progress : []
  const leftOut = isFair ? [] : claims.progress.map(({ name, label }) => ({ name, label, why: fair }))
  const processCount = isFair ? fair.classes.length + 1 : 1
  const text = new PromelaText(variables)
  text.add(...headerOf(tabulation, progress, leftOut, fairnessUnits(processCount)))
  writeComponents(tabulation, variables, text)
  writeEvents(tabulation, moves, text)
  const hasProgress = isFair && progress.length > 0
  if (hasProgress) {
    text.add('', '#ifdef PROGRESS')
    writeProgress(fair, moves, progress, text)
    text.add('#else')
  }
  writeProduct(tabulation, claims, { variables, moves, tabulation, isWanted }, text)
  if (hasProgress) text.add('#endif')
  return {
    text: String(text),
    choices: text.choices,
    progress,
    processCount,
    leftOut,
  }
}
