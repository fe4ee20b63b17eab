/** Sides of what is built from channels: calls, priorities, credit and buffers, topics, status words. */
import type { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { byteViews } from '../src/mom/buffer-pool.ts'
import { CallServer } from '../src/mom/call-server.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { ChannelShape } from '../src/mom/channel-shape.ts'
import { type CreditShape, unitsOf } from '../src/mom/credit-flow.ts'
import { CreditReceiver } from '../src/mom/credit-receiver.ts'
import { CreditSender } from '../src/mom/credit-sender.ts'
import { NO_PATIENCE, PATIENCE } from '../src/mom/doorbell.ts'
import type { SendOutcome } from '../src/mom/fifo.ts'
import { messageType } from '../src/mom/message.ts'
import { PRIORITIES, PriorityReceiver, PrioritySender, type PriorityShape } from '../src/mom/priority.ts'
import { CallClient } from '../src/mom/request-reply.ts'
import { GapDetector, STATES, StatusReader, StatusSource } from '../src/mom/sequence.ts'
import { TopicPublisher } from '../src/mom/topic-publisher.ts'
import { TopicSubscriber } from '../src/mom/topic-subscriber.ts'
import { ABSENT, STEP, type TopicShape } from '../src/mom/topic.ts'
import { Dice, check, fill, stressType } from './mom-stress-message.ts'

type Data = { readonly count: number; readonly seed: number; readonly parks?: boolean }

export type CallData = Data & {
  readonly requests: ChannelShape
  readonly cancels: ChannelShape
  readonly replies: ChannelShape
  readonly slots: number
  readonly room: number
}
export type PriorityData = Data & { readonly shape: PriorityShape }
export type CreditData = Data & { readonly shape: CreditShape }
export type TopicData = Data & {
  readonly shape: TopicShape
  readonly id?: number
  /** A subscriber that reads nothing before so many messages are published. */
  readonly sleepsFor?: number
}
export type StatusData = Data & { readonly word: number; readonly shape: ChannelShape }

const patience = ({ parks = false }: Data) => ({ patience: parks ? NO_PATIENCE : PATIENCE })

function must<T>(got: T, wanted: T, what: string): void {
  if (got !== wanted) throw new Error(`${what}: '${String(got)}' instead of '${String(wanted)}'`)
}

/** What a server answers to request n. */
const answerTo = (number: number): number => (number * 7 + 1) >>> 0

/** Has as many calls open as it can, gives up on some, and counts the outcomes: each call has one. */
function call(memory: SharedMemory, data: CallData) {
  const { count, slots, room } = data
  const requests = new ChannelSender(memory, data.requests, patience(data))
  const cancels = new ChannelSender(memory, data.cancels, patience(data))
  const replies = new ChannelReceiver(memory, data.replies, patience(data))
  const client = new CallClient({ requests, cancels, replies }, { slots, room })
  const dice = new Dice(data.seed)
  const request = stressType.create()
  const reply = stressType.create()
  const open = new Map<number, number>()
  const tally = { answered: 0, expired: 0, cancelled: 0, late: 0 }
  const giveUp = (): void => {
    const [name] = open.keys()
    if (name === undefined) return
    const cancels = dice.roll(2) === 0
    must(cancels ? client.cancel(name) : client.expire(name), true, 'giving up an open call')
    open.delete(name)
    tally[cancels ? 'cancelled' : 'expired']++
  }
  const take = (): void => {
    const outcome = client.take([reply])
    if (outcome === 'late') tally.late++
    else must(outcome, 'answered', 'taking an answer')
    if (outcome !== 'answered') return
    check(reply, answerTo(open.get(client.name)!))
    open.delete(client.name)
    tally.answered++
  }
  for (let called = 0; called < count || open.size > 0;) {
    fill(request, called)
    const name = called < count ? client.call(0, request) : 'busy'
    if (typeof name === 'number') {
      must(open.has(name), false, 'a name that is in use')
      open.set(name, called)
      called++
    } else must(name, 'busy', 'calling')
    if (dice.roll(16) === 0) giveUp()
    else if (name === 'busy') take()
  }
  requests.close()
  cancels.close()
  return tally
}

function serve(memory: SharedMemory, data: CallData) {
  const requests = new ChannelReceiver(memory, data.requests, patience(data))
  const cancels = new ChannelReceiver(memory, data.cancels, patience(data))
  const replies = new ChannelSender(memory, data.replies, patience(data))
  const server = new CallServer({ requests, cancels, replies })
  const request = stressType.create()
  const reply = stressType.create()
  let served = 0
  for (;;) {
    const outcome = server.receive([request])
    if (outcome !== 'received') return { outcome, served }
    check(request, request.number)
    fill(reply, answerTo(request.number))
    const answered: SendOutcome = server.isWithdrawn(server.name)
      ? server.answer(server.name, -1)
      : server.answer(server.name, 0, reply)
    // The client is gone once it needs no more answers.
    if (answered !== 'closed') must(answered, 'sent', 'answering')
    served++
  }
}

function sendByPriority(memory: SharedMemory, data: PriorityData) {
  const sender = new PrioritySender(memory, data.shape, patience(data))
  const dice = new Dice(data.seed)
  const message = stressType.create()
  const counts = PRIORITIES.map(() => 0)
  for (let sent = 0; sent < data.count; sent++) {
    const lane = dice.roll(PRIORITIES.length)
    fill(message, counts[lane]!++ * PRIORITIES.length + lane)
    must(sender.send(PRIORITIES[lane]!, 0, message), 'sent', 'sending')
  }
  sender.close()
  return { counts }
}

function receiveByPriority(memory: SharedMemory, data: PriorityData) {
  const receiver = new PriorityReceiver(memory, data.shape, patience(data))
  const message = stressType.create()
  const counts = PRIORITIES.map(() => 0)
  for (;;) {
    const outcome = receiver.receive([message])
    if (outcome !== 'received') return { outcome, counts }
    const lane = PRIORITIES.indexOf(receiver.priority)
    check(message, counts[lane]!++ * PRIORITIES.length + lane)
  }
}

/** Kinds: a small message; one that takes several units; one with a buffer. */
const CREDIT_KINDS = 3
const WITH_BUFFER = 2

const byteOf = (number: number, offset: number): number => (number * 31 + offset) & 0xff

function sendOnCredit(memory: AtomicsMemory, data: CreditData) {
  const sender = new CreditSender(memory, data.shape, { ...patience(data), views: byteViews(memory.words) })
  const dice = new Dice(data.seed)
  const message = stressType.create()
  const attach = (number: number): void => {
    const buffer = sender.takeBuffer()
    if (buffer === undefined) throw new Error('no buffer comes any more', { cause: sender.fault })
    const bytes = sender.view(buffer)
    for (let offset = 0; offset < bytes.length; offset++) bytes[offset] = byteOf(number, offset)
    sender.attach(buffer)
  }
  let units = 0
  for (let sent = 0; sent < data.count; sent++) {
    const kind = dice.roll(CREDIT_KINDS)
    units += unitsOf(data.shape, kind)
    if (kind === WITH_BUFFER) attach(sent)
    fill(message, sent)
    must(sender.send(kind, message), 'sent', 'sending')
  }
  sender.close()
  return { units }
}

/** Keeps some messages, with their buffers, while others come, and gives them back in another order. */
function receiveOnCredit(memory: AtomicsMemory, data: CreditData) {
  const { count, shape } = data
  const receiver = new CreditReceiver(memory, shape, { ...patience(data), views: byteViews(memory.words) })
  receiver.prime()
  const dice = new Dice(data.seed)
  const messages = Array.from({ length: CREDIT_KINDS }, () => stressType.create())
  const kept: ReturnType<typeof receiver.keep>[] = []
  let received = 0
  let buffers = 0
  for (;;) {
    const outcome = receiver.receive(messages)
    if (outcome !== 'received') break
    check(messages[receiver.kind]!, received)
    if (receiver.kind === WITH_BUFFER) {
      const bytes = receiver.view(receiver.buffer)
      if (bytes.some((byte, offset) => byte !== byteOf(received, offset)))
        throw new Error(`the buffer of message ${received} holds something else`)
      buffers++
    }
    received++
    if (dice.roll(3) === 0 && kept.length < 2) kept.push(receiver.keep())
    else if (dice.roll(2) === 0 || kept.length === 2)
      for (const held of kept.splice(0).toReversed()) receiver.release(held)
  }
  for (const held of kept) receiver.release(held)
  must(received, count, 'messages received')
  const units = memory.load(shape.released)
  return { received, buffers, units, fault: receiver.fault?.message }
}

function publish(memory: SharedMemory, data: TopicData) {
  const { count, shape } = data
  const publisher = new TopicPublisher(memory, shape, patience(data))
  while (shape.ring.records.some((record) => memory.load(record) === ABSENT)) memory.pause()
  const message = stressType.create()
  for (let sent = 0; sent < count; sent++) {
    fill(message, sent)
    must(publisher.send(0, message), 'sent', 'publishing')
  }
  publisher.close()
  return { count, fault: publisher.fault?.message }
}

function subscribe(memory: SharedMemory, data: TopicData) {
  const { shape, id = 0, sleepsFor = 0 } = data
  const subscriber = new TopicSubscriber(memory, shape, id, patience(data))
  while (memory.load(shape.ring.tail) < sleepsFor * STEP) memory.pause()
  const message = stressType.create()
  let received = 0
  let missed = 0
  for (;;) {
    const outcome = subscriber.receive([message])
    if (outcome === 'received') check(message, missed + received++)
    else if (outcome === 'missed') missed += subscriber.missed
    else return { outcome, received, missed, fault: subscriber.fault?.message }
  }
}

function raiseStatus(memory: SharedMemory, data: StatusData) {
  const source = new StatusSource(memory, data.word)
  const sender = new ChannelSender(memory, data.shape, patience(data))
  const message = statusType.create()
  const dice = new Dice(data.seed)
  let held = 0
  for (let raised = 0; raised < data.count; raised++) {
    const state = dice.roll(STATES)
    while (!source.raise(state)) held++
    message.status = source.status
    must(sender.send(0, message), 'sent', 'telling of an event')
  }
  sender.close()
  return { status: source.status, held }
}

const statusType = messageType({ status: 'int' })

/** Learns of every event, and tries to commit; while a commit holds, nothing may happen. */
function commitStatus(memory: SharedMemory, data: StatusData) {
  const reader = new StatusReader(memory, data.word)
  const receiver = new ChannelReceiver(memory, data.shape, patience(data))
  const detector = new GapDetector(0)
  const message = statusType.create()
  const dice = new Dice(data.seed)
  const tally = { matched: 0, stale: 0, busy: 0 }
  for (;;) {
    const outcome = receiver.receive([message])
    if (outcome !== 'received') return { outcome, status: detector.known, ...tally }
    must(detector.learn(message.status), 'next', 'an event')
    const { known } = detector
    if (dice.roll(4) > 0) continue
    const commit = reader.commit(known)
    tally[commit]++
    if (commit !== 'matched') continue
    for (let look = dice.roll(50); look > 0; look--) must(reader.read(), known, 'the status during a commit')
    reader.finish(known)
  }
}

export const services: { readonly [name: string]: (memory: AtomicsMemory, data: never) => unknown } = {
  call,
  serve,
  sendByPriority,
  receiveByPriority,
  sendOnCredit,
  receiveOnCredit,
  publish,
  subscribe,
  raiseStatus,
  commitStatus,
}
