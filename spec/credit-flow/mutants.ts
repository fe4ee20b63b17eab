/**
 * Seeded bugs of credit-flow: one named decision replaced in each. The seeds are bugs of real systems where one
 * is known; README.md says which.
 */
import { assign } from 'xstate'
import { activeRing } from '../../src/statemachines/mom/active-ring.ts'
import { creditConsumer } from '../../src/statemachines/mom/credit-consumer.ts'
import { creditSender } from '../../src/statemachines/mom/credit-sender.ts'
import { including } from '../../src/statemachines/sets.ts'
import { after, ahead } from '../../src/statemachines/mom/wrapping.ts'

type Numbers = { allowed: number; used: number; modulus: number; units: readonly number[]; next: number }

const isStarved = ({ allowed, used, modulus, units, next }: Numbers) =>
  ahead(allowed, used, modulus) < (units[next] ?? 0)

const unitsOf = (units: readonly number[], message: string) =>
  units[Number(message.slice('message'.length))] ?? 0

export const mutants = {
  refusalKeepsThePadding: {
    sentence:
      'returns for a refused message the unit of its payload and not that of its padding (hyperium/h2 #894)',
    replace: {
      consumer: creditConsumer.provide({
        actions: {
          releaseRefused: assign(({ context: { held, freed, unreturned } }) =>
            held === 'none'
              ? {}
              : {
                  held: 'none',
                  freed: freed + 1,
                  owesGrant: true,
                  unreturned: including(unreturned, held.buffer),
                },
          ),
        },
      }),
    },
    killedBy: 'creditIsConserved',
  },
  refusalKeepsTheBuffer: {
    sentence: 'returns the credit of a refused message and forgets its buffer',
    replace: {
      consumer: creditConsumer.provide({
        actions: {
          releaseRefused: assign(({ context: { held, freed, units } }) =>
            held === 'none'
              ? {}
              : { held: 'none', freed: freed + unitsOf(units, held.message), owesGrant: true },
          ),
        },
      }),
    },
    killedBy: 'everyBufferHasOneOwner',
  },
  sendsWhenTheHeaderFits: {
    sentence: 'sends when there is credit for the first unit alone (zilla #2521)',
    replace: {
      sender: creditSender.provide({
        guards: { hasCredit: ({ context }) => ahead(context.allowed, context.used, context.modulus) >= 1 },
      }),
    },
    killedBy: 'windowIsKept',
  },
  forgetsWhatItGranted: {
    sentence:
      'grants and does not add it to its own account, so that the window shrinks to zero (chatterbox #77)',
    replace: {
      consumer: creditConsumer.provide({
        actions: { noteGrant: assign({ freed: 0, owesGrant: false }) },
      }),
    },
    killedBy: 'creditComesBack',
  },
  addsARepeatedGrant: {
    sentence: 'takes each grant as one unit more, also one that is repeated',
    replace: {
      sender: creditSender.provide({
        guards: { isNewer: () => true },
        actions: { raise: assign({ allowed: ({ context }) => after(context.allowed, context.modulus) }) },
      }),
    },
    killedBy: 'windowIsKept',
  },
  takesOlderCredit: {
    sentence: 'takes credit that was overtaken by newer, so that its window may be negative (chatterbox #63)',
    replace: { sender: creditSender.provide({ guards: { isNewer: () => true } }) },
    killedBy: 'creditIsConserved',
  },
  comparesCreditUnsigned: {
    sentence: 'asks whether credit is more, which is wrong once the number has wrapped (firedancer #9686)',
    replace: {
      sender: creditSender.provide({
        guards: { isNewer: ({ context }, { credit }) => credit > context.allowed },
      }),
    },
    killedBy: 'creditComesBack',
  },
  ringsOnlyForMessages: {
    sentence: 'does not ask when it has run out of credit, and a lost grant is never repeated',
    replace: {
      sender: creditSender.provide({ guards: { mayRing: ({ context }) => context.isUnrung } }),
    },
    killedBy: 'stopsOnlyWhenDone',
  },
  suppressesTheRingWhenFull: {
    sentence: 'does not ring while the window is full, and both sides wait (virtio-win #923)',
    replace: {
      sender: creditSender.provide({
        guards: { mayRing: ({ context }) => context.isUnrung && !isStarved(context) },
      }),
    },
    killedBy: 'stopsOnlyWhenDone',
  },
  believesTheRingIsFull: {
    sentence: 'finds the free ring full by an old head and does not read it again (firedancer #4258)',
    replace: { consumer: creditConsumer.provide({ guards: { looksFull: () => false } }) },
    killedBy: 'everyMessageIsJudged',
  },
  forgetsToPrime: {
    sentence: 'starts without putting its buffers into the free ring (agave #6836)',
    replace: { consumer: creditConsumer.provide({ actions: { prime: assign({}) } }) },
    killedBy: 'everyBufferHasOneOwner',
  },
  returnsWhileReading: {
    sentence: 'returns the buffer when it takes the message, and reads it afterwards (iceoryx2 #119)',
    replace: {
      consumer: creditConsumer.provide({
        actions: {
          hold: assign(({ context }, params) => ({
            held: params,
            unreturned: including(context.unreturned, params.buffer),
          })),
        },
      }),
    },
    killedBy: 'everyBufferHasOneOwner',
  },
  takesTheNewest: {
    sentence: 'takes the newest message instead of the oldest',
    replace: {
      activeRing: activeRing.provide({
        guards: { isNext: ({ context }, params) => context.descriptors.at(-1)?.message === params.message },
      }),
    },
    killedBy: 'channel',
  },
} as const
