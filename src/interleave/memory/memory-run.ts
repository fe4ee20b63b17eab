/**
 * A run as people and traces read it: made again from its moves, with every access by name, what came back, and
 * where each thread stands in every state.
 */
import { PAUSE, describe } from './access.ts'
import { type Follower, factsOf } from './follower.ts'
import type { Lane, MemoryFailure, MemoryState, RecordedStep } from './memory-failure.ts'
import type { MemoryAccess } from './memory-step.ts'
import { type MemoryStepper, SPURIOUS, threadOf, variantOf } from './memory-stepper.ts'
import { statusOf } from './state-claims.ts'

export type MemoryRun = Pick<MemoryFailure, 'schedule' | 'steps' | 'states'>

/** Runs along moves from the initial state. The last may be one after which its thread's code is broken. */
export function runAlong(stepper: MemoryStepper, follower: Follower, moves: readonly number[]): MemoryRun {
  const { instance } = stepper
  const operations = instance.tables.map(() => 0)
  const steps: RecordedStep[] = []
  const schedule: number[] = []
  let source = instance.initial()
  const states: MemoryState[] = [stateOf(stepper, source, operations)]
  for (const move of moves) {
    const target = new Int32Array(source.length)
    stepper.find(source)
    schedule.push(stepper.moves.subarray(0, stepper.moveCount).indexOf(move))
    stepper.take(source, move, target)
    follower.follow(threadOf(move), stepper.edge, source, target)
    const step = recorded(stepper, follower, move, source, target)
    if (step.ends !== undefined && step.ends !== 'crashed') operations[threadOf(move)]!++
    steps.push(step)
    states.push(stateOf(stepper, target, operations))
    source = target
  }
  return { schedule, steps, states }
}

/** The state that moves lead to. */
export function stateAfter(stepper: MemoryStepper, follower: Follower, moves: readonly number[]): Int32Array {
  let source = stepper.instance.initial()
  for (const move of moves) {
    const target = new Int32Array(source.length)
    stepper.find(source)
    stepper.take(source, move, target)
    follower.follow(threadOf(move), stepper.edge, source, target)
    source = target
  }
  return source
}

function recorded(
  stepper: MemoryStepper,
  follower: Follower,
  move: number,
  source: Int32Array,
  target: Int32Array,
): RecordedStep {
  const taken = { thread: threadOf(move), edge: stepper.edge, source, target }
  return {
    ...factsOf(stepper.instance, taken),
    ...(variantOf(move) === SPURIOUS ? { spurious: true } : {}),
    events: follower.eventsOf(taken),
  }
}

function stateOf(stepper: MemoryStepper, state: Int32Array, operations: readonly number[]): MemoryState {
  const { instance } = stepper
  const lanes = instance.tables.map(({ thread: { name } }, thread): readonly [string, Lane] => {
    const pending = pendingOf(stepper, state, thread)
    const status = statusOf(stepper, state, thread)
    const lane = { status, operations: operations[thread]! }
    return [name, pending === undefined ? lane : { ...lane, pending }]
  })
  const words = Array.from({ length: instance.memory.length }, (_, index) =>
    instance.lines.read(state, index),
  )
  return { words, lanes: Object.fromEntries(lanes) }
}

function pendingOf(stepper: MemoryStepper, state: Int32Array, thread: number): MemoryAccess | undefined {
  if (stepper.kindOf(state, thread) > PAUSE) return undefined
  const table = stepper.instance.tables[thread]!
  const local = state[stepper.instance.layout.locals + thread]!
  return describe(table.accessOf(local), stepper.instance.location)
}

/** What each thread is about, in one line: `producer sleeps on credit, consumer is done`. */
export function printThreads({ lanes }: MemoryState): string {
  return Object.entries(lanes)
    .map(([name, { status, pending }]) => {
      if (status === 'parked') return `${name} sleeps on ${pending?.location ?? 'a word'}`
      if (status === 'unstarted') return `${name} has not started`
      if (status !== 'running') return `${name} ${status === 'done' ? 'is done' : 'has crashed'}`
      if (pending === undefined) return `${name} is broken`
      if (pending.kind === 'pause') return `${name} pauses until another thread writes`
      return `${name} is about to ${pending.kind} ${pending.location}`
    })
    .join(', ')
}
