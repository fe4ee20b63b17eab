/**
 * The words that producers share in a ring of several producers: the tail, which is a hint, and one state
 * word a slot, which says for which position it is free, claimed or committed, and by whom it was claimed.
 */
import { assign, setup } from 'xstate'
import type { Producer } from './identifiers.ts'
import { after, ahead } from './wrapping.ts'

/** One word of memory: claim, owner and round are read and changed together. */
export type SlotWord = { position: number; state: 'free' | 'committed' | Producer }

type Context = { positions: number; tail: number; words: SlotWord[] }

export type Event =
  | { type: 'tail.read'; producer: Producer; position: number }
  | { type: 'slot.claim'; producer: Producer; position: number } //     compare-and-exchange, done
  | { type: 'slot.pass'; producer: Producer; position: number } //      not done: another has that position
  | { type: 'message.refuse'; producer: Producer; position: number } // not done: the last round is still there
  | { type: 'tail.advance'; producer: Producer; position: number } //   compare-and-exchange, done or not
  | { type: 'message.send'; producer: Producer; position: number } //   the store that commits
  | { type: 'commit.read'; position: number }
  | { type: 'claim.read'; producer: Producer; position: number }
  | { type: 'slot.release'; position: number } //                       the store that frees it for a round later
  | { type: 'slot.skip'; producer: Producer; position: number } //      compare-and-exchange, done
  | { type: 'slot.keep'; producer: Producer; position: number } //      not done: it was committed after all

type At = { position: number }
type Claim = At & { producer: Producer }
const at = ({ event }: { event: At }): At => ({ position: event.position })
const claim = ({ event }: { event: Claim }): Claim => ({ position: event.position, producer: event.producer })

/** The state word of the slot of a position. */
export const wordAt = ({ words }: { words: SlotWord[] }, position: number): SlotWord =>
  words[position % words.length]!

const replaced = (context: Context, position: number, word: SlotWord): SlotWord[] =>
  context.words.with(position % context.words.length, word)

/** Whether the slot of a position is claimed for it by a producer. */
export const isClaim = (context: Context, { position, producer }: Claim): boolean => {
  const word = wordAt(context, position)
  return word.position === position && word.state === producer
}

export const claimRing = setup({
  types: {
    context: {} as Context,
    events: {} as Event,
    input: {} as { capacity: number; positions: number; first: number },
  },
  guards: {
    isTail: ({ context }, { position }: At) => context.tail === position,
    isFree: ({ context }, { position }: At) => {
      const word = wordAt(context, position)
      return word.position === position && word.state === 'free'
    },
    isTaken: ({ context }, { position }: At) => {
      const word = wordAt(context, position)
      const rounds = ahead(word.position, position, context.positions)
      return rounds > 0 || (rounds === 0 && word.state !== 'free')
    },
    isOfLastRound: ({ context }, { position }: At) =>
      ahead(wordAt(context, position).position, position, context.positions) < 0,
    isUnmoved: ({ context }, { position }: Claim) => context.tail === position,
    isCommitted: ({ context }, { position }: At) => {
      const word = wordAt(context, position)
      return word.position === position && word.state === 'committed'
    },
    isClaimedBy: ({ context }, params: Claim) => isClaim(context, params),
    isStillClaimed: ({ context }, params: Claim) => isClaim(context, params),
    isNoLongerClaimed: ({ context }, params: Claim) => !isClaim(context, params),
  },
  actions: {
    claim: assign({
      words: ({ context }, { position, producer }: Claim) =>
        replaced(context, position, { position, state: producer }),
    }),
    advance: assign({ tail: ({ context }, { position }: At) => after(position, context.positions) }),
    commit: assign({
      words: ({ context }, { position }: At) => replaced(context, position, { position, state: 'committed' }),
    }),
    free: assign({
      words: ({ context }, { position }: At) =>
        replaced(context, position, {
          position: after(position, context.positions, context.words.length),
          state: 'free',
        }),
    }),
  },
}).createMachine({
  id: 'claim-ring',
  context: ({ input: { capacity, positions, first } }) => {
    const words: SlotWord[] = []
    for (let index = 0; index < capacity; index += 1) {
      const position = after(first, positions, index)
      words[position % capacity] = { position, state: 'free' }
    }
    return { positions, tail: first, words }
  },
  on: {
    'tail.read': { guard: { type: 'isTail', params: at } },
    'slot.claim': { guard: { type: 'isFree', params: at }, actions: { type: 'claim', params: claim } },
    'slot.pass': { guard: { type: 'isTaken', params: at } },
    'message.refuse': { guard: { type: 'isOfLastRound', params: at } },
    'tail.advance': [
      { guard: { type: 'isUnmoved', params: claim }, actions: { type: 'advance', params: at } },
      {},
    ],
    'message.send': { actions: { type: 'commit', params: at } },
    'commit.read': { guard: { type: 'isCommitted', params: at } },
    'claim.read': { guard: { type: 'isClaimedBy', params: claim } },
    'slot.release': { actions: { type: 'free', params: at } },
    'slot.skip': { guard: { type: 'isStillClaimed', params: claim }, actions: { type: 'free', params: at } },
    'slot.keep': { guard: { type: 'isNoLongerClaimed', params: claim } },
  },
})
