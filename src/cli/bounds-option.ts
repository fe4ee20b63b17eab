/** `--set cpus=4`: overrides of bounds, parsed and handed to the systems that have them. */
import { InvalidArgumentError } from 'commander'
import { UsageError } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import type { Target } from './load.ts'
import { suggestion } from './suggest.ts'

/** Adds one `NAME=VALUE` to those given before. Throws InvalidArgumentError. */
export function collectBound(text: string, before: Bounds = {}): Bounds {
  const match = /^([A-Za-z]\w*)=(\d+)$/.exec(text)
  if (match === null) throw new InvalidArgumentError('It takes NAME=WHOLE-NUMBER, such as cpus=4.')
  return { ...before, [match[1]!]: Number(match[2]) }
}

/** The overrides a system has a bound for. A bound that no target has is refused. Throws UsageError. */
export function boundsFor(target: Target, targets: readonly Target[], set: Bounds): Bounds {
  for (const name of Object.keys(set)) {
    if (targets.some(({ system }) => name in system.bounds)) continue
    const known = [...new Set(targets.flatMap(({ system }) => Object.keys(system.bounds)))]
    const hint = suggestion(name, known) || `; there are ${known.join(', ') || 'none'}`
    throw new UsageError(`no system that is checked has the bound '${name}'${hint}`)
  }
  return Object.fromEntries(Object.entries(set).filter(([name]) => name in target.system.bounds))
}
