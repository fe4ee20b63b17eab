/** What the demonstration is told to do and when, as the command line says it: `consumer1@2s`, `@3s`. */
import { UsageError } from '../../model/instance.ts'
import { VICTIMS, type Victim } from './demo.ts'

export type Action = { readonly seconds: number } & (
  { readonly what: 'kill'; readonly victim: Victim } | { readonly what: 'upgrade' }
)

const WHEN = /^(?<who>\w*)@(?<seconds>\d+(?:\.\d+)?)s?$/

const isVictim = (name: string): name is Victim => (VICTIMS as readonly string[]).includes(name)

function parse(option: string, text: string): { readonly who: string; readonly seconds: number } {
  const { who, seconds } = WHEN.exec(text)?.groups ?? {}
  if (who !== undefined && seconds !== undefined) return { who, seconds: Number(seconds) }
  throw new UsageError(`${option} ${text}: the time is given as @2s, after who it is for`)
}

function killIn(text: string): Action {
  const { who, seconds } = parse('--kill', text)
  if (isVictim(who)) return { what: 'kill', victim: who, seconds }
  throw new UsageError(`--kill ${text}: it is one of ${VICTIMS.join(', ')} that can be killed`)
}

function upgradeIn(text: string): Action {
  const { who, seconds } = parse('--upgrade', text)
  if (who === '') return { what: 'upgrade', seconds }
  throw new UsageError(`--upgrade ${text}: only the orders can be upgraded, as @${seconds}s`)
}

/** The actions in the order of their times. Throws UsageError, also for one after the end. */
export function scriptIn(kills: readonly string[], upgrades: readonly string[], seconds: number): Action[] {
  const actions = [...kills.map(killIn), ...upgrades.map(upgradeIn)]
  const late = actions.find((action) => action.seconds >= seconds)
  if (late !== undefined)
    throw new UsageError(`what is done at ${late.seconds} s would be after the end, at ${seconds} s`)
  return actions.sort((left, right) => left.seconds - right.seconds)
}
