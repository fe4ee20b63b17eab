/**
 * Seeded bugs of priority: one named decision replaced in each. The seeds are bugs of real systems where one
 * is known; README.md says which.
 */
import { assign } from 'xstate'
import { lane } from '../../src/statemachines/mom/lane.ts'
import { priorityConsumer } from '../../src/statemachines/mom/priority-consumer.ts'
import { priorityProducer } from '../../src/statemachines/mom/priority-producer.ts'

export const mutants = {
  controlSharesTheBulkLane: {
    sentence:
      'sends control by the bulk lane, where the answer that would free bulk space waits behind bulk data',
    replace: {
      producer: priorityProducer.provide({
        guards: {
          goesBy: ({ context }, params) => {
            const own = context.lanes[params.message]
            return params.lane === (own === 'control' ? 'bulk' : own)
          },
        },
      }),
    },
    killedBy: 'leaveComes',
  },
  drainsWithoutBound: {
    sentence: 'serves the higher lanes as long as they are refilled (firecracker #5260)',
    replace: {
      consumer: priorityConsumer.provide({
        actions: { plan: assign({ plan: ({ context }) => lanesFor(context.leave) }) },
      }),
    },
    killedBy: 'starvation',
  },
  sharesOneCounter: {
    sentence: 'counts for all lower lanes together, so that the middle one is served and the lowest never',
    replace: {
      consumer: priorityConsumer.provide({
        actions: {
          count: assign({
            passes: ({ context }, params) => {
              if (params.lane !== 'control') return { normal: 0, bulk: 0 }
              const count = Math.min(context.passes.normal + 1, context.passesMax)
              return { normal: count, bulk: count }
            },
          }),
        },
      }),
    },
    killedBy: 'starvation',
  },
  neverResetsTheCounter: {
    sentence: 'leaves a lane due after it was served, so that it goes before all others from then on',
    replace: {
      consumer: priorityConsumer.provide({
        actions: {
          count: assign({
            passes: ({ context: { passes, passesMax } }, params) => {
              const next = (count: number) => Math.min(count + 1, passesMax)
              if (params.lane === 'bulk') return passes
              return {
                normal: params.lane === 'control' ? next(passes.normal) : passes.normal,
                bulk: next(passes.bulk),
              }
            },
          }),
        },
      }),
    },
    killedBy: 'inversion',
  },
  looksLowestFirst: {
    sentence: 'looks at the lanes in the wrong order',
    replace: {
      consumer: priorityConsumer.provide({
        actions: { plan: assign({ plan: ({ context }) => lanesFor(context.leave).reverse() }) },
      }),
    },
    killedBy: 'inversion',
  },
  looksAgainAtOneLane: {
    sentence: 'looks at the control lane alone after arming, and sleeps on a message in another lane',
    replace: { consumer: priorityConsumer.provide({ actions: { planOnce: assign({ plan: ['control'] }) } }) },
    killedBy: 'everyMessageIsReceived',
  },
  elidesTheNotice: {
    sentence: 'rings never, for the consumer is taken to be awake (Disruptor #119)',
    replace: { producer: priorityProducer.provide({ guards: { wantsNotice: () => false } }) },
    killedBy: 'everyMessageIsReceived',
  },
  takesTheNewest: {
    sentence: 'takes the newest message of a lane instead of the oldest',
    replace: {
      lane: lane.provide({
        guards: { isNext: ({ context }, params) => context.queue.at(-1) === params.message },
      }),
    },
    killedBy: 'channel',
  },
  sendsIntoAFullLane: {
    sentence: 'publishes without a look at the space left, and so overwrites',
    replace: { lane: lane.provide({ guards: { hasSpace: () => true } }) },
    killedBy: 'channel',
  },
} as const

/** All lanes that may be served, the highest first. */
function lanesFor(leave: string): ('control' | 'normal' | 'bulk')[] {
  return leave === 'asked' ? ['control', 'normal'] : ['control', 'normal', 'bulk']
}
