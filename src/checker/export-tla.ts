/**
 * The same product as readable TLA+: one variable a component, one action a ground event, an operator for each
 * claim, fairness as the system states it. TLC finds as many distinct states as we do.
 */
import { REFUSED } from './component-table.ts'
import { FALSE } from './claim-diagram.ts'
import { TLA_WORDS, identifiers } from './export-identifiers.ts'
import {
  BEYOND,
  type TlaVariable,
  diagramOperators,
  idsWhere,
  leadsBeyond,
  movesOf,
  setOf,
  variableOf,
} from './export-tla-tables.ts'
import { type TabledClaims, tableClaims } from './tabled-claims.ts'
import type { Tabulation } from './tabulation.ts'
import { printBounds } from './trace-file.ts'

/** A module, and the configuration that TLC reads beside it. */
export type TlaModule = { readonly tla: string; readonly configuration: string }

const conjunction = (parts: readonly string[]): string => parts.map((part) => `  /\\ ${part}`).join('\n')
const disjunction = (parts: readonly string[]): string => parts.map((part) => `  \\/ ${part}`).join('\n')
const commented = (text: string): string => `\\* ${text.replaceAll('\n', ' ')}`

/** The names of everything in the module: all different, and none a word of TLA+. */
type Names = {
  readonly variables: readonly string[]
  readonly actions: readonly string[]
  readonly claims: ReadonlyMap<string, string>
}

function namesOf({ instance }: Tabulation, labels: readonly string[]): Names {
  const { components, events } = instance
  const all = identifiers(
    [...components.map(({ name }) => name), ...events.map(({ label }) => label), ...labels],
    TLA_WORDS,
  )
  const claims = all.slice(components.length + events.length)
  return {
    variables: all.slice(0, components.length),
    actions: all.slice(components.length, components.length + events.length),
    claims: new Map(labels.map((label, index) => [label, claims[index]!])),
  }
}

class ModuleWriter {
  readonly #tabulation: Tabulation
  readonly #claims: TabledClaims
  readonly #names: Names
  readonly #variables: readonly TlaVariable[]
  readonly #blocks: string[] = []
  readonly #settings = ['SPECIFICATION Spec', 'INVARIANT TypeOK']

