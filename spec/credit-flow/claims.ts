/** What credit-flow promises, in words. Order is judged by an observer (system.ts). */
import { claimsOn } from '../../src/model/claim.ts'
import { ahead } from '../../src/statemachines/mom/wrapping.ts'
import type { CreditFlowDomains, CreditFlowState } from './system.ts'

const { always, sometimes, leadsTo, eventually, neverStuck } = claimsOn<CreditFlowState, CreditFlowDomains>()

/** The units of messages that were sent and not yet judged: in the ring, or in the consumer's hands. */
function outstanding(state: CreditFlowState): number {
  const { units } = state.sender.context
  const { held } = state.consumer.context
  const messages = state.activeRing.context.descriptors.map(({ message }) => message)
  return [...messages, ...(held === 'none' ? [] : [held.message])]
    .map((message) => units[Number(message.slice('message'.length))] ?? 0)
    .reduce((sum, count) => sum + count, 0)
}

const isStarved = ({ sender: { context } }: CreditFlowState) =>
  ahead(context.allowed, context.used, context.modulus) < (context.units[context.next] ?? 0)

const isDone = (state: CreditFlowState) =>
  state.sender.context.next === state.sender.context.units.length && outstanding(state) === 0

export const claims = {
  windowIsKept: always(
    'the units outstanding never exceed the window',
    [],
    (state) => outstanding(state) <= state.sender.context.window,
  ),
  creditIsConserved: always(
    'credit held, on its way, in use and freed is the window, and none of them is negative',
    [],
    (state) => {
      const { allowed, used, modulus, window } = state.sender.context
      const { granted, freed } = state.consumer.context
      const unused = ahead(allowed, used, modulus)
      const onItsWay = ahead(granted, allowed, modulus)
      return unused >= 0 && onItsWay >= 0 && unused + onItsWay + outstanding(state) + freed === window
    },
  ),
  everyBufferHasOneOwner: always(
    'every buffer has one owner: the sender, the active ring, the consumer or the free ring',
    ['buffer'],
    (state, { buffer }) => {
      if (state.consumer.matches('starting')) return true
      const { held, unreturned } = state.consumer.context
      const places = [
        state.sender.context.buffer,
        ...state.activeRing.context.descriptors.map((one) => one.buffer),
        ...(held === 'none' ? [] : [held.buffer]),
        ...unreturned,
        ...state.freeRing.context.buffers,
      ]
      return places.filter((place) => place === buffer).length === 1
    },
  ),
  everyMessageIsJudged: eventually('every message is accepted or refused in the end', [], isDone),
  creditComesBack: leadsTo(
    'a sender that has run out of credit gets some',
    [],
    isStarved,
    (state) => !isStarved(state),
  ),
  stopsOnlyWhenDone: neverStuck('nothing goes on only when every message has been judged', isDone),
  creditRunsOut: sometimes(
    'the sender holds a buffer and has no credit for the message',
    [],
    (state) => state.sender.matches('holding') && isStarved(state),
  ),
  buffersRunOut: sometimes(
    'the sender has credit and there is no free buffer',
    [],
    (state) =>
      state.sender.matches('idle') &&
      !isDone(state) &&
      !isStarved(state) &&
      state.freeRing.context.buffers.length === 0,
  ),
  olderCreditComesLater: sometimes(
    'a carrier still holds credit older than what has arrived',
    ['carrier'],
    (state, { carrier }) => {
      const { credit } = state.carrier.at(carrier).context
      const { allowed, modulus } = state.sender.context
      return credit !== 'none' && ahead(allowed, credit, modulus) > 0
    },
  ),
  fullRingIsNotFull: sometimes(
    'the free ring looks full to the consumer, and is not',
    [],
    (state) =>
      state.consumer.context.unreturned.length > 0 &&
      state.consumer.context.seenFree === state.consumer.context.buffers.length,
  ),
  creditWraps: sometimes(
    'the credit has wrapped and the units used have not',
    [],
    ({ sender: { context } }) => context.allowed < context.used,
  ),
}
