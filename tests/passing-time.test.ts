/**
 * Progress of every system where time may pass: no claim rests on events that only may happen, such as deaths,
 * losses and wake-ups for no reason, which a run without time would be forced through at last.
 */
import { describe, expect, it } from 'vitest'
import { systems } from '../spec/index.ts'
import { check } from '../src/checker/explore.ts'
import { component } from '../src/model/component.ts'
import { instantiate } from '../src/model/instance.ts'
import type { System } from '../src/model/system.ts'
import { passingTime } from '../src/statemachines/mom/passing-time.ts'

const isProgress = ({ kind }: System['claims'][string]) => kind === 'leadsTo' || kind === 'eventually'

/** The system with time among its components, and of its claims only those of progress. */
const withTime = (system: System): System => ({
  ...system,
  components: (domains, bounds) => ({ ...system.components(domains, bounds), time: component(passingTime) }),
  events: { ...system.events, 'time.pass': {} },
  claims: Object.fromEntries(Object.entries(system.claims).filter(([, claim]) => isProgress(claim))),
  mutants: {},
  pinned: [],
})

describe('progress holds where a run may stay in any state', () => {
  const cases = systems.flatMap((system) =>
    system.pinned.map(({ bounds }) => [system.name, JSON.stringify(bounds), system, bounds] as const),
  )
  it.each(cases)('%s at %s', (_name, _at, system, bounds) => {
    const { violation, bound } = check(instantiate(withTime(system), bounds))
    expect({ violated: violation?.label, bound }).toEqual({ violated: undefined, bound: undefined })
  })
})
