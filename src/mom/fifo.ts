/**
 * The one interface of all channels: what was sent is received in order, once, and what did not happen is said.
 * Neither end knows whether the other runs in its own thread, another, or another process.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { PeerFault } from './peer-fault.ts'

/** What can be put into words, as `messageType` makes it: at most `words` of them. */
export type Encodable = { readonly words: number; encode(memory: SharedMemory, at: number): void }

/** What can be read from words. It throws PeerFault where they are none of its type. */
export type Decodable = { decode(memory: SharedMemory, at: number): void }

/**
 * - sent: the channel has accepted the message; it is received even if this end dies now
 * - full: it has not; the receiver is behind
 * - closed, dead: it has not and never will; the receiver has left, or was cut off
 * - faulty: it has not; the receiver wrote what no receiver writes, and `fault` says what
 */
export type SendOutcome = 'sent' | 'full' | 'closed' | 'dead' | 'faulty'

/**
 * - received: the message is in the caller's hands, and its slot the sender's again
 * - empty: nothing now
 * - closed, dead: nothing and never again; everything that was sent has been received
 * - faulty: nothing more can be believed; the sender wrote what no sender writes, and `fault` says what
 */
export type ReceiveOutcome = 'received' | 'empty' | 'closed' | 'dead' | 'faulty'

export type Sender = {
  /** Never waits. `kind` says which type of message it is: 0 to 255. */
  trySend(kind: number, message: Encodable): SendOutcome
  /** Waits while the channel is full; 'full' only where nothing came of it for that time, in milliseconds. */
  send(kind: number, message: Encodable, timeoutMs?: number): SendOutcome
  /** Leaves, after everything sent. */
  close(): void
  /** What the receiver did wrong, after 'faulty'. */
  readonly fault: PeerFault | undefined
}

/** What messages are received into, by their kind. A kind that is not there is the sender's fault. */
export type Inbox = readonly (Decodable | undefined)[]

export type Receiver = {
  /** Never waits. */
  tryReceive(inbox: Inbox): ReceiveOutcome
  /** Waits while the channel is empty; 'empty' only where nothing came for that time, in milliseconds. */
  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome
  /** The kind of the message last received. */
  readonly kind: number
  /** Leaves; what was sent and not received is given up. */
  close(): void
  /** What the sender did wrong, after 'faulty'. */
  readonly fault: PeerFault | undefined
}
