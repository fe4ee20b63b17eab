/**
 * Misspellings that the compiler must refuse: each line under an expectation is one, and an expectation that
 * is not met is an error itself. Nothing here runs but `wellSpelt`.
 */
import { setup } from 'xstate'
import { claimsOn } from '../../src/model/claim.ts'
import { component, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, strong, weak } from '../../src/model/system.ts'

type WorkerId = `worker${number}`
type LockEvent =
  { type: 'lock.take'; worker: WorkerId; times: number } | { type: 'lock.drop'; worker: WorkerId }

const worker = setup({ types: { events: {} as LockEvent } }).createMachine({
  id: 'worker',
  initial: 'idle',
  states: { idle: { on: { 'lock.take': 'critical' } }, critical: { on: { 'lock.drop': 'idle' } } },
})
const lock = setup({ types: { events: {} as LockEvent, input: {} as { free: boolean } } }).createMachine({
  id: 'lock',
  initial: 'free',
  states: { free: { on: { 'lock.take': 'taken' } }, taken: { on: { 'lock.drop': 'free' } } },
})

const bounds = { workers: 2 }
const domains = ({ workers }: typeof bounds) => ({
  worker: ids('worker', workers),
  count: [1, 2] as number[],
})
type D = ReturnType<typeof domains>
const components = (d: D) => ({
  lock: component(lock, { input: { free: true } }),
  worker: each(d.worker, (id) => component(worker, { identity: { worker: id } })),
})
const { always, sometimes, leadsTo, eventually } = claimsOn<StateOf<typeof components>, D>()
const events = {
  'lock.take': { worker: 'worker', times: 'count' },
  'lock.drop': { worker: 'worker' },
} as const
const claims = {
  exclusion: always('at most one works', [], (s) => s.worker.count((w) => w.matches('critical')) <= 1),
  used: sometimes('each works', ['worker'], (s, ids) => s.worker.at(ids.worker).matches('critical')),
}
const base = { name: 'toy', title: 'a toy', bounds, domains, components, events, claims }

const opens = { sentence: 'it opens', replace: { lock, worker }, killedBy: 'exclusion' } as const
const isFree = (s: StateOf<typeof components>) => s.lock.matches('free')

export const wellSpelt = defineSystem({
  ...base,
  fairness: [weak(['lock.drop'], ['worker']), strong(['lock.take'])],
  symmetric: ['worker'],
  mutants: {
    opens: { sentence: 'it opens', replace: { lock, worker }, killedBy: 'exclusion', bounds: { workers: 3 } },
  },
  pinned: [{ bounds, states: 3, transitions: 6 }],
})

export const misspelt = [
  // @ts-expect-error an event no machine has
  defineSystem({ ...base, events: { ...events, 'lock.tkae': { worker: 'worker' } } }),
  // @ts-expect-error a field the event does not have
  defineSystem({ ...base, events: { 'lock.drop': { wroker: 'worker' } } }),
  // @ts-expect-error a field left out
  defineSystem({ ...base, events: { 'lock.take': { worker: 'worker' } } }),
  // @ts-expect-error a domain that does not exist
  defineSystem({ ...base, events: { 'lock.drop': { worker: 'workers' } } }),
  // @ts-expect-error a domain of other values
  defineSystem({ ...base, events: { 'lock.drop': { worker: 'count' } } }),
  // @ts-expect-error fairness of an event no machine has
  defineSystem({ ...base, fairness: [weak(['lock.dorp'])] }),
  // @ts-expect-error fairness by a field no event has
  defineSystem({ ...base, fairness: [strong(['lock.drop'], ['wroker'])] }),
  // @ts-expect-error a symmetric domain that does not exist
  defineSystem({ ...base, symmetric: ['wroker'] }),
  // @ts-expect-error a mutant of a component that does not exist
  defineSystem({ ...base, mutants: { m: { sentence: '', replace: { lokc: lock }, killedBy: 'exclusion' } } }),
  // @ts-expect-error a mutant killed by a claim that does not exist
  defineSystem({ ...base, mutants: { m: { sentence: '', replace: { lock }, killedBy: 'exclusoin' } } }),
  // @ts-expect-error a mutant at a bound that does not exist
  defineSystem({ ...base, mutants: { m: { ...opens, bounds: { wrokers: 1 } } } }),
  // @ts-expect-error a pinned count at a bound that does not exist
  defineSystem({ ...base, pinned: [{ bounds: { wrokers: 2 }, states: 1, transitions: 1 }] }),
  // @ts-expect-error a component that does not exist
  always('', [], (s) => s.lokc.matches('free')),
  // @ts-expect-error a state the machine does not have
  always('', [], (s) => s.lock.matches('fere')),
  // @ts-expect-error a member asked for by another kind of identifier
  always('', [], (s) => s.worker.at('cpu0').matches('idle')),
  // @ts-expect-error a domain that does not exist
  sometimes('', ['wroker'], () => true),
  // @ts-expect-error an identifier not quantified over
  sometimes('', ['worker'], (_, ids) => ids.count === 1),
  // @ts-expect-error a domain that does not exist
  leadsTo('', ['wroker'], isFree, isFree),
  // @ts-expect-error a component that does not exist
  eventually('', [], (s) => s.wroker.some(() => true)),
  // @ts-expect-error an alphabet with an event the machine does not have
  component(worker, { alphabet: ['lock.tkae'] }),
  // @ts-expect-error the same with patterns
  component(worker, { alphabet: { 'lock.tkae': {} } }),
  // @ts-expect-error an identity by a field no event has
  component(worker, { identity: { wroker: 'worker0' } }),
  // @ts-expect-error an input left out
  component(lock),
  // @ts-expect-error an input misspelt
  component(lock, { input: { fere: true } }),
]
