/**
 * What request-reply promises, beside the one outcome of each request, which its observers judge: names and room
 * that fit the answers under way, and progress.
 */
import { claimsOn } from '../../src/model/claim.ts'
import type { Message, Slot } from '../../src/statemachines/mom/identifiers.ts'
import type { RequestReplyDomains, RequestReplyState } from './system.ts'

const { always, sometimes, leadsTo } = claimsOn<RequestReplyState, RequestReplyDomains>()

type Name = { slot: Slot; generation: number }

const isAlive = (state: RequestReplyState) => state.life.matches('alive')
const isOwed = (state: RequestReplyState, message: Message) => state.ticket.at(message).matches('owed')

/** A slot and generation, as one text. */
const nameOf = ({ context: { name } }: { context: { name: Name | 'none' } }): string =>
  name === 'none' ? 'none' : `${name.slot}.${name.generation}`

/** Answers to a request that are due, in the server's hand, or published and not taken. */
const answersUnderWay = (state: RequestReplyState, message: Message): number =>
  state.job.count(({ context }) => context.message === message && context.due > 0) +
  (state.server.context.answering === message ? 1 : 0) +
  (state.replies.context.queue.includes(message) ? 1 : 0)

export const claims = {
  nameIsUnique: always(
    'no two requests whose answers are to come have the same slot and generation',
    ['message'],
    (state, { message }) => {
      const name = nameOf(state.ticket.at(message))
      return (
        !isOwed(state, message) ||
        !state.ticket.some((other, id) => id !== message && isOwed(state, id) && nameOf(other) === name)
      )
    },
  ),
  oneAnswerEach: always(
    'a request has at most one answer on its way, and none once it was answered',
    ['message'],
    (state, { message }) => answersUnderWay(state, message) <= (isOwed(state, message) ? 1 : 0),
  ),
  skippedOnlyIfWithdrawn: always(
    'a request that the server takes for withdrawn has been withdrawn by its caller',
    ['message'],
    ({ job, outcome }, { message }) =>
      outcome.at(message).matches({ decided: 'cancelled' }) ||
      !job.some(({ context }) => context.message === message && context.isWithdrawn),
  ),
  roomMatchesAnswers: always(
    'the room a client has reserved is that of the answers that are to come',
    [],
    (state) =>
      !isAlive(state) || state.client.context.reserved === state.ticket.count((one) => one.matches('owed')),
  ),
  serverNeverWaits: always(
    'a server that has an answer finds room for it',
    [],
    ({ server, replies }) =>
      !server.matches('answering') || replies.context.queue.length < replies.context.capacity,
  ),
  noAnswerAfterTheTable: always(
    'once the table is freed no answer is on its way from a living server',
    [],
    (state) =>
      !state.client.matches('freed') || !isAlive(state) || !state.ticket.some((one) => one.matches('owed')),
  ),
  publishedIsTaken: always(
    'a client that has found its server dead has taken all answers that were published',
    [],
    ({ client, replies }) => !client.matches('bereaved') || replies.context.queue.length === 0,
  ),
  everyRequestEnds: leadsTo(
    'a request that was called gets its outcome, even if nobody runs a clock',
    ['message'],
    (state, { message }) => state.outcome.at(message).matches('open'),
    (state, { message }) => state.outcome.at(message).matches('decided'),
  ),
  everyCallReturns: leadsTo(
    'a client that waits for room in the requests goes on',
    [],
    ({ client }) => client.matches('calling'),
    ({ client }) => !client.matches('calling'),
  ),
  everyNameComesBack: leadsTo(
    'a living server answers every request, withdrawn ones too, so that its name can be used again',
    ['message'],
    (state, { message }) => isOwed(state, message),
    (state, { message }) => !isOwed(state, message) || !isAlive(state),
  ),
  answerCrossesCancel: sometimes(
    'a request is withdrawn while its answer is already published',
    [],
    ({ outcome, replies }) =>
      outcome.some(
        (one, message) => one.matches({ decided: 'cancelled' }) && replies.context.queue.includes(message),
      ),
  ),
  withdrawnInTime: sometimes('a request is withdrawn before its work has begun', [], ({ job }) =>
    job.some((one) => one.matches('waiting') && one.context.isWithdrawn),
  ),
  withdrawnDuringWork: sometimes('a request is withdrawn during its work', [], ({ job }) =>
    job.some((one) => one.matches('working') && one.context.isWithdrawn),
  ),
  withdrawnTooEarly: sometimes('a withdrawal is received before its request', [], ({ job }) =>
    job.some((one) => one.context.early !== 'none'),
  ),
  withdrawnTooLate: sometimes(
    'a withdrawal has not been received whose name another call has by now',
    [],
    ({ withdrawals, ticket }) =>
      withdrawals.context.queue.some((message) =>
        ticket.some(
          (one, id) => id !== message && one.matches('owed') && nameOf(one) === nameOf(ticket.at(message)),
        ),
      ),
  ),
  answerComesLate: sometimes(
    'an answer is taken whose slot belongs to another request by now',
    [],
    ({ client: { context }, table }) => {
      if (context.answer === 'none') return false
      const pending = table.at(context.answer.slot).context
      return pending.message !== 'none' && pending.generation !== context.answer.generation
    },
  ),
  generationWrapped: sometimes(
    'a request has the slot and generation that an earlier one had',
    [],
    ({ ticket }) =>
      ticket.some((one, id) => {
        const name = nameOf(one)
        return (
          one.matches('owed') && ticket.some((other, earlier) => earlier !== id && nameOf(other) === name)
        )
      }),
  ),
  answersOutOfOrder: sometimes(
    'a request is answered while an earlier one is still being worked on',
    [],
    ({ ticket, job }) =>
      ticket.at('message1').matches('answered') &&
      job.some((one) => one.matches('working') && one.context.message === 'message0'),
  ),
  deathLeavesAnswers: sometimes(
    'the server is dead and an answer it published is not taken yet',
    [],
    (state) => !isAlive(state) && state.replies.context.queue.length > 0,
  ),
}
