/**
 * The code of the screen: a pass over new states that stops at the first which some claim is not known to be
 * content with.
 */
import {
  type Code,
  Locals,
  block,
  branch,
  branchIf,
  branchTable,
  call,
  give,
  i32,
  loop,
  when,
} from './assembler.ts'
import type { Layout } from './layout.ts'

/** The components a claim reads and the bits that tell their local states apart, in order. */
export type Shape = readonly { readonly component: number; readonly bits: number }[]
/** What is known of a claim: a bit for each combination, or the contented part of its decision tree. */
export type Sieve = { readonly kind: 'table' | 'tree'; readonly shape: Shape; readonly at: number }

/** A node of a tree: the component to look at, how many local states it tells apart, a child for each. */
export const NODE = { component: 0, capacity: 1, children: 2 } as const
/** A child that is no node: nothing is known, or the claim is content. */
export const CONTENT = 1
/** Words that say where a component's local state lies: byte of the vector, shift, mask. */
export const FIELD_WORDS = 4
type Addresses = { readonly records: number; readonly fresh: number; readonly groups: number }

// Whether the sieve knows the state whose vector is in the locals `v`, an expression that is 0 where not.
function knows({ kind, shape, at }: Sieve, { fields }: Layout, l: Locals): Code {
  if (kind === 'table') {
    let shift = 0
    const index = shape.map(({ component, bits }) => {
      const { word, shift: place } = fields[component]!
      const id = i32.and(i32.shrU(l.get(`v${word}`), i32.const(place)), i32.const(2 ** bits - 1))
      const term = i32.shl(id, i32.const(shift))
      shift += bits
      return term
    })
    const whole = l.tee(
      'entry',
      index.reduce((sum, term) => i32.or(sum, term)),
    )
    const byte = i32.load8(i32.shrU(whole, i32.const(3)), at)
    return i32.and(i32.shrU(byte, i32.and(l.get('entry'), i32.const(7))), i32.const(1))
  }
  return call(WALK, i32.load(i32.const(at)), l.get('record'))
}

const WALK = 0

/** `walk(node, record)`: 1 where the tree knows the vector at an address to be one that contents, else 0. */
export function walkRoutine(fields: number) {
  const l = new Locals('node', 'record')
  const field = (at: number) => i32.load(l.get('field'), fields + 4 * at)
  const word = i32.load(i32.add(l.get('record'), field(0)))
  const body = [
    loop(
      when(i32.ltU(l.get('node'), i32.const(CONTENT + 1)), give(l.get('node'))),
      l.set('field', i32.mul(i32.load(l.get('node'), 4 * NODE.component), i32.const(4 * FIELD_WORDS))),
      l.set('id', i32.and(i32.shrU(word, field(1)), field(2))),
      when(i32.geU(l.get('id'), i32.load(l.get('node'), 4 * NODE.capacity)), give(i32.const(0))),
      l.set('node', i32.load(i32.add(l.get('node'), i32.shl(l.get('id'), i32.const(2))), 4 * NODE.children)),
      branch(0),
    ),
    i32.const(0),
  ]
  return { locals: l, body, results: 1 as const }
}

/** `pass(from, to, base)`: the first state that some claim its event can change does not know, or `to`. */
export function passRoutine(
  cases: readonly (readonly (Sieve | undefined)[])[],
  layout: Layout,
  { records, fresh, groups }: Addresses,
) {
  const l = new Locals('from', 'to', 'base')
  const { words } = layout
  const stride = 4 * (words + 1)
  const event = i32.load(i32.shl(i32.sub(l.get('from'), l.get('base')), i32.const(2)), fresh)
  const group = i32.load(i32.shl(event, i32.const(2)), groups)
  const dispatch = branchTable(
    group,
    cases.map((_, at) => at),
  )
  const switched = cases.reduce<Code>((inner, sieves, at) => {
    const looks = sieves.map((sieve) =>
      when(sieve === undefined ? i32.const(1) : i32.eqz(knows(sieve, layout, l)), give(l.get('from'))),
    )
    return [block(inner), looks, branch(cases.length - 1 - at)]
  }, dispatch)
  const body = [
    block(
      loop(
        branchIf(i32.geU(l.get('from'), l.get('to')), 1),
        l.set('record', i32.add(i32.const(records), i32.mul(l.get('from'), i32.const(stride)))),
        Array.from({ length: words }, (_, word) => l.set(`v${word}`, i32.load(l.get('record'), 4 * word))),
        block(switched),
        l.set('from', i32.add(l.get('from'), i32.const(1))),
        branch(0),
      ),
    ),
    l.get('from'),
  ]
  return { locals: l, body, results: 1 as const, exported: 'pass' }
}
