/**
 * Random systems that are symmetric by construction: one machine for all workers, shared machines that treat
 * all identifiers alike, and claims that do. What is random is plain data, so a failing one can be read.
 */
import fc from 'fast-check'
import { type AnyStateMachine, assign, createMachine } from 'xstate'
import type { Claim } from '../../src/model/claim.ts'
import { type FamilyView, type Pattern, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type System, weak } from '../../src/model/system.ts'
import { including, without } from '../../src/statemachines/sets.ts'
import { plain } from './system-of.ts'

/** Whose event it is: one worker's, one's towards another, one's with an item, or everybody's at once. */
type Shape = 'solo' | 'pair' | 'item' | 'all'
type Row = readonly (number | null)[]

/** A component that all workers meet at. Events are indices; `next` has a state or null for each of them. */
type Shared =
  | { readonly kind: 'table'; readonly knows: readonly number[]; readonly next: readonly Row[] }
  /** At most `most` workers that came and have not gone; sorted, as sets are. */
  | { readonly kind: 'set'; readonly come: number; readonly go: number; readonly most: number }
  /** For each worker who came, whom or what it came with. */
  | { readonly kind: 'record'; readonly come: number; readonly go: number }

export type Blueprint = {
  readonly workers: number
  readonly items: number
  readonly shapes: readonly Shape[]
  /** For each state and event where a worker goes; null: it refuses. */
  readonly worker: readonly Row[]
  /** The same for the worker an event of a pair is directed at. */
  readonly target: readonly Row[]
  readonly shared: readonly Shared[]
  /** A table for an observer of each worker. */
  readonly observer: readonly Row[] | undefined
  /** States that claims speak of, and a number of workers. */
  readonly spokenOf: readonly [number, number]
  readonly crowd: number
}

const EVENTS = 4
const STATES = 3

const rows = fc.array(
  fc.array(fc.option(fc.nat(STATES - 1), { nil: null, freq: 4 }), { minLength: EVENTS, maxLength: EVENTS }),
  { minLength: STATES, maxLength: STATES },
)
const event = fc.nat(EVENTS - 1)
const shared: fc.Arbitrary<Shared> = fc.oneof(
  fc.record({
    kind: fc.constant('table' as const),
    knows: fc.subarray(
      Array.from({ length: EVENTS }, (_, index) => index),
      { minLength: 1 },
    ),
    next: rows,
  }),
  fc.record({
    kind: fc.constant('set' as const),
    come: event,
    go: event,
    most: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('record' as const), come: event, go: event }),
)

/** Two to four workers, of whom at least two; up to two items; claims that hold and claims that do not. */
export const blueprints: fc.Arbitrary<Blueprint> = fc.record({
  workers: fc.constantFrom(2, 2, 3, 3, 4),
  items: fc.integer({ min: 1, max: 2 }),
  shapes: fc.array(fc.constantFrom<Shape>('solo', 'solo', 'pair', 'item', 'all'), {
    minLength: EVENTS,
    maxLength: EVENTS,
  }),
  worker: rows,
  target: rows,
  shared: fc.array(shared, { maxLength: 2 }),
  observer: fc.option(rows, { nil: undefined, freq: 3 }),
  spokenOf: fc.tuple(fc.nat(STATES - 1), fc.nat(STATES - 1)),
  crowd: fc.integer({ min: 1, max: 4 }),
})

type Event = { type: string; worker?: string; source?: string; target?: string; item?: string }

const FIELDS: Record<Shape, { readonly [field: string]: string }> = {
  solo: { worker: 'worker' },
  pair: { source: 'worker', target: 'worker' },
  item: { worker: 'worker', item: 'item' },
  all: {},
}

/** The patterns of the events that concern one worker. */
const concerning = (shapes: readonly Shape[], id: string): { [type: string]: Pattern[] } =>
  Object.fromEntries(
    shapes.map((shape, index) => [
      `e${index}`,
      shape === 'all' ? [{}] : shape === 'pair' ? [{ source: id }, { target: id }] : [{ worker: id }],
    ]),
  )

const of = (row: Row, index: number) => (row[index] === null ? [] : [{ target: `s${row[index]}` }])

function workerMachine({ shapes, worker, target }: Blueprint): AnyStateMachine {
  type Moves = { context: { id: string; item: string }; event: Event }
  const isTarget = ({ context, event: { source, target: other } }: Moves) =>
    other === context.id && source !== context.id
  const isSource = ({ context, event: { source } }: Moves) => source === context.id
  // An item is taken up by who has none and laid down by who has it.
  const mayHandle = ({ context, event: { item } }: Moves) => context.item === 'none' || context.item === item
  const handle = assign(({ context, event: { item } }: Moves) => ({
    item: context.item === 'none' ? item! : 'none',
  }))
  const moves = (state: number, index: number) => {
    const here = of(worker[state]!, index)
    if (shapes[index] === 'item') return here.map((move) => ({ ...move, guard: mayHandle, actions: handle }))
    if (shapes[index] !== 'pair') return here
    return [
      ...here.map((move) => ({ ...move, guard: isSource })),
      ...of(target[state]!, index).map((move) => ({ ...move, guard: isTarget })),
    ]
  }
  return createMachine({
    types: {} as { context: { id: string; item: string }; events: Event; input: { id: string } },
    id: 'worker',
    context: ({ input }) => ({ id: input.id, item: 'none' }),
    initial: 's0',
    states: Object.fromEntries(
      worker.map((_, state) => [
        `s${state}`,
        { on: Object.fromEntries(shapes.map((_shape, index) => [`e${index}`, moves(state, index)])) },
      ]),
    ),
  })
}

