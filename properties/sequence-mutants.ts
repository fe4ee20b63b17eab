/** Seeded bugs of the production code of sequence numbers: one method of one part replaced in each. */
import {
  type CommitOutcome,
  GapDetector,
  type Novelty,
  StatusReader,
  StatusSource,
} from '../src/mom/sequence.ts'
import type { Parts, Size } from './sequence-agent.ts'
import { EAGER, OVERFLOWING, REPEATING, SMALL, programOf } from './sequence.ts'

/** Numbers are above the lowest four bits. */
const ONE = 1 << 4

/** Stores the number of the event before, which is the first that a message tells of. */
class RaisesLate extends StatusSource {
  override raise(): boolean {
    this.memory.store(this.word, this.current)
    this.current = (this.current + ONE) | 0
    return true
  }
}

class RaisesDuringACommit extends StatusSource {
  override raise(): boolean {
    this.memory.add(this.word, ONE)
    this.current = (this.current + ONE) | 0
    return true
  }
}

class ComparesAndThenHolds extends StatusReader {
  override commit(known: number): CommitOutcome {
    if (this.memory.load(this.word) !== known) return 'stale'
    this.memory.store(this.word, known | 1)
    return 'matched'
  }
}

class CommitsWithTheStatusWord extends StatusReader {
  override commit(): CommitOutcome {
    return super.commit(this.read())
  }
}

class KeepsTheHold extends StatusReader {
  override finish(): void {}
}

class NeverChecks extends StatusReader {
  override hasNews(): boolean {
    return false
  }
}

class TakesAGapForTheNext extends GapDetector {
  protected override judge(status: number): Novelty {
    const novelty = super.judge(status)
    return novelty === 'gap' ? 'next' : novelty
  }
}

class AcceptsARepeat extends GapDetector {
  protected override judge(status: number): Novelty {
    const novelty = super.judge(status)
    if (novelty === 'known') this.last = (status - ONE) | 0
    return novelty === 'known' ? 'next' : novelty
  }
}

class ComparesWithoutWrap extends GapDetector {
  protected override judge(status: number): Novelty {
    if (status <= this.last) return 'known'
    return status === this.last + ONE ? 'next' : 'gap'
  }
}

const mutant = (sentence: string, killedBy: string, wrong: Partial<Parts>, size: Size = SMALL) => ({
  sentence,
  killedBy,
  program: programOf('sequence', sentence, size, wrong),
})

export const mutants = {
  raisesLate: mutant('tells of an event before the number is raised', 'refused', { source: RaisesLate }),
  raisesDuringACommit: mutant('lets an event happen between the comparison and the commit', 'refused', {
    source: RaisesDuringACommit,
  }),
  comparesAndThenHolds: mutant('compares in one step and holds in another', 'refused', {
    reader: ComparesAndThenHolds,
  }),
  commitsWithTheStatusWord: mutant(
    'reads the number when it commits and not when it learns',
    'refused',
    { reader: CommitsWithTheStatusWord },
    EAGER,
  ),
  keepsTheHold: mutant('does not let the source go on after a commit', 'refused', { reader: KeepsTheHold }),
  neverChecks: mutant(
    'waits for a message after the last one was lost',
    'refused',
    { reader: NeverChecks },
    OVERFLOWING,
  ),
  takesAGapForTheNext: mutant(
    'accepts any newer number, so that losses go unnoticed (ghost-userspace c4109f9)',
    'refused',
    { detector: TakesAGapForTheNext },
    OVERFLOWING,
  ),
  acceptsARepeat: mutant('acts twice on one event', 'refused', { detector: AcceptsARepeat }, REPEATING),
  comparesWithoutWrap: mutant('compares numbers as if they never wrapped', 'refused', {
    detector: ComparesWithoutWrap,
  }),
}
