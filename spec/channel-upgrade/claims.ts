/**
 * What channel-upgrade promises, beside order, nothing lost and nothing twice, which its observers judge: one owner
 * of an end, positions that pass on with the role, and progress across upgrades.
 */
import { claimsOn } from '../../src/model/claim.ts'
import type { ChannelUpgradeDomains, ChannelUpgradeState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<ChannelUpgradeState, ChannelUpgradeDomains>()

type State = ChannelUpgradeState

const accepted = (state: State) => state.accepted.context.accepted
const isDead = (state: State, end: 'producer' | 'consumer') =>
  end === 'producer'
    ? state.producer.at(state.upgrade.context.producer).matches('dead')
    : state.consumer.at(state.upgrade.context.consumer).matches('dead')
const isWaiting = (state: State, message: `message${number}`) => state.channel.context.queue.includes(message)

export const claims = {
  oneOwner: always(
    'each end has at most one owner that acts',
    [],
    ({ producer, consumer }) =>
      producer.count((one) =>
        ['ready', 'publishing', 'checking', 'fenced'].some((name) => one.value === name),
      ) <= 1 &&
      consumer.count((one) =>
        ['looking', 'judging', 'taking', 'drained'].some((name) => one.value === name),
      ) <= 1,
  ),
  positionPassesOn: always(
    'an owner that consumes stands where its transport says that the channel is',
    ['consumer'],
    (state, { consumer }) => {
      const one = state.consumer.at(consumer)
      if (!one.matches('looking')) return true
      return one.context.position === state.ring.at(one.context.ring).context.head
    },
  ),
  acceptedIsInAPath: always(
    'what is accepted and not received lies stamped in a ring, whole',
    ['message'],
    (state, { message }) =>
      !isWaiting(state, message) ||
      state.ring.some(({ context }) =>
        context.slots.some(
          (slot) => slot !== 'none' && slot.message === message && slot.sequence >= context.head,
        ),
      ),
  ),
  upgradeEnds: leadsTo(
    'an upgrade is completed or aborted, and both ends are in service again',
    [],
    (state) => !state.upgrade.matches('idle'),
    (state) => state.upgrade.matches('idle') || isDead(state, 'consumer') || isDead(state, 'producer'),
  ),
  offeredIsAccepted: leadsTo(
    'a producer sends all it has, upgrades or not, unless an owner has died',
    [],
    (state) => accepted(state) < state.accepted.context.messages.length,
    (state) =>
      accepted(state) === state.accepted.context.messages.length ||
      isDead(state, 'producer') ||
      isDead(state, 'consumer'),
  ),
  acceptedIsReceived: leadsTo(
    'what was accepted is received, asleep or not, unless the consumer has died',
    ['message'],
    (state, { message }) => isWaiting(state, message),
    (state, { message }) => !isWaiting(state, message) || isDead(state, 'consumer'),
  ),
  storedBehindTheFence: sometimes(
    'a producer has stored behind the fence and has not read it yet',
    [],
    ({ producer, path }) =>
      path.context.fence !== 'none' &&
      producer.some((one) => one.matches('checking') && one.context.position > Number(path.context.fence)),
  ),
  lateSlotInService: sometimes(
    'a slot of an aborted epoch lies where the next message of the path in service belongs',
    [],
    ({ path: { context }, ring }) =>
      ring
        .at(context.ring)
        .context.slots.some(
          (slot) => slot !== 'none' && slot.sequence >= context.base && slot.epoch < context.epoch,
        ),
  ),
  sendsWhileDraining: sometimes(
    'a message is accepted on the new path while one of the old path is not received',
    [],
    ({ path: { context }, consumer, channel, producer }) =>
      consumer.some((one) => one.context.epoch < context.epoch && one.context.position < context.base) &&
      producer.some((one) => one.matches('publishing') && one.context.epoch === context.epoch) &&
      channel.context.queue.length > 1,
  ),
  acceptedBetweenOwners: sometimes(
    'a message is accepted while no consumer has the bell',
    [],
    ({ upgrade, producer, channel }) =>
      upgrade.matches('binding') &&
      producer.some((one) => one.matches('publishing')) &&
      channel.context.queue.length > 0,
  ),
  diesBeforeTheCommit: sometimes(
    'a successor dies between its import and the commit',
    [],
    ({ upgrade, producer, consumer }) =>
      upgrade.matches('committing') &&
      (producer.some((one, id) => id === upgrade.context.successor && one.matches('dead')) ||
        consumer.some((one, id) => id === upgrade.context.successor && one.matches('dead'))),
  ),
  diesAfterTheCommit: sometimes(
    'a successor dies after the commit with messages that it was to receive',
    [],
    (state) => isDead(state, 'consumer') && state.channel.context.queue.length > 0,
  ),
}