  constructor(tabulation: Tabulation) {
    const { tables } = tabulation.product
    this.#tabulation = tabulation
    this.#claims = tableClaims(tabulation, () => true)
    const { invariants, witnesses, progress } = this.#claims
    const observers = tables.filter(({ component }) => component.observer)
    this.#names = namesOf(tabulation, [
      ...[...invariants, ...witnesses, ...progress].map(({ label }) => label),
      ...progress.flatMap(({ label }) => [`${label} from`, `${label} to`]),
      ...observers.map(({ component }) => `${component.name} accepts`),
    ])
    this.#variables = tables.map((table, component) => variableOf(this.#names.variables[component]!, table))
  }

  write(name: string): TlaModule {
    this.#header()
    this.#states()
    this.#actions()
    this.#specification()
    this.#safety()
    this.#observers()
    this.#stuck()
    this.#progress()
    const rule = '-'.repeat(Math.max(4, 40 - Math.ceil(name.length / 2)))
    return {
      tla: `${rule} MODULE ${name} ${rule}\n${this.#blocks.join('\n\n')}\n\n${'='.repeat(80)}\n`,
      configuration: `${this.#settings.join('\n')}\n`,
    }
  }

  #column(component: number, event: number): readonly number[] {
    const position = this.#tabulation.product.tables[component]!.alphabet.indexOf(event)
    return this.#tabulation.column(component, position)
  }

  #header(): void {
    const { instance, states, violation } = this.#tabulation
    const { system, bounds, mutant } = instance
    const variant = mutant === undefined ? '' : `, mutant ${mutant}`
    const where = printBounds(bounds)
    this.#blocks.push(
      [
        `${system.name}${where === '' ? '' : ` at ${where}`}${variant}: ${system.title}`,
        'Written by Lockstep from the tables of its charts: an event happens when every component that knows it',
        'accepts it.',
        violation === undefined
          ? `TLC finds ${states} distinct states.`
          : `It holds the runs of up to ${violation.events.length} events, the fewest that violate ${violation.label}.`,
      ]
        .map(commented)
        .join('\n'),
    )
  }

  #states(): void {
    const names = this.#variables.map(({ name }) => name)
    const { tables } = this.#tabulation.product
    const typed = this.#variables.map((variable, component) => {
      const { alphabet } = tables[component]!
      const beyond = leadsBeyond(alphabet.map((event) => this.#column(component, event)))
        ? ` \\cup {"${BEYOND}"}`
        : ''
      return `${variable.name} \\in ${setOf(
        variable,
        idsWhere(variable.states, () => true),
      )}${beyond}`
    })
    const initial = this.#variables.map(({ name, states }) => `${name} = "${states[0]}"`)
    this.#blocks.push(
      `VARIABLES ${names.join(', ')}`,
      `vars == <<${names.join(', ')}>>`,
      `TypeOK ==\n${conjunction(typed)}`,
      `Init ==\n${conjunction(initial)}`,
    )
  }

  #actions(): void {
    const { events, components } = this.#tabulation.instance
    events.forEach(({ label, participants }, event) => {
      const moves = participants.map((component) =>
        movesOf(this.#variables[component]!, this.#column(component, event), components[component]!.observer),
      )
      const others = this.#names.variables.filter((_, component) => !participants.includes(component))
      const rest = others.length === 0 ? [] : [`  /\\ UNCHANGED <<${others.join(', ')}>>`]
      this.#blocks.push([commented(label), `${this.#names.actions[event]} ==`, ...moves, ...rest].join('\n'))
    })
  }

  // Runs go on while anything is enabled; a fairness class is fair besides.
  #specification(): void {
    const { fairness } = this.#tabulation.instance
    const classes = fairness.map(({ strength, events }) => {
      const actions = events.map((event) => this.#names.actions[event]).join(' \\/ ')
      return `${strength === 'weak' ? 'WF' : 'SF'}_vars(${actions})`
    })
    this.#blocks.push(
      `Next ==\n${disjunction(this.#names.actions)}`,
      `Fairness ==\n${conjunction(['WF_vars(Next)', ...classes])}`,
      'Spec == Init /\\ [][Next]_vars /\\ Fairness',
    )
  }

  #safety(): void {
    for (const { label, sentence, holds } of this.#claims.invariants) {
      const name = this.#names.claims.get(label)!
      this.#blocks.push([commented(sentence), ...diagramOperators(name, holds, this.#variables)].join('\n'))
      this.#settings.push(`INVARIANT ${name}`)
    }
    for (const { label, sentence, holds } of this.#claims.witnesses) {
      const name = this.#names.claims.get(label)!
      const operators = diagramOperators(name, holds, this.#variables)
      this.#blocks.push(
        [commented(`Reached by some state: ${sentence}`), ...operators, `${name}__never == ~${name}`].join(
          '\n',
        ),
      )
      this.#settings.push(`${commented('violated where it is reached:')} INVARIANT ${name}__never`)
    }
  }

  #observers(): void {
    const { events, components } = this.#tabulation.instance
    components.forEach(({ name, observer }, component) => {
      if (!observer) return
      const refusals = events.flatMap(({ participants }, event) => {
        if (!participants.includes(component)) return []
        const tests = participants.flatMap((other) => {
          const column = this.#column(other, event)
          if (components[other]!.observer && other !== component) return []
          const ids = idsWhere(column, (next) => (next === REFUSED) === (other === component))
          return [`${this.#variables[other]!.name} \\in ${setOf(this.#variables[other]!, ids)}`]
        })
        return [`(${tests.join(' /\\ ')})`]
      })
      const operator = this.#names.claims.get(`${name} accepts`)!
      this.#blocks.push(
        [
          commented(`${name} refuses no event that happens`),
          `${operator} == ~(`,
          disjunction(refusals),
          '  )',
        ].join('\n'),
      )
      this.#settings.push(`INVARIANT ${operator}`)
    })
  }

  #stuck(): void {
    const finals = this.#claims.stuck?.finals ?? []
    if (finals.some(({ root }) => root === FALSE)) {
      this.#settings.push('CHECK_DEADLOCK TRUE')
      return
    }
    const names = finals.map((_, index) => `Final__${index}`)
    const operators = finals.flatMap((diagram, index) =>
      diagramOperators(names[index]!, diagram, this.#variables),
    )
    this.#blocks.push(
      [...operators, `Final ==\n${conjunction(names)}`, 'NeverStuck == ENABLED Next \\/ Final'].join('\n'),
    )
    this.#settings.push('CHECK_DEADLOCK FALSE', 'INVARIANT NeverStuck')
  }

  #progress(): void {
    for (const { label, sentence, from, to } of this.#claims.progress) {
      const nameOf = (part: string) => this.#names.claims.get(`${label}${part}`)!
      const asked = from === undefined ? [] : diagramOperators(nameOf(' from'), from, this.#variables)
      const promise = from === undefined ? `<>${nameOf(' to')}` : `${nameOf(' from')} ~> ${nameOf(' to')}`
      this.#blocks.push(
        [
          commented(sentence),
          ...asked,
          ...diagramOperators(nameOf(' to'), to, this.#variables),
          `${nameOf('')} == ${promise}`,
        ].join('\n'),
      )
      this.#settings.push(`PROPERTY ${nameOf('')}`)
    }
  }
}

/** A tabled product as a module of TLA+ with this name, which must be that of its file. */
export const exportTla = (tabulation: Tabulation, name: string): TlaModule =>
  new ModuleWriter(tabulation).write(name)
