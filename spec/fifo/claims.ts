/** What a channel promises, in the words that every concrete channel is judged by. */
import { claimsOn } from '../../src/model/claim.ts'
import type { FifoDomains, FifoState } from './system.ts'

const { always, sometimes, leadsTo, neverStuck } = claimsOn<FifoState, FifoDomains>()

const queue = (state: FifoState) => state.channel.context.queue
const sent = (state: FifoState) => state.sent.context.entries
const received = (state: FifoState) => state.received.context.entries

export const claims = {
  inOrder: always('what is received is a prefix of what was accepted', [], (state) =>
    received(state).every((message, index) => sent(state)[index] === message),
  ),
  nothingLost: always(
    'a message that was accepted is received or waits in the channel',
    ['message'],
    (state, { message }) =>
      !sent(state).includes(message) || received(state).includes(message) || queue(state).includes(message),
  ),
  nothingTwice: always(
    'no message is twice among those received and those waiting',
    ['message'],
    (state, { message }) =>
      [...received(state), ...queue(state)].filter((other) => other === message).length <= 1,
  ),
  bounded: always('no more messages wait than the channel has room for', [], (state) => {
    const waiting = sent(state).length - received(state).length
    return waiting >= 0 && waiting <= state.channel.context.capacity
  }),
  offeredIsAccepted: leadsTo(
    'a message that is offered is accepted in the end',
    ['message'],
    (state, { message }) =>
      state.producer.some(({ context }) => context.messages[context.accepted] === message),
    (state, { message }) => sent(state).includes(message),
  ),
  acceptedIsReceived: leadsTo(
    'a message that was accepted is received in the end',
    ['message'],
    (state, { message }) => sent(state).includes(message),
    (state, { message }) => received(state).includes(message),
  ),
  neverDeadlocked: neverStuck(
    'nothing can happen only when all has been sent and received',
    (state) =>
      state.producer.every(({ context }) => context.accepted === context.messages.length) &&
      queue(state).length === 0,
  ),
  channelFull: sometimes(
    'the channel is full and a producer has been told so',
    ['producer'],
    (state, { producer }) =>
      queue(state).length === state.channel.context.capacity &&
      state.producer.at(producer).matches('refused'),
  ),
  producersMixed: sometimes(
    'messages of two producers wait at the same time',
    [],
    (state) =>
      state.producer.count(({ context }) =>
        context.messages.some((message) => queue(state).includes(message)),
      ) > 1,
  ),
}
