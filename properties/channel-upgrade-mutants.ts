/** Seeded bugs of the production upgrade: one method of one end replaced in each. */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import type { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { type ChannelShape, FENCE, type EndOptions } from '../src/mom/channel-shape.ts'
import { START, type Standing, UpgradableSender } from '../src/mom/channel-upgrade.ts'
import type { ReceiveOutcome, SendOutcome } from '../src/mom/fifo.ts'
import { UpgradableReceiver } from '../src/mom/upgradable-receiver.ts'
import type { Parts, Size } from './channel-upgrade-threads.ts'
import { SMALL, programOf } from './channel-upgrade.ts'

/** Goes on in the new ring whether or not the old one had room for the fence. */
class DoesNotWaitForTheFence extends UpgradableSender {
  protected override fenceOff(next: Standing): SendOutcome {
    this.fence.transport = next.transport
    this.fence.epoch = next.epoch
    this.current.trySend(FENCE, this.fence)
    return 'sent'
  }
}

/** Fences, and then sends one more in the old ring. */
class KeepsTheOldTransport extends UpgradableSender {
  override upgrade(transport: number): SendOutcome {
    const old = this.current
    const outcome = super.upgrade(transport)
    this.current = old
    return outcome
  }
}

/** Takes the role at the start of the channel, not where its predecessor stood. */
class BeginsAtTheStart extends UpgradableSender {
  constructor(memory: SharedMemory, transports: readonly ChannelShape[], options: EndOptions) {
    super(memory, transports, options, START)
  }
}

/** Leaves as soon as the sender has gone on in the other ring. */
class FollowsBeforeItHasDrained extends UpgradableReceiver {
  override receive(...parameters: Parameters<UpgradableReceiver['receive']>): ReceiveOutcome {
    const other = this.open({ transport: 1 - this.standing.transport, epoch: this.standing.epoch + 1 })
    if (other.canGoOn()) {
      this.current = other
      this.standingNow = { transport: 1 - this.standing.transport, epoch: this.standing.epoch + 1 }
    }
    return super.receive(...parameters)
  }
}

class ForgetsTheEpoch extends UpgradableReceiver {
  protected override open({ transport }: Standing): ChannelReceiver {
    return super.open({ transport, epoch: 0 })
  }
}

/** Drops the first message of the new transport with the fence. */
class TakesTheFenceForTwo extends UpgradableReceiver {
  protected override follow(next: Standing): boolean {
    const isFollowing = super.follow(next)
    this.current.tryReceive([this.fence])
    return isFollowing
  }
}

const mutant = (sentence: string, killedBy: string, wrong: Partial<Parts>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('channel-upgrade', sentence, size, wrong),
})

export const mutants = {
  doesNotWaitForTheFence: mutant('goes on although the old ring had no room for the fence', 'deadlock', {
    sender: DoesNotWaitForTheFence,
  }),
  keepsTheOldTransport: mutant('fences the old ring and goes on sending in it', 'deadlock', {
    sender: KeepsTheOldTransport,
  }),
  beginsAtTheStart: mutant(
    'takes over a role without the position of its predecessor (iceoryx2 #1356)',
    'deadlock',
    { sender: BeginsAtTheStart },
    { ...SMALL, upgradesBefore: [1], handOverBefore: 2 },
  ),
  followsBeforeItHasDrained: mutant(
    'goes to the new ring while messages are left in the old one',
    'inOrder',
    { receiver: FollowsBeforeItHasDrained },
    { ...SMALL, capacity: 2 },
  ),
  forgetsTheEpoch: mutant('expects the old epoch in the new ring', 'deadlock', {
    receiver: ForgetsTheEpoch,
  }),
  takesTheFenceForTwo: mutant('loses the first message after the fence', 'refused', {
    receiver: TakesTheFenceForTwo,
  }),
}
