/** `lockstep swarm`: its commands and options; what they do is loaded when one is run. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { LocalCommandOptions } from './local.ts'
import type { SubmitOptions } from './submit.ts'
import type { WatchOptions } from './watch.ts'
import type { WorkOptions } from './work.ts'

/** Options that all commands of `lockstep` share. */
export type SharedOptions = {
  readonly whole: (least: number) => (text: string) => number
  readonly set: () => Option
  readonly json: () => Option
  readonly verbose: () => Option
}

const REDIS = 'redis://127.0.0.1:6379'
const JOBS_MAX = 10_000

const redis = () =>
  new Option('--redis <address>', 'the Redis that holds the queue').env('LOCKSTEP_REDIS').default(REDIS)
const output = () => new Option('--output <file>', 'where the shortened counterexample is written')

function jobCount(whole: SharedOptions['whole']) {
  return (text: string): number => {
    const count = whole(1)(text)
    if (count > JOBS_MAX) throw new InvalidArgumentError(`It takes at most ${JOBS_MAX}.`)
    return count
  }
}

function addDescription(command: Command, { whole, set }: SharedOptions): Command {
  return command
    .argument('<system>', 'a slug, or a file of your own')
    .addOption(set())
    .option('--mutant <name>', 'search this mutant')
    .addOption(new Option('--jobs <jobs>', 'searches').argParser(jobCount(whole)).default(64))
    .addOption(new Option('--seed <seed>', 'what the searches are drawn from').argParser(whole(0)).default(1))
    .addOption(new Option('--max-memory <MiB>', "of each job's visited set").argParser(whole(1)).default(256))
    .addOption(new Option('--max-seconds <seconds>', 'of each job').argParser(whole(1)).default(60))
    .addOption(new Option('--max-states <states>', 'of each job').argParser(whole(1)))
}

function addQueueCommands(swarm: Command, shared: SharedOptions): void {
  const { whole, json, verbose } = shared
  addDescription(swarm.command('submit').description('put the jobs of a new swarm on the queue'), shared)
    .addOption(redis())
    .addOption(json())
    .addOption(verbose())
    .action(async (name: string, options: SubmitOptions) => {
      process.exitCode = await (await import('./submit.ts')).runSubmit(name, options)
    })
  swarm
    .command('work')
    .description('take jobs from the queue until told to stop; several may, on any machine')
    .addOption(redis())
    .addOption(new Option('--concurrency <jobs>', 'jobs at a time').argParser(whole(1)).default(1))
    .addOption(
      new Option('--lock-seconds <seconds>', 'without a sign of life for so long its jobs go to others')
        .argParser(whole(1))
        .default(30),
    )
    .addOption(verbose())
    .action(async (options: WorkOptions) => {
      process.exitCode = await (await import('./work.ts')).runWork(options)
    })
  swarm
    .command('watch')
    .description('follow a swarm to its end; shorten and store the counterexample it finds')
    .argument('<id>', 'what submit printed')
    .addOption(redis())
    .addOption(output())
    .addOption(json())
    .addOption(verbose())
    .action(async (id: string, options: WatchOptions) => {
      process.exitCode = await (await import('./watch.ts')).runWatch(id, options)
    })
}

/** Adds the commands of swarms. */
export function addSwarm(program: Command, shared: SharedOptions): void {
  const { whole, json, verbose } = shared
  const swarm = program
    .command('swarm')
    .description('many diversified searches of a system too large for one, on one machine or many')
  addQueueCommands(swarm, shared)
  addDescription(
    swarm.command('local').description('the same jobs in local processes, without Redis'),
    shared,
  )
    .addOption(new Option('--processes <processes>', 'as many as cores where absent').argParser(whole(1)))
    .addOption(output())
    .addOption(json())
    .addOption(verbose())
    .action(async (name: string, options: LocalCommandOptions) => {
      process.exitCode = await (await import('./local.ts')).runLocal(name, options)
    })
  swarm.command('serve', { hidden: true }).action(async () => {
    const [{ serveParent }, { threadEntry }] = await Promise.all([
      import('../../swarm/local.ts'),
      import('./entry.ts'),
    ])
    serveParent(threadEntry)
  })
}
