/**
 * Two workers and a lock, as charts: a system small enough that its schedules and states are counted by hand.
 */
import { assign, setup } from 'xstate'
import { Product } from '../src/checker/product.ts'
import { specificationOf } from '../src/checker/specification.ts'
import type { Specification } from '../src/interleave/specification.ts'
import { component, each, observer } from '../src/model/component.ts'
import { ids } from '../src/model/event.ts'
import { instantiate } from '../src/model/instance.ts'
import { type System, defineSystem } from '../src/model/system.ts'

export type WorkerId = `worker${number}`
export type ToyEvent =
  | { type: 'lock.take'; worker: WorkerId }
  | { type: 'lock.drop'; worker: WorkerId }
  | { type: 'lock.spin'; worker: WorkerId } // a look at the lock that changes nothing
  | { type: 'clock.tick' }

const worker = setup({ types: { events: {} as ToyEvent } }).createMachine({
  id: 'worker',
  initial: 'idle',
  states: {
    idle: { on: { 'lock.take': 'critical', 'lock.spin': {} } },
    critical: { on: { 'lock.drop': 'done' } },
    done: {},
  },
})

const lock = setup({
  types: { events: {} as ToyEvent, context: {} as { holder: string | null } },
  guards: { isFree: ({ context }) => context.holder === null },
}).createMachine({
  id: 'lock',
  context: { holder: null },
  on: {
    'lock.take': {
      guard: 'isFree',
      actions: assign({ holder: ({ event }) => ('worker' in event ? event.worker : null) }),
    },
    'lock.drop': { actions: assign({ holder: null }) },
  },
})

const clock = setup({ types: { events: {} as ToyEvent } }).createMachine({
  id: 'clock',
  initial: 'even',
  states: { even: { on: { 'clock.tick': 'odd' } }, odd: { on: { 'clock.tick': 'even' } } },
})

const oneTake = setup({ types: { events: {} as ToyEvent } }).createMachine({
  id: 'oneTake',
  initial: 'none',
  states: { none: { on: { 'lock.take': 'one' } }, one: {} },
})

const bounds = { workers: 2 }
const domains = ({ workers }: { workers: number }) => ({ worker: ids('worker', workers) })
type Domains = ReturnType<typeof domains>
const workers = (d: Domains) => each(d.worker, (id) => component(worker, { identity: { worker: id } }))
const events = {
  'lock.take': { worker: 'worker' },
  'lock.drop': { worker: 'worker' },
  'lock.spin': { worker: 'worker' },
} as const

const common = { title: 'workers', bounds, domains, claims: {} }
/** Workers, the lock they share, and a clock. */
export const locked = defineSystem({
  ...common,
  name: 'locked',
  components: (d: Domains) => ({ worker: workers(d), lock: component(lock), clock: component(clock) }),
  events: { ...events, 'clock.tick': {} },
})
/** The same with an observer that allows one take in all. */
export const watched = defineSystem({
  ...common,
  name: 'watched',
  components: (d: Domains) => ({ worker: workers(d), lock: component(lock), oneTake: observer(oneTake) }),
  events,
})
/** Workers that share nothing. */
export const unlocked = defineSystem({
  ...common,
  name: 'unlocked',
  components: (d: Domains) => ({ worker: workers(d) }),
  events,
})

export const specify = (system: System, count = 2): Specification =>
  specificationOf(new Product(instantiate(system, { workers: count })))