function tableMachine(next: readonly Row[], knows: readonly number[]): AnyStateMachine {
  return createMachine({
    id: 'table',
    initial: 's0',
    states: Object.fromEntries(
      next.map((row, state) => [
        `s${state}`,
        { on: Object.fromEntries(knows.map((index) => [`e${index}`, of(row, index)])) },
      ]),
    ),
  })
}

const who = ({ worker, source }: Event): string => worker ?? source ?? 'all'

function setMachine({ come, go, most }: Extract<Shared, { kind: 'set' }>): AnyStateMachine {
  type Moves = { context: { members: string[] }; event: Event }
  const isMember = ({ context, event: gone }: Moves) => context.members.includes(who(gone))
  const mayCome = (moves: Moves) => !isMember(moves) && moves.context.members.length < most
  const add = assign(({ context, event: came }: Moves) => ({
    members: including(context.members, who(came)),
  }))
  const remove = assign(({ context, event: gone }: Moves) => ({
    members: without(context.members, who(gone)),
  }))
  return createMachine({
    types: {} as { context: { members: string[] }; events: Event },
    id: 'set',
    context: { members: [] },
    on: {
      [`e${go}`]: { guard: isMember, actions: remove },
      [`e${come}`]: { guard: mayCome, actions: add },
    },
  })
}

function recordMachine({ come, go }: Extract<Shared, { kind: 'record' }>): AnyStateMachine {
  type Moves = { context: { entries: { [worker: string]: string } }; event: Event }
  const isEntered = ({ context, event: gone }: Moves) => who(gone) in context.entries
  const enter = assign(({ context, event: came }: Moves) => ({
    entries: { ...context.entries, [who(came)]: came.target ?? came.item ?? 'nothing' },
  }))
  const strike = assign(({ context, event: gone }: Moves) => {
    const { [who(gone)]: _, ...entries } = context.entries
    return { entries }
  })
  return createMachine({
    types: {} as { context: { entries: { [worker: string]: string } }; events: Event },
    id: 'record',
    context: { entries: {} },
    on: {
      [`e${go}`]: { guard: isEntered, actions: strike },
      [`e${come}`]: { guard: (moves: Moves) => !isEntered(moves), actions: enter },
    },
  })
}

function sharedMachine(one: Shared): AnyStateMachine {
  if (one.kind === 'table') return tableMachine(one.next, one.knows)
  return one.kind === 'set' ? setMachine(one) : recordMachine(one)
}

type Local = { readonly value: unknown; readonly context: { readonly item: string } }
type State = { readonly worker: FamilyView<Local> } & Readonly<Record<string, Local>>

/** Claims about all workers alike; `crowded` and `served` fail in some systems, the witnesses in others. */
function claimsAbout({ spokenOf: [one, other], crowd, shared: { length } }: Blueprint): System['claims'] {
  const isIn = (state: number) => (local: Local) => local.value === `s${state}`
  const mentions = (state: State, id: string) =>
    Array.from({ length }, (_, index) => JSON.stringify(state[`shared${index}`]!.context)).some((text) =>
      text.includes(id),
    )
  const at = (state: State, { worker }: { worker: string }) => state.worker.at(worker)
  const claims: Record<string, Claim> = {
    crowded: {
      kind: 'always',
      sentence: 'not too many workers are in one state',
      forAll: [],
      holds: (state: State) => state.worker.count(isIn(one)) <= crowd,
    },
    unknown: {
      kind: 'sometimes',
      sentence: 'a worker is in a state while a shared component knows it',
      forAll: ['worker'],
      holds: (state: State, id: { worker: string }) => isIn(one)(at(state, id)) && mentions(state, id.worker),
    },
    holding: {
      kind: 'sometimes',
      sentence: 'a worker has an item in a state',
      forAll: ['worker', 'item'],
      holds: (state: State, id: { worker: string; item: string }) =>
        at(state, id).context.item === id.item && isIn(other)(at(state, id)),
    },
    served: {
      kind: 'leadsTo',
      sentence: 'a worker in one state comes to the other',
      forAll: ['worker'],
      from: (state: State, id: { worker: string }) => isIn(one)(at(state, id)),
      to: (state: State, id: { worker: string }) => isIn(other)(at(state, id)),
    },
  }
  return claims
}

/** The system that a blueprint describes: symmetric in `worker` and `item`. */
export function symmetricSystem(blueprint: Blueprint): System {
  const { workers, items, shapes, observer } = blueprint
  const domains = { worker: ids('worker', workers), item: ids('item', items) }
  const machine = workerMachine(blueprint)
  const all = shapes.map((_, index) => index)
  const watched = observer && tableMachine(observer, all)
  return {
    name: 'workers',
    title: 'workers, none of them special',
    bounds: {},
    domains: () => domains,
    components: () => ({
      worker: each(domains.worker, (id) =>
        plain(machine, { input: { id }, alphabet: concerning(shapes, id) }),
      ),
      ...Object.fromEntries(
        blueprint.shared.map((one, index) => [`shared${index}`, plain(sharedMachine(one))]),
      ),
      ...(watched && {
        observer: each(domains.worker, (id) =>
          plain(watched, { observer: true, alphabet: concerning(shapes, id) }),
        ),
      }),
    }),
    events: Object.fromEntries(shapes.map((shape, index) => [`e${index}`, FIELDS[shape]])),
    claims: claimsAbout(blueprint),
    fairness: shapes.map((shape, index) => weak([`e${index}`], shape === 'pair' ? ['source'] : ['worker'])),
    symmetric: ['worker', 'item'],
    mutants: {},
    pinned: [],
  }
}
