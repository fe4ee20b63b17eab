/**
 * Seeded bugs of doorbell: a decision of an end, of a flag or of an index replaced in each. The seeds are bugs
 * of real middleware; README.md says which.
 */
import { assign } from 'xstate'
import { delayedFlag } from '../../src/statemachines/mom/delayed-flag.ts'
import { delayedIndex } from '../../src/statemachines/mom/delayed-index.ts'
import { doorbellEnd } from '../../src/statemachines/mom/doorbell-end.ts'

export const mutants = {
  believesNobodySleeps: {
    sentence: 'decides not to ring from a view of the flag that may be old (Disruptor #119)',
    replace: {
      flag: delayedFlag.provide({
        guards: { isRead: ({ context }, { armed }) => !armed || context.isArmed },
      }),
    },
    killedBy: 'noMessageSleptThrough',
  },
  readsTheFlagUnfenced: {
    sentence:
      'reads the flag while its own index may still wait in the store buffer (liburing #541, SPDK #3178)',
    replace: { index: delayedIndex.provide({ guards: { isDrained: () => true } }) },
    killedBy: 'noMessageSleptThrough',
  },
  armsUnfenced: {
    sentence: 'looks again while its flag may still wait in the store buffer (liburing #541)',
    replace: { flag: delayedFlag.provide({ guards: { isDrained: () => true } }) },
    killedBy: 'noSpaceSleptThrough',
  },
  looksBeforePublishing: {
    sentence:
      'looks whether to ring before it publishes, and not after (libevpl #165, cloud-hypervisor #897)',
    replace: {
      end: doorbellEnd.provide({
        guards: {
          mayLook: ({ context }) => context.unrung === 0 && context.own < context.messages,
          mayMoveMore: ({ context }) => context.unrung < 0,
        },
        actions: { settle: assign({ unrung: -1 }) },
      }),
    },
    killedBy: 'noMessageSleptThrough',
  },
  parksWithoutLookingAgain: {
    sentence: 'sleeps after it has armed its flag, whatever has come meanwhile',
    replace: { end: doorbellEnd.provide({ guards: { staysBlocked: () => true } }) },
    killedBy: 'noMessageSleptThrough',
  },
  sleepsWithoutComparing: {
    sentence: 'sleeps although its flag was taken since it looked: the ring came too early to wake it',
    replace: { flag: delayedFlag.provide({ guards: { isArmed: () => true } }) },
    killedBy: 'noMessageSleptThrough',
  },
  sleepsUnarmed: {
    sentence: 'goes back to sleep without arming its flag again (qemu #267)',
    replace: {
      flag: delayedFlag.provide({ guards: { isArmed: () => true }, actions: { arm: assign({}) } }),
    },
    killedBy: 'noSpaceSleptThrough',
  },
  ringsForExactlyOne: {
    sentence:
      'rings when the index is the one after the awaited one, which a batch jumps over (openvmm #4267)',
    replace: {
      end: doorbellEnd.provide({
        guards: { needsRing: ({ context }, { armed }) => armed && context.unrung === 1 },
      }),
    },
    killedBy: 'noMessageSleptThrough',
    bounds: { batch: 2 },
  },
  ringsNotWhileFull: {
    sentence: 'does not ring while the ring is full, so that both ends sleep (virtio-win #923)',
    replace: {
      end: doorbellEnd.provide({
        guards: {
          needsRing: ({ context }, { armed }) =>
            armed && (context.end === 'consumer' || context.own - context.other < context.capacity),
        },
      }),
    },
    killedBy: 'neverDeadlocked',
  },
  leavesEarlyWhenFull: {
    sentence: 'finds the ring full and leaves without ringing for what it has published (firedancer #792)',
    replace: { end: doorbellEnd.provide({ guards: { hasLooked: () => true } }) },
    killedBy: 'noMessageSleptThrough',
    // One batch must be able to fill the ring.
    bounds: { capacity: 2, batch: 2 },
  },
  neverRings: {
    sentence: 'skips the question whether the other end sleeps (liburing #24)',
    replace: { end: doorbellEnd.provide({ guards: { needsRing: () => false } }) },
    killedBy: 'acceptedIsReceived',
  },
  keepsTheSpaceToItself: {
    sentence: 'the consumer frees space and does not ring for a producer that sleeps on it',
    replace: {
      end: doorbellEnd.provide({
        guards: { needsRing: ({ context }, { armed }) => armed && context.end === 'producer' },
      }),
    },
    killedBy: 'offeredIsAccepted',
  },
  forgetsToDisarm: {
    sentence: 'leaves its flag armed while it works, so that every message rings',
    replace: { flag: delayedFlag.provide({ actions: { disarm: assign({}) } }) },
    killedBy: 'awakeIsDisarmed',
  },
  takesFullForSpace: {
    sentence: 'the full test is off by one',
    replace: {
      end: doorbellEnd.provide({
        guards: {
          canMove: ({ context: { end, own, other, capacity } }) =>
            end === 'producer' ? own - other <= capacity : own < other,
        },
      }),
    },
    killedBy: 'channel',
  },
} as const
