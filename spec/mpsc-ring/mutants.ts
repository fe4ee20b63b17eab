/** Seeded bugs of mpsc-ring: one decision replaced in each. README.md says which real bugs they stand for. */
import { assign } from 'xstate'
import { claimConsumer } from '../../src/statemachines/mom/claim-consumer.ts'
import { claimProducer } from '../../src/statemachines/mom/claim-producer.ts'
import { claimRing, isClaim, wordAt } from '../../src/statemachines/mom/claim-ring.ts'
import { after, ahead } from '../../src/statemachines/mom/wrapping.ts'

export const mutants = {
  claimsWithoutComparing: {
    sentence: 'stores the claim without comparing, so that two producers get the same slot (iceoryx #2196)',
    replace: { ring: claimRing.provide({ guards: { isFree: () => true } }) },
    killedBy: 'ownerKeepsItsSlot',
  },
  claimsForAnyRound: {
    sentence:
      'compares a free slot without its round, so that a stale tail claims a position out of turn (ABA)',
    replace: {
      ring: claimRing.provide({
        guards: { isFree: ({ context }, { position }) => wordAt(context, position).state === 'free' },
      }),
    },
    killedBy: 'claimsFitTheRing',
  },
  claimsWhatIsNotReleased: {
    sentence: 'takes a slot of the last round for free by a stale view of the consumer (DPDK rte_ring, 2025)',
    replace: {
      ring: claimRing.provide({
        guards: {
          isFree: ({ context }, { position }) => {
            const word = wordAt(context, position)
            const rounds = ahead(word.position, position, context.positions)
            return rounds < 0 || (rounds === 0 && word.state === 'free')
          },
        },
      }),
    },
    killedBy: 'claimsFitTheRing',
  },
  comparesWithoutWrap: {
    sentence: 'compares positions as plain numbers, so that after the wrap an old round looks like a new one',
    replace: {
      ring: claimRing.provide({
        guards: {
          isOfLastRound: ({ context }, { position }) => wordAt(context, position).position < position,
          isTaken: ({ context }, { position }) => {
            const word = wordAt(context, position)
            return word.position > position || (word.position === position && word.state !== 'free')
          },
        },
      }),
    },
    killedBy: 'tailLeavesNoHole',
  },
  addsToTheTail: {
    sentence: 'moves the tail on by an addition, so that two who help move it past a position nobody claimed',
    replace: {
      ring: claimRing.provide({
        guards: { isUnmoved: () => true },
        actions: { advance: assign({ tail: ({ context }) => after(context.tail, context.positions) }) },
      }),
    },
    killedBy: 'tailLeavesNoHole',
  },
  leavesTheTailToItsOwner: {
    sentence: 'lets only the owner of a claim move the tail on, so that its death stops every producer',
    replace: {
      ring: claimRing.provide({
        guards: {
          isUnmoved: ({ context }, params) => context.tail === params.position && isClaim(context, params),
        },
      }),
    },
    killedBy: 'offeredIsAccepted',
  },
  commitsBeforeThePayload: {
    sentence: 'commits a slot before its payload is written',
    replace: { producer: claimProducer.provide({ guards: { isWritten: () => true } }) },
    killedBy: 'acceptedIsInTheRing',
  },
  takesAClaimForACommit: {
    sentence: 'takes a slot that is claimed and not committed',
    replace: {
      ring: claimRing.provide({
        guards: {
          isCommitted: ({ context }, { position }) => {
            const word = wordAt(context, position)
            return word.position === position && word.state !== 'free'
          },
        },
      }),
    },
    killedBy: 'channel',
  },
  skipsALivingOwner: {
    sentence: 'takes a slow producer for a dead one and frees the slot it is writing to',
    replace: { consumer: claimConsumer.provide({ guards: { isDead: () => true } }) },
    killedBy: 'ownerKeepsItsSlot',
  },
  skipsWithoutComparing: {
    sentence: 'frees the slot of a dead owner by a store, though it was committed before the death',
    replace: { ring: claimRing.provide({ guards: { isStillClaimed: () => true } }) },
    killedBy: 'acceptedIsInTheRing',
  },
  skipsNothingWhenFull: {
    sentence: 'takes a ring that is exactly full for an empty one and does not skip (agrona #160)',
    replace: {
      ring: claimRing.provide({
        guards: {
          isStillClaimed: ({ context }, params) =>
            isClaim(context, params) && (context.tail - params.position) % context.words.length !== 0,
        },
      }),
    },
    killedBy: 'neverDeadlocked',
  },
  neverSkips: {
    sentence: 'waits for ever at a slot whose owner died, and with it all others (iceoryx #1546)',
    replace: { consumer: claimConsumer.provide({ guards: { isDead: () => false } }) },
    killedBy: 'acceptedIsReceived',
  },
} as const
