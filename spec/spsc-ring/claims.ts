/** What spsc-ring promises: nothing lost, torn, overwritten or read early, and both ends get on. */
import { claimsOn } from '../../src/model/claim.ts'
import { after, distance, slotAt } from '../../src/statemachines/mom/ring-index.ts'
import type { SpscRingDomains, SpscRingState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<SpscRingState, SpscRingDomains>()

const published = (state: SpscRingState, index: 'tail' | 'head') => state.index.at(index).context.value
const used = (state: SpscRingState) =>
  distance(published(state, 'tail'), published(state, 'head'), state.consumer.context)
const queue = (state: SpscRingState) => state.channel.context.queue

export const claims = {
  usedWithinCapacity: always(
    'the published indices are never further apart than the ring is large',
    [],
    (state) => used(state) <= state.consumer.context.capacity,
  ),
  noSlotWrittenWhileRead: always(
    'no slot is in the middle of being written and of being read at once',
    [],
    ({ producer, consumer }) =>
      producer.context.half === 'first' ||
      consumer.context.first === 'unread' ||
      consumer.context.second !== 'unread' ||
      slotAt(producer.context.tail, producer.context) !== slotAt(consumer.context.head, consumer.context),
  ),
  noTornRead: always(
    'the two halves that the consumer has read belong together',
    [],
    ({ consumer: { context } }) => context.second === 'unread' || context.first === context.second,
  ),
  slotsHoldTheQueue: always(
    'what is accepted and not received stands in the slots from the consumer on, in order',
    [],
    (state) =>
      queue(state).every((message, offset) => {
        const { context } = state.consumer
        const slot = state.slot.at(slotAt(after(context.head, offset, context), context)).context
        return slot.first === message && slot.second === message
      }),
  ),
  offeredIsAccepted: leadsTo(
    'a message that is offered is accepted in the end',
    ['message'],
    ({ producer: { context } }, { message }) => context.messages[context.next] === message,
    (state, { message }) => queue(state).includes(message),
  ),
  acceptedIsReceived: leadsTo(
    'a message that was accepted is received in the end',
    ['message'],
    (state, { message }) => queue(state).includes(message),
    (state, { message }) => !queue(state).includes(message),
  ),
  ringFull: sometimes('the ring is full and says so', [], (state) => state.producer.matches('refusing')),
  indicesWrapped: sometimes(
    'the tail has wrapped and the head has not',
    [],
    (state) => published(state, 'tail') < published(state, 'head'),
  ),
  staleViewLooksFull: sometimes(
    'the ring looks full to the producer although the consumer has given slots back',
    [],
    (state) => {
      const { context } = state.producer
      return (
        distance(context.tail, context.cachedHead, context) === context.capacity &&
        distance(context.tail, published(state, 'head'), context) < context.capacity
      )
    },
  ),
  staleViewLooksEmpty: sometimes(
    'the ring looks empty to the consumer although a message is published',
    [],
    ({ consumer: { context }, index }) =>
      context.head === context.cachedTail && index.at('tail').context.value !== context.head,
  ),
  batchPublished: sometimes('one tail is about to publish a whole batch', [], ({ producer }) => {
    const { accepted, written, batch } = producer.context
    return accepted === written && written === batch
  }),
  batchReleased: sometimes(
    'one head is about to give a whole batch back',
    [],
    ({ consumer: { context } }) => context.taken === context.batch,
  ),
}
