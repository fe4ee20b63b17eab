/**
 * Seeded bugs of topic: one named decision replaced in each. The seeds are bugs of real systems where one is
 * known; README.md says which.
 */
import { assign } from 'xstate'
import { publisher } from '../../src/statemachines/mom/publisher.ts'
import { subscriber } from '../../src/statemachines/mom/subscriber.ts'
import { subscriptionRecord } from '../../src/statemachines/mom/subscription-record.ts'
import { after, ahead } from '../../src/statemachines/mom/wrapping.ts'

/** Whether a position is a whole ring behind the next to be published. */
const isBehind = (
  size: { start: number; published: number; modulus: number; slots: number },
  cursor: unknown,
) =>
  typeof cursor === 'number' &&
  ahead(after(size.start, size.modulus, size.published), cursor, size.modulus) >= size.slots

export const mutants = {
  keepsWhatItCopied: {
    sentence: 'keeps a copy without a second look at the sequence word',
    replace: { subscriber: subscriber.provide({ guards: { isStillThere: () => true } }) },
    killedBy: 'noTornCopyIsKept',
  },
  takesOverwrittenForEmpty: {
    sentence:
      'takes a slot that is being overwritten for one not yet written: empty, although full (iceoryx2 #118)',
    replace: {
      subscriber: subscriber.provide({
        guards: {
          isNotYetThere: ({ context }, { slot, position, written }) =>
            context.cursor !== 'none' &&
            slot === `slot${context.cursor % context.slots}` &&
            (!written || ahead(position, context.cursor, context.modulus) < 0),
        },
      }),
    },
    killedBy: 'subscription',
  },
  comparesPositionsUnsigned: {
    sentence: 'asks whether a position is less, which is wrong once the word has wrapped',
    replace: {
      subscriber: subscriber.provide({
        guards: {
          isNotYetThere: ({ context }, { slot, position, written }) =>
            context.cursor !== 'none' &&
            slot === `slot${context.cursor % context.slots}` &&
            (position < context.cursor || (position === context.cursor && !written)),
        },
      }),
    },
    killedBy: 'subscription',
  },
  countsOneTooMany: {
    sentence: 'counts the oldest message that is still there as missed as well, and goes on behind it',
    replace: {
      subscriber: subscriber.provide({
        guards: {
          isMissed: ({ context: { found, cursor, slots, modulus } }, { missed }) =>
            found !== 'none' && cursor !== 'none' && missed === ahead(found, cursor, modulus) - slots + 2,
        },
      }),
    },
    killedBy: 'subscription',
  },
  goesOnAfterALap: {
    sentence: 'a subscriber of a disconnecting topic that was lapped goes on with a gap, and is never told',
    replace: {
      subscriber: subscriber.provide({
        guards: { endsWhenLapped: () => false, goesOnWhenLapped: () => true },
      }),
    },
    killedBy: 'subscription',
  },
  overwritesUnderBlock: {
    sentence: 'does not wait for a subscriber that is a whole ring behind',
    replace: { publisher: publisher.provide({ guards: { mustWait: () => false } }) },
    killedBy: 'blockLosesNothing',
  },
  passesOverTheJoining: {
    sentence: 'takes the minimum over those who have set their cursor, and laps one that is about to',
    replace: {
      publisher: publisher.provide({
        guards: {
          mustWait: ({ context }, { cursor }) => context.policy === 'block' && isBehind(context, cursor),
        },
      }),
    },
    killedBy: 'blockLosesNothing',
  },
  readsAnOldList: {
    sentence: 'takes the minimum over an old list of subscribers, on which the last is missing',
    replace: {
      publisher: publisher.provide({
        actions: {
          listSubscribers: assign({
            unread: ({ context }) =>
              context.policy === 'dropOldest' ? [] : context.subscribers.slice(0, -1),
          }),
        },
      }),
    },
    killedBy: 'blockLosesNothing',
    bounds: { subscribers: 2, slots: 1, messages: 2 },
  },
  leavesItsCursorBehind: {
    sentence: 'a subscriber that leaves does not clear its record, and the publisher waits for it for ever',
    replace: { record: subscriptionRecord.provide({ actions: { leave: assign({}) } }) },
    killedBy: 'everythingIsPublished',
  },
  waitsWhateverThePolicy: {
    sentence: 'waits for the slow under every policy',
    replace: {
      publisher: publisher.provide({
        guards: { mustWait: ({ context }, { cursor }) => isBehind(context, cursor) },
      }),
    },
    killedBy: 'publisherNeverWaits',
  },
  looksOnlyOnce: {
    sentence: 'waits on what it read once in a record, and does not look again',
    replace: { publisher: publisher.provide({ guards: { mayPass: () => false } }) },
    killedBy: 'stopsOnlyWhenDone',
  },
  waitsForWhatIsGone: {
    sentence: 'does not notice that it was lapped, and waits for a message that was overwritten',
    replace: { subscriber: subscriber.provide({ guards: { isOverwritten: () => false } }) },
    killedBy: 'subscribersCatchUp',
  },
  triesForEver: {
    sentence: 'a subscriber whose swap fails tries again and does not ask why it failed',
    replace: { subscriber: subscriber.provide({ guards: { isCut: () => false } }) },
    killedBy: 'cutIsTold',
  },
  cutsWithoutComparing: {
    sentence: 'cuts off with a plain store, though the subscriber has moved on since its record was read',
    replace: { record: subscriptionRecord.provide({ guards: { mayBeCut: () => true } }) },
    killedBy: 'subscription',
  },
  cutsTwice: {
    sentence: 'takes the mark of one already cut off for an old position, and cuts again',
    replace: {
      publisher: publisher.provide({
        guards: {
          mustCut: ({ context }, { cursor }) =>
            context.policy === 'disconnect' && (cursor === 'cut' || isBehind(context, cursor)),
        },
      }),
    },
    killedBy: 'subscription',
  },
} as const
