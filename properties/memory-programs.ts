/** The registry of programs over shared memory: production code that is explored at every access, by its system. */
import type { MemoryMutant, MemoryProgram } from '../src/interleave/memory/memory-program.ts'
import { mutants as channelUpgradeMutants } from './channel-upgrade-mutants.ts'
import { programs as channelUpgrade } from './channel-upgrade.ts'
import { mutants as creditFlowMutants } from './credit-flow-mutants.ts'
import { programs as creditFlow } from './credit-flow.ts'
import { mutants as doorbellMutants } from './doorbell-mutants.ts'
import { programs as doorbell } from './doorbell.ts'
import { mutants as fifoMutants } from './fifo-mutants.ts'
import { programs as fifo } from './fifo.ts'
import { mutants as mpscRingMutants } from './mpsc-ring-mutants.ts'
import { programs as mpscRing } from './mpsc-ring.ts'
import { mutants as peerCrashMutants } from './peer-crash-mutants.ts'
import { programs as peerCrash } from './peer-crash.ts'
import { mutants as priorityMutants } from './priority-mutants.ts'
import { programs as priority } from './priority.ts'
import { mutants as requestReplyMutants } from './request-reply-mutants.ts'
import { programs as requestReply } from './request-reply.ts'
import { mutants as sequenceMutants } from './sequence-mutants.ts'
import { programs as sequence } from './sequence.ts'
import { mutants as spscRingMutants } from './spsc-ring-mutants.ts'
import { programs as spscRing } from './spsc-ring.ts'
import { mutants as topicMutants } from './topic-mutants.ts'
import { programs as topic } from './topic.ts'

export type RegisteredPrograms = {
  /** The slug of the system that the programs follow. */
  readonly system: string
  readonly programs: readonly MemoryProgram[]
}

// The seeded bugs are those of the first program, which carries the system's name.
const registered = (
  system: string,
  [first, ...others]: readonly MemoryProgram[],
  mutants: { readonly [name: string]: MemoryMutant },
): RegisteredPrograms => ({ system, programs: [{ ...first!, mutants }, ...others] })

export const memoryPrograms: readonly RegisteredPrograms[] = [
  registered('fifo', fifo, fifoMutants),
  registered('spsc-ring', spscRing, spscRingMutants),
  registered('mpsc-ring', mpscRing, mpscRingMutants),
  registered('doorbell', doorbell, doorbellMutants),
  registered('credit-flow', creditFlow, creditFlowMutants),
  registered('priority', priority, priorityMutants),
  registered('request-reply', requestReply, requestReplyMutants),
  registered('topic', topic, topicMutants),
  registered('sequence', sequence, sequenceMutants),
  registered('peer-crash', peerCrash, peerCrashMutants),
  registered('channel-upgrade', channelUpgrade, channelUpgradeMutants),
]
