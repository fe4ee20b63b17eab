/**
 * What SPIN reports of a state, as choices of the product's loop: each is open only where its claim fails, once
 * in a run of the verifier, so that one run gives a verdict on every claim and counts the whole space.
 */
import { TRUE } from './claim-diagram.ts'
import { type Move, type Variable } from './export-promela-tables.ts'
import { type Choice, type PromelaText, guardOf } from './export-promela-text.ts'
import type { TabledClaims } from './tabled-claims.ts'
import type { Tabulation } from './tabulation.ts'

type Report = { readonly condition: string; readonly message: string; readonly choice: Choice }

type Parts = {
  readonly tabulation: Tabulation
  readonly variables: readonly Variable[]
  readonly moves: readonly (readonly Move[])[]
  readonly claims: TabledClaims
  readonly isWanted: (name: string) => boolean
}

function refusals({ tabulation, moves, isWanted }: Parts): Report[] {
  const { events, components } = tabulation.instance
  return moves.flatMap((all, event) =>
    all
      .filter(({ observer, component }) => {
        const { name, family } = components[component]!
        return observer && (isWanted(name) || isWanted(family))
      })
      .map(({ array, variable, component }) => ({
        condition: `${guardOf(all)} && ${array}[${variable}] < 0`,
        message: `${components[component]!.name} refuses ${events[event]!.label}`,
        choice: { kind: 'refusal', event, component },
      })),
  )
}

function claimReports({ claims }: Parts, text: PromelaText): Report[] {
  return claims.invariants.map(({ name, label, holds }) => ({
    condition: `${text.ask(holds)} != ${TRUE}`,
    message: `violated: ${label}`,
    choice: { kind: 'invariant', name, label },
  }))
}

function stuckReports({ claims, moves }: Parts, text: PromelaText): Report[] {
  if (claims.stuck === undefined) return []
  const enabled = text.any(moves.map(guardOf))
  const final = claims.stuck.finals.map((diagram) => `${text.ask(diagram)} == ${TRUE}`)
  return [
    {
      condition: `!${enabled} && !(${final.join(' && ')})`,
      message: `stuck: nothing is enabled, and ${claims.stuck.name} does not allow it`,
      choice: { kind: 'stuck' },
    },
  ]
}

function outsideReports({ variables }: Parts): Report[] {
  const conditions = variables.flatMap(({ name, outside }) =>
    outside === undefined ? [] : [`now.${name} == ${outside}`],
  )
  if (conditions.length === 0) return []
  const message = 'a run leaves what Lockstep has tabled'
  return [{ condition: `(${conditions.join(' || ')})`, message, choice: { kind: 'outside' } }]
}

function witnessReports({ claims }: Parts, text: PromelaText): Report[] {
  return claims.witnesses.map(({ name, label, holds }) => ({
    condition: `${text.ask(holds)} == ${TRUE}`,
    message: `reached: ${label}`,
    choice: { kind: 'witness', name, label },
  }))
}

/** Writes the conditions; the result writes the choices, where the loop is. */
export function writeReports(parts: Parts, text: PromelaText): () => void {
  const faults = [
    ...claimReports(parts, text),
    ...refusals(parts),
    ...stuckReports(parts, text),
    ...outsideReports(parts),
  ]
  const witnesses = witnessReports(parts, text)
  const count = faults.length + witnesses.length
  text.add('c_code {', `static unsigned char reported[${count + 1}];`, '}')
  const write = ({ condition, message, choice }: Report, index: number) => {
    // A piece of C must be balanced in braces, strings included.
    const said = JSON.stringify(message.replaceAll(/[{}\\"]/g, ' '))
    const open = `c_expr { !reported[${index}] && ${condition} }`
    const note = `c_code { reported[${index}] = 1; printf("%s\\n", ${said}); }`
    text.choice(`  :: d_step { ${open} -> ${note}; assert(false) }`, choice)
  }
  return () => {
    faults.forEach(write)
    if (witnesses.length === 0) return
    text.add('#ifdef WITNESSES')
    witnesses.forEach((report, index) => write(report, faults.length + index))
    text.add('#endif')
  }
}
