/**
 * Seeded bugs of spsc-ring: a decision of one end replaced in each. The seeds are bugs of real rings where one
 * is known; README.md says which.
 */
import { assign } from 'xstate'
import { ringConsumer } from '../../src/statemachines/mom/ring-consumer.ts'
import { after, distance } from '../../src/statemachines/mom/ring-index.ts'
import { ringProducer } from '../../src/statemachines/mom/ring-producer.ts'

// One position too few: no multiple of the capacity.
const shorter = ({ capacity, modulus }: { capacity: number; modulus: number }) => ({
  capacity,
  modulus: modulus - 1,
})

export const mutants = {
  publishesTailBeforePayload: {
    sentence: 'stores the tail that covers a message, and then its payload',
    replace: {
      producer: ringProducer.provide({
        guards: {
          isAcceptable: ({ context }, { message }) =>
            context.half === 'first' &&
            context.accepted <= context.written &&
            message === context.messages[context.next - context.written + context.accepted],
          coversTheBatch: ({ context }, { value }) =>
            value === after(context.tail, context.accepted - context.written, context),
        },
        actions: {
          settle: assign({ written: ({ context }) => context.written - context.accepted, accepted: 0 }),
        },
      }),
    },
    killedBy: 'noTornRead',
  },
  releasesBeforeCopying: {
    sentence: 'gives the slot back and then copies it out (iceoryx2 #119)',
    replace: {
      consumer: ringConsumer.provide({
        guards: {
          mayRelease: ({ context }, { value }) =>
            context.taken === 0 &&
            context.head !== context.cachedTail &&
            value === after(context.head, 1, context),
        },
        actions: { release: assign({ taken: -1 }) },
      }),
    },
    killedBy: 'noSlotWrittenWhileRead',
  },
  takesFullForSpace: {
    sentence: 'the full test is off by one',
    replace: {
      producer: ringProducer.provide({
        guards: {
          hasSpace: ({ context }) => distance(context.tail, context.cachedHead, context) <= context.capacity,
        },
      }),
    },
    killedBy: 'slotsHoldTheQueue',
  },
  subtractsAcrossTheWrap: {
    sentence: 'the full test forgets that the tail wraps, and overwrites from then on (sDDF network queue)',
    replace: {
      producer: ringProducer.provide({
        guards: { hasSpace: ({ context }) => context.tail - context.cachedHead !== context.capacity },
      }),
    },
    killedBy: 'channel',
  },
  wrapsOffTheCapacity: {
    sentence: 'indices wrap at what is no multiple of the capacity, so the order of slots jumps there',
    replace: {
      producer: ringProducer.provide({
        guards: {
          hasSpace: ({ context }) =>
            distance(context.tail, context.cachedHead, shorter(context)) < context.capacity,
          looksFull: ({ context }) =>
            distance(context.tail, context.cachedHead, shorter(context)) >= context.capacity,
          staysFull: ({ context }, { value }) =>
            distance(context.tail, value, shorter(context)) >= context.capacity,
        },
        actions: {
          completeSlot: assign(({ context }) => ({
            half: 'first' as const,
            tail: after(context.tail, 1, shorter(context)),
            next: context.next + 1,
            written: context.written + 1,
          })),
        },
      }),
      consumer: ringConsumer.provide({
        actions: {
          take: assign(({ context }) => ({
            head: after(context.head, 1, shorter(context)),
            first: 'unread' as const,
            second: 'unread' as const,
            taken: context.taken + 1,
          })),
        },
      }),
    },
    killedBy: 'slotsHoldTheQueue',
  },
  keepsTheCachedHead: {
    sentence: 'never renews its view of the consumer, and refuses for ever once the ring looked full',
    replace: { producer: ringProducer.provide({ actions: { remember: assign({}) } }) },
    killedBy: 'offeredIsAccepted',
  },
  keepsTheCachedTail: {
    sentence: 'never renews its view of the producer, and finds the ring empty for ever',
    replace: { consumer: ringConsumer.provide({ actions: { remember: assign({}) } }) },
    killedBy: 'acceptedIsReceived',
  },
  skipsTheEmptyTest: {
    sentence: 'reads the next slot without asking whether it was published',
    replace: { consumer: ringConsumer.provide({ guards: { looksFilled: () => true } }) },
    killedBy: 'channel',
  },
  publishesOneTooMany: {
    sentence: 'the tail of a batch covers one slot that was not written',
    replace: {
      producer: ringProducer.provide({
        guards: {
          coversTheBatch: ({ context }, { value }) =>
            context.accepted === context.written && value === after(context.tail, 1, context),
        },
      }),
    },
    killedBy: 'usedWithinCapacity',
  },
} as const
