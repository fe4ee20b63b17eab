/**
 * The lines of a Promela text, and what each choice of its loops is: a trail of SPIN names the line of every
 * step, which is how it becomes a run of ours.
 */
import type { Diagram } from './claim-diagram.ts'
import { type Move, type Variable, declareArrays, diagramFunction } from './export-promela-tables.ts'

/** What a choice does: an event happens, or something is reported of the state at hand. */
export type Choice =
  | { readonly kind: 'event'; readonly event: number }
  | { readonly kind: 'invariant' | 'witness'; readonly name: string; readonly label: string }
  | { readonly kind: 'refusal'; readonly event: number; readonly component: number }
  | { readonly kind: 'stuck' }
  | { readonly kind: 'outside' }

/** Conditions of C grow no longer than this in one piece; SPIN refuses one of 64 KiB. */
const PIECE_CHARACTERS_MAX = 30_000

/** Text in a comment, which it must not end. */
export const comment = (text: string): string => `/* ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */`

const accepts = ({ array, variable }: Move): string => `${array}[${variable}] >= 0`

/** The event is enabled: every participant accepts it but those that only watch. */
export const guardOf = (moves: readonly Move[]): string =>
  moves
    .filter(({ observer }) => !observer)
    .map(accepts)
    .join(' && ')

/** What an event changes; a participant that only watches stays where it is if it refuses. */
export function updateOf(moves: readonly Move[]): string {
  const updates = moves
    .filter((one) => one.moves)
    .map((one) => {
      const assignment = `${one.variable} = ${one.array}[${one.variable}];`
      return one.observer ? `if (${accepts(one)}) ${assignment}` : assignment
    })
  return updates.length === 0 ? 'skip' : `c_code { ${updates.join(' ')} }`
}

export class PromelaText {
  /** By line number, the first line being 1. */
  readonly choices = new Map<number, Choice>()
  readonly #lines: string[] = []
  readonly #variables: readonly Variable[]
  #functions = 0

  constructor(variables: readonly Variable[]) {
    this.#variables = variables
  }

  add(...lines: readonly string[]): void {
    this.#lines.push(...lines)
  }

  choice(line: string, choice: Choice): void {
    this.choices.set(this.#lines.push(line), choice)
  }

  /** A variable, with the arrays that say where it goes. */
  declare({ name, type, arrays }: Variable): void {
    this.add(...declareArrays(arrays), `c_state "${type} ${name}" "Global" "0"`)
  }

  /** The macro that asks a diagram about the state at hand. */
  ask(diagram: Diagram): string {
    const name = `claim_${this.#functions++}`
    this.add(...diagramFunction(name, diagram, this.#variables))
    return this.#macro(name)
  }

  /** The macro that is true where one of many conditions is. */
  any(conditions: readonly string[]): string {
    const pieces: string[][] = [[]]
    let size = 0
    for (const condition of conditions) {
      size += condition.length
      if (size > PIECE_CHARACTERS_MAX) {
        pieces.push([])
        size = condition.length
      }
      pieces.at(-1)!.push(`(${condition})`)
    }
    const macros = pieces.map((parts) => {
      const name = `any_${this.#functions++}`
      this.add(
        'c_code {',
        `static int ${name}(void) {`,
        '  return 0',
        ...parts.map((part) => `    || ${part}`),
        '  ;',
        '}',
        '}',
      )
      return this.#macro(name)
    })
    return macros.length === 1 ? macros[0]! : `(${macros.join(' || ')})`
  }

  // SPIN refuses a call in a condition, as it may have effects; it does not look behind a macro of C.
  #macro(name: string): string {
    this.add('c_decl {', `\\#define ${name.toUpperCase()} ${name}()`, '}')
    return name.toUpperCase()
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`
  }
}
