/** Seeded bugs of the production channel with credit: one method of one end, or of its pool, replaced in each. */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { BufferGiver, type PoolShape, type Views } from '../src/mom/buffer-pool.ts'
import { CreditReceiver } from '../src/mom/credit-receiver.ts'
import { CreditSender } from '../src/mom/credit-sender.ts'
import { RingProducer } from '../src/mom/spsc-ring.ts'
import { type Ends, SMALL, type Size, WRAPPING, programOf } from './credit-flow.ts'

class RefusalKeepsThePadding extends CreditReceiver<number> {
  protected override grant(): void {
    super.grant(1)
  }
}

class RefusalKeepsTheBuffer extends CreditReceiver<number> {
  protected override giveBack(buffer: number): void {
    if (this.taken % 2 !== 0) super.giveBack(buffer)
  }
}

class SendsWhenTheHeaderFits extends CreditSender<number> {
  protected override hasCredit(): boolean {
    return super.hasCredit(1)
  }
}

class ForgetsWhatItGranted extends CreditReceiver<number> {
  protected override grant(units: number): void {
    this.memory.store(this.shape.released, (this.released + units) | 0)
  }
}

class ComparesCreditUnsigned extends CreditSender<number> {
  protected override isNewer(released: number): boolean {
    return released > this.released
  }
}

class NeverLooksAgain extends CreditSender<number> {
  protected override hasCredit(units: number): boolean {
    return this.credit >= units
  }
}

class SuppressesTheRingWhenFull extends CreditReceiver<number> {
  protected override ringPeer(): void {
    if (this.taken === 0) super.ringPeer()
  }
}

class StaleRing extends RingProducer {
  protected override lookAtHead(): number {
    return this.seenHead
  }
}

class BelievesTheRingIsFull extends BufferGiver<number> {
  protected override readonly ring = new StaleRing(this.memory, this.shape.free)
  override giveBack(buffer: number): void {
    if (this.hasPlace()) super.giveBack(buffer)
  }
}

class KeepsBuffersByAnOldHead extends CreditReceiver<number> {
  protected override makePool(memory: SharedMemory, shape: PoolShape, views: Views<number>) {
    return new BelievesTheRingIsFull(memory, shape, views)
  }
}

class ForgetsToPrime extends CreditReceiver<number> {
  override prime(): void {
    this.ringPeer()
  }
}

class ReturnsWhileReading extends CreditReceiver<number> {
  override acceptBuffer(buffer: number): void {
    super.acceptBuffer(buffer)
    super.giveBack(buffer)
    this.pool!.accept(buffer)
  }
  protected override giveBack(): void {
    // It is back already.
  }
}

const mutant = (
  sentence: string,
  killedBy: string,
  ends: Partial<Ends>,
  size: Size = { ...SMALL, isFree: true },
) => ({
  sentence,
  killedBy,
  program: programOf('credit-flow', sentence, size, ends),
})

export const mutants = {
  refusalKeepsThePadding: mutant(
    'returns the unit of the payload and not that of the padding (hyperium/h2 #894)',
    'refused',
    { receiver: RefusalKeepsThePadding },
    SMALL,
  ),
  refusalKeepsTheBuffer: mutant(
    'returns the credit of a refused message and not its buffer',
    'deadlock',
    { receiver: RefusalKeepsTheBuffer },
    { bounds: { ...SMALL.bounds, buffers: 1 }, isFree: true },
  ),
  sendsWhenTheHeaderFits: mutant(
    'sends when there is credit for the first unit alone (zilla #2521)',
    'refused',
    { sender: SendsWhenTheHeaderFits },
    SMALL,
  ),
  forgetsWhatItGranted: mutant('grants and does not add it to its own account (chatterbox #77)', 'deadlock', {
    receiver: ForgetsWhatItGranted,
  }),
  comparesCreditUnsigned: mutant(
    'asks whether credit is more, which is wrong once the number has wrapped (firedancer #9686)',
    'deadlock',
    { sender: ComparesCreditUnsigned },
    { ...WRAPPING, isFree: true },
  ),
  neverLooksAgain: mutant('decides from the credit it once saw (Disruptor #119)', 'deadlock', {
    sender: NeverLooksAgain,
  }),
  suppressesTheRingWhenFull: mutant(
    'does not ring for the credit that a full window waits for (virtio-win #923)',
    'deadlock',
    { receiver: SuppressesTheRingWhenFull },
  ),
  believesTheRingIsFull: mutant(
    'finds the free ring full by an old head and keeps the buffer (firedancer #4258)',
    'deadlock',
    { receiver: KeepsBuffersByAnOldHead },
  ),
  forgetsToPrime: mutant('starts without putting its buffers into the free ring (agave #6836)', 'deadlock', {
    receiver: ForgetsToPrime,
  }),
  returnsWhileReading: mutant('returns a buffer and reads it afterwards (iceoryx2 #119)', 'race', {
    receiver: ReturnsWhileReading,
  }),
}
