/**
 * Peterson's lock as one xstate machine, explored by xstate's own `getAdjacencyMap`, in a process of its own:
 * `tsx bench/xstate-peterson.ts 3`. One machine, because xstate's exploration knows no composition; plain
 * guards and assigns on arrays, which is the form in which it is fastest.
 */
import { assign, setup } from 'xstate'
import { getAdjacencyMap } from 'xstate/graph'

/** What a child process reports. */
export type XstateMeasurement = {
  readonly states: number
  /** Steps that change the state, as every other figure of the benchmark counts them. */
  readonly transitions: number
  readonly secondsSearch: number
  readonly cpuSecondsSearch: number
}

type Row = {
  readonly transitions: Readonly<Record<string, { readonly state: { readonly context: Registers } }>>
}
type StepEvent = { type: 'try' | 'mark' | 'pass' | 'release'; process: number }
type Phase = 'idle' | 'arriving' | 'waiting' | 'critical'
type Registers = {
  readonly phases: readonly Phase[]
  readonly levels: readonly number[]
  readonly last: readonly number[]
}

/** Who has marked a level that none has. */
const NOBODY = -1

const machineOf = (processes: number) =>
  setup({
    types: { context: {} as Registers, events: {} as StepEvent },
    guards: {
      isIdle: ({ context, event }) => context.phases[event.process] === 'idle',
      isArriving: ({ context, event }) => context.phases[event.process] === 'arriving',
      isCritical: ({ context, event }) => context.phases[event.process] === 'critical',
      mayPass: ({ context: { phases, levels, last }, event: { process } }) => {
        const level = levels[process]!
        if (phases[process] !== 'waiting') return false
        return last[level] !== process || levels.every((other, index) => index === process || other < level)
      },
    },
    actions: {
      enter: assign(({ context, event: { process } }) => ({
        phases: context.phases.with(process, 'arriving'),
        levels: context.levels.with(process, 1),
      })),
      mark: assign(({ context, event: { process } }) => ({
        phases: context.phases.with(process, 'waiting'),
        last: context.last.with(context.levels[process]!, process),
      })),
      pass: assign(({ context: { phases, levels }, event: { process } }) =>
        levels[process]! < processes - 1
          ? { phases: phases.with(process, 'arriving'), levels: levels.with(process, levels[process]! + 1) }
          : { phases: phases.with(process, 'critical') },
      ),
      leave: assign(({ context, event: { process } }) => ({
        phases: context.phases.with(process, 'idle'),
        levels: context.levels.with(process, 0),
      })),
    },
  }).createMachine({
    id: 'peterson',
    context: {
      phases: Array.from({ length: processes }, (): Phase => 'idle'),
      levels: Array.from({ length: processes }, () => 0),
      last: Array.from({ length: processes }, () => NOBODY),
    },
    on: {
      try: { guard: 'isIdle', actions: 'enter' },
      mark: { guard: 'isArriving', actions: 'mark' },
      pass: { guard: 'mayPass', actions: 'pass' },
      release: { guard: 'isCritical', actions: 'leave' },
    },
  })

const processes = Number(process.argv[2] ?? 3)
const types = ['try', 'mark', 'pass', 'release'] as const
const events = types.flatMap((type) =>
  Array.from({ length: processes }, (_, index): StepEvent => ({ type, process: index })),
)
const started = performance.now()
const before = process.cpuUsage()
const map = getAdjacencyMap(machineOf(processes), {
  events,
  limit: Number.POSITIVE_INFINITY,
  serializeState: ({ context }) => JSON.stringify(context),
  serializeEvent: ({ type, process: index }) => `${type}${index}`,
})
const secondsSearch = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(before)
const rows = Object.entries(map as unknown as Readonly<Record<string, Row>>)
const changing = rows.map(
  ([key, { transitions }]) =>
    Object.values(transitions).filter(({ state }) => JSON.stringify(state.context) !== key).length,
)
const measurement: XstateMeasurement = {
  states: rows.length,
  transitions: changing.reduce((sum, count) => sum + count, 0),
  secondsSearch,
  cpuSecondsSearch: (user + system) / 1e6,
}
console.log(JSON.stringify(measurement))
