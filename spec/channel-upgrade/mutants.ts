/**
 * Seeded bugs of channel-upgrade: one decision replaced in each. The seeds are bugs of real hand-overs where one
 * is known; README.md says which.
 */
import { assign } from 'xstate'
import { channelUpgrade } from '../../src/statemachines/mom/channel-upgrade.ts'
import { movingConsumer } from '../../src/statemachines/mom/moving-consumer.ts'
import { movingProducer } from '../../src/statemachines/mom/moving-producer.ts'
import { pathWord } from '../../src/statemachines/mom/path-word.ts'
import { stampedRing } from '../../src/statemachines/mom/stamped-ring.ts'

const SWITCH = { messages: 3, producers: 1, consumers: 1 }

export const mutants = {
  leavesBeforeTheDrain: {
    sentence: 'the consumer goes on with the new transport before it has taken everything of the old',
    replace: {
      consumer: movingConsumer.provide({
        guards: { isDrained: ({ context }, { epoch, fence }) => epoch === context.epoch && fence !== 'none' },
      }),
    },
    killedBy: 'acceptedIsReceived',
  },
  takesBehindTheFence: {
    sentence: 'the consumer takes what it finds on the old path without reading the fence',
    replace: { consumer: movingConsumer.provide({ guards: { isBeforeTheFence: () => true } }) },
    killedBy: 'channel',
  },
  takesAnotherEpoch: {
    sentence: 'the consumer takes a slot by its sequence alone, one that an aborted epoch left behind',
    replace: {
      ring: stampedRing.provide({
        guards: {
          isThere: ({ context: { slots } }, { sequence }) => {
            const slot = slots[sequence % slots.length]!
            return slot !== 'none' && slot.sequence === sequence
          },
        },
      }),
    },
    killedBy: 'epochs',
  },
  keepsItsBatch: {
    sentence: 'the producer reads the fence and does not take back what it stored behind it',
    replace: { producer: movingProducer.provide({ actions: { takeBack: assign({ unchecked: 0 }) } }) },
    bounds: SWITCH,
    killedBy: 'accepted',
  },
  runsThroughTheFence: {
    sentence: 'the fence does not stop a producer that is in a batch',
    replace: {
      producer: movingProducer.provide({
        guards: { isOpen: ({ context }, { epoch }) => epoch === context.epoch },
      }),
    },
    killedBy: 'offeredIsAccepted',
  },
  fencesBelowTheTail: {
    sentence: 'the fence is set where the consumer stands, and cuts off what was accepted already',
    replace: {
      ring: stampedRing.provide({
        guards: { isTail: ({ context }, { sequence }) => sequence === Math.max(context.head, context.base) },
      }),
    },
    killedBy: 'accepted',
  },
  consumerStartsAtZero: {
    sentence: 'the role of the consumer passes on without its position (iceoryx2 #1356)',
    replace: { consumer: movingConsumer.provide({ actions: { takePosition: assign({ position: 0 }) } }) },
    killedBy: 'positionPassesOn',
  },
  producerStartsAtZero: {
    sentence: 'the role of the producer passes on without its position (iceoryx2 #1356)',
    replace: { producer: movingProducer.provide({ actions: { takePosition: assign({ position: 0 }) } }) },
    killedBy: 'accepted',
  },
  sleepsThroughTheBinding: {
    sentence: 'a new consumer waits for a bell that rang before it was bound (seL4 #1618)',
    replace: { consumer: movingConsumer.provide({ actions: { wakeUp: assign({}) } }) },
    killedBy: 'acceptedIsReceived',
  },
  parksOnTheOldPath: {
    sentence: 'the consumer goes to sleep on the old path after it was told of the new one',
    replace: { path: pathWord.provide({ guards: { isQuiet: () => true } }) },
    killedBy: 'upgradeEnds',
  },
  abortsAfterTheCommit: {
    sentence: 'an upgrade that was committed is aborted, and both the old owner and the new one act',
    replace: {
      upgrade: channelUpgrade.provide({
        guards: { isUndecided: ({ context }) => context.successor !== 'none' },
      }),
    },
    killedBy: 'oneOwner',
  },
  neverAborts: {
    sentence: 'waits for a successor that has died before the commit, with the old in service no more',
    replace: { upgrade: channelUpgrade.provide({ guards: { isUndecided: () => false } }) },
    killedBy: 'upgradeEnds',
  },
  grantsNoRoom: {
    sentence:
      'the position of the consumer is not handed over, so that the new transport looks full for ever',
    replace: { ring: stampedRing.provide({ actions: { grantRoom: assign({}) } }) },
    bounds: SWITCH,
    killedBy: 'offeredIsAccepted',
  },
  grantsTooMuchRoom: {
    sentence: 'grants the room of the old transport besides that of the new, and slots are overwritten',
    replace: {
      ring: stampedRing.provide({
        actions: {
          grantRoom: assign({ head: ({ context }, { sequence }) => sequence + context.slots.length }),
        },
      }),
    },
    bounds: SWITCH,
    killedBy: 'acceptedIsInAPath',
  },
} as const
