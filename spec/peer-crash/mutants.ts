/** Seeded bugs of peer-crash: one decision replaced in each. README.md says which real bugs they stand for. */
import { assign } from 'xstate'
import { bell } from '../../src/statemachines/mom/bell.ts'
import { deathHost, isGone } from '../../src/statemachines/mom/death-host.ts'
import { mortalConsumer } from '../../src/statemachines/mom/mortal-consumer.ts'
import { mortalProducer } from '../../src/statemachines/mom/mortal-producer.ts'

export const mutants = {
  ringsBeforeAnnouncing: {
    sentence: 'rings the survivor before the death word is stored, so that it finds nothing and sleeps on',
    replace: {
      host: deathHost.provide({
        guards: {
          mayRing: ({ context }, { end }) => context[end].owner === 'dead' && !context[end].rung,
          mayAnnounce: ({ context }, { end }) => context[end].rung && !context[end].announced,
        },
      }),
    },
    killedBy: 'survivorLearnsOfIt',
  },
  reportsWithoutLookingAgain: {
    sentence: 'reports the death at once, though the producer published between the last look and its death',
    replace: { consumer: mortalConsumer.provide({ guards: { isLeftOver: () => false } }) },
    killedBy: 'nothingIsLeftBehind',
  },
  takesBackEverything: {
    sentence: 'takes back a whole ring of messages from a dead consumer, also what it had received',
    replace: {
      producer: mortalProducer.provide({
        actions: {
          takeBack: assign({ returned: ({ context }) => Math.min(context.tail, context.capacity) }),
        },
      }),
    },
    killedBy: 'unreceivedComesBack',
  },
  takesSlowForDead: {
    sentence: 'takes a producer that is slow for one that is dead',
    replace: { consumer: mortalConsumer.provide({ guards: { isDead: () => true } }) },
    killedBy: 'reportedDeathIsTrue',
  },
  waitsForTheDead: {
    sentence: 'waits for space though the consumer is dead',
    replace: { producer: mortalProducer.provide({ guards: { isDead: () => false } }) },
    killedBy: 'sendingEnds',
  },
  attachesAfterTheAnnouncement: {
    sentence: 'lets a successor attach though the death was already announced',
    replace: {
      host: deathHost.provide({
        guards: {
          mayAttach: ({ context }, { end }) => context.successors > 0 && context[end].owner === 'dead',
        },
      }),
    },
    killedBy: 'reportedDeathIsTrue',
  },
  startsOver: {
    sentence: 'takes over the producing end without its position (iceoryx2 #1356)',
    replace: {
      producer: mortalProducer.provide({
        actions: { adopt: assign({ tail: 0, written: false, owesRing: true }) },
      }),
    },
    killedBy: 'acceptedIsInTheRing',
  },
  skipsWhatWasBeingRead: {
    sentence: 'takes over the consuming end behind the message that the dead owner was reading',
    replace: {
      consumer: mortalConsumer.provide({
        actions: {
          adopt: assign({ head: (_, { position }) => position + 1, taken: 'none', owesRing: true }),
        },
      }),
    },
    killedBy: 'channel',
  },
  doesNotRingOnTakeOver: {
    sentence: 'takes over without ringing, though the dead owner may have published without ringing',
    replace: {
      producer: mortalProducer.provide({
        actions: {
          adopt: assign({ tail: (_, { position }) => position, written: false, owesRing: false }),
        },
      }),
    },
    killedBy: 'acceptedIsReceived',
  },
  publishesBeforeWriting: {
    sentence:
      'publishes a slot before it is written, so that a death in between publishes what was there before',
    replace: { producer: mortalProducer.provide({ guards: { isWritten: () => true } }) },
    killedBy: 'acceptedIsInTheRing',
  },
  ringsSleepersOnly: {
    sentence: 'wakes who sleeps, and leaves no mark for who is about to',
    replace: { bell: bell.provide({ actions: { ring: assign({ rung: ({ context }) => context.parked }) } }) },
    killedBy: 'neverDeadlocked',
  },
  freesTheRingAtOnce: {
    sentence:
      'frees the ring when an owner dies, while the survivor still reads it (QEMU FUSE over io_uring)',
    replace: {
      host: deathHost.provide({
        guards: {
          mayFree: ({ context }) => !context.freed && (isGone(context.producer) || isGone(context.consumer)),
        },
      }),
    },
    killedBy: 'freedOnlyWhenUnused',
  },
  leaksTheRing: {
    sentence: 'waits for a dead owner to leave the ring too, and never frees it (iceoryx #1546)',
    replace: {
      host: deathHost.provide({
        guards: {
          mayFree: ({ context }) =>
            !context.freed && context.producer.owner === 'left' && context.consumer.owner === 'left',
        },
      }),
    },
    killedBy: 'ringIsFreed',
  },
} as const
