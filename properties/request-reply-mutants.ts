/** Seeded bugs of the production request/reply: one method of one end replaced in each. */
import { CallServer } from '../src/mom/call-server.ts'
import type { Inbox, ReceiveOutcome } from '../src/mom/fifo.ts'
import { type CallName, PendingTable } from '../src/mom/pending-table.ts'
import { CallClient, type TakeOutcome } from '../src/mom/request-reply.ts'
import { EXPIRING, type Parts, SMALL, type Size, programOf } from './request-reply.ts'

class ReusesOwedNames extends CallClient {
  protected override createTable(slots: number): PendingTable {
    return new (class extends PendingTable {
      protected override mayReuse(): boolean {
        return true
      }
    })(slots, 1)
  }
}

class MatchesBySlot extends CallClient {
  protected override createTable(slots: number, generations: number): PendingTable {
    return new (class extends PendingTable {
      override isPending(name: CallName): boolean {
        return this.slots[name >>> 5]?.isHeld ?? false
      }
    })(slots, generations)
  }
}

class ReservesNoRoom extends CallClient {
  protected override hasRoomForTheAnswer(): boolean {
    return true
  }
}

class ExpiresWithoutReleasing extends CallClient {
  private readonly expired: CallName[] = []
  override expire(name: CallName): boolean {
    if (this.expired.includes(name) || !this.table.isPending(name)) return false
    this.expired.push(name)
    return true
  }
}

class ForgetsWhoWaits extends CallClient {
  protected override fail(outcome: 'closed' | 'dead' | 'faulty'): TakeOutcome {
    return outcome
  }
}

class LeavesTheWithdrawnUnanswered extends CallServer {
  override receive(inbox: Inbox): ReceiveOutcome {
    for (;;) {
      this.takeWithdrawals()
      this.incoming.inbox = inbox
      const outcome = this.channels.requests.receive(this.inbox)
      if (outcome !== 'received') return outcome
      this.name = this.incoming.name
      if (this.jobs[this.name]?.state !== 'withdrawn') return 'received'
    }
  }
}

const mutant = (sentence: string, killedBy: string, wrong: Partial<Parts>, size: Size) => ({
  sentence,
  killedBy,
  program: programOf('request-reply', sentence, size, wrong),
})

const ROOMY: Size = { ...EXPIRING, limits: { slots: 1, room: 2, generations: 2 } }

export const mutants = {
  reusesOwedNames: mutant(
    'uses a name again while its answer is under way',
    'oneOutcomeEach',
    { client: ReusesOwedNames },
    ROOMY,
  ),
  matchesBySlot: mutant(
    'takes any answer for a slot for the answer to the call that holds it now',
    'oneOutcomeEach',
    { client: MatchesBySlot },
    ROOMY,
  ),
  reservesNoRoom: mutant(
    'calls without room for the answer, so that full channels wait for each other',
    'threw',
    { client: ReservesNoRoom },
    { ...SMALL, limits: { slots: 3, room: 2, generations: 2 }, impatience: 'expires', capacity: 4 },
  ),
  expiresWithoutReleasing: mutant(
    'lets a call time out and takes its answer too',
    'oneOutcomeEach',
    { client: ExpiresWithoutReleasing },
    EXPIRING,
  ),
  forgetsWhoWaits: mutant(
    'learns that the server is dead and tells no call (QEMU FUSE-over-io_uring, requests in flight)',
    'livelock',
    { client: ForgetsWhoWaits },
    { ...SMALL, calls: 2, crashes: true },
  ),
  leavesTheWithdrawnUnanswered: mutant(
    'sends no answer to a call that was withdrawn (the interrupt race of Linux FUSE)',
    'deadlock',
    { server: LeavesTheWithdrawnUnanswered },
    { ...EXPIRING, impatience: 'cancels' },
  ),
}
