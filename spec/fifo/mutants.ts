/** Seeded bugs of fifo: one named decision of the channel replaced in each. README.md says what they stand for. */
import { assign } from 'xstate'
import { refusingFifo } from '../../src/statemachines/mom/fifo.ts'

export const mutants = {
  overwritesTheOldest: {
    sentence: 'accepts a message although it is full, and drops the oldest for it',
    replace: {
      channel: refusingFifo.provide({
        guards: { hasSpace: () => true },
        actions: {
          append: assign({
            queue: ({ context }, { message }) => [...context.queue, message].slice(-context.capacity),
          }),
        },
      }),
    },
    killedBy: 'nothingLost',
  },
  putsTheNewestFirst: {
    sentence: 'hands out the newest message first',
    replace: {
      channel: refusingFifo.provide({
        actions: { append: assign({ queue: ({ context }, { message }) => [message, ...context.queue] }) },
      }),
    },
    killedBy: 'inOrder',
  },
  deliversTwice: {
    sentence: 'does not drop a message that was taken, and delivers it again',
    replace: { channel: refusingFifo.provide({ actions: { takeOldest: assign({}) } }) },
    killedBy: 'nothingTwice',
  },
  acceptsOneTooMany: {
    sentence: 'takes the channel for full one message too late',
    replace: {
      channel: refusingFifo.provide({
        guards: { hasSpace: ({ context }) => context.queue.length <= context.capacity },
      }),
    },
    killedBy: 'bounded',
  },
  losesTheSlot: {
    sentence: 'does not give a slot back once its message is taken, as hyper h2 #894 leaks credit',
    replace: {
      channel: refusingFifo.provide({
        actions: {
          takeOldest: assign({
            queue: ({ context }) => context.queue.slice(1),
            capacity: ({ context }) => context.capacity - 1,
          }),
        },
      }),
    },
    killedBy: 'offeredIsAccepted',
  },
  stopsWhenFull: {
    sentence: 'hands nothing out while it is full, as virtio-win #923 does not ring for a full ring',
    replace: {
      channel: refusingFifo.provide({
        guards: {
          isOldest: ({ context }, { message }) =>
            context.queue.length < context.capacity && context.queue[0] === message,
        },
      }),
    },
    killedBy: 'acceptedIsReceived',
  },
  holdsBackTheLast: {
    sentence: 'hands a message out only when another follows it, as a batch does that is never flushed',
    replace: {
      channel: refusingFifo.provide({
        guards: {
          isOldest: ({ context }, { message }) => context.queue.length > 1 && context.queue[0] === message,
        },
      }),
    },
    killedBy: 'neverDeadlocked',
  },
} as const
