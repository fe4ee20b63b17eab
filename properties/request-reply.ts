/**
 * The production request/reply at every access of memory, over three channels with all their bells: requests that
 * are answered, time out, are withdrawn, or lose their server. Its charts are followed by what the client and the
 * server do, not access by access: the channels below have systems of their own.
 */
import {
  type MemoryProgram,
  type MemoryThread,
  memoryThread,
} from '../src/interleave/memory/memory-program.ts'
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { CallServer } from '../src/mom/call-server.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import { type ChannelShape, type EndOptions, HEADER_WORDS, layChannel } from '../src/mom/channel-shape.ts'
import { Doorbell, NO_PATIENCE } from '../src/mom/doorbell.ts'
import { Layout } from '../src/mom/layout.ts'
import { type Message, messageType } from '../src/mom/message.ts'
import { Presence } from '../src/mom/peer-crash.ts'
import { CallClient, type CallLimits, type CallOutcome, NAME_WORDS } from '../src/mom/request-reply.ts'

const question = messageType({ value: 'int' })
type Question = Message<typeof question.fields>
const OPTIONS: EndOptions = { patience: NO_PATIENCE }

/** The answer to a question, told from that of any other. */
const answerTo = (value: number): number => value + 100

export type Size = {
  readonly calls: number
  readonly limits: CallLimits
  /** What a client does with a call that is not answered at once. */
  readonly impatience: 'waits' | 'expires' | 'cancels'
  readonly crashes?: boolean
  /** How often in a run the client gives up waiting. */
  readonly timeouts?: number
  readonly capacity?: number
}

export type Parts = {
  readonly client: typeof CallClient
  readonly server: typeof CallServer
}

type Shapes = {
  readonly requests: ChannelShape
  readonly cancels: ChannelShape
  readonly replies: ChannelShape
}

type ClientSelf = {
  readonly client: CallClient
  readonly message: Question
  readonly inbox: readonly [Question]
  /** What was asked under a name; and how each call has ended, once for each time it has. */
  readonly asked: { [name: number]: number }
  readonly outcomes: string[]
  called: number
}

const ended = ({ outcomes }: ClientSelf, call: number, how: string): void => {
  outcomes[call] = outcomes[call] === undefined ? how : `${outcomes[call]}, ${how}`
}

/** One answer, or what else has become of a call. False once nothing can come any more. */
function takeOne(self: ClientSelf, timeoutMs?: number): boolean {
  const outcome = self.client.take(self.inbox, timeoutMs)
  const call = self.asked[self.client.name]!
  if (outcome === 'answered')
    ended(self, call, self.inbox[0].value === answerTo(call) ? 'answered' : 'answered wrongly')
  else if (outcome === 'failed') ended(self, call, 'failed')
  else return outcome === 'late'
  return true
}

function giveUp(self: ClientSelf, impatience: Size['impatience']): void {
  for (const [name, call] of Object.entries(self.asked)) {
    if (impatience === 'expires' && self.client.expire(Number(name))) ended(self, call, 'expired')
    if (impatience === 'cancels' && self.client.cancel(Number(name))) ended(self, call, 'cancelled')
  }
}

function callNext(self: ClientSelf): CallOutcome {
  const call = self.called
  self.message.value = call
  const name = self.client.call(0, self.message)
  if (typeof name === 'number') self.asked[name] = call
  if (name === 'busy') return name
  if (typeof name === 'string') ended(self, call, 'refused')
  self.called++
  return name
}

function clientOf(size: Size, shapes: Shapes, Client: Parts['client']): MemoryThread<ClientSelf> {
  return memoryThread({
    name: 'client',
    self: (memory): ClientSelf => ({
      client: new Client(
        {
          requests: new ChannelSender(memory, shapes.requests, OPTIONS),
          cancels: new ChannelSender(memory, shapes.cancels, OPTIONS),
          replies: new ChannelReceiver(memory, shapes.replies, OPTIONS),
        },
        size.limits,
      ),
      message: question.create(),
      inbox: [question.create()],
      asked: {},
      outcomes: [],
      called: 0,
    }),
    operation(self) {
      const isWaiting = size.impatience === 'waits'
      if (self.called < size.calls) {
        const outcome = callNext(self)
        if (outcome !== 'busy') return 'again'
      }
      const isGoingOn = takeOne(self, isWaiting ? undefined : 1)
      if (!isGoingOn) giveUp(self, size.impatience)
      const isDecided = self.outcomes.filter((how) => how !== undefined).length === size.calls
      return isDecided ? 'done' : 'again'
    },
  })
}

