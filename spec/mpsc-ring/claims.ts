/** What mpsc-ring promises, beside the order of each producer's messages, which its fifo observers judge. */
import { claimsOn } from '../../src/model/claim.ts'
import { wordAt } from '../../src/statemachines/mom/claim-ring.ts'
import { after, ahead } from '../../src/statemachines/mom/wrapping.ts'
import type { MpscRingDomains, MpscRingState } from './system.ts'

const { always, sometimes, leadsTo, neverStuck } = claimsOn<MpscRingState, MpscRingDomains>()

type Producer = `producer${number}`

const ring = (state: MpscRingState) => state.ring.context
const head = (state: MpscRingState) => state.consumer.context.position
const isOver = (state: MpscRingState, producer: Producer) => {
  const one = state.producer.at(producer)
  return one.context.accepted === one.context.messages || !one.matches('attached')
}

/** The positions from the consumer's on, one lap. */
const lap = (state: MpscRingState): number[] =>
  ring(state).words.map((_, index) => after(head(state), ring(state).positions, index))

/** A producer's messages in slots that are committed and not yet taken, in the order of their positions. */
const waiting = (state: MpscRingState, producer: Producer): string[] =>
  lap(state).flatMap((position) => {
    const word = wordAt(ring(state), position)
    if (word.position !== position || word.state !== 'committed') return []
    if (position === head(state) && state.consumer.matches('releasing')) return []
    const { content } = state.payload.at(`slot${position % ring(state).words.length}`).context
    return content !== 'anything' && content.producer === producer ? [content.message] : []
  })

export const claims = {
  ownerKeepsItsSlot: always(
    'a slot that a living producer has claimed stays its own until it commits',
    ['producer'],
    (state, { producer }) => {
      const { position } = state.producer.at(producer).context
      if (!state.producer.at(producer).matches({ attached: 'owning' }) || position === 'none') return true
      const word = wordAt(ring(state), position)
      return word.position === position && word.state === producer
    },
  ),
  acceptedIsInTheRing: always(
    'what was accepted and not yet received lies committed in the ring, whole and in order',
    ['producer'],
    (state, { producer }) =>
      waiting(state, producer).join() === state.channel.at(producer).context.queue.join(),
  ),
  claimsFitTheRing: always(
    'nothing is claimed or committed behind the consumer or a lap ahead of it',
    [],
    (state) =>
      ring(state).words.every(({ position, state: kind }) => {
        const distance = ahead(position, head(state), ring(state).positions)
        return kind === 'free' || (distance >= 0 && distance < ring(state).words.length)
      }),
  ),
  tailLeavesNoHole: always('every position before the tail has been claimed', [], (state) => {
    const { tail, words, positions } = ring(state)
    return words.every((_, index) => {
      const position = after(tail, positions, positions - 1 - index)
      const word = wordAt(ring(state), position)
      const rounds = ahead(word.position, position, positions)
      return rounds > 0 || (rounds === 0 && word.state !== 'free')
    })
  }),
  offeredIsAccepted: leadsTo(
    'a producer that lives sends all it has in the end',
    ['producer'],
    (state, { producer }) => !isOver(state, producer),
    (state, { producer }) => isOver(state, producer),
  ),
  acceptedIsReceived: leadsTo(
    'what was accepted is received in the end',
    ['producer'],
    (state, { producer }) => state.channel.at(producer).context.queue.length > 0,
    (state, { producer }) => state.channel.at(producer).context.queue.length === 0,
  ),
  neverDeadlocked: neverStuck(
    'nothing can happen only when every producer has ended and all that was accepted is received',
    (state) =>
      state.producer.every((_, producer) => isOver(state, producer)) &&
      state.channel.every(({ context }) => context.queue.length === 0),
  ),
  ringFull: sometimes('a producer is told that the ring is full', ['producer'], (state, { producer }) => {
    const one = state.producer.at(producer)
    const { tail, words, positions } = ring(state)
    return (
      one.matches({ attached: 'claiming' }) &&
      one.context.position === tail &&
      words.every(({ position, state: kind }) => kind !== 'free' && ahead(position, tail, positions) < 0)
    )
  }),
  deadOwnerBlocks: sometimes(
    'the consumer waits at the claim of a dead producer while a later message is committed',
    ['producer'],
    (state, { producer }) => {
      const word = wordAt(ring(state), head(state))
      return (
        word.position === head(state) &&
        word.state === producer &&
        !state.producer.at(producer).matches('attached') &&
        state.channel.some(({ context }) => context.queue.length > 0)
      )
    },
  ),
  committedBeforeItsDeath: sometimes(
    'the consumer has read that an owner is dead whose message is committed meanwhile',
    [],
    (state) => state.consumer.matches('recovering') && wordAt(ring(state), head(state)).state === 'committed',
  ),
  consumerPassesTheTail: sometimes(
    'a message is taken before anybody has moved the tail past it',
    [],
    (state) => ahead(head(state), ring(state).tail, ring(state).positions) > 0,
  ),
}
