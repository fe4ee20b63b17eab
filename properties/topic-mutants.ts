/** Seeded bugs of the production topic: one method of one end replaced in each. */
import { TopicPublisher } from '../src/mom/topic-publisher.ts'
import { TopicReader } from '../src/mom/topic-reader.ts'
import { TopicSubscriber } from '../src/mom/topic-subscriber.ts'
import { TopicWriter } from '../src/mom/topic-writer.ts'
import type { Encodable } from '../src/mom/fifo.ts'
import { ABSENT, ATTACHED, CUT, JOINING, STEP, WHOLE, topicSlot } from '../src/mom/topic.ts'
import { BLOCKING as BLOCKING_ENDS, type Ends as TopicEnds, type Scene, endsOf } from './topic-ends.ts'
import {
  BLOCKING,
  DISCONNECTING,
  DROPPING,
  type Ends,
  LEAVING,
  SIGNED,
  type Size,
  programOf,
} from './topic.ts'

class KeepsWhatItCopied extends TopicReader {
  protected override copyFrom(at: number): number {
    super.copyFrom(at)
    return this.cursor | WHOLE
  }
}

/** Whole or not, and of which position, are not taken together. */
class IgnoresTheFlag extends TopicReader {
  protected override isDue(word: number): boolean {
    return (word | WHOLE) === (this.cursor | WHOLE)
  }
  protected override isEarly(word: number): boolean {
    return this.ahead(word) < 0
  }
}

class TakesOverwrittenForEmpty extends TopicReader {
  protected override isEarly(word: number): boolean {
    return !this.isDue(word)
  }
}

class ComparesWithoutWrap extends TopicReader {
  protected override isEarly(word: number): boolean {
    return (word & ~WHOLE) < this.cursor || word === this.cursor
  }
}

class CountsOneTooMany extends TopicReader {
  protected override lapped(word: number) {
    const outcome = super.lapped(word)
    this.missed++
    return outcome
  }
}

class GoesOnAfterALap extends TopicReader {
  protected override lapped(): 'missed' {
    this.cursor = (this.cursor + STEP) | 0
    return 'missed'
  }
}

class TriesForEver extends TopicReader {
  protected override move(next: number): boolean {
    const held = this.memory.load(this.record)
    return this.memory.compareExchange(this.record, held, next | ATTACHED) === held
  }
}

class LeavesItsCursorBehind extends TopicReader {
  override leave(): void {}
}

class JoinsUnseen extends TopicReader {
  override join(): boolean {
    this.cursor = this.memory.load(this.ring.tail)
    return this.memory.compareExchange(this.record, ABSENT, this.cursor | ATTACHED) === ABSENT
  }
}

class OverwritesUnderBlock extends TopicWriter {
  protected override waits(): boolean {
    return false
  }
}

class PassesOverTheJoining extends TopicWriter {
  protected override mind(record: number): boolean {
    return this.memory.load(record) === JOINING || super.mind(record)
  }
}

class CutsWithoutComparing extends TopicWriter {
  protected override cut(record: number): boolean {
    this.memory.store(record, CUT)
    return true
  }
}

class WritesPlainly extends TopicWriter {
  protected override write(at: number, words: Int32Array): void {
    for (let index = 0; index < words.length; index++) this.memory.set(at + index, words[index]!)
  }
}

/** As a seqlock without its first store. */
class WritesBeforeItClaims extends TopicWriter {
  override publish(words: Int32Array): void {
    this.write(topicSlot(this.ring, this.position) + 1, words)
    super.publish(words)
  }
}

/** Looks at the publisher after the ring: what was published in between is not received. */
class LooksAtThePublisherLast extends TopicSubscriber {
  protected override take(): ReturnType<TopicReader['take']> | 'closed' | 'dead' {
    const outcome = this.reader.take()
    const publisher = this.publisher.state()
    return outcome === 'empty' && (publisher === 'closed' || publisher === 'dead') ? publisher : outcome
  }
}

