/** What is claimed of a channel whose owners may die: what is received, what survivors are told, what did happen. */
import type { MemoryClaim, MemoryThread } from '../src/interleave/memory/memory-program.ts'
import { ARMED } from '../src/mom/doorbell.ts'
import { type Course, receiverOf, senderOf } from './peer-crash-threads.ts'
import { type End, bellOf, isDead, otherEnd, ownerIn, presenceOf } from './peer-crash-words.ts'

type Claims = { readonly [name: string]: MemoryClaim }
export type Owners = ReturnType<typeof ownersOf>

/** The first owner of each end, and after it whoever follows. */
export function ownersOf(course: Course) {
  const isFollowed = (end: End): boolean => course.size.followed === true && course.size.mortal.includes(end)
  return {
    producer: [senderOf(course), ...(isFollowed('producer') ? [senderOf(course, true)] : [])],
    consumer: [receiverOf(course), ...(isFollowed('consumer') ? [receiverOf(course, true)] : [])],
  }
}

const ENDS: readonly End[] = ['producer', 'consumer']

const receiving = ({ shape: { ring }, handled }: Course, { producer, consumer }: Owners): Claims => ({
  inOrder: {
    kind: 'always',
    sentence: 'an owner receives in order, from the first message on that was not released',
    holds: ({ self }) =>
      consumer.every((receiver) => {
        const { first, received } = self(receiver)
        return received.every((number, index) => number === first + index)
      }),
  },
  acceptedIsReceived: {
    kind: 'atEnd',
    sentence: 'where a receiver lives, all that was accepted is released, and all that was sent was accepted',
    holds: ({ self, status, word }) => {
      if (!consumer.some((receiver) => status(receiver) === 'done')) return true
      const sent = Math.max(...producer.map((sender) => self(sender).next))
      return word(ring.head) === word(ring.tail) && word(ring.tail) >= sent
    },
  },
  releasedIsHandled: {
    kind: 'always',
    sentence: 'what is released was acted on, once, or again by the successor of a receiver that died',
    holds: ({ status, word }) => {
      const most = status(consumer[0]!) === 'crashed' ? consumer.length : 1
      const times = Array.from({ length: word(ring.head) }, (_, message) => word(handled + message))
      return times.every((count) => count >= 1 && count <= most)
    },
  },
})

const telling = ({ size, shape }: Course, owners: Owners): Claims => ({
  reportedDeathIsTrue: {
    kind: 'always',
    sentence: 'no end is told of the death of a living peer, and no word says that a living owner is dead',
    holds: ({ self, status, word }) =>
      ENDS.every((end) => {
        const presence = word(presenceOf(end, shape))
        const own: readonly MemoryThread[] = owners[end]
        const isTold = owners[otherEnd(end)].some((survivor) => self<{ told: boolean }>(survivor).told)
        if (isTold && status(own[0]!) !== 'crashed') return false
        return !isDead(presence) || status(own[ownerIn(presence) - 1]!) === 'crashed'
      }),
  },
  nobodyIsAccused: {
    kind: 'always',
    sentence: 'a death is no broken promise: nobody takes what a dead owner left for a fault',
    holds: ({ self }) =>
      [...owners.producer, ...owners.consumer].every(
        (owner) => self<{ outcome: string }>(owner).outcome !== 'faulty',
      ),
  },
  everyEndIsDecided: {
    kind: 'atEnd',
    sentence:
      'a sender has sent everything or is told of a death, and a receiver is told how the sender left',
    holds: ({ self, status, word }) => {
      const left = isDead(word(shape.senderPresence)) ? 'dead' : 'closed'
      const isDecided = owners.producer.every((sender) => {
        const { next, outcome } = self(sender)
        return status(sender) !== 'done' || next === size.messages || outcome === 'dead'
      })
      return (
        isDecided &&
        owners.consumer.every((receiver) => status(receiver) !== 'done' || self(receiver).outcome === left)
      )
    },
  },
})

/** That the end dies between two accesses of a wake-up, with its peer asleep. */
function dying(end: End, { shape }: Course, owners: Owners): Claims {
  const owner: MemoryThread = owners[end][0]!
  const survivor: MemoryThread = owners[otherEnd(end)][0]!
  const bell = bellOf(otherEnd(end), shape)
  const { tail, head } = shape.ring
  return {
    [`${end}DiesBeforeRinging`]: {
      kind: 'sometimes',
      sentence: `a ${end} dies after it published and before it rang, and the other end sleeps`,
      holds: ({ status, word }) => {
        const hasNews = end === 'producer' ? word(tail) !== word(head) : word(tail) === word(head)
        const isAsleep = status(survivor) === 'parked' && word(bell) === ARMED
        return status(owner) === 'crashed' && isAsleep && hasNews
      },
    },
    [`${end}DiesBeforeNotifying`]: {
      kind: 'sometimes',
      sentence: `a ${end} dies after it took the flag down and before it notified, and the other end sleeps`,
      holds: ({ status, word }) =>
        status(owner) === 'crashed' && status(survivor) === 'parked' && word(bell) !== ARMED,
    },
  }
}

const handledAgain = ({ size, handled }: Course): Claims => ({
  handledAgain: {
    kind: 'sometimes',
    sentence: 'a message in the hands of a receiver that died is acted on by the successor too',
    holds: ({ word }) => Array.from({ length: size.messages }, (_, at) => word(handled + at)).includes(2),
  },
})

export function claimsOf(course: Course, owners: Owners): Claims {
  const { mortal, followed = false, messages, capacity } = course.size
  // A sender sleeps only for room.
  const waited = mortal.filter((end) => end === 'producer' || messages > capacity)
  return {
    ...receiving(course, owners),
    ...telling(course, owners),
    ...Object.fromEntries(waited.flatMap((end) => Object.entries(dying(end, course, owners)))),
    ...(followed && mortal.includes('consumer') ? handledAgain(course) : {}),
  }
}
