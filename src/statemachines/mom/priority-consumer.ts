/**
 * The consumer of a channel with priorities. It serves the highest lane that has something, except that a lane
 * it has passed over too often is due and comes first. It arms its doorbell and looks at every lane once more
 * before it parks. Bulk data needs leave, for which it asks and which comes back as a control message.
 */
import { assign, setup } from 'xstate'
import { allOf } from '../guards.ts'
import type { Lane, Message } from './identifiers.ts'

/** From the highest priority to the lowest. */
const LANES: readonly Lane[] = ['control', 'normal', 'bulk']

/** The control message that gives leave to take one message of bulk data. */
export const LEAVE: Message = 'message0'

type Context = {
  /** A lane is due when so many messages of higher lanes were taken since it was last served or seen empty. */
  passesMax: number
  passes: { normal: number; bulk: number }
  /** The lanes still to look at, in order. */
  plan: Lane[]
  /** Whether bulk data may be taken: one message for one leave, unless none is needed. */
  leave: 'none' | 'asked' | 'given' | 'needless'
}

export type Event =
  | { type: 'lane.look'; lane: Lane; found: boolean }
  | { type: 'message.receive'; lane: Lane; message: Message }
  | { type: 'leave.ask' } //      a request to the producer, on the channel the other way
  | { type: 'flag.arm' }
  | { type: 'flag.clear' } //     the consumer goes on by itself
  | { type: 'consumer.park' } //  sleeps, for the flag is still armed
  | { type: 'consumer.stay' } //  does not sleep, for the flag is no longer armed
  | { type: 'doorbell.ring' }

type OfLane = { lane: Lane }
type OfMessage = OfLane & { message: Message }
type Looked = OfLane & { found: boolean }
const looked = ({ event }: { event: Looked }): Looked => ({ lane: event.lane, found: event.found })
const taken = ({ event }: { event: OfMessage }): OfMessage => ({ lane: event.lane, message: event.message })

const mayBeTaken = (context: Context, lane: Lane) => lane !== 'bulk' || context.leave !== 'asked'

/** The lanes that are due, then all: where the next message is looked for. */
function planOf(context: Context): Lane[] {
  const due = (['normal', 'bulk'] as const).filter((lane) => context.passes[lane] >= context.passesMax)
  return [...due, ...LANES].filter((lane) => mayBeTaken(context, lane))
}

/** What a message taken from a lane adds to the lanes below it; its own lane starts again. */
function passed(context: Context, lane: Lane): Context['passes'] {
  const { normal, bulk } = context.passes
  const next = (count: number) => Math.min(count + 1, context.passesMax)
  if (lane === 'control') return { normal: next(normal), bulk: next(bulk) }
  return lane === 'normal' ? { normal: 0, bulk: next(bulk) } : { normal, bulk: 0 }
}

export const priorityConsumer = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { passesMax: number; needsLeave: boolean },
  },
  guards: {
    isEmpty: ({ context }, params: Looked) => !params.found && context.plan[0] === params.lane,
    isWaiting: ({ context }, params: Looked) => params.found && context.plan[0] === params.lane,
    needsLeave: ({ context }, params: Looked) => params.lane === 'bulk' && context.leave === 'none',
    isChosen: ({ context }, params: OfLane) => context.plan[0] === params.lane,
    allSeen: ({ context }) => context.plan.length === 0,
  },
  actions: {
    plan: assign({ plan: ({ context }) => planOf(context) }),
    planOnce: assign({ plan: ({ context }) => LANES.filter((lane) => mayBeTaken(context, lane)) }),
    skip: assign(({ context }, { lane }: Looked) => ({
      plan: context.plan.slice(1),
      passes: lane === 'control' ? context.passes : { ...context.passes, [lane]: 0 },
    })),
    count: assign({ passes: ({ context }, { lane }: OfMessage) => passed(context, lane) }),
    settleLeave: assign({
      leave: ({ context }, { lane, message }: OfMessage) => {
        if (message === LEAVE) return 'given'
        return lane === 'bulk' && context.leave === 'given' ? 'none' : context.leave
      },
    }),
    awaitLeave: assign({ leave: 'asked' }),
  },
}).createMachine({
  id: 'priority-consumer',
  context: ({ input }) => ({
    passesMax: input.passesMax,
    passes: { normal: 0, bulk: 0 },
    plan: [...LANES],
    leave: input.needsLeave ? 'none' : 'needless',
  }),
  initial: 'choosing',
  on: { 'doorbell.ring': {} },
  states: {
    choosing: {
      always: { guard: 'allSeen', target: 'arming' },
      on: {
        'lane.look': [
          { guard: { type: 'isEmpty', params: looked }, actions: { type: 'skip', params: looked } },
          {
            guard: allOf({ type: 'isWaiting', params: looked }, { type: 'needsLeave', params: looked }),
            target: 'asking',
          },
          { guard: { type: 'isWaiting', params: looked }, target: 'taking' },
        ],
      },
    },
    asking: { on: { 'leave.ask': { target: 'choosing', actions: ['awaitLeave', 'plan'] } } },
    taking: {
      on: {
        'message.receive': {
          guard: { type: 'isChosen', params: taken },
          target: 'choosing',
          actions: [{ type: 'count', params: taken }, { type: 'settleLeave', params: taken }, 'plan'],
        },
      },
    },
    arming: { on: { 'flag.arm': { target: 'rechecking', actions: 'planOnce' } } },
    rechecking: {
      on: {
        'lane.look': [
          { guard: { type: 'isEmpty', params: looked }, actions: { type: 'skip', params: looked } },
          { guard: { type: 'isWaiting', params: looked }, target: 'clearing' },
        ],
        'consumer.park': { guard: 'allSeen', target: 'parked' },
        'consumer.stay': { guard: 'allSeen', target: 'disarming' },
      },
    },
    clearing: { on: { 'flag.clear': { target: 'choosing', actions: 'plan' } } },
    parked: { on: { 'doorbell.ring': 'disarming' } },
    disarming: { on: { 'flag.clear': { target: 'waking', actions: 'planOnce' } } },
    // It may have been rung for what it has taken already.
    waking: {
      always: { guard: 'allSeen', target: 'arming' },
      on: {
        'lane.look': [
          { guard: { type: 'isEmpty', params: looked }, actions: { type: 'skip', params: looked } },
          { guard: { type: 'isWaiting', params: looked }, target: 'choosing', actions: 'plan' },
        ],
      },
    },
  },
})
