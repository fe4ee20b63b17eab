/** Seeded bugs of sequence: one decision replaced in each. README.md says which real bugs they stand for. */
import { assign } from 'xstate'
import { numberOf, numberedSender } from '../../src/statemachines/mom/numbered-sender.ts'
import { sequenceAgent } from '../../src/statemachines/mom/sequence-agent.ts'
import { statusWord } from '../../src/statemachines/mom/status-word.ts'
import { after, ahead } from '../../src/statemachines/mom/wrapping.ts'

export const mutants = {
  publishesBeforeRaising: {
    sentence: 'lets the message be seen before the number is raised',
    replace: {
      sender: numberedSender.provide({
        guards: {
          mayPublish: ({ context: { events, raised, sent, numbers } }, { message }) =>
            events > 0 && raised === sent && numberOf(message) === after(sent, numbers),
          mayRaise: ({ context: { raised, sent } }) => raised !== sent,
        },
      }),
    },
    killedBy: 'nothingSeenBeforeItHappened',
  },
  raisesDuringCommit: {
    sentence: 'lets an event happen between the comparison and the commit',
    replace: { word: statusWord.provide({ guards: { isUnlocked: () => true } }) },
    killedBy: 'freshness',
  },
  keepsTheLock: {
    sentence: 'does not give the lock back after a commit',
    replace: { word: statusWord.provide({ actions: { unlock: assign({}) } }) },
    killedBy: 'eventsAreNotHeldUp',
  },
  commitsWithoutComparing: {
    sentence: 'commits whatever it is handed',
    replace: { word: statusWord.provide({ guards: { isCurrent: () => true } }) },
    killedBy: 'freshness',
  },
  comparesMagnitudes: {
    sentence: 'refuses what is less instead of what differs, so that after the wrap an old number passes',
    replace: {
      word: statusWord.provide({
        guards: {
          isCurrent: ({ context }, { number }) => number >= context.number,
          isStale: ({ context }, { number }) => number < context.number,
        },
      }),
    },
    killedBy: 'freshness',
  },
  refusesTheCurrent: {
    sentence: 'wants a number beyond the last one, and refuses what is decided on all there is to know',
    replace: { word: statusWord.provide({ guards: { isStale: () => true } }) },
    killedBy: 'freshness',
  },
  commitsWithTheStatusWord: {
    sentence: 'reads the number when it commits and not when it learns, so that it fits whatever it knows',
    replace: { agent: sequenceAgent.provide({ guards: { isSeen: () => true } }) },
    killedBy: 'freshness',
  },
  takesAGapForTheNext: {
    sentence: 'accepts any greater number, so that a lost message goes unnoticed (ghost-userspace c4109f9)',
    replace: {
      agent: sequenceAgent.provide({
        guards: {
          isNext: ({ context }, { message }) =>
            message === context.taken && ahead(numberOf(message), context.seen, context.numbers) >= 1,
        },
      }),
    },
    killedBy: 'delivery',
  },
  acceptsARepeat: {
    sentence: 'accepts a message it has had',
    replace: {
      agent: sequenceAgent.provide({
        guards: {
          isNext: ({ context }, { message }) =>
            message === context.taken && ahead(numberOf(message), context.seen, context.numbers) <= 1,
        },
      }),
    },
    killedBy: 'delivery',
  },
  comparesWithoutWrap: {
    sentence: 'compares message numbers as plain numbers, and discards what comes after the wrap',
    replace: {
      agent: sequenceAgent.provide({
        guards: {
          isOld: ({ context }, { message }) => message === context.taken && numberOf(message) <= context.seen,
        },
      }),
    },
    killedBy: 'delivery',
  },
  waitsForAMessageWhenRefused: {
    sentence: 'waits for a message after a refusal, though the one it misses may be lost',
    replace: {
      agent: sequenceAgent.provide({
        guards: {
          isNews: ({ context }, { number }) =>
            context.decided && ahead(number, context.seen, context.numbers) > 0,
        },
      }),
    },
    killedBy: 'decisionLands',
  },
  forgetsWhatIsUndecided: {
    sentence: 'goes to rest after a repeated message though it has learnt something and not decided',
    replace: { agent: sequenceAgent.provide({ guards: { isUndecided: () => false } }) },
    killedBy: 'decisionLands',
  },
  sleepsWithoutChecking: {
    sentence:
      'never looks at the status word while it is at rest, so that a lost last message stays unnoticed',
    replace: {
      agent: sequenceAgent.provide({
        guards: {
          isNews: ({ context }, { number }) =>
            !context.decided && ahead(number, context.seen, context.numbers) > 0,
        },
      }),
    },
    killedBy: 'knowledgeCatchesUp',
  },
} as const
