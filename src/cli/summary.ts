/** A check in words: one line a system, a block a failure, and the holes in coverage. */
import type { Coverage } from '../checker/coverage.ts'
import { exitCode } from './exit-code.ts'
import type { Failure, SystemReport } from './report.ts'
import { colours, number, plural } from './style.ts'

const OUTCOMES = {
  holds: 'holds',
  violated: 'VIOLATED',
  unreached: 'witness not reached',
  bound: 'not decided',
} as const

function claimsPart({ claims }: SystemReport): string[] {
  if (claims === undefined) return []
  const size = claims.states === 0 ? plural(claims.transitions, 'step') : plural(claims.states, 'state')
  return [`${OUTCOMES[claims.outcome]}, ${claims.covered}, ${size}`]
}

function mutantsPart({ mutants }: SystemReport): string[] {
  if (mutants.length === 0) return []
  const killed = mutants.filter(({ outcome }) => outcome === 'killed').length
  const undecided = mutants.filter(({ outcome }) => outcome === 'bound').length
  const rest = undecided === 0 ? '' : `, ${undecided} not decided (bound reached)`
  return [`${killed} of ${plural(mutants.length, 'mutant')} killed${rest}`]
}

// Programs that fared alike are said together: a system may have many.
function kernelPart({ implementations }: SystemReport): string[] {
  const alike = new Map<string, string[]>()
  for (const { name, ok, covered, bound } of implementations) {
    const outcome = bound === undefined ? (ok ? 'follows' : 'FAILS') : 'not decided'
    const text = `${outcome}, ${covered}${bound === undefined ? '' : `, bound reached: ${bound}`}`
    alike.set(text, [...(alike.get(text) ?? []), name])
  }
  return [...alike].map(([text, names]) => `${names.join(', ')}: ${text}`)
}

/** What was covered and found of one system, in one line; never a bare ok. */
export function summaryLine(report: SystemReport): string {
  const parts = [...claimsPart(report), ...mutantsPart(report), ...kernelPart(report)]
  const text = parts.length === 0 ? 'there is nothing of this kind to check' : parts.join('; ')
  const name = report.exitCode === exitCode.holds ? colours.green(report.system) : colours.red(report.system)
  return `${name}: ${text}`
}

/** What went wrong; the last line is the command that shows it again. */
export const failureLines = ({ headline, lines, command }: Failure): string[] => [
  colours.red(headline),
  ...lines,
  command,
]

/** What the search has not used of each chart: questions to the writer. */
export function coverageLines(system: string, { charts, eventsNeverTaken }: Coverage): string[] {
  const holes = charts.flatMap(
    ({
      machine,
      transitions,
      transitionsNeverTaken,
      statesNeverEntered,
      guardsNeverTrue,
      guardsNeverFalse,
    }) => {
      const lists = [
        [`of ${plural(transitions, 'transition')} never taken`, transitionsNeverTaken],
        ['states never entered', statesNeverEntered],
        ['guards never true', guardsNeverTrue],
        ['guards never false', guardsNeverFalse],
      ] as const
      return lists.flatMap(([what, names]) =>
        names.length === 0
          ? []
          : [`  ${machine}: ${what}: ${number(names.length)}`, ...names.map((name) => `    ${name}`)],
      )
    },
  )
  const never = eventsNeverTaken.length === 0 ? [] : [`  events never taken: ${eventsNeverTaken.join(', ')}`]
  const all = [...holes, ...never]
  return [
    `${system}: coverage${all.length === 0 ? ': every transition, state and guard was used' : ''}`,
    ...all,
  ]
}
