/** What the threads of the demonstration have in common: channels, types of messages, and words for their notes. */
import { messageType } from '../../mom/message.ts'

/** The channel from the producer to the broker; an upgrade takes it from one of these rings to the other. */
export const ORDERS = 'orders'
export const ORDER_SIZES = [
  { capacity: 1024, slotWords: 16 },
  { capacity: 4096, slotWords: 16 },
] as const
/** What the producer is told to do. */
export const COMMANDS = 'commands'
export const COMMAND_SIZE = { capacity: 16, slotWords: 8 } as const
/** The channels from the broker to each consumer. */
export const WORK = ['work1', 'work2'] as const
export const WORK_SIZE = { capacity: 1024, slotWords: 16 } as const

export const Order = messageType({ sequence: 'int' })
/** An order for one consumer, and the one it was given before. */
export const Work = messageType({ sequence: 'int', previous: 'int' })
export const Command = messageType({ what: ['upgrade', 'stop'] })

/** The sequence before the first. */
export const NOTHING = -1

/** Words of the notes: what a thread has seen, kept where it outlives the thread. */
export const NOTE = {
  /** Producers whose death the broker has seen after it took all they had sent; the next three are of the last. */
  lostProducers: 0,
  nextSequence: 1,
  transport: 2,
  epoch: 3,
  /** Upgrades of the orders that the broker has followed. */
  upgrades: 4,
  /** Orders that were not the next one. */
  wrongOrders: 5,
  consumers: 6,
} as const

/** Words of each consumer's notes. */
export const CONSUMER_NOTE = {
  /** The last sequence seen. */
  last: 0,
  /** Orders that did not follow on the one before: lost, repeated or out of order. */
  wrong: 1,
  /** Orders that a consumer saw and did not take, for it was killed, so that its successor saw them once more. */
  repeated: 2,
} as const

const CONSUMER_WORDS = 3

/** The first word of a consumer's notes. */
export const consumerNotes = (consumer: number): number => NOTE.consumers + consumer * CONSUMER_WORDS
export const NOTE_WORDS = NOTE.consumers + WORK.length * CONSUMER_WORDS
