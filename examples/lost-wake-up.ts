/**
 * A worker that sleeps until there are jobs, in ordinary code over a SharedArrayBuffer. Every interleaving of its
 * memory accesses is explored, and the doorbell without its second look is caught: npx lockstep check FILE
 */
import { type MemoryProgram, type SharedMemory, memoryThread } from 'lockstep'

const JOBS = 0
const BELL = 1
const JOB_COUNT = 2

/** In production: `new Doorbell(new AtomicsMemory(new Int32Array(sharedArrayBuffer)))`. */
class Doorbell {
  readonly memory: SharedMemory
  done = 0

  constructor(memory: SharedMemory) {
    this.memory = memory
  }

  /** The submitter's side: publish, then look whether anybody sleeps. */
  submit(): void {
    this.memory.add(JOBS, 1)
    if (this.memory.exchange(BELL, 0) === 1) this.memory.notify(BELL)
  }

  hasJob(): boolean {
    return this.memory.load(JOBS) > this.done
  }

  /** The worker's side: arm the bell, then look once more, then sleep. */
  work(): void {
    if (!this.hasJob()) {
      this.memory.store(BELL, 1)
      if (!this.looksAgain()) this.memory.wait(BELL, 1)
    } else this.done++
  }

  protected looksAgain(): boolean {
    return this.hasJob()
  }
}

/** A job that is submitted between the first look and the arming rings no bell. */
class DoorbellWithoutSecondLook extends Doorbell {
  protected override looksAgain(): boolean {
    return false
  }
}

function doorbell(Bell: typeof Doorbell): MemoryProgram {
  const submitter = memoryThread({
    name: 'submitter',
    self: (memory) => ({ bell: new Bell(memory), submitted: 0 }),
    operation: (self) => {
      self.bell.submit()
      return ++self.submitted === JOB_COUNT ? 'done' : 'again'
    },
  })
  const worker = memoryThread({
    name: 'worker',
    self: (memory) => ({ bell: new Bell(memory) }),
    operation: ({ bell }) => {
      bell.work()
      return bell.done === JOB_COUNT ? 'done' : 'again'
    },
  })
  return {
    name: 'lost-wake-up',
    title: 'A doorbell between a submitter and a worker',
    words: 2,
    location: (index) => ['jobs', 'bell'][index]!,
    threads: [submitter, worker],
    claims: {
      workerSleeps: {
        kind: 'sometimes',
        sentence: 'the worker sleeps',
        holds: (view) => view.status(worker) === 'parked',
      },
    },
  }
}

export const lostWakeUp: MemoryProgram = {
  ...doorbell(Doorbell),
  mutants: {
    sleepsWithoutSecondLook: {
      sentence: 'The worker sleeps without looking again after it has armed the bell.',
      program: doorbell(DoorbellWithoutSecondLook),
      killedBy: 'deadlock',
    },
  },
}
