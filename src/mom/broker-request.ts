/** What a peer may ask of the broker. What came may be anything: it is read once, and every part is checked. */
import { HEADER_WORDS } from './channel-shape.ts'
import { FENCE_WORDS } from './channel-upgrade.ts'
import type { RingSize } from './spsc-ring.ts'

export type EndName = 'sender' | 'receiver'

/** Opens a channel, which has several transports where it can be upgraded; or takes an end of one. */
export type BrokerRequest =
  | { readonly open: string; readonly transports: readonly RingSize[] }
  | { readonly take: string; readonly end: EndName }

export type Refusal = { readonly refused: string }

const NAME = /^[a-z][\w.-]{0,63}$/i
const CAPACITY_MAX = 2 ** 20
const SLOT_WORDS_MAX = 2 ** 14
const TRANSPORTS_MAX = 16

type Fields = { readonly [key: string]: unknown }

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most

const refuse = (refused: string): Refusal => ({ refused })

function sizeIn(value: unknown, slotWordsMin: number): RingSize | Refusal {
  if (!isRecord(value)) return refuse('a transport has a capacity and slotWords')
  const { capacity, slotWords } = value
  if (!isWhole(capacity, 1, CAPACITY_MAX) || !Number.isInteger(Math.log2(capacity)))
    return refuse(`capacity is a power of two up to ${CAPACITY_MAX}, not ${String(capacity)}`)
  if (!isWhole(slotWords, slotWordsMin, SLOT_WORDS_MAX))
    return refuse(
      `slotWords is a whole number from ${slotWordsMin} to ${SLOT_WORDS_MAX}, not ${String(slotWords)}`,
    )
  return { capacity, slotWords }
}

function openIn({ open, transports }: Fields): BrokerRequest | Refusal {
  if (typeof open !== 'string' || !NAME.test(open))
    return refuse('a channel is named by a letter and up to 63 letters, digits, dots, dashes or underscores')
  if (!Array.isArray(transports) || transports.length === 0 || transports.length > TRANSPORTS_MAX)
    return refuse(`a channel has 1 to ${TRANSPORTS_MAX} transports`)
  // Room for a word of message, or for a fence where there will be one.
  const slotWordsMin = HEADER_WORDS + (transports.length > 1 ? FENCE_WORDS : 1)
  const sizes: RingSize[] = []
  for (const transport of transports as readonly unknown[]) {
    const size = sizeIn(transport, slotWordsMin)
    if ('refused' in size) return size
    sizes.push(size)
  }
  return { open, transports: sizes }
}

/** The request in what a peer sent: `{ open, transports: [{ capacity, slotWords }] }` or `{ take, end }`. */
export function requestIn(value: unknown): BrokerRequest | Refusal {
  if (!isRecord(value)) return refuse('a request is an object')
  if ('open' in value) return openIn(value)
  if (!('take' in value)) return refuse("a request says 'open' or 'take'")
  const { take, end } = value
  if (typeof take !== 'string') return refuse('a channel is named by a text')
  if (end !== 'sender' && end !== 'receiver') return refuse("an end is 'sender' or 'receiver'")
  return { take, end }
}
