/**
 * Seeded bugs of request-reply: one decision replaced in each. The seeds are bugs of real queues where one is
 * known; README.md says which.
 */
import { assign } from 'xstate'
import { callClient } from '../../src/statemachines/mom/call-client.ts'
import { pendingSlot } from '../../src/statemachines/mom/pending-slot.ts'
import { serverJob } from '../../src/statemachines/mom/server-job.ts'
import { serverLife } from '../../src/statemachines/mom/server-life.ts'

export const mutants = {
  matchesBySlotAlone: {
    sentence: 'matches an answer by its slot without the generation: a late one completes the next request',
    replace: {
      table: pendingSlot.provide({
        guards: { isOfThisGeneration: () => true, isLate: ({ context }) => context.message === 'none' },
      }),
    },
    killedBy: 'outcome',
  },
  keepsTheSlotOfTheWithdrawn: {
    sentence:
      'reports a withdrawal and leaves the request in its slot, so that the crossing answer is reported too',
    replace: { table: pendingSlot.provide({ actions: { withdraw: assign({}) } }) },
    killedBy: 'outcome',
  },
  reusesAnOwedGeneration: {
    sentence:
      'counts the generation on past the wrap although the answer to the former one has not come (ABA)',
    replace: { table: pendingSlot.provide({ guards: { isNotOwed: () => true } }) },
    killedBy: 'nameIsUnique',
  },
  returnsRoomTwice: {
    sentence: 'gives the room of an answer back at the time-out, and again when it comes late',
    replace: {
      client: callClient.provide({
        actions: { expire: assign({ reserved: ({ context }) => context.reserved - 1 }) },
      }),
    },
    killedBy: 'roomMatchesAnswers',
  },
  returnsRoomAtTheTimeout: {
    sentence: 'gives the room of an answer back at the time-out although the answer is still to come',
    replace: {
      client: callClient.provide({
        actions: {
          expire: assign({ reserved: ({ context }) => context.reserved - 1 }),
          takeAnswer: assign(({ context }, answer) => ({
            answer,
            reserved: Math.max(0, context.reserved - 1),
          })),
        },
      }),
    },
    bounds: { replies: 1 },
    killedBy: 'serverNeverWaits',
  },
  callsWithoutRoom: {
    sentence:
      'calls without room for the answer: the server waits for room in the replies, the client in the requests',
    replace: { client: callClient.provide({ guards: { hasRoomForTheAnswer: () => true } }) },
    bounds: { messages: 4, generations: 4, replies: 1 },
    killedBy: 'everyCallReturns',
  },
  answersTheWithdrawnTwice: {
    sentence:
      'the side that takes the withdrawal answers, and so does the worker (the race of Linux FUSE in queue_interrupt)',
    replace: {
      job: serverJob.provide({
        actions: { tellWorker: assign(({ context }) => ({ isWithdrawn: true, due: context.due + 1 })) },
      }),
    },
    killedBy: 'oneAnswerEach',
  },
  answersTheWithdrawnNever: {
    sentence:
      'each of the side that takes the withdrawal and the worker leaves the answer to the other (the same race)',
    replace: {
      job: serverJob.provide({
        actions: {
          oweForWork: assign(({ context }) => ({
            due: context.due + (context.isWithdrawn ? 0 : 1),
            isWithdrawn: false,
          })),
        },
      }),
    },
    killedBy: 'everyNameComesBack',
  },
  withdrawsByNameAlone: {
    sentence: 'applies a withdrawal to the next call of its name, though it means one that was answered',
    replace: {
      job: serverJob.provide({
        guards: { isNewer: () => true, isThisCall: () => true },
        actions: {
          accept: assign(({ context }, { message }) => ({
            message,
            isWithdrawn: context.early !== 'none',
            early: 'none' as const,
          })),
        },
      }),
    },
    killedBy: 'skippedOnlyIfWithdrawn',
  },
  freesTheTableEarly: {
    sentence: 'frees the table at termination while answers are still to come (QEMU, FUSE over io_uring)',
    replace: { client: callClient.provide({ guards: { isSettled: ({ context }) => context.isClosed } }) },
    killedBy: 'noAnswerAfterTheTable',
  },
  deathForgetsThePending: {
    sentence: 'clears the table when the server has died, and tells no caller',
    replace: { table: pendingSlot.provide({ actions: { giveUp: assign({ owed: [], message: 'none' }) } }) },
    killedBy: 'everyRequestEnds',
  },
  findsDeathTooEarly: {
    sentence:
      'fails every request as soon as the server is dead, though answers it published lie in the ring',
    replace: { life: serverLife.provide({ guards: { isDrained: () => true } }) },
    killedBy: 'publishedIsTaken',
  },
  waitsForADeadServer: {
    sentence: 'a call that waits for room never asks whether the server still lives',
    replace: { client: callClient.provide({ guards: { waitsFor: () => false } }) },
    killedBy: 'everyCallReturns',
  },
} as const
