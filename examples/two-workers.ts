/**
 * Two workers share a lock. Each is an ordinary xstate chart, and so is the lock; an event happens when every
 * chart that knows it accepts it, so nobody takes a lock that is held. npx lockstep check examples/two-workers.ts
 */
import { type StateOf, claimsOn, component, defineSystem, each, ids } from 'lockstep'
import { setup } from 'xstate'

type Event = { type: 'lock.take' | 'lock.drop'; worker: `worker${number}` }
const events = {} as Event

const worker = setup({ types: { events } }).createMachine({
  id: 'worker',
  initial: 'idle',
  states: { idle: { on: { 'lock.take': 'working' } }, working: { on: { 'lock.drop': 'idle' } } },
})

const lock = setup({ types: { events }, guards: { isReentrant: () => false } }).createMachine({
  id: 'lock',
  initial: 'free',
  states: {
    free: { on: { 'lock.take': 'held' } },
    held: { on: { 'lock.drop': 'free', 'lock.take': { guard: 'isReentrant' } } },
  },
})

const domains = (bounds: { workers: number }) => ({ worker: ids('worker', bounds.workers) })
const components = ({ worker: names }: ReturnType<typeof domains>) => ({
  lock: component(lock),
  workers: each(names, (name) => component(worker, { identity: { worker: name } })),
})
const { always, sometimes } = claimsOn<StateOf<typeof components>, ReturnType<typeof domains>>()

export const twoWorkers = defineSystem({
  name: 'two-workers',
  title: 'Two workers and a lock',
  bounds: { workers: 2 },
  domains,
  components,
  events: { 'lock.take': { worker: 'worker' }, 'lock.drop': { worker: 'worker' } },
  claims: {
    oneAtATime: always(
      'at most one works',
      [],
      (state) => state.workers.count((w) => w.matches('working')) <= 1,
    ),
    someoneWorks: sometimes('someone works', [], (state) => state.workers.some((w) => w.matches('working'))),
  },
  mutants: {
    takesAHeldLock: {
      sentence: 'A lock that is held can be taken, as if by its holder once more.',
      replace: { lock: lock.provide({ guards: { isReentrant: () => true } }) },
      killedBy: 'oneAtATime',
    },
  },
})
