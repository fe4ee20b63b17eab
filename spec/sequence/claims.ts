/** What sequence promises, beside what its two observers judge: delivery and freshness. */
import { claimsOn } from '../../src/model/claim.ts'
import { numberOf } from '../../src/statemachines/mom/numbered-sender.ts'
import { ahead } from '../../src/statemachines/mom/wrapping.ts'
import type { SequenceDomains, SequenceState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<SequenceState, SequenceDomains>()

/** How many events the agent does not know of. */
const lag = ({ word, agent }: SequenceState): number =>
  ahead(word.context.number, agent.context.seen, word.context.numbers)

export const claims = {
  nothingSeenBeforeItHappened: always(
    'the agent never knows a number that the status word has not reached',
    [],
    (state) => lag(state) >= 0,
  ),
  decisionLands: leadsTo(
    'what is undecided is decided and committed in the end, however often it is refused',
    [],
    ({ agent }) => !agent.context.decided,
    ({ agent }) => agent.context.decided,
  ),
  knowledgeCatchesUp: leadsTo(
    'the agent comes to know of every event, also where its message was lost',
    [],
    (state) => lag(state) > 0,
    (state) => lag(state) === 0,
  ),
  eventsAreNotHeldUp: leadsTo(
    'commits do not hold up events for ever',
    [],
    ({ sender }) => sender.context.events > 0,
    ({ sender }) => sender.context.events === 0,
  ),
  gapSeen: sometimes(
    'a message comes after one that was lost',
    [],
    ({ agent }) =>
      agent.context.taken !== 'none' &&
      ahead(numberOf(agent.context.taken), agent.context.seen, agent.context.numbers) > 1,
  ),
  repeatSeen: sometimes(
    'a message comes a second time',
    [],
    ({ agent }) => agent.context.taken !== 'none' && numberOf(agent.context.taken) === agent.context.seen,
  ),
  staleDecision: sometimes(
    'a decision waits for its commit though something happened since',
    [],
    (state) => state.gate.matches('ready') && lag(state) > 0,
  ),
  eventWaitsForCommit: sometimes(
    'an event is held up by a commit under way',
    [],
    ({ word, sender }) =>
      word.context.locked && sender.context.events > 0 && sender.context.raised === sender.context.sent,
  ),
}
