/**
 * The observers of the system of priorities as a system of their own: order, inversion and starvation of lanes,
 * judged by what is sent and received alone.
 */
import type { Family } from '../src/model/component.ts'
import { defineSystem } from '../src/model/system.ts'
import { type PriorityBounds, type PriorityDomains, components, domains } from '../spec/priority/system.ts'

const OF_MESSAGE = { lane: 'lane', message: 'message' } as const

/** Observers as participants: a system of observers alone has no events. */
const participating = <F extends Family>(family: F): F => ({
  ...family,
  members: family.members.map(([id, member]) => [id, { ...member, observer: false }] as const),
})

const observers = (known: PriorityDomains, bounds: PriorityBounds) => {
  const { channel, inversion, starvation } = components(known, bounds)
  return {
    channel: participating(channel),
    inversion: participating(inversion),
    starvation: participating(starvation),
  }
}

export const laneObservers = defineSystem({
  name: 'priority-observers',
  title: 'What is promised of the lanes',
  bounds: { control: 1, normal: 1, bulk: 2, passes: 2, leave: 0 },
  boundsMin: { leave: 0 },
  domains,
  components: observers,
  events: { 'message.send': OF_MESSAGE, 'message.receive': OF_MESSAGE, 'leave.ask': {} },
  claims: {},
})
