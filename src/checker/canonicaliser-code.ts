/**
 * The inner loops of canonicalisation, generated for the shape of one instance: unrolled over its components
 * and identifiers, with sums in registers, they take a quarter of the time of loops.
 */
import type { Symmetry } from './symmetry.ts'

/** Code on a vector of local state ids; `cells` are those of the symmetry's rows. */
export type CanonicaliserCode = {
  /**
   * Writes the signature of each element: the sum of its colours in all local states. False where the rows
   * do not know a local state of the vector yet.
   */
  readonly sign: (cells: Int32Array, ids: Int32Array) => boolean
  /** For each transposition: applies it to the vector. */
  readonly apply: readonly ((cells: Int32Array, ids: Int32Array) => void)[]
  /** For each transposition: whether it leaves the vector as it is. */
  readonly fixes: readonly ((cells: Int32Array, ids: Int32Array) => boolean)[]
}

/** Generates the code for one symmetry, writing to the given signatures. */
export function generateCode({ closed, group, rows }: Symmetry, signatures: Int32Array): CanonicaliserCode {
  const { elements, starts, width } = rows
  const compile = (body: readonly string[]) =>
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the generated text holds numbers only
    new Function('closed', 'starts', 'signatures', `return (cells, ids) => {\n${body.join('\n')}\n}`)(
      closed,
      starts,
      signatures,
    )
  const row = (component: number) => `starts[${component}] + ids[${component}] * ${width}`
  const swaps = group.transpositions.map(({ components }, index) => {
    const image = (component: number) => `cells[${row(component)} + ${elements + index}]`
    const of = [...components.keys()]
    const lesser = of.filter((component) => component <= components[component]!)
    return { image, pairs: lesser.map((component) => [component, components[component]!] as const) }
  })
  return {
    sign: compile(signSource([...closed.keys()], [...signatures.keys()], row)),
    apply: swaps.map(({ image, pairs }) =>
      compile([
        'let image = 0',
        ...pairs.flatMap(([one, other]) =>
          one === other
            ? [`ids[${one}] = ${image(one)}`]
            : [`image = ${image(one)}`, `ids[${one}] = ${image(other)}`, `ids[${other}] = image`],
        ),
      ]),
    ),
    // A pair is fixed if one is the image of the other: a transposition is its own inverse.
    fixes: swaps.map(({ image, pairs }) =>
      compile([`return ${pairs.map(([one, other]) => `${image(one)} === ids[${other}]`).join(' && ')}`]),
    ),
  }
}

function signSource(
  components: readonly number[],
  elements: readonly number[],
  row: (component: number) => string,
): string[] {
  return [
    `let at = 0${elements.map((element) => `, sum${element} = 0`).join('')}`,
    ...components.flatMap((component) => [
      `if (ids[${component}] >= closed[${component}]) return false`,
      `at = ${row(component)}`,
      ...elements.map((element) => `sum${element} = (sum${element} + cells[at + ${element}]) | 0`),
    ]),
    ...elements.map((element) => `signatures[${element}] = sum${element}`),
    'return true',
  ]
}
