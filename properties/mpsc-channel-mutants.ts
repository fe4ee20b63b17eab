/** Seeded bugs of the ends of a channel of several senders: one method of one end replaced in each. */
import { isGone } from '../src/mom/channel-shape.ts'
import type { Encodable } from '../src/mom/fifo.ts'
import { MpscReceiver } from '../src/mom/mpsc-receiver.ts'
import { MpscProducer } from '../src/mom/mpsc-ring.ts'
import { MpscSender } from '../src/mom/mpsc-sender.ts'
import type { MpscShape } from '../src/mom/mpsc-shape.ts'
import type { Ends, Scene } from './mpsc-channel-threads.ts'
import { BAD_MESSAGE, LEAVING, MORTAL_SENDER, PLAIN, SUCCEEDED_SENDER, channelOf } from './mpsc-channel.ts'

class ForgetsItsPredecessor extends MpscProducer {
  override takeOver(): boolean {
    return false
  }
}

class ForgetfulSender extends MpscSender {
  protected override makeProducer(shape: MpscShape): MpscProducer {
    return new ForgetsItsPredecessor(this.memory, shape.ring, this.id)
  }
}

class KeepsTheSlotOfABadMessage extends MpscSender {
  protected override giveUp(): void {}
}

class RingsBeforeItCommits extends MpscSender {
  protected override fill(kind: number, message: Encodable): void {
    super.fill(kind, message)
    super.ring()
  }
  protected override ring(): void {}
}

class RingsOneSender extends MpscReceiver {
  protected override ring(): void {
    this.peerBells[0]!.ring()
  }
}

/** Rings for what it has received, not for what it has skipped. */
class SkipsInSilence extends MpscReceiver {
  override drain(...how: Parameters<MpscReceiver['drain']>): number {
    const taken = super.drain(...how)
    if (taken > 0) this.ring()
    return taken
  }
  protected override settle(): void {}
}

class LooksAtTheSendersLast extends MpscReceiver {
  protected override look(): 'ready' | 'closed' | 'dead' | 'empty' {
    if (this.consumer.available()) return 'ready'
    const senders = this.senders()
    return isGone(senders) ? senders : 'empty'
  }
}

class LeavesWithTheFirst extends MpscReceiver {
  protected override senders() {
    return this.peers[0]!.state()
  }
}

const ofEnds = (sentence: string, killedBy: string, ends: Partial<Ends>, scene: Scene = PLAIN) => ({
  sentence,
  killedBy,
  program: channelOf('mpsc-ring-ends', sentence, scene, ends),
})

export const mutants = {
  forgetsItsPredecessor: ofEnds(
    'takes the end of a dead sender and not what it had claimed',
    'deadlock',
    { sender: ForgetfulSender },
    SUCCEEDED_SENDER,
  ),
  keepsTheSlotOfABadMessage: ofEnds(
    'keeps a slot claimed for a message that cannot be encoded',
    'deadlock',
    { sender: KeepsTheSlotOfABadMessage },
    BAD_MESSAGE,
  ),
  ringsBeforeItCommits: ofEnds('rings, and then commits what it rang for (libevpl #165)', 'deadlock', {
    sender: RingsBeforeItCommits,
  }),
  ringsOneSender: ofEnds('rings one sender of those that wait for room', 'deadlock', {
    receiver: RingsOneSender,
  }),
  skipsInSilence: ofEnds(
    'does not ring for a slot that it has skipped (firedancer #792)',
    'deadlock',
    { receiver: SkipsInSilence },
    MORTAL_SENDER,
  ),
  looksAtTheSendersLast: ofEnds(
    'finds the ring empty, and then the senders gone, who sent in between',
    'allReceived',
    { receiver: LooksAtTheSendersLast },
    LEAVING,
  ),
  leavesWithTheFirst: ofEnds(
    'leaves when one sender has left',
    'allReceived',
    { receiver: LeavesWithTheFirst },
    LEAVING,
  ),
}
