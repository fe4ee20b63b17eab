/**
 * The production channel while its transport changes, at every access of memory: whatever the receiver is doing,
 * nothing is lost, nothing comes twice, nothing is overtaken; also where a role is handed to another thread. All
 * beside the abstract channel, which both rings together are.
 */
import type { MemoryProgram, MemoryThread } from '../src/interleave/memory/memory-program.ts'
import { HEADER_WORDS } from '../src/mom/channel-shape.ts'
import { FENCE_WORDS, UpgradableSender, layUpgradable } from '../src/mom/channel-upgrade.ts'
import { Layout } from '../src/mom/layout.ts'
import { UpgradableReceiver } from '../src/mom/upgradable-receiver.ts'
import { fifo } from '../spec/fifo/system.ts'
import {
  type Parts,
  type Size,
  hostOf,
  numbered,
  receiverOf,
  senderOf,
  successorOf,
} from './channel-upgrade-threads.ts'
import { memoryJudge } from './memory-judge.ts'

const CORRECT: Parts = { sender: UpgradableSender, receiver: UpgradableReceiver }

/** A sender that upgrades its channel between two rings, and a receiver that follows. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Parts> = {},
): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const { capacity = 1 } = size
  const slotWords = HEADER_WORDS + Math.max(FENCE_WORDS, numbered.words)
  const shapes = layUpgradable(layout, 'channel', [
    { capacity, slotWords },
    { capacity, slotWords },
  ])
  const handed = {
    transport: layout.word('handed.transport'),
    epoch: layout.word('handed.epoch'),
    next: layout.word('handed.next'),
  }
  const parts = { ...CORRECT, ...wrong }
  const receiver = receiverOf(size, shapes, parts.receiver)
  const sender: MemoryThread = senderOf(size, shapes, handed, parts.sender)
  const successor: MemoryThread = successorOf(size, shapes, handed, parts.sender)
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    threads: [
      sender,
      receiver,
      ...(size.handOverBefore === undefined ? [] : [successor]),
      ...(size.crashes === true ? [hostOf(shapes)] : []),
    ],
    claims: {
      inOrder: {
        kind: 'always',
        sentence: 'messages are received as they were sent, across all transports',
        holds: ({ self }) => self(receiver).received.every((number, index) => number === index),
      },
      allReceived: {
        kind: 'atEnd',
        sentence: 'every message is received, and nobody is accused, unless the sender has died',
        holds: ({ self, status }) =>
          status(sender) === 'crashed' ||
          (self(receiver).received.length === size.messages && !self(receiver).failed),
      },
    },
    // As long as nothing more is known of it, both rings together are one channel.
    follows: {
      judge: memoryJudge(fifo, { producers: 1, messages: size.messages, capacity: 2 * capacity }),
      // Whatever was accepted has been received, also from a sender that died.
      finished: ({ channel }) => (channel!.context as { queue: unknown[] }).queue.length === 0,
    },
    options: { spuriousWakesMax: size.spurious ?? 0 },
  }
}

export const SMALL: Size = { messages: 4, upgradesBefore: [1, 3] }

/** What is explored: there and back again; with room to run ahead; a role that changes hands; woken for nothing. */
export const programs: readonly MemoryProgram[] = [
  programOf('channel-upgrade', 'four messages, to the other ring and back', SMALL),
  programOf('channel-upgrade-ahead', 'the sender runs two transports ahead', {
    ...SMALL,
    capacity: 2,
    upgradesBefore: [2, 3],
  }),
  programOf('channel-upgrade-role', 'the sender gives its role to another thread', {
    ...SMALL,
    upgradesBefore: [1],
    handOverBefore: 2,
  }),
  programOf('channel-upgrade-crash', 'the sender dies at any access', {
    messages: 3,
    upgradesBefore: [1, 2],
    crashes: true,
  }),
  programOf('channel-upgrade-spurious', 'woken for nothing once', {
    messages: 3,
    upgradesBefore: [1],
    spurious: 1,
  }),
]
