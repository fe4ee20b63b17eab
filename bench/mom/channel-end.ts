/** The channels, as a subsystem uses them: typed messages, doorbells, presence; of one sender or several. */
import { ChannelReceiver } from '../../src/mom/channel-receiver.ts'
import { ChannelSender } from '../../src/mom/channel-sender.ts'
import { NO_PATIENCE, PATIENCE } from '../../src/mom/doorbell.ts'
import type { Encodable, ReceiveOutcome, Receiver, SendOutcome, Sender } from '../../src/mom/fifo.ts'
import { messageType } from '../../src/mom/message.ts'
import { MpscReceiver } from '../../src/mom/mpsc-receiver.ts'
import { MpscSender } from '../../src/mom/mpsc-sender.ts'
import { type End, type Part, RECEIVER, placesOf } from './end.ts'
import { type FieldsCode, WrongMessageError, fieldNames, objectFields } from './straight-line.ts'

/** No benchmark waits longer for its peer; milliseconds. */
const STUCK_MS = 60_000

const messageOf = (words: number) =>
  messageType(Object.fromEntries(fieldNames(words).map((name) => [name, 'int' as const]))).create()

class OutcomeError extends Error {
  constructor(outcome: SendOutcome | ReceiveOutcome, { fault }: Sender | Receiver) {
    super(`a channel that must go on says '${outcome}'`, { cause: fault })
  }
}

/** Fills one message again and again, with numbers that go on from one run to the next. */
class Filler {
  readonly message: Encodable
  readonly #fields: FieldsCode
  #next = 0

  constructor(words: number) {
    this.message = messageOf(words)
    this.#fields = objectFields(words)
  }

  fill(): void {
    this.#fields.put(this.message, this.#next)
  }

  /** The message that was filled is on its way. */
  advance(): void {
    this.#next = (this.#next + 1) | 0
  }
}

/** Checks what is received into one message, for one sender or several. */
class Checker {
  readonly inbox: readonly [ReturnType<typeof messageOf>]
  readonly #fields: FieldsCode
  readonly #next: number[]

  constructor(words: number, senders: number) {
    this.inbox = [messageOf(words)]
    this.#fields = objectFields(words)
    this.#next = Array.from({ length: senders }, () => 0)
  }

  check(sender: number): void {
    const next = this.#next[sender]!
    if (!this.#fields.isRight(this.inbox[0], next)) throw new WrongMessageError(next)
    this.#next[sender] = (next + 1) | 0
  }
}

function sendOne(sender: Sender, filler: Filler): void {
  filler.fill()
  const outcome = sender.send(0, filler.message, STUCK_MS)
  if (outcome !== 'sent') throw new OutcomeError(outcome, sender)
  filler.advance()
}

/** Stages a batch as far as there is room; how many. */
function sendBatch(sender: ChannelSender, filler: Filler, most: number): number {
  let staged = 0
  while (staged < most) {
    filler.fill()
    const outcome = sender.stage(0, filler.message)
    if (outcome === 'full') break
    if (outcome !== 'sent') throw new OutcomeError(outcome, sender)
    filler.advance()
    staged++
  }
  sender.flush()
  return staged
}

function sendAll(sender: ChannelSender, filler: Filler, count: number, batch: number): void {
  for (let left = count; left > 0;) {
    const staged = batch > 1 ? sendBatch(sender, filler, Math.min(left, batch)) : 0
    // One that waits for room.
    if (staged === 0) sendOne(sender, filler)
    left -= Math.max(staged, 1)
  }
}

/** Both kinds of receivers have it. */
type Draining = Receiver & Pick<ChannelReceiver, 'drain'>

/** Receives with one call for each message. */
function receiveOne(receiver: Receiver, checker: Checker): void {
  const outcome = receiver.receive(checker.inbox, STUCK_MS)
  if (outcome !== 'received') throw new OutcomeError(outcome, receiver)
  checker.check(0)
}

function receiveAll(
  receiver: Draining,
  { inbox }: Checker,
  count: number,
  batch: number,
  onMessage: () => void,
): void {
  for (let left = count; left > 0;) {
    const received = receiver.drain(inbox, Math.min(left, batch), onMessage)
    left -= received
    if (received > 0) continue
    const outcome = receiver.receive(inbox, STUCK_MS)
    if (outcome !== 'received') throw new OutcomeError(outcome, receiver)
    onMessage()
    left--
  }
}

export function channelEnd({ subject, role, memory }: Part): End {
  const { kind, words, batch, waiting } = subject
  const { there, back } = placesOf(subject)
  const options = { patience: waiting === 'parked' ? NO_PATIENCE : PATIENCE }
  const filler = new Filler(words)
  const checker = new Checker(words, 1)
  const onMessage = (): void => checker.check(0)
  const isAnswering = role === RECEIVER
  if (kind === 'rate') {
    if (!isAnswering) {
      const sender = new ChannelSender(memory, there, options)
      return { run: (count) => sendAll(sender, filler, count, batch) }
    }
    const receiver = new ChannelReceiver(memory, there, options)
    return { run: (count) => receiveAll(receiver, checker, count, batch, onMessage) }
  }
  const sender = new ChannelSender(memory, kind === 'trip' && isAnswering ? back : there, options)
  const receiver = new ChannelReceiver(memory, kind === 'trip' && !isAnswering ? back : there, options)
  const exchange = (count: number): void => {
    for (let trip = 0; trip < count; trip++) {
      if (isAnswering) receiveOne(receiver, checker)
      sendOne(sender, filler)
      if (!isAnswering) receiveOne(receiver, checker)
    }
  }
  const takeTurns = (count: number): void => {
    for (let left = count; left > 0; left -= batch) {
      const most = Math.min(left, batch)
      sendAll(sender, filler, most, batch)
      receiveAll(receiver, checker, most, batch, onMessage)
    }
  }
  return { run: kind === 'trip' ? exchange : takeTurns }
}

/** A round's messages are shared out equally; the receiver takes each sender's in their order. */
export function severalSendersEnd({ subject, role, memory }: Part): End {
  const { words, senders = 1 } = subject
  const { several } = placesOf(subject)
  if (role !== RECEIVER) {
    const sender = new MpscSender(memory, several, role - 1)
    const filler = new Filler(words)
    return {
      run: (count) => {
        for (let left = Math.floor(count / senders); left > 0; left--) sendOne(sender, filler)
      },
    }
  }
  const receiver = new MpscReceiver(memory, several)
  const checker = new Checker(words, senders)
  const onMessage = (): void => checker.check(receiver.sender)
  return {
    run: (count) => receiveAll(receiver, checker, Math.floor(count / senders) * senders, 64, onMessage),
  }
}
