/** Seeded bugs of the production ring of several producers, and of its ends: one method of one part in each. */
import { MpscConsumer, MpscProducer } from '../src/mom/mpsc-ring.ts'
import { COMMITTED, FREE, STATE_MASK, slotOf, wordOf } from '../src/mom/mpsc-slot.ts'
import { mutants as channelMutants } from './mpsc-channel-mutants.ts'
import { type Ends, MORTAL, REFUSING, ROUND_WRAP, SMALL, type Size, programOf } from './mpsc-ring.ts'

class ClaimsWithoutComparing extends MpscProducer {
  protected override occupy(position: number): number {
    const at = slotOf(this.shape, position)
    const held = this.memory.load(at)
    if (this.isFree(held, position)) this.memory.store(at, held | this.owned)
    return held
  }
}

/** Whatever is free is free for this position. */
class ClaimsForAnyRound extends MpscProducer {
  protected override occupy(position: number): number {
    const at = slotOf(this.shape, position)
    const held = this.memory.load(at)
    if ((held & STATE_MASK) !== FREE) return held
    const claimed = this.memory.compareExchange(at, held, wordOf(this.shape, position, this.owned)) === held
    return claimed ? wordOf(this.shape, position, FREE) : held
  }
}

/** It was released when this producer last looked. */
class ClaimsWhatIsNotReleased extends MpscProducer {
  protected override occupy(position: number): number {
    const at = slotOf(this.shape, position)
    const held = this.memory.load(at)
    if ((held & STATE_MASK) !== COMMITTED || !this.isOfLastRound(held, position))
      return super.occupy(position)
    this.memory.compareExchange(at, held, wordOf(this.shape, position, this.owned))
    return wordOf(this.shape, position, FREE)
  }
}

class ComparesWithoutWrap extends MpscProducer {
  protected override isOfLastRound(held: number, position: number): boolean {
    return held >>> 8 < wordOf(this.shape, position, FREE) >>> 8
  }
}

class AddsToTheTail extends MpscProducer {
  protected override advance(): number {
    return this.memory.add(this.shape.tail, 1)
  }
}

class LeavesTheTailToItsOwner extends MpscProducer {
  protected override help(): void {
    this.memory.pause()
  }
}

class TakesAClaimForACommit extends MpscConsumer {
  protected override isCommitted(state: number): boolean {
    return state !== FREE
  }
}

class SkipsALivingOwner extends MpscConsumer {
  protected override isGone(): boolean {
    return true
  }
}

class SkipsWithoutComparing extends MpscConsumer {
  protected override skip(): void {
    this.release()
  }
}

class NeverSkips extends MpscConsumer {
  protected override isGone(): boolean {
    return false
  }
}

class ReleasesBeforeReading extends MpscConsumer {
  override available(): boolean {
    if (!super.available()) return false
    this.memory.store(slotOf(this.shape, this.head), this.released())
    return true
  }
}

const ofRing = (sentence: string, killedBy: string, ends: Partial<Ends>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('mpsc-ring', sentence, size, ends),
})

export const mutants = {
  claimsWithoutComparing: ofRing(
    'stores its claim without comparing, so that two producers get one slot (iceoryx #2196)',
    'refused',
    { producer: ClaimsWithoutComparing },
  ),
  claimsForAnyRound: ofRing(
    'claims what is free for another round',
    'refused',
    { producer: ClaimsForAnyRound },
    REFUSING,
  ),
  claimsWhatIsNotReleased: ofRing(
    'overwrites what is committed and not received (DPDK rte_ring, 2025)',
    'refused',
    { producer: ClaimsWhatIsNotReleased },
    REFUSING,
  ),
  comparesWithoutWrap: ofRing(
    'compares rounds as if they never wrapped',
    'threw',
    { producer: ComparesWithoutWrap },
    ROUND_WRAP,
  ),
  addsToTheTail: ofRing('moves the tail on by an addition, past a slot that nobody claimed', 'refused', {
    producer: AddsToTheTail,
  }),
  leavesTheTailToItsOwner: ofRing(
    'waits for the owner of a claim to move the tail, who is dead (agrona #160)',
    'refused',
    { producer: LeavesTheTailToItsOwner },
    MORTAL,
  ),
  commitsBeforeWriting: ofRing('commits a slot before the message is in it', 'refused', {
    fill: (write, commit) => {
      commit()
      write()
    },
  }),
  takesAClaimForACommit: ofRing('takes a slot that is claimed and not committed', 'refused', {
    consumer: TakesAClaimForACommit,
  }),
  skipsALivingOwner: ofRing('takes a slow producer for a dead one', 'refused', {
    consumer: SkipsALivingOwner,
  }),
  skipsWithoutComparing: ofRing(
    'frees the slot of a dead owner though it was committed before the death',
    'refused',
    { consumer: SkipsWithoutComparing },
    MORTAL,
  ),
  neverSkips: ofRing(
    'waits for ever at the slot of a dead owner (iceoryx #1546)',
    'refused',
    { consumer: NeverSkips },
    MORTAL,
  ),
  releasesBeforeReading: ofRing('gives a slot back before it has read it (iceoryx2 #119)', 'refused', {
    consumer: ReleasesBeforeReading,
  }),
  ...channelMutants,
}
