/** What peer-crash promises, beside the order of messages, which the fifo observer judges across owners. */
import { claimsOn } from '../../src/model/claim.ts'
import type { PeerCrashDomains, PeerCrashState } from './system.ts'

const { always, sometimes, leadsTo, neverStuck } = claimsOn<PeerCrashState, PeerCrashDomains>()

type End = 'producer' | 'consumer'

const OTHER = { producer: 'consumer', consumer: 'producer' } as const
const isCrashed = (state: PeerCrashState, end: End) => state[end].matches('crashed')
const isInformed = (state: PeerCrashState, end: End) => state[end].matches('informed')
const isAttached = (state: PeerCrashState, end: End) => state[end].matches('attached')
const hasLeft = (state: PeerCrashState) => state.producer.matches('left')
const queue = (state: PeerCrashState) => state.channel.context.queue

/** The messages between the published indices. */
const published = ({ ring: { context } }: PeerCrashState): string[] =>
  Array.from(
    { length: Math.max(0, context.tail - context.head) },
    (_, index) => context.slots[(context.head + index) % context.slots.length]!,
  )

export const claims = {
  acceptedIsInTheRing: always(
    'what was accepted and not received lies between the published indices, whole and in order',
    [],
    (state) => published(state).join() === queue(state).join(),
  ),
  nothingIsLeftBehind: always(
    'a consumer that reports the death of the producer has received all that was accepted',
    [],
    (state) => !isInformed(state, 'consumer') || queue(state).length === 0,
  ),
  unreceivedComesBack: always(
    'a producer that reports the death of the consumer has back exactly what was not received',
    [],
    (state) => !isInformed(state, 'producer') || state.producer.context.returned === queue(state).length,
  ),
  reportedDeathIsTrue: always(
    'no end reports the death of one that lives',
    ['end'],
    (state, { end }) => !isInformed(state, end) || isCrashed(state, OTHER[end]),
  ),
  freedOnlyWhenUnused: always(
    'the ring is freed only when no owner uses it any more',
    ['end'],
    (state, { end }) => !state.host.context.freed || !isAttached(state, end),
  ),
  survivorLearnsOfIt: leadsTo(
    'where an owner died and nobody follows, the survivor reports it in the end',
    ['end'],
    (state, { end }) => isCrashed(state, end),
    (state, { end }) =>
      !isCrashed(state, end) ||
      isInformed(state, OTHER[end]) ||
      isCrashed(state, OTHER[end]) ||
      hasLeft(state),
  ),
  ringIsFreed: leadsTo(
    'where an owner died and nobody follows, the ring is freed in the end',
    ['end'],
    (state, { end }) => isCrashed(state, end),
    (state, { end }) => !isCrashed(state, end) || state.host.context.freed,
  ),
  acceptedIsReceived: leadsTo(
    'what was accepted is received in the end, unless the consumer is dead',
    ['message'],
    (state, { message }) => queue(state).includes(message),
    (state, { message }) => !queue(state).includes(message) || isCrashed(state, 'consumer'),
  ),
  sendingEnds: leadsTo(
    'a producer that lives gets everything received, or learns that the consumer is dead',
    [],
    (state) => isAttached(state, 'producer'),
    (state) => !isAttached(state, 'producer'),
  ),
  neverDeadlocked: neverStuck(
    'nothing can happen only when the producer is done and the consumer sleeps, or the ring is freed',
    (state) =>
      state.host.context.freed ||
      (hasLeft(state) && state.consumer.matches({ attached: 'parked' }) && queue(state).length === 0),
  ),
  diesBeforeRinging: sometimes(
    'a producer dies between publishing and ringing while the consumer sleeps',
    [],
    (state) =>
      isCrashed(state, 'producer') &&
      state.consumer.matches({ attached: 'parked' }) &&
      !state.bell.at('consumer').context.rung &&
      queue(state).length > 0,
  ),
  diesBeforePublishing: sometimes(
    'a producer dies with a message written and not published',
    [],
    (state) => isCrashed(state, 'producer') && state.producer.context.written,
  ),
  diesBeforeReleasing: sometimes(
    'a consumer dies with a message read and not released',
    [],
    (state) => isCrashed(state, 'consumer') && state.consumer.context.taken !== 'none',
  ),
  foundMoreAfterDeath: sometimes(
    'the consumer knows that the producer is dead and finds more to receive',
    [],
    (state) => state.consumer.matches({ attached: 'concluding' }) && queue(state).length > 0,
  ),
  successorWorks: sometimes(
    'a successor has taken over and the ring is not empty',
    ['end'],
    (state, { end }) =>
      state.host.context.successors === 0 &&
      state[end].matches({ attached: 'adopting' }) &&
      queue(state).length > 0,
  ),
}
