/** `lockstep swarm local`: a swarm in processes of this machine, told of in the same way. */
import { availableParallelism } from 'node:os'
import { diversify } from '../../swarm/diversify.ts'
import { Fold } from '../../swarm/fold.ts'
import { runLocally } from '../../swarm/local.ts'
import type { ExitCode } from '../exit-code.ts'
import { number, plural } from '../style.ts'
import { type DescriptionOptions, describe } from './description.ts'
import { serveCommand } from './entry.ts'
import { type EndOptions, reportEnd, tell } from './report.ts'

export type LocalCommandOptions = DescriptionOptions & EndOptions & { readonly processes?: number }

const INTERRUPTED = 130

/** Runs every job, then tells how it ended. Throws UsageError, BadInputError. */
export async function runLocal(name: string, options: LocalCommandOptions): Promise<ExitCode> {
  const { target, description } = await describe(name, options)
  const fold = new Fold(description.jobs)
  const onDone = () => {
    const { done, jobs, states, violations } = fold.summary()
    tell(
      `${number(done)} of ${plural(jobs, 'job')} done; ${plural(states, 'state')}, ` +
        plural(violations.length, 'distinct violation'),
    )
  }
  const interrupted = new AbortController()
  const interrupt = () => {
    interrupted.abort()
    process.exit(INTERRUPTED)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const { processes = availableParallelism() } = options
  await runLocally(
    diversify('local', description),
    fold,
    { processes, command: serveCommand, onDone },
    interrupted.signal,
  )
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  return reportEnd(target, description, fold.summary(), options)
}