class TakesInSilence extends TopicSubscriber {
  protected override ring(): void {}
}

class RingsBeforeItPublishes extends TopicPublisher {
  override trySend(kind: number, message: Encodable): 'sent' | 'full' {
    super.ring()
    return super.trySend(kind, message)
  }
  protected override ring(): void {}
}

const ofEnds = (
  sentence: string,
  killedBy: string,
  ends: Partial<TopicEnds>,
  scene: Scene = BLOCKING_ENDS,
) => ({
  sentence,
  killedBy,
  program: endsOf('topic-ends', sentence, scene, ends),
})

const mutant = (sentence: string, killedBy: string, ends: Partial<Ends>, size: Size = DROPPING) => ({
  sentence,
  killedBy,
  program: programOf('topic', sentence, size, ends),
})

export const mutants = {
  keepsWhatItCopied: mutant('does not mind what the second look says (iceoryx2 #119)', 'whole', {
    reader: KeepsWhatItCopied,
  }),
  ignoresTheFlag: mutant('copies what is being written', 'inOrder', { reader: IgnoresTheFlag }),
  takesOverwrittenForEmpty: mutant(
    'takes a slot that was overwritten for empty (iceoryx2 #118)',
    'caughtUp',
    {
      reader: TakesOverwrittenForEmpty,
    },
  ),
  comparesWithoutWrap: mutant(
    'compares positions as if they never wrapped',
    'threw',
    { reader: ComparesWithoutWrap },
    SIGNED,
  ),
  countsOneTooMany: mutant('counts one too many as missed', 'counted', { reader: CountsOneTooMany }),
  writesPlainly: mutant('writes content plainly, though it may be read meanwhile', 'race', {
    writer: WritesPlainly,
  }),
  writesBeforeItClaims: mutant('writes content before the slot says so', 'whole', {
    writer: WritesBeforeItClaims,
  }),
  goesOnAfterALap: mutant(
    'goes on after it has missed something that it must not',
    'counted',
    { reader: GoesOnAfterALap },
    DISCONNECTING,
  ),
  overwritesUnderBlock: mutant(
    'cuts off where it should wait',
    'asThePolicySays',
    { writer: OverwritesUnderBlock },
    BLOCKING,
  ),
  passesOverTheJoining: mutant(
    'does not wait for who has read the tail and not yet set its cursor',
    'asThePolicySays',
    { writer: PassesOverTheJoining },
    BLOCKING,
  ),
  joinsUnseen: mutant(
    'reads the tail before it says that it joins',
    'asThePolicySays',
    { reader: JoinsUnseen },
    BLOCKING,
  ),
  leavesItsCursorBehind: mutant(
    'leaves and lets the publisher wait for it (iceoryx #1546)',
    'deadlock',
    { reader: LeavesItsCursorBehind },
    LEAVING,
  ),
  cutsWithoutComparing: mutant(
    'cuts off one that has moved on',
    'onlyTheSlowAreCut',
    { writer: CutsWithoutComparing },
    DISCONNECTING,
  ),
  // What is lost here is that somebody is told; only the chart remembers that it must be.
  triesForEver: {
    sentence: 'moves on though it was cut off',
    killedBy: 'refused',
    program: programOf(
      'topic',
      'moves on though it was cut off',
      DISCONNECTING,
      { reader: TriesForEver },
      true,
    ),
  },
  looksAtThePublisherLast: ofEnds('finds nothing there, and then the publisher gone', 'allTold', {
    subscriber: LooksAtThePublisherLast,
  }),
  takesInSilence: ofEnds('makes room and does not ring (virtio-win #923)', 'deadlock', {
    subscriber: TakesInSilence,
  }),
  ringsBeforeItPublishes: ofEnds('rings, and then publishes what it rang for (libevpl #165)', 'deadlock', {
    publisher: RingsBeforeItPublishes,
  }),
}
