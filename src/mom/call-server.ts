/**
 * The server of a request/reply pair: takes requests and withdrawals, and sends exactly one answer for every
 * request, in any order, whatever crosses, for the client waits for it before it uses the name again.
 */
import type { Encodable, Inbox, ReceiveOutcome, Receiver, SendOutcome, Sender } from './fifo.ts'
import type { CallName } from './pending-table.ts'
import { NamedMessage, WITHDRAWN } from './request-reply.ts'

export type ServerChannels = {
  readonly requests: Receiver
  readonly cancels: Receiver
  readonly replies: Sender
}

/** The last call of a name that the server knows of. A withdrawal may come before its request, or after its answer. */
type Job = { readonly number: number; state: 'working' | 'told' | 'withdrawn' | 'answered' }

export class CallServer {
  /** The request last received, its kind, and its name. */
  name: CallName = 0
  kind = 0
  protected readonly channels: ServerChannels
  protected readonly jobs: { [name: CallName]: Job } = {}
  protected readonly outgoing = new NamedMessage()
  protected readonly incoming = new NamedMessage()
  protected readonly inbox: Inbox = [this.incoming]

  constructor(channels: ServerChannels) {
    this.channels = channels
  }

  /** Takes the next request that nobody has withdrawn; those that were get their answer here. */
  receive(inbox: Inbox, timeoutMs?: number): ReceiveOutcome {
    for (;;) {
      this.takeWithdrawals()
      this.incoming.inbox = inbox
      const outcome = this.channels.requests.receive(this.inbox, timeoutMs)
      if (outcome !== 'received') return outcome
      const { name, number, kind } = this.incoming
      const known = this.jobs[name]
      const isWithdrawn = known?.state === 'withdrawn' && known.number === number
      this.jobs[name] = { number, state: 'working' }
      if (!isWithdrawn) {
        this.name = name
        this.kind = kind
        return 'received'
      }
      const answered = this.answer(name, WITHDRAWN)
      if (answered === 'closed' || answered === 'dead' || answered === 'faulty') return answered
    }
  }

  /** Whether the client has given up on a request: the worker may stop early, and answers all the same. */
  isWithdrawn(name: CallName): boolean {
    this.takeWithdrawals()
    return this.jobs[name]?.state === 'told'
  }

  /** Sends the one answer; without content where there is nothing to say to one who gave up. */
  answer(name: CallName, kind: number, message?: Encodable): SendOutcome {
    const job = this.jobs[name]
    if (job !== undefined) job.state = 'answered'
    this.outgoing.name = name
    this.outgoing.kind = kind
    this.outgoing.content = message
    return this.channels.replies.trySend(0, this.outgoing)
  }

  protected takeWithdrawals(): void {
    while (this.channels.cancels.tryReceive(this.inbox) === 'received') {
      const { name, number } = this.incoming
      const job = this.jobs[name]
      if (job === undefined || this.isNewer(number, job)) this.jobs[name] = { number, state: 'withdrawn' }
      else if (job.number === number && job.state === 'working') job.state = 'told'
    }
  }

  // A withdrawal of an earlier call of that name comes too late: that call was answered.
  protected isNewer(number: number, job: Job): boolean {
    return ((number - job.number) | 0) > 0
  }
}
