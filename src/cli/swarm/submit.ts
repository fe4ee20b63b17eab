/** `lockstep swarm submit`: puts the jobs of a new swarm on the queue, and says how to work on it and watch it. */
import { printAddress } from '../../swarm/connection.ts'
import { SwarmQueue } from '../../swarm/queue.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { plural, print, printJson } from '../style.ts'
import { type DescriptionOptions, describe } from './description.ts'
import { printSubject, tell } from './report.ts'

export type SubmitOptions = DescriptionOptions & { readonly redis: string; readonly json?: boolean }

/** Throws UsageError where no Redis answers. */
export async function runSubmit(name: string, options: SubmitOptions): Promise<ExitCode> {
  const address = printAddress(options.redis)
  const { description } = await describe(name, options)
  const queue = await SwarmQueue.open(options.redis, tell)
  try {
    const id = await queue.submit(description)
    const on = ` --redis ${address}`
    const commands = { work: `npx lockstep swarm work${on}`, watch: `npx lockstep swarm watch ${id}${on}` }
    if (options.json === true) printJson({ swarm: id, description, ...commands })
    else {
      print(
        `${id}: ${plural(description.jobs, 'job')} for ${printSubject(description)} are on the queue of ${address}`,
        `any number of workers may join: ${commands.work}`,
        commands.watch,
      )
    }
    return exitCode.holds
  } finally {
    await queue.close()
  }
}
