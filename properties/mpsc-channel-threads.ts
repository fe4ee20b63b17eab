/** The threads of the programs in mpsc-channel.ts: senders, a receiver, the hosts of those that may die, successors. */
import { type MemoryThread, memoryThread } from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { Doorbell, NO_PATIENCE, Waiter } from '../src/mom/doorbell.ts'
import type { Decodable, Encodable, Inbox, ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import type { MpscReceiver } from '../src/mom/mpsc-receiver.ts'
import type { MpscSender } from '../src/mom/mpsc-sender.ts'
import type { MpscShape } from '../src/mom/mpsc-shape.ts'
import { Presence } from '../src/mom/peer-crash.ts'

export type Scene = {
  readonly senders: number
  readonly messages: number
  readonly capacity: number
  readonly spurious?: number
  /** Whose thread may be cut off at any access. */
  readonly mortal?: 'sender0' | 'receiver'
  /** Whether another thread takes the end of the one that died. */
  readonly isSucceeded?: boolean
  /** Whether senders leave when they are done, and the receiver after them. */
  readonly closes?: boolean
  /** Whether a sender begins only when the one before it is done or dead. */
  readonly takesTurns?: boolean
  /** Whether the first message of sender 0 cannot be encoded. */
  readonly hasBadMessage?: boolean
}

/** How the ends are built; a mutant builds one with a bug. */
export type Ends = {
  readonly sender: new (...parts: ConstructorParameters<typeof MpscSender>) => MpscSender
  readonly receiver: new (...parts: ConstructorParameters<typeof MpscReceiver>) => MpscReceiver
}

/** What a sender sends: its id and the kind say which message it is; a successor's come after its predecessor's. */
const valueOf = (id: number, kind: number): number => id * 100 + kind

class BadMessageError extends Error {
  override readonly name = 'BadMessageError'
}

const GOOD: Encodable & Decodable = Object.freeze({ words: 0, encode() {}, decode() {} })
const BAD: Encodable = Object.freeze({
  words: 0,
  encode(): void {
    throw new BadMessageError('it has no words')
  },
})
const INBOX: Inbox = Object.freeze(Array.from({ length: 8 }, () => GOOD))

/** A thread waits in an operation of its own: what it went through before is no part of the state then. */
const waiterOf = (memory: SharedMemory, { bell }: { readonly bell: Doorbell }): Waiter =>
  new Waiter(memory, bell, NO_PATIENCE)

export type SenderSelf = {
  readonly memory: SharedMemory
  /** Taken when the thread starts: a successor waits for the death. */
  end: MpscSender | undefined
  next: number
  sent: number
  last: SendOutcome | 'bad' | undefined
}

export type Made = { readonly scene: Scene; readonly shape: MpscShape; readonly ends: Ends }

function tryToSend(end: MpscSender, kind: number, message: Encodable): SendOutcome | 'bad' {
  try {
    return end.trySend(kind, message)
  } catch (error) {
    if (error instanceof BadMessageError) return 'bad'
    throw error
  }
}

function startOf({ takesTurns }: Scene, id: number, isSuccessor: boolean): Pick<MemoryThread, 'starts'> {
  if (isSuccessor) return { starts: { after: `host${id}`, having: 'done' } }
  return takesTurns === true && id > 0 ? { starts: { after: `sender${id - 1}`, having: 'either' } } : {}
}

export function senderOf({ scene, shape, ends }: Made, id: number, first = 0): MemoryThread<SenderSelf> {
  const isSuccessor = first > 0
  const make = (memory: SharedMemory) => new ends.sender(memory, shape, id, { patience: NO_PATIENCE })
  const isBad = (kind: number): boolean => scene.hasBadMessage === true && id === 0 && kind === 0
  return memoryThread({
    name: isSuccessor ? `successor${id}` : `sender${id}`,
    ...startOf(scene, id, isSuccessor),
    mayCrash: !isSuccessor && scene.mortal === `sender${id}`,
    self: (memory): SenderSelf => {
      const end = isSuccessor ? undefined : make(memory)
      return { memory, end, next: first, sent: 0, last: undefined }
    },
    operation(self) {
      const { end, memory, next } = self
      if (end === undefined) self.end = make(memory)
      else if (self.last === 'full') {
        waiterOf(memory, end).until(() => end.canGoOn())
        self.last = undefined
      } else if (next === first + scene.messages || self.last === 'dead' || self.last === 'closed') {
        if (scene.closes === true) end.close()
        return 'done'
      } else {
        self.last = tryToSend(end, next, isBad(next) ? BAD : GOOD)
        if (self.last === 'sent') self.sent++
        if (self.last !== 'full') self.next++
      }
      return 'again'
    },
  })
}

export type ReceiverSelf = {
  readonly memory: SharedMemory
  end: MpscReceiver | undefined
  received: readonly number[]
  last: ReceiveOutcome | undefined
}

export function receiverOf({ scene, shape, ends }: Made, isSuccessor = false): MemoryThread<ReceiverSelf> {
  const make = (memory: SharedMemory) => new ends.receiver(memory, shape, { patience: NO_PATIENCE })
  return memoryThread({
    name: isSuccessor ? 'receiverSuccessor' : 'receiver',
    ...(isSuccessor ? { starts: { after: 'receiverHost', having: 'done' as const } } : {}),
    mayCrash: !isSuccessor && scene.mortal === 'receiver',
    daemon: scene.closes !== true,
    self: (memory): ReceiverSelf => {
      const end = isSuccessor ? undefined : make(memory)
      return { memory, end, received: [], last: undefined }
    },
    operation(self) {
      const { end, memory } = self
      if (end === undefined) self.end = make(memory)
      else if (self.last === 'empty') {
        waiterOf(memory, end).until(() => end.canGoOn())
        self.last = undefined
      } else {
        self.last = end.tryReceive(INBOX)
        if (self.last === 'dead' && scene.isSucceeded === true) memory.pause()
        else if (self.last !== 'received' && self.last !== 'empty') {
          end.close()
          return 'done'
        }
        if (self.last === 'received') self.received = [...self.received, valueOf(end.sender, end.kind)]
      }
      return 'again'
    },
  })
}

/** The host of a thread, who says that it has died and wakes whoever may wait for it. */
function hostOf(name: string, after: string, presence: number, bells: readonly number[]): MemoryThread {
  return memoryThread({
    name,
    starts: { after, having: 'crashed' },
    self: (memory) => ({
      presence: new Presence(memory, presence),
      sleepers: bells.map((word) => new Doorbell(memory, word)),
    }),
    operation({ presence: owner, sleepers }) {
      owner.declareDead(1, sleepers)
      return 'done'
    },
  })
}

export function mortality(made: Made): MemoryThread[] {
  const { scene, shape } = made
  const { isSucceeded = false, messages } = scene
  if (scene.mortal === 'sender0')
    return [
      hostOf('host0', 'sender0', shape.senderPresences[0]!, [shape.receiverBell]),
      ...(isSucceeded ? [senderOf(made, 0, messages)] : []),
    ]
  if (scene.mortal === 'receiver')
    return [
      hostOf('receiverHost', 'receiver', shape.receiverPresence, shape.senderBells),
      ...(isSucceeded ? [receiverOf(made, true)] : []),
    ]
  return []
}
