/** What priority promises, in words. Order, inversion and starvation are judged by observers (system.ts). */
import { claimsOn } from '../../src/model/claim.ts'
import type { PriorityDomains, PriorityState } from './system.ts'

const { sometimes, leadsTo } = claimsOn<PriorityState, PriorityDomains>()

export const claims = {
  everyMessageIsReceived: leadsTo(
    'every message sent is received, whatever else is sent',
    ['message'],
    (state, { message }) => state.lane.some(({ context }) => context.queue.includes(message)),
    (state, { message }) => !state.lane.some(({ context }) => context.queue.includes(message)),
  ),
  leaveComes: leadsTo(
    'a consumer that has asked for leave gets it, also if nothing more is sent',
    [],
    ({ consumer }) => consumer.context.leave === 'asked',
    ({ consumer }) => consumer.context.leave !== 'asked',
  ),
  controlPassesFullBulk: sometimes(
    'control is about to be taken while the bulk lane is full',
    [],
    (state) =>
      state.consumer.matches('taking') &&
      state.consumer.context.plan[0] === 'control' &&
      state.lane.at('bulk').context.queue.length === state.lane.at('bulk').context.capacity,
  ),
  lowestIsDue: sometimes(
    'bulk data is about to be taken, for it is due, although control waits',
    [],
    (state) =>
      state.consumer.matches('taking') &&
      state.consumer.context.plan[0] === 'bulk' &&
      state.consumer.context.plan.length > 1 &&
      state.lane.at('control').context.queue.length > 0,
  ),
  parkedWithBulkWaiting: sometimes(
    'the consumer sleeps until it has leave, with bulk data waiting',
    [],
    (state) =>
      state.consumer.matches('parked') &&
      state.consumer.context.leave === 'asked' &&
      state.lane.at('bulk').context.queue.length > 0,
  ),
  arrivesBetweenLookAndSleep: sometimes(
    'a message arrives after the last look and before the consumer sleeps',
    [],
    (state) =>
      state.consumer.matches('rechecking') &&
      state.consumer.context.plan.length === 0 &&
      state.lane.at('control').context.queue.length > 0,
  ),
}