type ServerSelf = {
  readonly server: CallServer
  readonly inbox: readonly [Question]
  readonly message: Question
}

function serverOf(size: Size, shapes: Shapes, Server: Parts['server']): MemoryThread<ServerSelf> {
  return memoryThread({
    name: 'server',
    daemon: true,
    mayCrash: size.crashes ?? false,
    self: (memory): ServerSelf => ({
      server: new Server({
        requests: new ChannelReceiver(memory, shapes.requests, OPTIONS),
        cancels: new ChannelReceiver(memory, shapes.cancels, OPTIONS),
        replies: new ChannelSender(memory, shapes.replies, OPTIONS),
      }),
      inbox: [question.create()],
      message: question.create(),
    }),
    operation({ server, inbox, message }) {
      if (server.receive(inbox) !== 'received') return 'done'
      message.value = answerTo(inbox[0].value)
      if (server.answer(server.name, 0, message) === 'full') throw new Error('there is no room for an answer')
      return 'again'
    },
  })
}

/** Whoever hosts the server: it says that all the server's ends are dead, and rings the client. */
function hostOf(shapes: Shapes): MemoryThread {
  return memoryThread({
    name: 'host',
    starts: { after: 'server', having: 'crashed' },
    daemon: true,
    self: (memory: SharedMemory) => ({ memory }),
    operation({ memory }) {
      const declare = (word: number, bell: number): void => {
        new Presence(memory, word).declareDead(1, [new Doorbell(memory, bell)])
      }
      declare(shapes.replies.senderPresence, shapes.replies.receiverBell)
      declare(shapes.requests.receiverPresence, shapes.requests.senderBell)
      declare(shapes.cancels.receiverPresence, shapes.cancels.senderBell)
      return 'done'
    },
  })
}

const CORRECT: Parts = { client: CallClient, server: CallServer }

/** A client and a server, who may die. */
export function programOf(
  name: string,
  title: string,
  size: Size,
  wrong: Partial<Parts> = {},
): MemoryProgram {
  const layout = new Layout({ lineWords: 1 })
  const { capacity = 1 } = size
  const slotWords = HEADER_WORDS + NAME_WORDS + question.words
  const clientBell = layout.word('clientBell')
  const requests = layChannel(layout, 'requests', { capacity, slotWords }, { senderBell: clientBell })
  const cancels = layChannel(layout, 'cancels', { capacity, slotWords }, { senderBell: clientBell })
  const replies = layChannel(layout, 'replies', { capacity: 2, slotWords }, { receiverBell: clientBell })
  const shapes = { requests, cancels, replies }
  const parts = { ...CORRECT, ...wrong }
  const client = clientOf(size, shapes, parts.client)
  return {
    name,
    title,
    words: layout.length,
    location: (index) => layout.nameOf(index),
    threads: [
      client,
      serverOf(size, shapes, parts.server),
      ...(size.crashes === true ? [hostOf(shapes)] : []),
    ],
    claims: {
      oneOutcomeEach: {
        kind: 'always',
        sentence: 'no call has two outcomes, and an answer is the one to its question',
        holds: ({ self }) =>
          self(client).outcomes.every((how) =>
            ['answered', 'expired', 'cancelled', 'failed', 'refused'].includes(how),
          ),
      },
      everyCallEnds: {
        kind: 'atEnd',
        sentence: 'every call has its outcome',
        holds: ({ self }) => self(client).outcomes.filter((how) => how !== undefined).length === size.calls,
      },
    },
    options: { timeoutsMax: size.timeouts ?? 2 },
  }
}

export const SMALL: Size = { calls: 3, limits: { slots: 1, room: 1, generations: 2 }, impatience: 'waits' }

export const EXPIRING: Size = {
  calls: 2,
  limits: { slots: 1, room: 1, generations: 2 },
  impatience: 'expires',
}

/** What is explored: by what becomes of a call. */
export const programs: readonly MemoryProgram[] = [
  programOf('request-reply', 'three calls, each answered before the next', SMALL),
  programOf('request-reply-overlapping', 'two calls at once over requests of one slot', {
    ...SMALL,
    calls: 2,
    limits: { slots: 2, room: 2, generations: 2 },
  }),
  programOf('request-reply-expiring', 'two calls that time out, late answers', EXPIRING),
  programOf('request-reply-cancelled', 'two calls that are withdrawn', {
    ...EXPIRING,
    impatience: 'cancels',
    timeouts: 1,
  }),
  programOf('request-reply-crash', 'a server that dies at any access', { ...SMALL, calls: 2, crashes: true }),
]
