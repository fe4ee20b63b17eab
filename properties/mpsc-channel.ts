/**
 * The ends of a channel of several senders at every access of memory: they sleep and wake each other, leave, die
 * and are succeeded, and what was accepted is received, in each sender's order, once.
 */
import type {
  MemoryClaim,
  MemoryProgram,
  MemoryThread,
  MemoryView,
} from '../src/interleave/memory/memory-program.ts'
import { Layout } from '../src/mom/layout.ts'
import { startRingAt } from '../src/mom/mpsc-ring.ts'
import { MpscReceiver } from '../src/mom/mpsc-receiver.ts'
import { MpscSender } from '../src/mom/mpsc-sender.ts'
import { layMpscChannel } from '../src/mom/mpsc-shape.ts'
import { FIRST_OWNER, STATE_MASK, slotOf } from '../src/mom/mpsc-slot.ts'
import {
  type Ends,
  type Made,
  type ReceiverSelf,
  type Scene,
  type SenderSelf,
  mortality,
  receiverOf,
  senderOf,
} from './mpsc-channel-threads.ts'

const isRising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > values[index - 1]!)

/** All that receivers have received, in order. */
const receivedIn = (view: MemoryView, receivers: readonly MemoryThread<ReceiverSelf>[]): readonly number[] =>
  receivers.flatMap((receiver) => view.self(receiver).received)

/** What must be able to happen, or a run would show little. */
function witnesses(
  { scene, shape }: Made,
  senders: readonly MemoryThread<SenderSelf>[],
  receiver: MemoryThread,
): Record<string, MemoryClaim> {
  return {
    receiverSleeps: {
      kind: 'sometimes',
      sentence: 'the receiver sleeps',
      holds: (view) => view.status(receiver) === 'parked',
    },
    senderSleeps: {
      kind: 'sometimes',
      sentence: 'a sender sleeps',
      holds: (view) => senders.some((sender) => view.status(sender) === 'parked'),
    },
    ...(scene.mortal === 'sender0'
      ? {
          diesWithClaim: {
            kind: 'sometimes',
            sentence: 'a sender has died while a slot was its own',
            holds: (view: MemoryView) =>
              view.status(senders[0]!) === 'crashed' &&
              (view.word(slotOf(shape.ring, 0)) & STATE_MASK) === FIRST_OWNER,
          } satisfies MemoryClaim,
        }
      : {}),
  }
}

function claimsOf(
  senders: readonly MemoryThread<SenderSelf>[],
  receivers: readonly MemoryThread<ReceiverSelf>[],
): Record<string, MemoryClaim> {
  const idOf = (sender: MemoryThread): number => Number(sender.name.replace(/\D/g, ''))
  const ofSender = (view: MemoryView, id: number) =>
    receivedIn(view, receivers).filter((value) => Math.floor(value / 100) === id)
  // Somebody who dies may have sent, or have taken in hand, one message more than its data says.
  const open = (view: MemoryView, thread: MemoryThread): number => (view.status(thread) === 'crashed' ? 1 : 0)
  return {
    inOrder: {
      kind: 'always',
      sentence: 'what is received of a sender is in its order, and nothing is received twice',
      holds: (view) => senders.every((sender) => isRising(ofSender(view, idOf(sender)))),
    },
    allReceived: {
      kind: 'atEnd',
      sentence: 'all that was accepted is received',
      holds: (view) => {
        const sent = senders.reduce((sum, sender) => sum + view.self(sender).sent, 0)
        const more = senders.reduce((sum, sender) => sum + open(view, sender), 0)
        const less = receivers.reduce((sum, receiver) => sum + open(view, receiver), 0)
        const received = receivedIn(view, receivers).length
        return received >= sent - less && received <= sent + more
      },
    },
    allLeave: {
      kind: 'atEnd',
      sentence: 'the receiver learns how the senders left',
      holds: (view) => {
        const isCut = senders.some((sender) => view.status(sender) === 'crashed')
        return receivers.every((receiver) => {
          const { last } = view.self(receiver)
          if (view.status(receiver) !== 'done') return true
          return last === 'closed' || (last === 'dead' && isCut)
        })
      },
    },
  }
}

/** Senders and a receiver with their bells and all that may happen to them. */
export function channelOf(
  name: string,
  title: string,
  scene: Scene,
  wrong: Partial<Ends> = {},
): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const shape = layMpscChannel(layout, 'channel', {
    capacity: scene.capacity,
    slotWords: 3,
    senders: scene.senders,
  })
  const made: Made = { scene, shape, ends: { sender: MpscSender, receiver: MpscReceiver, ...wrong } }
  const senders = Array.from({ length: scene.senders }, (_, id) => senderOf(made, id))
  const receiver = receiverOf(made)
  const others = mortality(made)
  const isOf = (word: string) => (thread: MemoryThread) => thread.name.startsWith(word)
  const allSenders = [...senders, ...(others.filter(isOf('successor')) as MemoryThread<SenderSelf>[])]
  const allReceivers = [
    receiver,
    ...(others.filter(isOf('receiverSuccessor')) as MemoryThread<ReceiverSelf>[]),
  ]
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    prepare: (memory) => startRingAt(memory, shape.ring, -1),
    threads: [...senders, receiver, ...others],
    claims: { ...claimsOf(allSenders, allReceivers), ...witnesses(made, allSenders, receiver) },
    options: { crashesMax: scene.mortal === undefined ? 0 : 1, spuriousWakesMax: scene.spurious ?? 0 },
  }
}

export const PLAIN: Scene = { senders: 2, messages: 1, capacity: 1 }
export const CLOSING: Scene = { ...PLAIN, senders: 1, messages: 2, closes: true }
export const LEAVING: Scene = { ...PLAIN, takesTurns: true, closes: true }
export const MORTAL_SENDER: Scene = { ...PLAIN, takesTurns: true, mortal: 'sender0' }
export const SUCCEEDED_SENDER: Scene = {
  ...PLAIN,
  senders: 1,
  mortal: 'sender0',
  isSucceeded: true,
}
export const MORTAL_RECEIVER: Scene = { ...CLOSING, mortal: 'receiver', isSucceeded: true }
export const BAD_MESSAGE: Scene = { ...PLAIN, hasBadMessage: true }

/** What is explored of the ends. */
export const programs: readonly MemoryProgram[] = [
  channelOf('mpsc-ring-ends', 'two senders, a receiver, and a single slot', PLAIN),
  channelOf('mpsc-ring-ends-spurious', 'somebody wakes for no reason', { ...PLAIN, spurious: 1 }),
  channelOf('mpsc-ring-ends-closing', 'a sender leaves after two messages', CLOSING),
  channelOf('mpsc-ring-ends-leaving', 'one sender leaves and then another', LEAVING),
  channelOf('mpsc-ring-sender-dies', 'a sender dies at any access, and another comes', MORTAL_SENDER),
  channelOf('mpsc-ring-sender-succeeded', 'a sender dies and another takes its end', SUCCEEDED_SENDER),
  channelOf('mpsc-ring-receiver-dies', 'the receiver dies and another takes its end', MORTAL_RECEIVER),
  channelOf('mpsc-ring-bad-message', 'a message cannot be encoded', BAD_MESSAGE),
]
