/**
 * Small systems with known faults, one for each kind of verdict. The files beside this one export them one by
 * one, as a user's own file would.
 */
import { assign, setup } from 'xstate'
import {
  type StateOf,
  claimsOn,
  component,
  defineSystem,
  each,
  ids,
  observer,
  strong,
  weak,
} from '../../src/index.ts'

type Lock = { type: 'lock.take' | 'lock.drop'; worker: `worker${number}` }
const events = {} as Lock
const holder = ({ event }: { event: Lock }) => ({ worker: event.worker })

const worker = setup({ types: { events } }).createMachine({
  id: 'worker',
  initial: 'idle',
  states: { idle: { on: { 'lock.take': 'working' } }, working: { on: { 'lock.drop': 'idle' } } },
})

const lock = setup({
  types: { events, context: {} as { taken: number; by: string[] } },
  guards: { isFree: ({ context }) => context.by.length === 0 },
  actions: {
    take: assign({
      taken: ({ context }) => (context.taken + 1) % 4,
      by: ({ context }, who: { worker: string }) => [...context.by, who.worker].sort(),
    }),
    drop: assign({
      by: ({ context }, who: { worker: string }) => context.by.filter((other) => other !== who.worker),
    }),
  },
}).createMachine({
  id: 'lock',
  context: { taken: 0, by: [] },
  on: {
    'lock.take': { guard: 'isFree', actions: { type: 'take', params: holder } },
    'lock.drop': { actions: { type: 'drop', params: holder } },
  },
})

const alternation = setup({ types: { events } }).createMachine({
  id: 'alternation',
  initial: 'first',
  states: { first: { on: { 'lock.drop': 'second' } }, second: { on: { 'lock.drop': 'third' } }, third: {} },
})

const domains = (bounds: { workers: number }) => ({ worker: ids('worker', bounds.workers) })
type Names = ReturnType<typeof domains>
const workers = ({ worker: names }: Names) =>
  each(names, (name) => component(worker, { identity: { worker: name } }))
const components = (names: Names) => ({ lock: component(lock), workers: workers(names) })
const { always, sometimes, leadsTo } = claimsOn<StateOf<typeof components>, Names>()
const base = {
  bounds: { workers: 2 },
  domains,
  events: { 'lock.take': { worker: 'worker' }, 'lock.drop': { worker: 'worker' } },
} as const
const oneAtATime = always(
  'at most one works',
  [],
  ({ workers: all }) => all.count((one) => one.matches('working')) <= 1,
)
const everyoneWorks = sometimes('each works', ['worker'], (state, { worker: name }) =>
  state.workers.at(name).matches('working'),
)
const careless = lock.provide({ guards: { isFree: () => true } })

/** Holds; its mutant is killed. */
export const sound = defineSystem({
  ...base,
  name: 'sound',
  title: 'A lock that works',
  components,
  claims: { oneAtATime, everyoneWorks },
  mutants: {
    ignoresTheHolder: {
      sentence: 'Anyone takes the lock.',
      replace: { lock: careless },
      killedBy: 'oneAtATime',
    },
  },
  pinned: [{ bounds: { workers: 2 }, states: 12, transitions: 16 }],
})

/** Violates an invariant. */
export const unsafe = defineSystem({
  ...base,
  name: 'unsafe',
  title: 'A lock that anyone takes',
  components: (names: Names) => ({ lock: component(careless), workers: workers(names) }),
  claims: { oneAtATime },
})

/** An observer refuses the third drop. */
export const watched = defineSystem({
  ...base,
  name: 'watched',
  title: 'A lock that is watched',
  components: (names: Names) => ({ ...components(names), drops: observer(alternation) }),
  claims: { everyoneWorks },
})

/** A worker may wait for ever: fairness of taking is missing. */
export const starving = defineSystem({
  ...base,
  name: 'starving',
  title: 'A lock without a queue',
  components,
  fairness: [weak(['lock.drop'], ['worker'])],
  claims: {
    everyoneWorks,
    eachTurnComes: leadsTo(
      'an idle worker works in the end',
      ['worker'],
      (state, { worker: name }) => state.workers.at(name).matches('idle'),
      (state, { worker: name }) => state.workers.at(name).matches('working'),
    ),
  },
})

/** The same with strong fairness of taking: nobody waits for ever. */
export const served = defineSystem({
  ...base,
  name: 'served',
  title: 'A lock with a fair queue',
  components,
  fairness: [weak(['lock.drop'], ['worker']), strong(['lock.take'], ['worker'])],
  claims: starving.claims,
})

/** A witness that no state shows, a mutant that no claim notices, and a pinned count that is wrong. */
export const unreached = defineSystem({
  ...base,
  name: 'unreached',
  title: 'A lock nobody shares',
  components,
  claims: {
    oneAtATime,
    bothWork: sometimes('both work', [], ({ workers: all }) => all.every((one) => one.matches('working'))),
  },
})

export const survivor = defineSystem({
  ...base,
  name: 'survivor',
  title: 'A claim that notices nothing',
  components,
  claims: { noticesNothing: always('true', [], () => true) },
  mutants: {
    ignoresTheHolder: {
      sentence: 'Anyone takes the lock.',
      replace: { lock: careless },
      killedBy: 'noticesNothing',
    },
  },
})

export const pinned = defineSystem({
  ...base,
  name: 'pinned',
  title: 'A count that is out of date',
  components,
  claims: { oneAtATime },
  pinned: [{ bounds: { workers: 2 }, states: 7, transitions: 8 }],
})

/** The guard throws once the lock has been taken twice. */
export const throwing = defineSystem({
  ...base,
  name: 'throwing',
  title: 'A guard that throws',
  components: (names: Names) => ({
    lock: component(
      lock.provide({
        guards: {
          isFree: ({ context }) => {
            if (context.taken === 2) throw new Error('counts to two only')
            return context.by.length === 0
          },
        },
      }),
    ),
    workers: workers(names),
  }),
  claims: { oneAtATime },
})

/** A set in context would merge states silently, so it is refused. */
export const illFormed = defineSystem({
  ...base,
  name: 'ill-formed',
  title: 'A set in context',
  components: (names: Names) => ({
    workers: workers(names),
    lock: component(
      setup({ types: { events } }).createMachine({
        id: 'lock',
        context: { held: new Set() },
        on: { 'lock.take': {} },
      }),
    ),
  }),
  claims: {},
})

const step = { type: 'fork.take', worker: 'worker0', fork: 'fork0' } as {
  type: 'fork.take'
  worker: `worker${number}`
  fork: `fork${number}`
}
const fork = setup({ types: { events: step } }).createMachine({
  id: 'fork',
  initial: 'free',
  states: { free: { on: { 'fork.take': 'taken' } }, taken: {} },
})

/** Nothing is enabled in the end, and no chart is done. */
export const stuck = defineSystem({
  name: 'stuck',
  title: 'Forks that are never put back',
  bounds: { workers: 2 },
  domains: (bounds: { workers: number }) => ({ worker: ids('worker', bounds.workers), fork: ids('fork', 2) }),
  components: (names: { worker: readonly `worker${number}`[]; fork: readonly `fork${number}`[] }) => ({
    forks: each(names.fork, (name) => component(fork, { identity: { fork: name } })),
  }),
  events: { 'fork.take': { worker: 'worker', fork: 'fork' } },
  claims: {},
})
