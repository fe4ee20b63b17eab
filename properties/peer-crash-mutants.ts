/** Seeded bugs of what survives a death in the production channel: one method of one part replaced in each. */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { ChannelShape, EndOptions } from '../src/mom/channel-shape.ts'
import type { Doorbell } from '../src/mom/doorbell.ts'
import type { Encodable, Inbox, ReceiveOutcome } from '../src/mom/fifo.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { RingConsumer, RingProducer } from '../src/mom/spsc-ring.ts'
import type { Parts, Size } from './peer-crash-threads.ts'
import {
  NOTICED_AGAIN,
  RECEIVER_DIES,
  RECEIVER_FOLLOWED,
  SENDER_DIES,
  SENDER_FOLLOWED,
  programOf,
} from './peer-crash.ts'

class RingsWhereTheFlagIsUp extends Presence {
  override declareDead(incarnation: number, sleepers: readonly Doorbell[]): boolean {
    const isHis = super.declareDead(incarnation, [])
    for (const bell of sleepers) bell.ring()
    return isHis
  }
}

class RingsOnlyForWhoHadNotClosed extends Presence {
  override declareDead(incarnation: number, sleepers: readonly Doorbell[]): boolean {
    const isHis = super.declareDead(incarnation, [])
    if (isHis) for (const bell of sleepers) bell.wake()
    return isHis
  }
}

class RingsBeforeItMarks extends Presence {
  override declareDead(incarnation: number, sleepers: readonly Doorbell[]): boolean {
    for (const bell of sleepers) bell.wake()
    return super.declareDead(incarnation, [])
  }
}

class MarksWhoeverHoldsTheEnd extends Presence {
  override declareDead(_: number, sleepers: readonly Doorbell[]): boolean {
    return super.declareDead(this.incarnation(), sleepers)
  }
}

class LooksForDeathLast extends ChannelReceiver {
  protected override look(): 'ready' | 'empty' | 'closed' | 'dead' {
    if (this.consumer.available(1) > 0) return 'ready'
    const sender = this.peer.state()
    return sender === 'closed' || sender === 'dead' ? sender : 'empty'
  }
}

class LeavesTheRest extends ChannelReceiver {
  override tryReceive(inbox: Inbox): ReceiveOutcome {
    return this.peer.state() === 'dead' ? 'dead' : super.tryReceive(inbox)
  }
}

class TakesDeathForClosing extends ChannelReceiver {
  override tryReceive(inbox: Inbox): ReceiveOutcome {
    const outcome = super.tryReceive(inbox)
    return outcome === 'dead' ? 'closed' : outcome
  }
}

class WaitsForRoomOnly extends ChannelSender {
  override canGoOn(): boolean {
    return this.producer.reserve(1) > 0
  }
}

class ProducerFromZero extends RingProducer {
  constructor(memory: SharedMemory, shape: ConstructorParameters<typeof RingProducer>[1]) {
    super(memory, shape)
    this.tail = 0
  }
}

class StartsOver extends ChannelSender {
  protected override readonly producer: RingProducer
  constructor(memory: SharedMemory, shape: ChannelShape, options: EndOptions) {
    super(memory, shape, options)
    this.producer = new ProducerFromZero(memory, shape.ring)
  }
}

class NumbersItsOwn extends ChannelSender {
  private written = 0
  protected override write(at: number, kind: number, message: Encodable): void {
    super.write(at, kind, message)
    this.memory.set(at + 1, this.written++)
  }
}

class ConsumerFromZero extends RingConsumer {
  constructor(memory: SharedMemory, shape: ConstructorParameters<typeof RingConsumer>[1]) {
    super(memory, shape)
    this.head = 0
  }
}

class ReceivesFromTheStart extends ChannelReceiver {
  protected override readonly consumer: RingConsumer
  constructor(memory: SharedMemory, shape: ChannelShape, options: EndOptions) {
    super(memory, shape, options)
    this.consumer = new ConsumerFromZero(memory, shape.ring)
  }
}

class SkipsWhatWasBeingRead extends ChannelReceiver {
  constructor(memory: SharedMemory, shape: ChannelShape, options: EndOptions) {
    super(memory, shape, options)
    if (this.consumer.available(1) > 0) this.release(1)
  }
}

const mutant = (sentence: string, killedBy: string, wrong: Partial<Parts>, size: Size) => ({
  sentence,
  killedBy,
  program: programOf('peer-crash', sentence, size, wrong),
})

export const mutants = {
  ringsWhereTheFlagIsUp: mutant(
    'rings for the dead as peers ring, and the dead one had taken the flag down and not notified',
    'deadlock',
    { presence: RingsWhereTheFlagIsUp },
    SENDER_DIES,
  ),
  ringsOnlyForWhoHadNotClosed: mutant(
    'wakes nobody for an owner that died after it had closed, on the way to the notice',
    'deadlock',
    { presence: RingsOnlyForWhoHadNotClosed },
    SENDER_DIES,
  ),
  ringsBeforeItMarks: mutant(
    'wakes the survivor, and then says why',
    'deadlock',
    { presence: RingsBeforeItMarks },
    SENDER_DIES,
  ),
  marksWhoeverHoldsTheEnd: mutant(
    'declares dead whoever holds the end when the notice comes',
    'reportedDeathIsTrue',
    { presence: MarksWhoeverHoldsTheEnd },
    NOTICED_AGAIN,
  ),
  looksForDeathLast: mutant(
    'looks at the ring and then at the sender, which published and died in between',
    'acceptedIsReceived',
    { receiver: LooksForDeathLast },
    SENDER_DIES,
  ),
  leavesTheRest: mutant(
    'stops receiving once it knows of the death, whatever is left',
    'acceptedIsReceived',
    { receiver: LeavesTheRest },
    SENDER_DIES,
  ),
  takesDeathForClosing: mutant(
    'takes the end of what a dead sender sent for the end of all there was',
    'everyEndIsDecided',
    { receiver: TakesDeathForClosing },
    SENDER_DIES,
  ),
  waitsForRoomOnly: mutant(
    'waits for room and does not ask whether the receiver lives',
    'deadlock',
    { sender: WaitsForRoomOnly },
    RECEIVER_DIES,
  ),
  startsOver: mutant(
    'a successor sends from position zero (iceoryx2 #1356)',
    'race',
    { nextSender: StartsOver },
    SENDER_FOLLOWED,
  ),
  numbersItsOwn: mutant(
    'a successor numbers messages from its own first one',
    'nobodyIsAccused',
    { nextSender: NumbersItsOwn },
    SENDER_FOLLOWED,
  ),
  receivesFromTheStart: mutant(
    'a successor receives from position zero (iceoryx2 #1356)',
    'inOrder',
    { nextReceiver: ReceivesFromTheStart },
    { ...RECEIVER_FOLLOWED, capacity: 2 },
  ),
  skipsWhatWasBeingRead: mutant(
    'a successor counts what the dead receiver had in its hands as received',
    'releasedIsHandled',
    { nextReceiver: SkipsWhatWasBeingRead },
    RECEIVER_FOLLOWED,
  ),
}
