/** `lockstep swarm watch`: follows a swarm to its end. Nothing depends on it: it can be ended and begun again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Fold } from '../../swarm/fold.ts'
import { type Progress, SwarmQueue } from '../../swarm/queue.ts'
import type { ExitCode } from '../exit-code.ts'
import { number, plural } from '../style.ts'
import { type EndOptions, reportEnd, tell } from './report.ts'
import { loadSubject } from './subject.ts'

export type WatchOptions = EndOptions & { readonly redis: string }

const MILLISECONDS_BETWEEN_LOOKS = 500

function progressLine(fold: Fold, { active, waiting, workers }: Progress): string {
  const { jobs, done, failures, states, violations } = fold.summary()
  const refused = failures.length === 0 ? '' : `, ${number(failures.length)} refused`
  return (
    `${number(done)} of ${plural(jobs, 'job')} done${refused}, ${number(active)} active, ${number(waiting)} waiting, ` +
    `${plural(workers, 'worker')}; ${plural(states, 'state')}, ${plural(violations.length, 'distinct violation')}`
  )
}

/** Throws UsageError where no Redis answers or it has no such swarm. */
export async function runWatch(id: string, options: WatchOptions): Promise<ExitCode> {
  const queue = await SwarmQueue.open(options.redis, tell)
  try {
    const description = await queue.description(id)
    const target = await loadSubject(description)
    const fold = new Fold(description.jobs)
    let told = ''
    for (;;) {
      const line = progressLine(fold, await queue.collect(id, description.jobs, fold))
      if (line !== told) tell(line)
      told = line
      if (fold.complete) return reportEnd(target, description, fold.summary(), options)
      await sleep(MILLISECONDS_BETWEEN_LOOKS)
    }
  } finally {
    await queue.close()
  }
}
