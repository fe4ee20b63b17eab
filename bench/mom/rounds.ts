/**
 * Contenders measured in turns: each is first made to run until it is warm and its rounds are long enough, then one
 * round of each after the other, so that what disturbs the machine disturbs all of them.
 */
import type { CRing } from './c-ring.ts'
import { Crew } from './crew.ts'
import { type Subject, nameOf } from './subjects.ts'

export type Result = {
  readonly subject: Subject
  /** Nanoseconds of a message or a trip, round by round. */
  readonly nanoseconds: readonly number[]
}

export type Effort = {
  readonly rounds: number
  /** How long a round should take. */
  readonly milliseconds: number
}

type Contender = {
  readonly subject: Subject
  readonly measure: (count: number) => Promise<number>
  readonly dismiss: () => Promise<void>
}

const COUNT_FIRST = 200
const GROWTH = 4
/** What a contender may count to in one round. */
const COUNT_MAX = 2 ** 30
/** Less says nothing about its rate: threads wake up, code is compiled. */
const WARM_ROUNDS_MIN = 6
/** So that both senders get as many. */
const COUNT_MULTIPLE = 2

async function contenderOf(subject: Subject, c: CRing | undefined): Promise<Contender | undefined> {
  if (subject.transport === 'C')
    return c && { subject, measure: (count) => c.measure(subject, count), dismiss: async () => {} }
  const crew = await Crew.gather(subject)
  return { subject, measure: (count) => crew.measure(subject, count), dismiss: () => crew.dismiss() }
}

/** How many messages make a round of about the time wanted. */
async function warm({ measure }: Contender, { milliseconds }: Effort): Promise<number> {
  const wanted = milliseconds * 1e6
  let count = COUNT_FIRST
  for (let round = 1; ; round++) {
    const nanoseconds = await measure(count)
    if (round >= WARM_ROUNDS_MIN && nanoseconds >= wanted / 2) {
      const scaled = Math.min(Math.round((count * wanted) / nanoseconds), COUNT_MAX)
      return Math.max(scaled - (scaled % COUNT_MULTIPLE), COUNT_MULTIPLE)
    }
    if (nanoseconds < wanted / 2) count = Math.min(count * GROWTH, COUNT_MAX)
  }
}

/** Measures all of them in turns. `say` is told what goes on. Throws WrongMessageError and the like. */
export async function inTurns(
  subjects: readonly Subject[],
  effort: Effort,
  c: CRing | undefined,
  say: (text: string) => void,
): Promise<Result[]> {
  const contenders: Contender[] = []
  try {
    for (const subject of subjects) {
      say(`warms up: ${nameOf(subject)}`)
      const contender = await contenderOf(subject, c)
      if (contender !== undefined) contenders.push(contender)
    }
    const counts = new Map<Contender, number>()
    for (const contender of contenders) counts.set(contender, await warm(contender, effort))
    const results = contenders.map(({ subject }) => ({ subject, nanoseconds: [] as number[] }))
    for (let round = 1; round <= effort.rounds; round++) {
      say(`round ${round} of ${effort.rounds}`)
      for (const [index, contender] of contenders.entries()) {
        const count = counts.get(contender)!
        results[index]!.nanoseconds.push((await contender.measure(count)) / count)
      }
    }
    return results
  } finally {
    await Promise.all(contenders.map((contender) => contender.dismiss()))
  }
}
