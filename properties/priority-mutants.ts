/** Seeded bugs of the production channel with priorities: one method of one end replaced in each. */
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { ChannelShape, EndOptions } from '../src/mom/channel-shape.ts'
import type { Inbox } from '../src/mom/fifo.ts'
import { type Priority, PriorityReceiver, PrioritySender } from '../src/mom/priority.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { type Ends, FLOOD, LEAVE, SMALL, type Size, programOf } from './priority.ts'

class SharesTheBulkLane extends PrioritySender {
  protected override laneOf(priority: Priority): ChannelSender {
    return super.laneOf(priority === 'control' ? 'bulk' : priority)
  }
}

class SilentLane extends ChannelSender {
  override flush(): void {
    if (this.staged > 0) this.producer.publish(this.staged)
    this.staged = 0
  }
}

class TakesTheReceiverToBeAwake extends PrioritySender {
  protected override makeLane(memory: SharedMemory, shape: ChannelShape, options: EndOptions): ChannelSender {
    return new SilentLane(memory, shape, options)
  }
}

class LooksLowestFirst extends PriorityReceiver {
  protected override take(inbox: Inbox): boolean {
    for (let lane = this.lowest; lane >= 0; lane--) {
      if (this.takeFrom(lane, inbox)) return true
    }
    return false
  }
}

class DrainsWithoutBound extends PriorityReceiver {
  protected override isDue(): boolean {
    return false
  }
}

class NeverResetsTheCounter extends PriorityReceiver {
  protected override count(lane: number): void {
    const before = this.passes[lane]!
    super.count(lane)
    this.passes[lane] = before
  }
}

class SharesOneCounter extends PriorityReceiver {
  protected override count(lane: number): void {
    this.passes.fill(lane === 0 ? Math.min(this.passes[1]! + 1, this.passesMax) : 0)
  }
}

class LooksAgainAtOneLane extends PriorityReceiver {
  override canGoOn(): boolean {
    return this.lanes[0]!.canGoOn()
  }
}

const mutant = (sentence: string, killedBy: string, ends: Partial<Ends>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('priority', sentence, size, ends),
})

export const mutants = {
  sharesTheBulkLane: mutant(
    'sends control by the bulk lane, where leave waits behind the data it is for (Barrelfish)',
    'deadlock',
    { sender: SharesTheBulkLane },
    LEAVE,
  ),
  takesTheReceiverToBeAwake: mutant('never rings (Disruptor #119)', 'deadlock', {
    sender: TakesTheReceiverToBeAwake,
  }),
  looksLowestFirst: mutant('looks at the lanes in the wrong order', 'refused', {
    receiver: LooksLowestFirst,
  }),
  drainsWithoutBound: mutant(
    'serves the higher lanes as long as they are refilled (firecracker #5260)',
    'refused',
    { receiver: DrainsWithoutBound },
    FLOOD,
  ),
  neverResetsTheCounter: mutant(
    'leaves a lane due after it was served',
    'refused',
    { receiver: NeverResetsTheCounter },
    FLOOD,
  ),
  sharesOneCounter: mutant(
    'counts for all lower lanes together, so that the middle one is served and the lowest never',
    'refused',
    { receiver: SharesOneCounter },
    FLOOD,
  ),
  looksAgainAtOneLane: mutant('looks at the control lane alone before it sleeps', 'deadlock', {
    receiver: LooksAgainAtOneLane,
  }),
}
