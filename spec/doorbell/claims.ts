/** What doorbell promises: nobody sleeps while there is something to do and nobody about to say so. */
import { claimsOn } from '../../src/model/claim.ts'
import type { End } from '../../src/statemachines/mom/identifiers.ts'
import type { DoorbellDomains, DoorbellState } from './system.ts'

const { always, sometimes, leadsTo, neverStuck } = claimsOn<DoorbellState, DoorbellDomains>()

const moved = (state: DoorbellState, end: End) => state.end.at(end).context.own
const waiting = (state: DoorbellState) => moved(state, 'producer') - moved(state, 'consumer')
const isParked = (state: DoorbellState, end: End) => state.end.at(end).matches('parked')
const isAwake = (state: DoorbellState, end: End) =>
  (['working', 'looking', 'ringing', 'notifying'] as const).some((value) => state.end.at(end).matches(value))

// It has moved something and will look, or ring, before it may sleep itself.
const isAboutToRing = (state: DoorbellState, end: End) =>
  state.end.at(end).context.unrung > 0 && !isParked(state, end)

export const claims = {
  noMessageSleptThrough: always(
    'the consumer does not sleep on a message unless the producer is about to ring',
    [],
    (state) => !isParked(state, 'consumer') || waiting(state) === 0 || isAboutToRing(state, 'producer'),
  ),
  noSpaceSleptThrough: always(
    'the producer does not sleep on free space unless the consumer is about to ring',
    [],
    (state) =>
      !isParked(state, 'producer') ||
      waiting(state) === state.end.at('producer').context.capacity ||
      isAboutToRing(state, 'consumer'),
  ),
  awakeIsDisarmed: always(
    'an end that works has disarmed its flag, or its store to do so is on its way',
    ['end'],
    (state, { end }) => {
      const { isArmed, waiting: store } = state.flag.at(end).context
      return !isAwake(state, end) || !isArmed || store === 'clear'
    },
  ),
  offeredIsAccepted: leadsTo(
    'a message that is offered is accepted in the end',
    ['message'],
    (state, { message }) => message === `message${moved(state, 'producer')}`,
    (state, { message }) => state.channel.context.queue.includes(message),
  ),
  acceptedIsReceived: leadsTo(
    'a message that was accepted is received in the end',
    ['message'],
    (state, { message }) => state.channel.context.queue.includes(message),
    (state, { message }) => !state.channel.context.queue.includes(message),
  ),
  neverDeadlocked: neverStuck('nothing can happen only when all has been sent and received', (state) => {
    const { messages } = state.end.at('producer').context
    return moved(state, 'consumer') === messages
  }),
  ringSuppressed: sometimes(
    'an end is about to find that it need not ring, after a fence',
    ['end'],
    (state, { end }) =>
      state.end.at(end).matches('looking') &&
      state.flag.every(({ context }, owner) => owner === end || !context.isArmed),
  ),
  endParked: sometimes('an end sleeps', ['end'], (state, { end }) => isParked(state, end)),
  sleepRefused: sometimes(
    'an end is about to sleep and its flag has been taken',
    ['end'],
    (state, { end }) => state.end.at(end).matches('parking') && !state.flag.at(end).context.isArmed,
  ),
  wokenForNothing: sometimes(
    'an end has woken for no reason while it can do nothing',
    ['end'],
    (state, { end }) => {
      const isIdle = waiting(state) === (end === 'producer' ? state.end.at(end).context.capacity : 0)
      return state.end.at(end).matches('disarming') && state.flag.at(end).context.isArmed && isIdle
    },
  ),
  batchRung: sometimes('one ring stands for a whole batch', ['end'], (state, { end }) => {
    const { unrung, batch } = state.end.at(end).context
    return state.end.at(end).matches('notifying') && unrung === batch
  }),
  storeDelayed: sometimes(
    'a message is sent and the consumer cannot see it yet',
    [],
    (state) => state.index.at('producer').context.visible < moved(state, 'producer'),
  ),
}
