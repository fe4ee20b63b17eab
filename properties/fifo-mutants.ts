/** Seeded bugs of the production channel: one method of one end replaced in each. */
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { Encodable, Inbox } from '../src/mom/fifo.ts'
import { type Ends, SMALL, type Size, programOf } from './fifo.ts'

class SendsWhileFull extends ChannelSender {
  override stage(kind: number, message: Encodable): 'sent' {
    this.write(this.producer.slot(this.staged), kind, message)
    this.staged++
    return 'sent'
  }
}

class RingsBeforeItPublishes extends ChannelSender {
  override flush(): void {
    this.peerBell.ring()
    this.producer.publish(this.staged)
    this.staged = 0
  }
}

class RingsForTheFirstOnly extends ChannelSender {
  override flush(): void {
    const isFirst = this.producer.position === 0
    this.producer.publish(this.staged)
    this.staged = 0
    if (isFirst) this.peerBell.ring()
  }
}

class ReleasesBeforeItReads extends ChannelReceiver {
  protected override read(at: number, ahead: number, inbox: Inbox): void {
    this.consumer.release(1)
    super.read(at, ahead - 1, inbox)
  }
  protected override release(): void {
    this.peerBell.ring()
  }
}

class KeepsTheSpaceToItself extends ChannelReceiver {
  protected override release(count: number): void {
    this.consumer.release(count)
  }
}

class ReadsTheSameSlotAgain extends ChannelReceiver {
  protected override release(): void {
    this.peerBell.ring()
  }
}

const mutant = (sentence: string, killedBy: string, ends: Partial<Ends>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('fifo', sentence, size, ends),
})

export const mutants = {
  sendsWhileFull: mutant('does not ask whether the ring is full', 'race', { sender: SendsWhileFull }),
  ringsBeforeItPublishes: mutant('rings, and then publishes (libevpl #165)', 'deadlock', {
    sender: RingsBeforeItPublishes,
  }),
  ringsForTheFirstOnly: mutant('rings at one position instead of at any (openvmm #4267)', 'deadlock', {
    sender: RingsForTheFirstOnly,
  }),
  releasesBeforeItReads: mutant('gives a slot back and then reads it (iceoryx2 #119)', 'race', {
    receiver: ReleasesBeforeItReads,
  }),
  keepsTheSpaceToItself: mutant(
    'frees a slot of a full ring and wakes nobody (firedancer #792)',
    'deadlock',
    {
      receiver: KeepsTheSpaceToItself,
    },
  ),
  readsTheSameSlotAgain: mutant('does not give slots back, and so takes a message twice', 'inOrder', {
    receiver: ReadsTheSameSlotAgain,
  }),
}
