/** What the figures say: medians, ratios of what was measured in the same rounds, and the goals of the middleware. */
import type { Result } from './rounds.ts'
import { BATCH, type Subject, WORDS } from './subjects.ts'

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** What one message costs: processor time only grows by what disturbs it, all else is told by the median. */
export const costOf = ({ subject, nanoseconds }: Result): number =>
  subject.kind === 'cpu' ? Math.min(...nanoseconds) : median(nanoseconds)

/** How many times as fast `one` is as `other`: the median over rounds, each against the same round. */
export function ratioOf(one: Result, other: Result): number {
  if (one.subject.kind === 'cpu') return costOf(other) / costOf(one)
  return median(one.nanoseconds.map((nanoseconds, round) => other.nanoseconds[round]! / nanoseconds))
}

/** The results that are like this in all that is named. */
export const resultsLike = (results: readonly Result[], wanted: Partial<Subject>): Result[] =>
  results.filter(({ subject }) =>
    Object.entries(wanted).every(([name, value]) => subject[name as keyof Subject] === value),
  )

/** The fastest of C's ways to do the same; undefined where it was not measured. */
export function bestOfC(
  results: readonly Result[],
  { kind, words, batch, waiting }: Subject,
): Result | undefined {
  const isSpinning = kind !== 'trip' || waiting === undefined || waiting === 'spinning'
  const rivals = resultsLike(results, { transport: 'C', kind, words, batch }).filter(
    ({ subject }) => !isSpinning || subject.waiting === undefined || subject.waiting.startsWith('spinning'),
  )
  const same = isSpinning ? rivals : rivals.filter(({ subject }) => subject.waiting === waiting)
  return same.sort((a, b) => costOf(a) - costOf(b))[0]
}

type Wish = {
  readonly sentence: string
  readonly one: Partial<Subject>
  /** What it is compared with; C: the fastest of C's ways to do the same. */
  readonly other: Partial<Subject> | 'C'
  readonly least: number
}

const IN_BATCHES = { transport: 'ring', batch: BATCH, where: 'threads' } as const
const CHANNEL = { kind: 'rate', transport: 'channel', batch: 1, where: 'threads' } as const
const SEVERAL = { kind: 'rate', transport: 'channel of several senders', senders: 2 } as const
const PORT = { kind: 'rate', transport: 'MessagePort', posts: 'objects', batch: 1 } as const
const TRIP = { kind: 'trip', transport: 'ring', waiting: 'spinning', where: 'threads' } as const

function wishesFor(words: number): Wish[] {
  const bytes = `${words * Int32Array.BYTES_PER_ELEMENT} B`
  const rate = { ...IN_BATCHES, kind: 'rate', words } as const
  const cpu = { ...IN_BATCHES, kind: 'cpu', words } as const
  const direct = { transport: 'ring, direct' } as const
  const injected = `injected memory, ${bytes}, at most 5 % slower than Atomics written out`
  return [
    { sentence: `rate of the ring, ${bytes}: 0.6 of C's`, one: rate, other: 'C', least: 0.6 },
    {
      sentence: `rate of the ring, ${bytes}: 100 times MessagePort's`,
      one: rate,
      other: { ...PORT, words },
      least: 100,
    },
    {
      sentence: `rate of a channel of two senders, ${bytes}: a third of that of one`,
      one: { ...SEVERAL, words },
      other: { ...CHANNEL, words },
      least: 1 / 3,
    },
    { sentence: `${injected}, rate`, one: rate, other: { ...rate, ...direct }, least: 1 / 1.05 },
    { sentence: `${injected}, processor time`, one: cpu, other: { ...cpu, ...direct }, least: 1 / 1.05 },
  ]
}

const WISHES: readonly Wish[] = [
  ...WORDS.flatMap(wishesFor),
  { sentence: "spinning round trip of the ring: half of C's speed", one: TRIP, other: 'C', least: 0.5 },
]

export type Goal = {
  readonly sentence: string
  /** What was measured; undefined where one side of the ratio was not. */
  readonly ratio: number | undefined
  readonly isMet: boolean
}

/** Every goal that something was measured for. */
export const goalsOf = (results: readonly Result[]): Goal[] =>
  WISHES.flatMap(({ sentence, one, other, least }) => {
    const [ours] = resultsLike(results, one)
    if (ours === undefined) return []
    const rival = other === 'C' ? bestOfC(results, ours.subject) : resultsLike(results, other)[0]
    const ratio = rival && ratioOf(ours, rival)
    return [{ sentence, ratio, isMet: ratio !== undefined && ratio >= least }]
  })
