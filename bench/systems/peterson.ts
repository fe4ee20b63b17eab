/**
 * Peterson's filter lock for N processes, as a benchmark: the same atomic steps, state for state, as
 * promela/peterson.pml. A process climbs N-1 levels; at each it marks itself as the last to arrive and
 * goes on when somebody has arrived after it or everybody else is below.
 */
import { assign, setup } from 'xstate'
import { claimsOn } from '../../src/model/claim.ts'
import { component, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem } from '../../src/model/system.ts'

type Process = `process${number}`
type AtLevel = { readonly process: Process; readonly level: number }

type LockEvent =
  | { type: 'lock.try' | 'lock.release'; process: Process }
  | ({ type: 'level.mark' } & AtLevel)
  /** The process goes on because another has marked the level since. */
  | ({ type: 'level.overtaken' } & AtLevel)
  /** It is still the last to have marked the level, and goes on because all others are below. */
  | ({ type: 'level.clear' } & AtLevel)

const own = <Guard extends string>(type: Guard) => ({
  type,
  params: ({ event }: { event: AtLevel }) => event,
})

/** One process. Level 0 is outside; the level is raised before it is marked. */
export const processMachine = setup({
  types: {
    context: {} as { process: Process; level: number; top: number },
    input: {} as { process: Process; top: number },
    events: {} as LockEvent,
  },
  guards: {
    isHere: ({ context }, { process, level }: AtLevel) =>
      process === context.process && level === context.level,
    isAtTop: ({ context }, { process, level }: AtLevel) =>
      process === context.process && level === context.level && level === context.top,
    isBelow: ({ context }, { process, level }: AtLevel) =>
      process !== context.process && context.level < level,
  },
  actions: {
    climb: assign({ level: ({ context }) => context.level + 1 }),
    leave: assign({ level: 0 }),
  },
}).createMachine({
  id: 'process',
  context: ({ input }) => ({ ...input, level: 0 }),
  initial: 'idle',
  // Others may pass a level only while this process is below it.
  on: { 'level.clear': { guard: own('isBelow') } },
  states: {
    idle: { on: { 'lock.try': { target: 'arriving', actions: 'climb' } } },
    arriving: { on: { 'level.mark': { guard: own('isHere'), target: 'waiting' } } },
    waiting: {
      on: {
        'level.overtaken': [
          { guard: own('isAtTop'), target: 'critical' },
          { guard: own('isHere'), target: 'arriving', actions: 'climb' },
        ],
        'level.clear': [
          { guard: own('isAtTop'), target: 'critical' },
          { guard: own('isHere'), target: 'arriving', actions: 'climb' },
        ],
      },
    },
    critical: { on: { 'lock.release': { target: 'idle', actions: 'leave' } } },
  },
})

/** Who marked one level last: nobody at first, so that no process differs from another. */
export const registerMachine = setup({
  types: {
    context: {} as { last: Process | 'none' },
    events: {} as Exclude<LockEvent, { type: 'lock.try' | 'lock.release' }>,
  },
  guards: {
    isLast: ({ context }, { process }: AtLevel) => context.last === process,
    isOvertaken: ({ context }, { process }: AtLevel) => context.last !== process,
  },
  actions: { mark: assign({ last: (_, { process }: AtLevel) => process }) },
}).createMachine({
  id: 'register',
  context: { last: 'none' },
  on: {
    'level.mark': { actions: { type: 'mark', params: ({ event }) => event } },
    'level.overtaken': { guard: own('isOvertaken') },
    'level.clear': { guard: own('isLast') },
  },
})

const domains = ({ processes }: { processes: number }) => ({
  process: ids('process', processes),
  rival: ids('process', processes),
  level: Array.from({ length: processes - 1 }, (_, index) => index + 1),
})

const components = ({ process: processes, level: levels }: ReturnType<typeof domains>) => ({
  process: each(processes, (process) =>
    component(processMachine, {
      input: { process, top: levels.length },
      alphabet: {
        'lock.try': { process },
        'level.mark': { process },
        'level.overtaken': { process },
        'level.clear': {},
        'lock.release': { process },
      },
    }),
  ),
  register: each(
    levels.map((level): `level${number}` => `level${level}`),
    (name) => component(registerMachine, { identity: { level: Number(name.slice(5)) } }),
  ),
})

const { always, sometimes } = claimsOn<StateOf<typeof components>, ReturnType<typeof domains>>()

export const peterson = defineSystem({
  name: 'peterson',
  title: "Peterson's filter lock",
  bounds: { processes: 4 },
  boundsMin: { processes: 2 },
  domains,
  components,
  events: {
    'lock.try': { process: 'process' },
    'level.mark': { process: 'process', level: 'level' },
    'level.overtaken': { process: 'process', level: 'level' },
    'level.clear': { process: 'process', level: 'level' },
    'lock.release': { process: 'process' },
  },
  symmetric: ['process'],
  claims: {
    // Asked of pairs, so that its memo has an entry for two processes' local states, not for everybody's.
    mutualExclusion: always(
      'no two processes are in the critical section',
      ['process', 'rival'],
      (state, { process, rival }) =>
        process === rival ||
        !state.process.at(process).matches('critical') ||
        !state.process.at(rival).matches('critical'),
    ),
    entered: sometimes('each process enters the critical section', ['process'], (state, { process }) =>
      state.process.at(process).matches('critical'),
    ),
    contended: sometimes(
      'each process waits at the top level while another is in the critical section',
      ['process'],
      (state, { process }) => {
        const own = state.process.at(process)
        if (!own.matches('waiting') || own.context.level !== own.context.top) return false
        return state.process.some((other) => other.matches('critical'))
      },
    ),
  },
  mutants: {
    ignoresOthers: {
      sentence: 'A process that arrived last goes on without looking whether the others are below.',
      replace: {
        process: processMachine.provide({
          guards: { isBelow: ({ context }, { process }) => process !== context.process },
        }),
      },
      killedBy: 'mutualExclusion',
    },
    overtakesItself: {
      sentence: 'A process takes its own mark for that of a later arrival.',
      replace: { register: registerMachine.provide({ guards: { isOvertaken: () => true } }) },
      killedBy: 'mutualExclusion',
    },
  },
  pinned: [
    { bounds: { processes: 3 }, states: 356, transitions: 810 },
    { bounds: { processes: 4 }, states: 5_744, transitions: 15_848 },
    { bounds: { processes: 5 }, states: 104_432, transitions: 338_790 },
    { bounds: { processes: 6 }, states: 2_111_008, transitions: 7_861_932 },
  ],
})
