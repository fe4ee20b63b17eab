/**
 * The client of a request/reply pair: every request gets exactly one outcome, an answer, a time-out, a withdrawal
 * or an error. It calls only with room reserved for the answer, so that two full channels never wait in a ring.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { Decodable, Encodable, Inbox, Receiver, SendOutcome, Sender } from './fifo.ts'
import { type CallName, GENERATIONS, PendingTable } from './pending-table.ts'
import { PeerFault } from './peer-fault.ts'

/** A message behind the name of its call, and the number of the call, which tells two of one name apart. */
export class NamedMessage implements Encodable, Decodable {
  name: CallName = 0
  /** Calls before this one, modulo 2^32. */
  number = 0
  content: Encodable | undefined
  inbox: Inbox = []
  kind = 0

  get words(): number {
    return NAME_WORDS + (this.content?.words ?? 0)
  }

  encode(memory: SharedMemory, at: number): void {
    memory.set(at, this.name)
    memory.set(at + 1, this.number)
    memory.set(at + 2, this.kind)
    this.content?.encode(memory, at + NAME_WORDS)
  }

  decode(memory: SharedMemory, at: number): void {
    this.name = memory.get(at)
    this.number = memory.get(at + 1)
    this.kind = memory.get(at + 2)
    if (this.kind === WITHDRAWN) return
    const content = this.inbox[this.kind]
    if (content === undefined) throw new PeerFault(`a call is of kind ${this.kind}`)
    content.decode(memory, at + NAME_WORDS)
  }
}

/** Words that a call or an answer takes besides its content. */
export const NAME_WORDS = 3

/** The kind of an answer to a request that was withdrawn: it has no content. */
export const WITHDRAWN = -1

export type CallChannels = {
  readonly requests: Sender
  /** Withdrawals travel beside the requests, so that none waits behind what it withdraws. */
  readonly cancels: Sender
  readonly replies: Receiver
}

export type CallLimits = {
  /** Requests that may be waiting for their outcome. */
  readonly slots: number
  /** Room in the channel of replies: no more answers than that are ever to come. */
  readonly room: number
  /** How often a slot is used before its names begin again. Default, and the most: 32. */
  readonly generations?: number
}

/** - busy: no slot or no room for an answer until another call has its answer; the others as of `send`. */
export type CallOutcome = CallName | 'busy' | Exclude<SendOutcome, 'sent'>

/**
 * - answered: `name` says which call, and its answer is in the inbox; that is its outcome
 * - late: an answer came whose call had its outcome already; it is dropped
 * - failed: the server is gone; `name` says which call will have no answer; that is its outcome
 * - closed, dead, faulty: the server is gone, and every call has had its outcome
 */
export type TakeOutcome = 'answered' | 'late' | 'failed' | 'empty' | 'closed' | 'dead' | 'faulty'

export class CallClient {
  /** The call of the last 'answered' or 'failed'. */
  name: CallName = 0
  protected readonly channels: CallChannels
  protected readonly room: number
  protected readonly table: PendingTable
  /** Calls made, and the number of the last one of each name. */
  protected calls = 0
  protected readonly numbers: { [name: CallName]: number } = {}
  protected readonly outgoing = new NamedMessage()
  protected readonly incoming = new NamedMessage()
  protected readonly inbox: Inbox = [this.incoming]

  constructor(channels: CallChannels, { slots, room, generations = GENERATIONS }: CallLimits) {
    this.channels = channels
    this.room = room
    this.table = this.createTable(slots, generations)
  }

  /** Sends a request; its name, or why it was not sent. Waits while the requests are full, as `send` does. */
  call(kind: number, message: Encodable, timeoutMs?: number): CallOutcome {
    const name = this.hasRoomForTheAnswer() ? this.table.take() : undefined
    if (name === undefined) return 'busy'
    this.address(name, kind, message)
    this.outgoing.number = this.numbers[name] = (this.calls + 1) | 0
    const outcome = this.channels.requests.send(0, this.outgoing, timeoutMs)
    if (outcome === 'sent') {
      this.calls = this.outgoing.number
      return name
    }
    // It never left, so nothing is owed for it.
    this.table.release(name)
    this.table.settle(name)
    return outcome
  }

  /** Takes one answer, or waits for one: see `TakeOutcome`. */
  take(inbox: Inbox, timeoutMs?: number): TakeOutcome {
    this.incoming.inbox = inbox
    const outcome = this.channels.replies.receive(this.inbox, timeoutMs)
    if (outcome === 'received') return this.match()
    return outcome === 'empty' ? outcome : this.fail(outcome)
  }

  /** Gives up waiting: a time-out. False where the call has had its outcome. */
  expire(name: CallName): boolean {
    if (!this.table.isPending(name)) return false
    this.table.release(name)
    return true
  }

  /** Gives up and tells the server, which may stop early. False where the call has had its outcome. */
  cancel(name: CallName): boolean {
    if (!this.expire(name)) return false
    this.address(name, WITHDRAWN, undefined)
    this.outgoing.number = this.numbers[name]!
    this.channels.cancels.send(0, this.outgoing)
    return true
  }

  protected address(name: CallName, kind: number, message: Encodable | undefined): void {
    this.outgoing.name = name
    this.outgoing.kind = kind
    this.outgoing.content = message
  }

  protected createTable(slots: number, generations: number): PendingTable {
    return new PendingTable(slots, generations)
  }

  protected hasRoomForTheAnswer(): boolean {
    return this.table.owed < this.room
  }

  protected match(): TakeOutcome {
    const { name } = this.incoming
    if (!this.table.isOwed(name)) return 'faulty'
    this.table.settle(name)
    if (!this.table.isPending(name)) return 'late'
    this.table.release(name)
    this.name = name
    return 'answered'
  }

  // Everything the server published has been taken; what has no answer now never gets one.
  protected fail(outcome: 'closed' | 'dead' | 'faulty'): TakeOutcome {
    const name = this.table.anyPending()
    if (name === undefined) return outcome
    this.table.release(name)
    this.table.giveUp()
    this.name = name
    return 'failed'
  }
}
