/** What topic promises, in words. Order, gaps and endings are judged by an observer a subscriber (system.ts). */
import { claimsOn } from '../../src/model/claim.ts'
import type { TopicDomains, TopicState } from './system.ts'

const { always, sometimes, leadsTo, eventually, neverStuck } = claimsOn<TopicState, TopicDomains>()

const isPolicy = (state: TopicState, policy: string) => state.publisher.context.policy === policy

export const claims = {
  noTornCopyIsKept: always(
    'every copy that a subscriber keeps is whole',
    ['subscriber'],
    (state, { subscriber }) => {
      const one = state.subscriber.at(subscriber)
      return !one.matches('accepted') || one.context.copy.first === one.context.copy.second
    },
  ),
  blockLosesNothing: always(
    'under block no subscriber is lapped',
    ['subscriber'],
    (state, { subscriber }) =>
      !isPolicy(state, 'block') || !state.subscriber.at(subscriber).matches('lapped'),
  ),
  publisherNeverWaits: always(
    'the publisher waits for subscribers under block alone',
    [],
    (state) => isPolicy(state, 'block') || !state.publisher.matches('waiting'),
  ),
  everythingIsPublished: eventually('the publisher comes to its end under every policy', [], (state) =>
    state.publisher.matches('done'),
  ),
  subscribersCatchUp: leadsTo(
    'a subscriber that is behind catches up or ends',
    ['subscriber'],
    (state, { subscriber }) => {
      const { published, next } = state.subscription.at(subscriber).context
      return state.subscription.at(subscriber).matches('attached') && next < published
    },
    (state, { subscriber }) => {
      const one = state.subscription.at(subscriber)
      return one.matches('ended') || one.context.next === one.context.published
    },
  ),
  cutIsTold: leadsTo(
    'a subscriber that was cut off is told',
    ['subscriber'],
    (state, { subscriber }) => state.subscription.at(subscriber).matches('cut'),
    (state, { subscriber }) => state.subscriber.at(subscriber).matches('gone'),
  ),
  stopsOnlyWhenDone: neverStuck(
    'nothing goes on only when everything is published and every subscriber has ended',
    (state) => state.publisher.matches('done') && state.subscriber.every((one) => one.matches('gone')),
  ),
  tornCopyMade: sometimes(
    'a copy is torn and about to be thrown away',
    ['subscriber'],
    (state, { subscriber }) => {
      const { first, second } = state.subscriber.at(subscriber).context.copy
      return second !== 'none' && first !== second
    },
  ),
  publisherWaits: sometimes('the publisher waits for a subscriber', [], (state) =>
    state.publisher.matches('waiting'),
  ),
  severalMissed: sometimes(
    'a subscriber has missed more than one message',
    ['subscriber'],
    (state, { subscriber }) => {
      const { found, cursor, modulus, slots } = state.subscriber.at(subscriber).context
      return (
        isPolicy(state, 'dropOldest') &&
        typeof found === 'number' &&
        typeof cursor === 'number' &&
        (found - cursor + modulus) % modulus > slots
      )
    },
  ),
  cutWhileReading: sometimes(
    'a subscriber is cut off while it copies',
    ['subscriber'],
    (state, { subscriber }) =>
      state.subscription.at(subscriber).matches('cut') &&
      state.subscriber.at(subscriber).matches('halfCopied'),
  ),
  joinsLate: sometimes(
    'a subscriber begins in the middle of the stream',
    ['subscriber'],
    (state, { subscriber }) => {
      const one = state.subscription.at(subscriber)
      return (
        one.matches('attached') && state.subscriber.at(subscriber).matches('joined') && one.context.next > 0
      )
    },
  ),
}
