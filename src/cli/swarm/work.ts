/** `lockstep swarm work`: a worker, with a line for each job, until a signal ends it. */
import { BadInputError } from '../../checker/json-file.ts'
import { printAddress } from '../../swarm/connection.ts'
import { type Outcome, printSearch, readJob } from '../../swarm/job.ts'
import { SwarmWorker } from '../../swarm/worker.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { plural, print, seconds } from '../style.ts'
import { threadEntry } from './entry.ts'
import { tell } from './report.ts'

export type WorkOptions = {
  readonly redis: string
  readonly concurrency: number
  readonly lockSeconds: number
}

const MILLISECONDS = 1000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

// What is wrong with a job is told when it is refused.
function describeJob(name: string, job: unknown): string {
  try {
    return printSearch(readJob(job, name).search)
  } catch (error) {
    if (error instanceof BadInputError) return 'no job'
    throw error
  }
}

function describeOutcome({ verdict, violation, states, seconds: taken, ended }: Outcome): string {
  const found =
    violation === undefined
      ? verdict === 'bound'
        ? `no violation found${ended === undefined ? '' : `, ended at ${ended}`}`
        : verdict
      : `${violation.label} is violated after ${plural(violation.events.length, 'event')}`
  return `${plural(states, 'state')} in ${seconds(taken)}: ${found}`
}

/** Resolves at the first signal; a second one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        resolve()
        tell('leaving; a second signal ends it at once')
        for (const second of SIGNALS) process.once(second, () => process.exit(exitCode.holds))
      })
    }
  })
}

/** Works until SIGINT or SIGTERM, at which jobs are handed back; a second one ends it at once. */
export async function runWork({ redis, concurrency, lockSeconds }: WorkOptions): Promise<ExitCode> {
  const leaving = signalled()
  const worker = await SwarmWorker.join(
    { redis, concurrency, lockMilliseconds: lockSeconds * MILLISECONDS, entry: threadEntry },
    {
      taken: (name, job) => print(`${name}: ${describeJob(name, job)}`),
      done: (name, outcome) => print(`${name}: ${describeOutcome(outcome)}`),
      refused: (sentence) => print(`refused: ${sentence}`),
      handedBack: (name) => print(`${name}: handed back`),
      trouble: tell,
    },
  )
  print(`process ${process.pid} takes jobs from ${printAddress(redis)}; Ctrl-C hands them back and ends it`)
  await leaving
  await worker.leave()
  return exitCode.holds
}
