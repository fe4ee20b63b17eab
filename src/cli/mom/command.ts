/** `lockstep mom`: its commands and options; what they do is loaded when one is run. */
import { type Command, Option } from 'commander'
import type { SharedOptions } from '../swarm/command.ts'
import type { DemoOptions } from './run.ts'

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text]

/** Adds the commands of the message-oriented middleware. */
export function addMom(program: Command, { whole, json, verbose }: SharedOptions): void {
  program
    .command('mom')
    .description('message-oriented middleware between real threads')
    .command('demo')
    .description(
      'a producer, a broker and two consumers in threads of their own, their rates and depths, and what a kill ' +
        'or an upgrade in mid-stream does to them; at the end the accounts. Keys on a terminal: k, u, q',
    )
    .addOption(
      new Option('--seconds <seconds>', 'end after this time; without a terminal after 5').argParser(
        whole(1),
      ),
    )
    .addOption(
      new Option('--kill <who@when>', 'kill producer, consumer1 or consumer2 at a time: consumer1@2s')
        .argParser(collect)
        .default([], 'nobody'),
    )
    .addOption(
      new Option('--upgrade <@when>', 'upgrade the channel of the orders at a time: @3s')
        .argParser(collect)
        .default([], 'never'),
    )
    .addOption(json())
    .addOption(verbose())
    .action(async (options: DemoOptions) => {
      process.exitCode = await (await import('./run.ts')).runDemo(options)
    })
}
